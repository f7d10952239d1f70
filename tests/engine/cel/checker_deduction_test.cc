// What the checker deduces: one table a part of the language, in the text of
// types that type.h prints.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/cel/checker_fixture.h"

namespace writ::engine::cel {
namespace {

struct Case {
  std::string expression;
  std::string want;
};

void ExpectAll(const std::vector<Case>& cases, const Declared& declared = {}) {
  for (const Case& c : cases) {
    EXPECT_EQ(Deduce(c.expression, declared), c.want) << c.expression;
  }
}

TEST(Checker, DeducesLiterals) {
  ExpectAll({
      {"true", "bool"},
      {"-7", "int"},
      {"7u", "uint"},
      {"7.5", "double"},
      {"'text'", "string"},
      {"b'octets'", "bytes"},
      {"null", "null_type"},
  });
}

TEST(Checker, NamesOfTypesAreValuesOfTypeType) {
  ExpectAll({
      {"int", "type(int)"},
      {"string", "type(string)"},
      {"null_type", "type(null_type)"},
      {"list", "type(list(dyn))"},
      {"map", "type(map(dyn, dyn))"},
      {"google.protobuf.Duration", "type(google.protobuf.Duration)"},
      {"google.protobuf.Timestamp", "type(google.protobuf.Timestamp)"},
      {"type(1u)", "type(uint)"},
      {"type([1])", "type(list(int))"},
      {"type(duration('1s')) == google.protobuf.Duration", "bool"},
      {"type(1) == string", "bool"},
      {"type(type(1)) == type(string)", "bool"},
      {"[type(1), type('a')]", "list(type(dyn))"},
      {"[type([]), int]", "list(type(dyn))"},
      {"[int, type([])]", "list(type(dyn))"},
      {"[int, int]", "list(type(int))"},
      {"true ? type(1) : type('a')", "type(dyn)"},
  });
}

TEST(Checker, JoinsElementsToTheMostGeneralType) {
  ExpectAll({
      {"[]", "list(dyn)"},
      {"[1, 2]", "list(int)"},
      {"[1, 'a']", "list(dyn)"},
      {"[1, 2u, 3]", "list(dyn)"},
      {"[1, dyn(2)]", "list(dyn)"},
      {"[dyn(1), 2]", "list(dyn)"},
      {"[[], [1]]", "list(list(int))"},
      {"[[1], []]", "list(list(int))"},
      {"[[], [], [[]]]", "list(list(list(dyn)))"},
      {"[[1], ['a']]", "list(dyn)"},
      {"[[1], [dyn('a')]]", "list(list(dyn))"},
      {"[[dyn(1)], ['a']]", "list(list(dyn))"},
      {"{}", "map(dyn, dyn)"},
      {"{'a': 1}", "map(string, int)"},
      {"{'a': 1, 'b': 'c'}", "map(string, dyn)"},
      {"{'a': 1, 2: 3}", "map(dyn, int)"},
      {"{true: [], false: [1u]}", "map(bool, list(uint))"},
      {"[{}, {'a': 1}]", "list(map(string, int))"},
      {"[{'a': dyn(1)}, {dyn('b'): 2}]", "list(map(dyn, dyn))"},
  });
}

TEST(Checker, NullJoinsWhatMayBeNull) {
  ExpectAll({
      {"[null, null]", "list(null_type)"},
      {"[duration('1s'), null]", "list(google.protobuf.Duration)"},
      {"[null, timestamp(0)]", "list(google.protobuf.Timestamp)"},
      {"[optional.of(1), null]", "list(optional_type(int))"},
      {"[1, null]", "list(dyn)"},
      {"[null, 'a']", "list(dyn)"},
      {"[[1], null]", "list(dyn)"},
      {"true ? null : duration('1s')", "google.protobuf.Duration"},
      {"duration('1s') == null", "bool"},
      {"null != timestamp(0)", "bool"},
  });
}

TEST(Checker, DeducesOperators) {
  ExpectAll({
      {"1 + 2", "int"},
      {"1u * 2u", "uint"},
      {"1.0 / 2.0", "double"},
      {"7 % 2", "int"},
      {"'a' + 'b'", "string"},
      {"b'a' + b'b'", "bytes"},
      {"[1] + [2]", "list(int)"},
      {"[1] + []", "list(int)"},
      {"[] + [1]", "list(int)"},
      {"[1] + [dyn('a')]", "list(dyn)"},
      {"-1.5", "double"},
      {"!true", "bool"},
      {"true && false || true", "bool"},
      {"1 == 2", "bool"},
      {"1 != dyn('a')", "bool"},
      {"[1] == []", "bool"},
      {"{'a': [1]} == {}", "bool"},
      {"'a' <= 'b'", "bool"},
      {"true ? 1 : 2", "int"},
      {"true ? 1 : dyn('a')", "dyn"},
      {"true ? [] : ['a']", "list(string)"},
      {"1 in [1]", "bool"},
      {"'a' in {'a': 1}", "bool"},
      {"1 in dyn([1])", "bool"},
      {"[1][0]", "int"},
      {"{'a': 1u}['a']", "uint"},
      {"{'a': 1u}.a", "uint"},
      {"timestamp(0) - timestamp(1)", "google.protobuf.Duration"},
      {"timestamp(0) - duration('1s')", "google.protobuf.Timestamp"},
      {"duration('1s') + timestamp(0)", "google.protobuf.Timestamp"},
      {"duration('1s') + duration('1s')", "google.protobuf.Duration"},
  });
}

TEST(Checker, DynLeavesAmbiguityToTheRun) {
  ExpectAll({
      {"dyn(1) + dyn(2)", "dyn"},
      {"dyn(1) + 2", "int"},
      {"dyn([1]) + [2]", "list(int)"},
      {"-dyn(1)", "dyn"},
      {"dyn(1) < 2u", "bool"},
      {"dyn([1])[0]", "dyn"},
      {"dyn(1).a.b", "dyn"},
      {"has(dyn(1).a)", "bool"},
      {"size(dyn('a'))", "int"},
      {"dyn(1) ? 1 : 2", "int"},
      {"dyn(true) && dyn(false)", "bool"},
      {"[dyn(1)][0] + 1", "int"},
      {"{'a': dyn(1)}.a.b", "dyn"},
      {"[][0] + [][0]", "dyn"},
      {"[][0].a", "dyn"},
  });
}

TEST(Checker, DeducesFunctions) {
  ExpectAll({
      {"size('abc')", "int"},
      {"'abc'.size()", "int"},
      {"size([1])", "int"},
      {"size({1: 2})", "int"},
      {"int('1')", "int"},
      {"uint(1)", "uint"},
      {"double('1')", "double"},
      {"string(1)", "string"},
      {"bytes('a')", "bytes"},
      {"bool('true')", "bool"},
      {"timestamp('2020-01-01T00:00:00Z')", "google.protobuf.Timestamp"},
      {"duration('1s')", "google.protobuf.Duration"},
      {"'a'.contains('b')", "bool"},
      {"'a'.matches('b')", "bool"},
      {"matches('a', 'b')", "bool"},
      {"timestamp(0).getHours()", "int"},
      {"timestamp(0).getHours('Europe/Paris')", "int"},
      {"duration('1s').getSeconds()", "int"},
      {"dyn(1)", "dyn"},
      {"type(dyn(1))", "type(dyn)"},
  });
}

TEST(Checker, DeducesMacros) {
  ExpectAll({
      {"[1, 2].all(x, x > 0)", "bool"},
      {"[1, 2].exists(x, x > 0)", "bool"},
      {"{'a': 1}.exists_one(k, k == 'a')", "bool"},
      {"[1, 2].map(x, x * 2)", "list(int)"},
      {"[1, 2].map(x, string(x))", "list(string)"},
      {"[1, 2].map(x, x > 1, [x])", "list(list(int))"},
      {"{'a': 1}.map(k, k + 'b')", "list(string)"},
      {"[1, 2].filter(x, x > 1)", "list(int)"},
      {"{'a': 1}.filter(k, k == 'a')", "list(string)"},
      {"[].map(x, x)", "list(dyn)"},
      {"[].map(x, x)[0].a", "dyn"},
      {"[].map(x, x + 1)", "list(int)"},
      {"[].filter(x, x.a == 1)", "list(dyn)"},
      {"[[1], []].map(x, x.map(y, y + 1))", "list(list(int))"},
      {"dyn([1]).map(x, x.a)", "list(dyn)"},
      {"dyn([1]).all(x, x)", "bool"},
      {"[{'a': [1]}].map(x, x.a).map(y, y[0] + 1)", "list(int)"},
      {"has({'a': 1}.a)", "bool"},
  });
}

TEST(Checker, DeducesOptionals) {
  ExpectAll({
      {"optional.of(1)", "optional_type(int)"},
      {"optional.none()", "optional_type(dyn)"},
      {"[optional.none(), optional.of(1)]", "list(optional_type(int))"},
      {"[optional.of(1), optional.none()]", "list(optional_type(int))"},
      {"[optional.of(1), optional.of(dyn(1))]", "list(optional_type(dyn))"},
      {"[optional.of(dyn(1)), optional.of(1)]", "list(optional_type(dyn))"},
      {"true ? optional.of(dyn(1)) : optional.of(1)", "optional_type(dyn)"},
      {"optional.of(1).value()", "int"},
      {"optional.of(1).orValue(2)", "int"},
      {"optional.none().orValue(2)", "int"},
      {"optional.of('a').or(optional.none())", "optional_type(string)"},
      {"optional.of(1).hasValue()", "bool"},
      {"{'a': 1}.?a", "optional_type(int)"},
      {"{'a': {'b': 1u}}.?a.b", "optional_type(uint)"},
      {"{'a': {'b': 1u}}.?a.?b.orValue(2u)", "uint"},
      {"{'a': 1}[?'a']", "optional_type(int)"},
      {"[1][?0]", "optional_type(int)"},
      {"optional.of([1])[0]", "optional_type(int)"},
      {"optional.of({'a': 'b'})['a']", "optional_type(string)"},
      {"optional.of([1])[?0]", "optional_type(int)"},
      {"dyn({}).?a", "optional_type(dyn)"},
      {"dyn({}).?a.orValue('')", "dyn"},
      {"[?optional.of(1), 2]", "list(int)"},
      {"{?'a': optional.of(1)}", "map(string, int)"},
      {"has({'a': {}}.?a.b)", "bool"},
      {"optional.of(1).optMap(x, string(x))", "optional_type(string)"},
      {"optional.of(1).optFlatMap(x, optional.of([x]))",
       "optional_type(list(int))"},
  });
}

TEST(Checker, BindsLocalNames) {
  ExpectAll({
      {"cel.bind(x, 1, x + x)", "int"},
      {"cel.bind(x, [1], cel.bind(y, x[0], y == 1))", "bool"},
      {"cel.bind(x, dyn(1), x.a)", "dyn"},
  });
}

TEST(Checker, DeducesComprehensionsOfTwoVariables) {
  ExpectAll({
      {"[1u].all(i, v, i == 0 && v == 1u)", "bool"},
      {"{'a': 1u}.exists(k, v, k == 'a' && v == 1u)", "bool"},
      {"{'a': 1u}.existsOne(k, v, k == 'a')", "bool"},
      {"[1u].transformList(i, v, {i: v})", "list(map(int, uint))"},
      {"{'a': 1u}.transformMap(k, v, [v])", "map(string, list(uint))"},
      {"['a'].transformMapEntry(i, v, {v: i})", "map(string, int)"},
  });
}

TEST(Checker, DeducesVariables) {
  const Declared declared = {{"s", "string"},
                             {"m", "map(string, list(int))"},
                             {"d", "dyn"},
                             {"a.b.c", "uint"}};
  ExpectAll(
      {
          {"s", "string"},
          {"m.x[0]", "int"},
          {"m['x'].map(v, v + 1)", "list(int)"},
          {"d.x", "dyn"},
          {"a.b.c", "uint"},
      },
      declared);
}

}  // namespace
}  // namespace writ::engine::cel
