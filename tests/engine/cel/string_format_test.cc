#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

// The clause on each value.
struct ClauseCase {
  std::string clause;
  std::string value;
  std::string want;
};

void ExpectClauses(const std::vector<ClauseCase>& cases) {
  for (const ClauseCase& c : cases) {
    const std::string expression =
        "'" + c.clause + "'.format([" + c.value + "])";
    EXPECT_EQ(Outcome(expression), "'" + c.want + "'") << expression;
    const std::string dynamic =
        "'" + c.clause + "'.format([dyn(" + c.value + ")])";
    EXPECT_EQ(Outcome(dynamic), "'" + c.want + "'") << dynamic;
  }
}

void ExpectRefused(const std::string& clause,
                   const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    ExpectErrors({"'" + clause + "'.format([" + value + "])"});
  }
}

TEST(StringFormat, PutsValuesInTheirPlaces) {
  ExpectOutcomes({{"''.format([])", "''"},
                  {"'plain'.format([])", "'plain'"},
                  {"'plain'.format([1])", "'plain'"},
                  {"'%s and %d'.format(['a', 1])", "'a and 1'"},
                  {"'%%'.format([])", "'%'"},
                  {"'%%%d%%'.format([1])", "'%1%'"},
                  {"'%d%d'.format([1, 2])", "'12'"},
                  {"'ä%sß'.format(['€'])", "'ä€ß'"},
                  {"cel.bind(f, '%s-%s', f.format(['a', f]))", "'a-%s-%s'"}});
}

TEST(StringFormat, WritesAnyValueAsText) {
  ExpectClauses({
      {"%s", "'text'", "text"},
      {"%s", "''", ""},
      {"%s", "b'bytes'", "bytes"},
      {"%s", "true", "true"},
      {"%s", "false", "false"},
      {"%s", "null", "null"},
      {"%s", "-12", "-12"},
      {"%s", "-9223372036854775808", "-9223372036854775808"},
      {"%s", "18446744073709551615u", "18446744073709551615"},
      {"%s", "1.0", "1"},
      {"%s", "-0.25", "-0.25"},
      {"%s", "1e20", "100000000000000000000"},
      {"%s", "1e-7", "0.0000001"},
      {"%s", "0.0 / 0.0", "NaN"},
      {"%s", "1.0 / 0.0", "Infinity"},
      {"%s", "-1.0 / 0.0", "-Infinity"},
      {"%s", "duration('1h30m')", "5400s"},
      {"%s", "duration('-1.5s')", "-1.5s"},
      {"%s", "duration('1us')", "0.000001s"},
      {"%s", "duration('0s')", "0s"},
      {"%s", "duration('1ns')", "0.000000001s"},
      // What a double can hold.
      {"%s", "duration('9007199254.740993001s')", "9007199254.740993s"},
      {"%s", "timestamp('2024-02-29T12:00:00+02:00')", "2024-02-29T10:00:00Z"},
      {"%s", "timestamp('2024-02-29T12:00:00.120Z')",
       "2024-02-29T12:00:00.12Z"},
      {"%s", "type(1)", "int"},
      {"%s", "type(null)", "null_type"},
      {"%s", "type(timestamp(0))", "google.protobuf.Timestamp"},
  });
}

TEST(StringFormat, WritesListsAndMapsAsText) {
  ExpectClauses({
      {"%s", "[]", "[]"},
      {"%s", "[1, 2.5, 'a', b'b', null, [true, 1u]]",
       "[1, 2.5, a, b, null, [true, 1]]"},
      {"%s", "[duration('1s'), timestamp(0), int]",
       "[1s, 1970-01-01T00:00:00Z, int]"},
      {"%s", "{}", "{}"},
      {"%s", "{'b': 1, 'a': [2]}", "{a: [2], b: 1}"},
      // Keys are sorted as text.
      {"%s", "{10: 1, 9u: 2, true: 3, 'x': {'y': null}}",
       "{10: 1, 9: 2, true: 3, x: {y: null}}"},
      {"%s", "[{'k': [{}]}]", "[{k: [{}]}]"},
  });
}

TEST(StringFormat, ReplacesBytesThatAreNoText) {
  ExpectOutcomes({{"'%s'.format([b'a\\xff\\xfe\\xfdb'])", "'a\ufffdb'"},
                  {"'%s'.format([b'\\xffa\\xff'])", "'\ufffda\ufffd'"},
                  {"'%s'.format([b'\\xc3\\xa4'])", "'ä'"}});
}

TEST(StringFormat, RefusesWhatHasNoText) {
  ExpectRefused("%s", {"optional.of(1)", "optional.none()", "ip('::1')",
                       "[ip('::1')]", "{'a': ip('::1')}", "semver('1.2.3')"});
}

TEST(StringFormat, WritesDecimals) {
  ExpectClauses({{"%d", "0", "0"},
                 {"%d", "-5", "-5"},
                 {"%d", "5u", "5"},
                 {"%d", "3.14", "3.14"},
                 {"%d", "2.0", "2"},
                 {"%d", "0.0 / 0.0", "NaN"},
                 {"%d", "-1.0 / 0.0", "-Infinity"}});
  ExpectRefused("%d", {"'1'", "b'1'", "true", "null", "[1]", "{1: 1}",
                       "duration('1s')", "timestamp(0)", "type(1)"});
}

TEST(StringFormat, WritesFixedPoint) {
  ExpectClauses({{"%f", "3.14", "3.140000"},
                 {"%f", "-2", "-2.000000"},
                 {"%f", "2u", "2.000000"},
                 {"%f", "0.00000051", "0.000001"},
                 {"%f", "1e21", "1000000000000000000000.000000"},
                 {"%.0f", "0.5", "0"},
                 {"%.0f", "2.5", "2"},
                 {"%.0f", "3.5", "4"},
                 {"%.0f", "-2.5", "-2"},
                 {"%.1f", "0.25", "0.2"},
                 {"%.2f", "2.675", "2.67"},
                 {"%.3f", "123.4999", "123.500"},
                 {"%.10f", "1", "1.0000000000"},
                 {"%.2f", "0.0 / 0.0", "NaN"},
                 {"%.2f", "1.0 / 0.0", "Infinity"},
                 {"%.2f", "-1.0 / 0.0", "-Infinity"}});
  ExpectRefused("%f", {"'1'", "b'1'", "true", "null", "[1.0]", "{}",
                       "duration('1s')", "timestamp(0)", "type(1.0)"});
}

TEST(StringFormat, WritesExponents) {
  ExpectClauses({{"%e", "3.14", "3.140000e+00"},
                 {"%e", "0.0", "0.000000e+00"},
                 {"%e", "-1052.032911275", "-1.052033e+03"},
                 {"%e", "100", "1.000000e+02"},
                 {"%e", "100u", "1.000000e+02"},
                 {"%e", "1e-300", "1.000000e-300"},
                 {"%.0e", "15.0", "2e+01"},
                 {"%.1e", "-3.14", "-3.1e+00"},
                 {"%e", "0.0 / 0.0", "NaN"},
                 {"%e", "1.0 / 0.0", "Infinity"}});
  ExpectRefused("%e", {"'1'", "b'1'", "true", "null", "[1.0]", "{}",
                       "duration('1s')", "timestamp(0)", "type(1.0)"});
}

TEST(StringFormat, WritesOtherBases) {
  ExpectClauses({
      {"%b", "5", "101"},
      {"%b", "-5", "-101"},
      {"%b", "0", "0"},
      {"%b", "6u", "110"},
      {"%b", "true", "1"},
      {"%b", "false", "0"},
      {"%o", "8", "10"},
      {"%o", "-9", "-11"},
      {"%o", "8u", "10"},
      {"%x", "255", "ff"},
      {"%X", "255", "FF"},
      {"%x", "-255", "-ff"},
      {"%X", "-30", "-1E"},
      {"%x", "18446744073709551615u", "ffffffffffffffff"},
      {"%x", "-9223372036854775808", "-8000000000000000"},
      {"%x", "'héj'", "68c3a96a"},
      {"%X", "'héj'", "68C3A96A"},
      {"%x", "b'\\x00\\xff\\x0a'", "00ff0a"},
      {"%X", "b'\\x00\\xff\\x0a'", "00FF0A"},
      {"%x", "''", ""},
  });
  ExpectRefused("%b", {"1.0", "'1'", "b'1'", "null", "[1]", "{}",
                       "duration('1s')", "timestamp(0)", "type(1)"});
  ExpectRefused("%o", {"1.0", "'1'", "b'1'", "true", "null", "[1]", "{}",
                       "duration('1s')", "timestamp(0)", "type(1)"});
  ExpectRefused("%x", {"1.0", "true", "null", "[1]", "{}", "duration('1s')",
                       "timestamp(0)", "type(1)"});
  ExpectRefused("%X", {"1.0", "true", "null", "[1]"});
}

// A wrong format is an error, never half a text.
TEST(StringFormat, RefusesFormatsThatAreWrong) {
  ExpectErrors({"'%'.format([1])",
                "'a%'.format([1])",
                "'% d'.format([1])",
                "'%5d'.format([1])",
                "'%-d'.format([1])",
                "'%i'.format([1])",
                "'%S'.format(['a'])",
                "'%é'.format([1])",
                "'%.f'.format([1])",
                "'%.'.format([1])",
                "'%.3'.format([1])",
                "'%.-1f'.format([1])",
                "'%.+1f'.format([1])",
                "'%.1001f'.format([1])",
                "'%.99999999999999999999f'.format([1])",
                "'%..1f'.format([1])",
                "'%s'.format([])",
                "'%d %d'.format([1])",
                "'%s'.format('a')",
                "'%s'.format(1)",
                "'%s'.format()",
                "'%s'.format(['a'], ['b'])",
                "1.format([1])"});
}

TEST(StringFormat, TakesAPrecisionUpToAThousand) {
  EXPECT_EQ(Outcome("'%.1000f'.format([1])").size(), 1004U);
}

TEST(StringFormat, ChargesForWhatItWrites) {
  ExpectSteps("'%s%s%s%s'.format([text, text, text, text])", 300, 1'000);
  ExpectSteps("'%s'.format([lists.range(thousand)])", 1'900, 3'000);
  ExpectSteps("'%s'.format([{'a': text}])", 100, 500);
  ExpectSteps("'%x'.format([text])", 120, 500);
}

}  // namespace
}  // namespace writ::engine::cel
