#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

TEST(MathLibrary, PicksTheGreatest) {
  ExpectOutcomes(
      {{"math.greatest(5)", "5"},
       {"math.greatest(5u)", "5u"},
       {"math.greatest(-5.5)", "-5.5"},
       {"math.greatest(1, 2)", "2"},
       {"math.greatest(2u, 1u)", "2u"},
       {"math.greatest(-1.5, -2.5)", "-1.5"},
       {"math.greatest(1, 2, 3)", "3"},
       {"math.greatest([3, 1, 2])", "3"},
       {"math.greatest([1.0])", "1.0"},
       {"math.greatest(-1, 0u, 1.5)", "1.5"},
       {"math.greatest(9223372036854775807, 1.0)", "9223372036854775807"},
       {"math.greatest(18446744073709551615u, -1)", "18446744073709551615u"},
       {"math.greatest(size('abc'), 2)", "3"},
       {"math.greatest([1, 2].map(x, x * 10))", "20"},
       {"math.greatest(dyn([1, 2]))", "2"},
       {"math.greatest(dyn(1), dyn(2u))", "2u"}});
}

TEST(MathLibrary, PicksTheLeast) {
  ExpectOutcomes(
      {{"math.least(5)", "5"},
       {"math.least(1, 2)", "1"},
       {"math.least(2u, 1u)", "1u"},
       {"math.least(-1.5, -2.5)", "-2.5"},
       {"math.least(3, 1, 2)", "1"},
       {"math.least([3u, 1u, 2u])", "1u"},
       {"math.least(-1, 0u, 1.5)", "-1"},
       {"math.least(1, -9223372036854775808)", "-9223372036854775808"},
       {"math.least([2.5, 1, 3u])", "1"}});
}

// Of equal numbers the first is the result, with its type.
TEST(MathLibrary, KeepsTheFirstOfEquals) {
  ExpectOutcomes({{"math.greatest(1, 1u)", "1"},
                  {"math.greatest(1.0, 1, 1u)", "1.0"},
                  {"math.least(1u, 1.0)", "1u"},
                  {"math.least(dyn(1.0), 1u)", "1.0"}});
}

TEST(MathLibrary, RefusesWhatIsNoNumber) {
  ExpectErrors({"math.greatest()", "math.least()", "math.greatest('a')",
                "math.greatest(1, 'a')", "math.least([1, 'a'])",
                "math.least([])", "math.greatest(null)", "math.greatest(true)",
                "math.greatest({})", "math.greatest(1, [2])",
                "math.greatest(1, 2, [3])", "math.greatest([[1]])",
                "math.greatest(dyn('a'))", "math.greatest(dyn('a'), 1)",
                "math.least(1, dyn(null), 2)", "math.least(dyn([]))",
                "math.least(dyn(['a']))", "math.least(dyn(['a', 'b']))",
                "math.greatest(timestamp(0), timestamp(1))"});
}

TEST(MathLibrary, HasNoOrderForNan) {
  ExpectRunTimeErrors({"math.greatest(0.0 / 0.0, 1.0)",
                       "math.least(1.0, 0.0 / 0.0)",
                       "math.least(1, 2, 0.0 / 0.0)"});
  ExpectOutcomes({{"math.isNaN(math.greatest(0.0 / 0.0))", "true"}});
}

TEST(MathLibrary, LeavesOtherTargetsAlone) {
  ExpectOutcomes({{"{'greatest': 1}.greatest", "1"}});
  ExpectErrors({"maths.greatest(1)", "[1].least(1)", "least(1)"});
}

TEST(MathLibrary, Rounds) {
  ExpectOutcomes({{"math.ceil(1.2)", "2.0"},
                  {"math.ceil(-1.2)", "-1.0"},
                  {"math.floor(1.8)", "1.0"},
                  {"math.floor(-1.2)", "-2.0"},
                  {"math.round(1.5)", "2.0"},
                  {"math.round(2.5)", "3.0"},
                  {"math.round(-1.5)", "-2.0"},
                  {"math.round(-1.4)", "-1.0"},
                  {"math.trunc(1.9)", "1.0"},
                  {"math.trunc(-1.9)", "-1.0"},
                  {"math.isNaN(math.ceil(0.0 / 0.0))", "true"},
                  {"math.isNaN(math.floor(0.0 / 0.0))", "true"},
                  {"math.isNaN(math.round(0.0 / 0.0))", "true"},
                  {"math.round(1.0 / 0.0)", "Infinity"}});
  ExpectErrors({"math.ceil(1)", "math.floor(1u)", "math.round('1')",
                "math.trunc(dyn(1))", "math.ceil()", "math.ceil(1.0, 2.0)"});
}

TEST(MathLibrary, TakesRoots) {
  ExpectOutcomes({{"math.sqrt(81)", "9.0"},
                  {"math.sqrt(2.25)", "1.5"},
                  {"math.sqrt(16u)", "4.0"},
                  {"math.sqrt(0)", "0.0"},
                  {"math.isNaN(math.sqrt(-1))", "true"},
                  {"math.isNaN(math.sqrt(-0.5))", "true"}});
  ExpectErrors({"math.sqrt('4')", "math.sqrt(dyn(true))"});
}

TEST(MathLibrary, KnowsUnusualDoubles) {
  ExpectOutcomes({{"math.isNaN(0.0 / 0.0)", "true"},
                  {"math.isNaN(1.0)", "false"},
                  {"math.isInf(1.0 / 0.0)", "true"},
                  {"math.isInf(-1.0 / 0.0)", "true"},
                  {"math.isInf(0.0 / 0.0)", "false"},
                  {"math.isInf(1.0)", "false"},
                  {"math.isFinite(1.0)", "true"},
                  {"math.isFinite(1.0 / 0.0)", "false"},
                  {"math.isFinite(0.0 / 0.0)", "false"}});
  ExpectErrors({"math.isNaN(1)", "math.isInf(dyn(1))", "math.isFinite('a')"});
}

TEST(MathLibrary, KnowsSignAndDistanceFromZero) {
  ExpectOutcomes({{"math.abs(-3)", "3"},
                  {"math.abs(3)", "3"},
                  {"math.abs(3u)", "3u"},
                  {"math.abs(-3.5)", "3.5"},
                  {"math.abs(-9223372036854775807)", "9223372036854775807"},
                  {"math.isNaN(math.abs(0.0 / 0.0))", "true"},
                  {"math.sign(-42)", "-1"},
                  {"math.sign(0)", "0"},
                  {"math.sign(42)", "1"},
                  {"math.sign(0u)", "0u"},
                  {"math.sign(42u)", "1u"},
                  {"math.sign(-0.5)", "-1.0"},
                  {"math.sign(0.5)", "1.0"},
                  {"math.sign(-0.0)", "0.0"},
                  {"math.sign(-1.0 / 0.0)", "-1.0"},
                  {"math.isNaN(math.sign(0.0 / 0.0))", "true"}});
  ExpectErrors({"math.abs(-9223372036854775808)", "math.abs('a')",
                "math.sign(true)", "math.abs(dyn(null))"});
}

TEST(MathLibrary, CombinesBits) {
  ExpectOutcomes({{"math.bitAnd(6, 3)", "2"},
                  {"math.bitAnd(-3, -5)", "-7"},
                  {"math.bitAnd(6u, 3u)", "2u"},
                  {"math.bitOr(6, 3)", "7"},
                  {"math.bitOr(-2, -4)", "-2"},
                  {"math.bitOr(6u, 3u)", "7u"},
                  {"math.bitXor(6, 3)", "5"},
                  {"math.bitXor(-1, 1)", "-2"},
                  {"math.bitXor(6u, 3u)", "5u"},
                  {"math.bitNot(0)", "-1"},
                  {"math.bitNot(-1)", "0"},
                  {"math.bitNot(0u)", "18446744073709551615u"}});
  ExpectErrors({"math.bitAnd(1, 1u)", "math.bitOr(1.0, 1.0)",
                "math.bitXor(dyn(1), dyn(1u))", "math.bitNot(1.0)",
                "math.bitNot(dyn('a'))", "math.bitAnd(1)"});
}

TEST(MathLibrary, ShiftsBits) {
  ExpectOutcomes({{"math.bitShiftLeft(1, 3)", "8"},
                  {"math.bitShiftLeft(-1, 3)", "-8"},
                  {"math.bitShiftLeft(1u, 3)", "8u"},
                  {"math.bitShiftLeft(5, 0)", "5"},
                  {"math.bitShiftLeft(1, 63)", "-9223372036854775808"},
                  {"math.bitShiftLeft(1, 64)", "0"},
                  {"math.bitShiftLeft(-1, 1000)", "0"},
                  {"math.bitShiftLeft(1u, 9223372036854775807)", "0u"},
                  {"math.bitShiftRight(1024, 3)", "128"},
                  {"math.bitShiftRight(-1, 60)", "15"},
                  {"math.bitShiftRight(-1, 64)", "0"},
                  {"math.bitShiftRight(1024u, 3)", "128u"},
                  {"math.bitShiftRight(1u, 64)", "0u"}});
  ExpectErrors({"math.bitShiftLeft(1, -1)", "math.bitShiftLeft(1u, -1)",
                "math.bitShiftRight(1, -1)", "math.bitShiftRight(1u, -1)",
                "math.bitShiftLeft(1, 1u)", "math.bitShiftLeft(1.0, 1)",
                "math.bitShiftRight(dyn('a'), 1)"});
}

}  // namespace
}  // namespace writ::engine::cel
