// sets, lists, encoders
#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

TEST(SetsLibrary, TellsWhetherAllAreContained) {
  ExpectOutcomes({{"sets.contains([], [])", "true"},
                  {"sets.contains([], [1])", "false"},
                  {"sets.contains([1], [])", "true"},
                  {"sets.contains([1, 2, 3], [3, 1, 3])", "true"},
                  {"sets.contains([1, 2], [2, 3])", "false"},
                  {"sets.contains([1, 2.0, 3u], [1.0, 2u, 3])", "true"},
                  {"sets.contains([[1], [2, 3]], [[2, 3.0]])", "true"},
                  {"sets.contains([{'a': dyn(1)}], [{'a': dyn(1u)}])", "true"},
                  {"sets.contains(dyn([1, 'a', null]), dyn([null]))", "true"},
                  {"sets.contains([0.0 / 0.0], [0.0 / 0.0])", "false"}});
}

TEST(SetsLibrary, TellsWhetherTwoAreTheSame) {
  ExpectOutcomes({{"sets.equivalent([], [])", "true"},
                  {"sets.equivalent([1], [1, 1])", "true"},
                  {"sets.equivalent([1, 1], [1])", "true"},
                  {"sets.equivalent([1], [1u, 1.0])", "true"},
                  {"sets.equivalent([1, 2], [2, 1])", "true"},
                  {"sets.equivalent([1], [1, 2])", "false"},
                  {"sets.equivalent([1, 2], [1])", "false"},
                  {"sets.equivalent([], [1])", "false"}});
}

TEST(SetsLibrary, TellsWhetherAnyIsShared) {
  ExpectOutcomes(
      {{"sets.intersects([], [])", "false"},
       {"sets.intersects([1], [])", "false"},
       {"sets.intersects([], [1])", "false"},
       {"sets.intersects([1, 2], [3, 2])", "true"},
       {"sets.intersects([1], dyn([1.0]))", "true"},
       {"sets.intersects([1], [2])", "false"},
       {"sets.intersects([[1], [2, 3]], [[1, 2], [2, 3.0]])", "true"}});
}

TEST(SetsLibrary, TakesListsAlone) {
  ExpectErrors({"sets.contains([1], 1)", "sets.equivalent({}, {})",
                "sets.intersects('a', 'a')", "sets.contains([1])",
                "sets.contains(dyn(1), [1])"});
  // Whatever the values, lists of different types have no type in common.
  EXPECT_TRUE(Outcome("sets.intersects([1], [1.0])").starts_with("refused"));
}

TEST(SetsLibrary, ChargesForEachComparison) {
  ExpectSteps("sets.contains(lists.range(thousand), lists.range(100))", 5'000,
              10'000);
  ExpectSteps("sets.intersects(lists.range(thousand), [-1])", 1'999, 3'000);
  ExpectSteps("sets.equivalent([text], [text])", 120, 500);
}

TEST(ListsLibrary, Slices) {
  ExpectOutcomes({{"[1, 2, 3].slice(0, 3)", "[1, 2, 3]"},
                  {"[1, 2, 3].slice(1, 2)", "[2]"},
                  {"[1, 2, 3].slice(1, 1)", "[]"},
                  {"[1, 2, 3].slice(3, 3)", "[]"},
                  {"[].slice(0, 0)", "[]"},
                  {"['a', 'b'].slice(1, 2)", "['b']"}});
  ExpectErrors({"[1, 2].slice(-1, 1)", "[1, 2].slice(0, -1)",
                "[1, 2].slice(2, 1)", "[1, 2].slice(0, 3)",
                "[1, 2].slice(3, 3)", "[1].slice(0)", "[1].slice('0', 1)",
                "'ab'.slice(0, 1)", "[1].slice(0, 9223372036854775807)"});
}

TEST(ListsLibrary, Flattens) {
  ExpectOutcomes(
      {{"[[1], [2, 3], []].flatten()", "[1, 2, 3]"},
       {"[].flatten()", "[]"},
       {"[1, [2, 3], [4]].flatten()", "[1, 2, 3, 4]"},
       {"[1, [2, [3, 4]]].flatten()", "[1, 2, [3, 4]]"},
       {"[1, [2, [3, [4]]]].flatten(2)", "[1, 2, 3, [4]]"},
       {"[1, [2, [3, [4]]]].flatten(0)", "[1, [2, [3, [4]]]]"},
       {"[1, [2, [3, [4]]]].flatten(9223372036854775807)", "[1, 2, 3, 4]"},
       {"[{'a': [1]}].flatten(3)", "[{'a': [1]}]"},
       {"dyn([1, 2]).flatten()", "[1, 2]"}});
  ExpectErrors({"[[1]].flatten(-1)", "'a'.flatten()", "[[1]].flatten('1')"});
}

TEST(ListsLibrary, CountsUp) {
  ExpectOutcomes({{"lists.range(0)", "[]"}, {"lists.range(3)", "[0, 1, 2]"}});
  ExpectErrors({"lists.range(-1)", "lists.range(1.0)", "lists.range()",
                "lists.range(9223372036854775807)"});
}

TEST(ListsLibrary, ReversesLists) {
  ExpectOutcomes({{"[1, 2, 3].reverse()", "[3, 2, 1]"},
                  {"[].reverse()", "[]"},
                  {"[1].reverse()", "[1]"}});
}

TEST(ListsLibrary, KeepsTheFirstOfWhatIsRepeated) {
  ExpectOutcomes(
      {{"[].distinct()", "[]"},
       {"[1, 2, 2, 3, 1].distinct()", "[1, 2, 3]"},
       {"['b', 'a', 'b'].distinct()", "['b', 'a']"},
       {"[1, 1u, 1.0, 1.5, 1.5, '1'].distinct()", "[1, 1.5, '1']"},
       {"[2.0, 2, 2u].distinct()", "[2.0]"},
       {"[true, 1, true].distinct()", "[true, 1]"},
       {"[null, null].distinct()", "[null]"},
       {"[[1], [1u], [2]].distinct()", "[[1], [2]]"},
       {"[{'a': 1}, {'a': 1.0}].distinct()", "[{'a': 1}]"},
       {"[b'a', b'a', 'a'].distinct()", "[b'a', 'a']"},
       {"[duration('60s'), duration('1m')].distinct()", "[duration(60s)]"},
       {"[int, int, type(1)].distinct()", "[type(int)]"},
       {"size([0.0 / 0.0, 0.0 / 0.0].distinct())", "2"},
       {"[1e300, 1e300, -0.0, 0].distinct() == [1e300, 0]", "true"},
       {"lists.range(2000).map(i, i % 7).distinct()",
        "[0, 1, 2, 3, 4, 5, 6]"}});
}

TEST(ListsLibrary, Sorts) {
  ExpectOutcomes(
      {{"[3, 1, 2].sort()", "[1, 2, 3]"},
       {"[].sort()", "[]"},
       {"['b', 'B', 'a', 'ä'].sort()", "['B', 'a', 'b', 'ä']"},
       {"[2u, 1u].sort()", "[1u, 2u]"},
       {"[2.5, -1.0, -1.0 / 0.0].sort()", "[-Infinity, -1.0, 2.5]"},
       {"[true, false, true].sort()", "[false, true, true]"},
       {"[b'b', b'a'].sort()", "[b'a', b'b']"},
       {"[duration('1m'), duration('1s')].sort()",
        "[duration(1s), duration(60s)]"},
       {"[timestamp(1), timestamp(0)].sort() == [timestamp(0), timestamp(1)]",
        "true"},
       {"dyn([2, 1]).sort()", "[1, 2]"}});
  ExpectErrors({"[1, 'a'].sort()", "[[1], [2]].sort()", "[null].sort()",
                "[{}].sort()", "[1, 2u].sort()", "[1, 2.0].sort()",
                "[1.0, 0.0 / 0.0].sort()", "'ba'.sort()",
                "dyn([dyn(1), dyn('a')]).sort()", "[int].sort()"});
}

TEST(ListsLibrary, SortsByAKey) {
  ExpectOutcomes(
      {{"[{'n': 2}, {'n': 1}].sortBy(e, e.n)", "[{'n': 1}, {'n': 2}]"},
       {"['ccc', 'a', 'bb'].sortBy(s, size(s))", "['a', 'bb', 'ccc']"},
       {"['ccc', 'a', 'bb'].sortBy(s, -size(s))", "['ccc', 'bb', 'a']"},
       {"[].sortBy(e, e)", "[]"},
       // Equal keys keep their order.
       {"['b1', 'a1', 'b0', 'a0'].sortBy(s, s.charAt(0))",
        "['a1', 'a0', 'b1', 'b0']"},
       {"[[3, 1], [2]].sortBy(l, l.sortBy(n, n)[0])", "[[3, 1], [2]]"},
       {"[[3, 9], [2, 1]].map(l, l.sortBy(n, -n)).sortBy(l, l[1])",
        "[[2, 1], [9, 3]]"},
       {"cel.bind(e, 10, [2, 1].sortBy(x, x + e))", "[1, 2]"}});
  ExpectErrors({"[1, 2].sortBy(e, [e])", "[1, 2].sortBy(1, 1)",
                "[1, 2].sortBy(a.b, 1)", "[1, 0].sortBy(e, 1 / e)",
                "{}.sortBy(e, e)", "['a', 1].sortBy(e, e)"});
}

TEST(ListsLibrary, ChargesForItsWork) {
  ExpectSteps("lists.range(thousand)", 999, 1'100);
  ExpectSteps("lists.range(thousand).sort()", 10'000, 15'000);
  ExpectSteps("lists.range(thousand).distinct()", 1'999, 3'000);
  ExpectSteps("lists.range(thousand).map(i, [i]).distinct()", 500'000,
              2'000'000);
  ExpectSteps("lists.range(thousand).reverse()", 1'999, 2'100);
  ExpectSteps("lists.range(thousand).slice(0, 900)", 1'899, 2'000);
  ExpectSteps("[lists.range(thousand)].flatten()", 2'000, 2'100);
}

TEST(EncodersLibrary, ChargesForItsWork) {
  ExpectSteps("base64.encode(bytes(text))", 120, 300);
  ExpectSteps("base64.decode(text)", 60, 200);
}

TEST(EncodersLibrary, EncodesBase64) {
  ExpectOutcomes({{"base64.encode(b'')", "''"},
                  {"base64.encode(b'f')", "'Zg=='"},
                  {"base64.encode(b'fo')", "'Zm8='"},
                  {"base64.encode(b'foo')", "'Zm9v'"},
                  {"base64.encode(b'foobar')", "'Zm9vYmFy'"},
                  {"base64.encode(b'\\xff\\xfe\\xfb')", "'//77'"}});
  ExpectErrors({"base64.encode('text')", "base64.encode(1)"});
}

TEST(EncodersLibrary, DecodesBase64WithAndWithoutPadding) {
  ExpectOutcomes({{"base64.decode('')", "b''"},
                  {"base64.decode('Zg==')", "b'f'"},
                  {"base64.decode('Zg')", "b'f'"},
                  {"base64.decode('Zm8=')", "b'fo'"},
                  {"base64.decode('Zm8')", "b'fo'"},
                  {"base64.decode('Zm9v')", "b'foo'"},
                  {"base64.decode('//77') == b'\\xff\\xfe\\xfb'", "true"}});
  ExpectErrors({"base64.decode('Z')", "base64.decode('Zg=')",
                "base64.decode('Zg===')", "base64.decode('=')",
                "base64.decode('Z===')", "base64.decode('Zm9v====')",
                "base64.decode('Zm 9')", "base64.decode('Zm9-')",
                "base64.decode('Zm9_')", "base64.decode('Z=g=')",
                "base64.decode('Zg==Zg==')", "base64.decode('äää')",
                "base64.decode(b'Zg==')", "base64.decode(1)"});
}

}  // namespace
}  // namespace writ::engine::cel
