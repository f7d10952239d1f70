// The peer of ingest_bench: Ajv on the same event and the same rules as JSON
// Schema, printing the same lines.
//   node ingest_peers.mjs CASES.json ROUNDS MS
import {readFileSync} from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const [path, rounds, ms] = process.argv.slice(2);
const {event, jsonSchema} = JSON.parse(readFileSync(path, 'utf8'));
const body = Buffer.from(JSON.stringify(event));
const ajv = new Ajv({allErrors: true});
addFormats(ajv);
const validate = ajv.compile(jsonSchema);

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

const cases = {
  parse: () => JSON.parse(body.toString('utf8')),
  validate: () => {
    if (!validate(JSON.parse(body.toString('utf8')))) {
      throw new Error(ajv.errorsText(validate.errors));
    }
  },
};
for (const [name, run] of Object.entries(cases)) {
  opsASecond(run);  // warms up
  const all = [];
  for (let round = 0; round < Number(rounds); ++round) {
    all.push(opsASecond(run));
  }
  all.sort((a, b) => a - b);
  const ops = Math.round(all[Math.floor(all.length / 2)]);
  console.log(JSON.stringify(
      {case: name, peer: 'ajv', bytes: body.length, ops}));
}
