// The peers of cel_bench: npm's CEL engines on the same cases, planned and
// bound before, printing the same lines with the engine's name.
//   node cel_peers.mjs CASES.json ROUNDS MS
import {readFileSync} from 'node:fs';
import {parse as parseCelJs} from '@marcbachmann/cel-js';
import {celEnv, parse, plan} from '@bufbuild/cel';
import {strings} from '@bufbuild/cel/ext';

const [cases, rounds, ms] = process.argv.slice(2);

// JSON's whole numbers are ints, as they are in writ.
function bind(value) {
  if (Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(bind);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, bind(each)]));
}

const engines = {
  'cel-js': (expression) => parseCelJs(expression),
  bufbuild: (expression) => plan(celEnv({funcs: strings}), parse(expression)),
};

// Lists and maps of both engines, ints as numbers.
function plain(value) {
  if (typeof value === 'bigint') return Number(value);
  if (value !== null && typeof value === 'object') {
    if (typeof value[Symbol.iterator] === 'function') {
      return [...value].map(plain);
    }
  }
  return value;
}

function opsASecond(run) {
  const until = performance.now() + Number(ms);
  const began = performance.now();
  let count = 0;
  while (performance.now() < until) {
    for (let i = 0; i < 100; ++i) run();
    count += 100;
  }
  return count / ((performance.now() - began) / 1000);
}

for (const {id, expr, bindings, expect} of
         JSON.parse(readFileSync(cases, 'utf8'))) {
  const bound = bind(bindings);
  for (const [engine, compile] of Object.entries(engines)) {
    try {
      const evaluate = compile(expr);
      const result = plain(evaluate(bound));
      if (JSON.stringify(result) !== JSON.stringify(expect)) {
        throw new Error(`gives ${JSON.stringify(result)?.slice(0, 60)}`);
      }
      opsASecond(() => evaluate(bound));  // warms up
      const all = [];
      for (let round = 0; round < Number(rounds); ++round) {
        all.push(opsASecond(() => evaluate(bound)));
      }
      all.sort((a, b) => a - b);
      const ops = Math.round(all[Math.floor(all.length / 2)]);
      console.log(JSON.stringify({case: id, mode: 'eval', engine, ops}));
    } catch (error) {
      const why = String(error.message ?? error).split('\n')[0];
      console.log(JSON.stringify({case: id, mode: 'eval', engine, error: why}));
    }
  }
}
