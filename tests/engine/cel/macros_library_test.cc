// cel.bind, cel.block, and the macros of two variables
#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

TEST(BindingsLibrary, NamesAValue) {
  ExpectOutcomes(
      {{"cel.bind(x, 2, x * x)", "4"},
       {"cel.bind(x, 2, cel.bind(y, x + 1, x * y))", "6"},
       {"cel.bind(x, 1, cel.bind(x, x + 1, x + 1))", "3"},
       {"cel.bind(x, [1, 2], x.map(y, cel.bind(z, y, z + x[0])))", "[2, 3]"},
       {"cel.bind(x, 'a' + 'b', [x, x + x])", "['ab', 'abab']"},
       {"cel.bind(x, 1, 2)", "2"},
       {"[1, 2].map(x, cel.bind(x, x * 10, x))", "[10, 20]"},
       {"cel.bind(x, 'a' + 'b', optional.of(x))", "optional('ab')"},
       {"cel.bind(x, [1].map(i, i), {'a': x})", "{'a': [1]}"}});
}

// An error counts where the name is used.
TEST(BindingsLibrary, EvaluatesLazily) {
  ExpectOutcomes({{"cel.bind(x, 1 / 0, true)", "true"},
                  {"cel.bind(x, 1 / 0, true || x > 0)", "true"},
                  {"cel.bind(x, 1 / 0, x > 0 || true)", "true"}});
  ExpectErrors({"cel.bind(x, 1 / 0, x)"});
}

TEST(BindingsLibrary, WantsAPlainName) {
  ExpectErrors({"cel.bind(1, 1, 1)", "cel.bind(a.b, 1, 1)",
                "cel.bind('x', 1, 1)", "cel.bind(x, 1)", "cel.bind(x, x, x)",
                "cel.bind(x, 1, y)", "cell.bind(x, 1, x)", "bind(x, 1, x)",
                "cel.bind(x, 1, x) + x"});
}

TEST(BlocksLibrary, NumbersItsValues) {
  ExpectOutcomes(
      {{"cel.block([1], cel.index(0))", "1"},
       {"cel.block([], 5)", "5"},
       {"cel.block([2, cel.index(0) * 3, cel.index(1) + cel.index(0)], "
        "[cel.index(2), cel.index(0)])",
        "[8, 2]"},
       {"cel.block([[1, 2, 3]], cel.index(0).exists(x, x == "
        "cel.index(0)[2]))",
        "true"},
       {"cel.block([1 / 0, 3], cel.index(1))", "3"},
       {"cel.block([{'a': 'b' + 'c'}], cel.index(0).a)", "'bc'"},
       {"cel.block([1], cel.block([2], cel.index(0)) + cel.index(0))", "3"}});
  ExpectErrors({"cel.index(0)", "cel.block([1], cel.index(1))",
                "cel.block([cel.index(1), 1], cel.index(0))",
                "cel.block([cel.index(0)], cel.index(0))", "cel.block(1, 1)",
                "cel.block([1])", "cel.index(-1)", "cel.index('0')",
                "cel.index(0u)", "cel.index(1 + 1)",
                "cel.block([?optional.of(1)], cel.index(0))",
                "cel.block([1 / 0], cel.index(0))"});
}

TEST(BlocksLibrary, NumbersTheVariablesOfMacros) {
  ExpectOutcomes(
      {{"[1, 2].map(cel.iterVar(0, 0), cel.iterVar(0, 0) * 2)", "[2, 4]"},
       {"[[1], [2, 3]].map(cel.iterVar(0, 0), cel.iterVar(0, "
        "0).map(cel.iterVar(1, 0), cel.iterVar(1, 0) + size(cel.iterVar(0, "
        "0))))",
        "[[2], [4, 5]]"},
       {"cel.block([[1, 2].exists(cel.iterVar(0, 0), cel.iterVar(0, 0) > 1)], "
        "[cel.index(0), cel.index(0)])",
        "[true, true]"},
       {"[5].transformList(cel.iterVar(0, 0), cel.iterVar(0, 1), "
        "cel.iterVar(0, 0) + cel.iterVar(0, 1))",
        "[5]"}});
  ExpectErrors({"cel.iterVar(0, 0)", "cel.accuVar(0, 0)", "cel.iterVar(0)",
                "[1].map(cel.iterVar(-1, 0), 1)",
                "[1].map(cel.iterVar(0, 0), cel.iterVar(0, 1))"});
}

TEST(ComprehensionsLibrary, TestsAll) {
  ExpectOutcomes({{"[1, 2, 3].all(i, v, i < v)", "true"},
                  {"[1, 2, 3].all(i, v, i + v < 5)", "false"},
                  {"[].all(i, v, false)", "true"},
                  {"{'a': 'b'}.all(k, v, k < v)", "true"},
                  {"{'a': 'a'}.all(k, v, k != v)", "false"},
                  {"{}.all(k, v, false)", "true"},
                  // A false makes up for errors, wherever it is.
                  {"[0, 1].all(i, v, 1 / v > 5)", "false"},
                  {"[1, 0].all(i, v, 1 / v > 5)", "false"},
                  {"{'h': ['hi'], 'j': ['jo', 'ja']}.all(k, l, l.all(s, "
                   "s.startsWith(k)))",
                   "true"}});
  ExpectErrors({"[0, 1].all(i, v, 1 / v > 0)", "[1].all(i, v, i)",
                "1.all(i, v, true)", "'a'.all(i, v, true)",
                "dyn(1).all(i, v, true)"});
}

TEST(ComprehensionsLibrary, TestsAny) {
  ExpectOutcomes({{"[4, 1].exists(i, v, i == v)", "true"},
                  {"[4, 3].exists(i, v, i == v)", "false"},
                  {"[].exists(i, v, true)", "false"},
                  {"{1: 1, 2: 5}.exists(k, v, v > k)", "true"},
                  {"{1: 1}.exists(k, v, v > k)", "false"},
                  {"[0, 1].exists(i, v, 1 / v == 1)", "true"},
                  {"[1, 0].exists(i, v, 1 / v == 1)", "true"}});
  ExpectErrors(
      {"[0, 1].exists(i, v, 1 / v == 9)", "[1].exists(i, v, dyn('a'))"});
}

TEST(ComprehensionsLibrary, TestsExactlyOne) {
  for (const std::string name : {"existsOne", "exists_one"}) {
    ExpectOutcomes(
        {{"[3, 1, 9]." + name + "(i, v, i == v)", "true"},
         {"[0, 1, 9]." + name + "(i, v, i == v)", "false"},
         {"[5]." + name + "(i, v, i == v)", "false"},
         {"[]." + name + "(i, v, true)", "false"},
         {"{'a': 1, 'b': 2}." + name + "(k, v, k == 'a' || v == 5)", "true"},
         {"{}." + name + "(k, v, true)", "false"}});
    // Nothing makes up for an error.
    ExpectErrors({"[1, 1, 0]." + name + "(i, v, 1 / v == 1)",
                  "[1]." + name + "(i, v, dyn(1))"});
  }
}

TEST(ComprehensionsLibrary, TransformsToLists) {
  ExpectOutcomes(
      {{"[5, 6].transformList(i, v, i * 10 + v)", "[5, 16]"},
       {"[5, 6, 7].transformList(i, v, i != 1, v)", "[5, 7]"},
       {"[].transformList(i, v, v)", "[]"},
       {"{'a': 1, 'b': 2}.transformList(k, v, k + string(v)).sort()",
        "['a1', 'b2']"},
       {"{'a': 1, 'b': 2}.transformList(k, v, v > 1, k)", "['b']"},
       {"{}.transformList(k, v, k)", "[]"},
       {"[[1, 2], [3]].transformList(i, l, l.transformList(j, v, i + j + v))",
        "[[1, 3], [4]]"}});
  ExpectErrors({"[0].transformList(i, v, 1 / v)",
                "[0].transformList(i, v, 1 / v > 0, v)",
                "[1].transformList(i, v, dyn(1), v)",
                "1.transformList(i, v, v)"});
}

TEST(ComprehensionsLibrary, TransformsToMaps) {
  ExpectOutcomes(
      {{"[5, 6].transformMap(i, v, i * v)", "{0: 0, 1: 6}"},
       {"[5, 6].transformMap(i, v, v > 5, v)", "{1: 6}"},
       {"[].transformMap(i, v, v)", "{}"},
       {"{'a': 1}.transformMap(k, v, v + 1)", "{'a': 2}"},
       {"{'a': 1, 'b': 2}.transformMap(k, v, k == 'b', k + k)", "{'b': 'bb'}"},
       {"{}.transformMap(k, v, v)", "{}"}});
  ExpectErrors({"{'a': 0}.transformMap(k, v, 1 / v)",
                "{'a': 0}.transformMap(k, v, 1 / v > 0, v)",
                "'a'.transformMap(i, v, v)"});
}

TEST(ComprehensionsLibrary, TransformsToMapEntries) {
  ExpectOutcomes(
      {{"['a', 'b'].transformMapEntry(i, v, {v: i})", "{'a': 0, 'b': 1}"},
       {"['a', 'b'].transformMapEntry(i, v, i > 0, {v: i})", "{'b': 1}"},
       {"{'a': 'x'}.transformMapEntry(k, v, {v: k})", "{'x': 'a'}"},
       {"[].transformMapEntry(i, v, {i: v})", "{}"},
       {"{}.transformMapEntry(k, v, {v: k})", "{}"},
       {"[1, 2].transformMapEntry(i, v, {v: i, v * 10: i})",
        "{1: 0, 10: 0, 2: 1, 20: 1}"},
       {"['a:1', 'b'].transformMapEntry(i, v, cel.bind(p, v.split(':'), "
        "{?p[0]: p[?1]}))",
        "{'a': '1'}"}});
  ExpectErrors({"['a', 'a'].transformMapEntry(i, v, {v: i})",
                "[1, 2].transformMapEntry(i, v, i == 0 ? {dyn(1): i} : "
                "{dyn(1u): i})",
                "['a'].transformMapEntry(i, v, v)",
                "['a'].transformMapEntry(i, v, dyn(1))",
                "[0].transformMapEntry(i, v, {v: 1 / v})",
                "[0].transformMapEntry(i, v, 1 / v > 0, {v: v})"});
}

TEST(ComprehensionsLibrary, WantsTwoNames) {
  for (const std::string name :
       {"all", "exists", "existsOne", "transformList", "transformMap"}) {
    ExpectErrors(
        {"[1]." + name + "(1, v, true)", "[1]." + name + "(i, 2, true)",
         "[1]." + name + "(i.j, v, true)", "[1]." + name + "(i, i, true)"});
  }
  ExpectErrors({"[1].transformList(i, v)", "[1].transformMapEntry(i, v)",
                "[1].transformList(i, v, true, v, v)",
                "[1].all(i, v, true) && i == 0"});
}

}  // namespace
}  // namespace writ::engine::cel
