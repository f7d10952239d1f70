#include "engine/cel/parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::engine::cel {
namespace {

std::string Show(const Expr& expr);

std::string ShowAll(const std::vector<Expr*>& expressions) {
  std::string text;
  for (const Expr* expr : expressions) {
    text += (text.empty() ? "" : " ") + Show(*expr);
  }
  return text;
}

std::string ShowLiteral(const Value& value) {
  if (value.Is(Kind::kInt)) return std::to_string(value.AsInt());
  if (value.Is(Kind::kUint)) return std::to_string(value.AsUint()) + "u";
  if (value.Is(Kind::kDouble)) return std::to_string(value.AsDouble());
  if (value.Is(Kind::kBool)) return value.AsBool() ? "true" : "false";
  if (value.Is(Kind::kNull)) return "null";
  return (value.Is(Kind::kBytes) ? "b'" : "'") + std::string(value.text()) +
         "'";
}

// As nested calls: (_+_ 1 (f x)).
std::string Show(const Expr& expr) {
  if (const auto* literal = expr.As<Literal>()) {
    return ShowLiteral(literal->value);
  }
  if (const auto* ident = expr.As<Ident>()) return ident->name;
  if (const auto* select = expr.As<Select>()) {
    return (select->test ? "has " : "") + Show(*select->operand) +
           (select->optional ? ".?" : ".") + select->field;
  }
  if (const auto* call = expr.As<Call>()) {
    const std::string target =
        call->target != nullptr ? Show(*call->target) + "." : "";
    return "(" + target + call->function +
           (call->arguments.empty() ? "" : " ") + ShowAll(call->arguments) +
           ")";
  }
  if (const auto* list = expr.As<ListLiteral>()) {
    std::string text = "[";
    for (const auto& element : list->elements) {
      text += (element.optional ? "?" : "") + Show(*element.value) + ";";
    }
    return text + "]";
  }
  if (const auto* map = expr.As<MapLiteral>()) {
    std::string text = "{";
    for (const auto& entry : map->entries) {
      text += (entry.optional ? "?" : "") + Show(*entry.key) + ":" +
              Show(*entry.value) + ";";
    }
    return text + "}";
  }
  if (const auto* loop = expr.As<Loop>()) {
    return "loop(" + loop->variable + " in " + Show(*loop->range) + ": " +
           (loop->condition != nullptr ? "if " + Show(*loop->condition) + " "
                                       : "") +
           Show(*loop->body) + ")";
  }
  return "let";
}

std::string Parsed(const std::string& text, Limits limits = {}) {
  const Environment environment({&StandardLibrary()}, {}, limits);
  const auto ast = Parse(text, environment);
  return ast ? Show(ast->root()) : "refused: " + Describe(ast.error());
}

TEST(Parser, BindsOperatorsByTheirPrecedence) {
  struct Case {
    std::string text;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"1 + 2 * 3", "(_+_ 1 (_*_ 2 3))"},
      {"1 - 2 - 3", "(_-_ (_-_ 1 2) 3)"},
      {"a || b && c", "(_||_ a (_&&_ b c))"},
      {"a && b && c && d", "(_&&_ (_&&_ a b) (_&&_ c d))"},
      {"a ? b : c ? d : e", "(_?_:_ a b (_?_:_ c d e))"},
      {"a < b == c", "(_==_ (_<_ a b) c)"},
      {"!a.b", "(!_ a.b)"},
      {"--a", "(-_ (-_ a))"},
      {"-1", "-1"},
      {"- 1", "-1"},
      {"2 -1", "(_-_ 2 1)"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"a in [1, 2,]", "(@in a [1;2;])"},
      {"a.b.c(1)[2].d", "(_[_] (a.b.c 1) 2).d"},
      {".a.b", ".a.b"},
      {"a.?b[?c]", "(_[?_] a.?b c)"},
      {"[?a, b]", "[?a;b;]"},
      {"{?a: b, c: d}", "{?a:b;c:d;}"},
      {"a.`b-c/d`", "a.b-c/d"},
      {"a.if", "a.if"},
      {"(a)", "a"},
      {"1 // one\n + 2", "(_+_ 1 2)"},
  };
  for (const Case& c : cases) EXPECT_EQ(Parsed(c.text), c.want) << c.text;
}

TEST(Parser, ReadsLiterals) {
  struct Case {
    std::string text;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"0x1F", "31"},
      {"-0x10", "-16"},
      {"0xfu", "15u"},
      {"18446744073709551615u", "18446744073709551615u"},
      {"1e2", "100.000000"},
      {".5", "0.500000"},
      {"1e-999", "0.000000"},
      {R"('a\n\x41\u00e9\101')",
       "'a\nA\xC3\xA9"
       "A'"},
      {R"(r'\n')", R"('\n')"},
      {R"(b'\xff\303')", "b'\xFF\xC3'"},
      {"''", "''"},
  };
  for (const Case& c : cases) EXPECT_EQ(Parsed(c.text), c.want) << c.text;
  EXPECT_EQ(Parsed("'''a\n'b'''"), "'a\n'b'");
}

TEST(Parser, ExpandsMacros) {
  EXPECT_EQ(Parsed("has(a.b)"), "has a.b");
  EXPECT_EQ(Parsed("l.all(x, x > 1)"), "loop(x in l: (_>_ x 1))");
  EXPECT_EQ(Parsed("l.map(x, x > 1, f(x))"),
            "loop(x in l: if (_>_ x 1) (f x))");
  EXPECT_EQ(Parsed("l.filter(x, x > 1)"), "loop(x in l: if (_>_ x 1) x)");
  // With other arguments it is a function like any.
  EXPECT_EQ(Parsed("has(a, b)"), "(has a b)");
}

TEST(Parser, SaysWhereAndWhatIsWrong) {
  struct Case {
    std::string text;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"", "1:1: the expression ends too early"},
      {"1 +", "1:4: the expression ends too early"},
      {"a b", "1:3: \"b\" can't stand here"},
      {"\xC3\xA9", "1:1: a character that begins nothing"},
      {"'\xC3\xA9' 'b'", "1:5: \"'b'\" can't stand here"},
      {"a\n  = b", "2:3: = is no operator; equality is =="},
      {"a & b", "1:3: & is no operator; a conjunction is &&"},
      {"'abc", "1:1: a string has no closing quote"},
      {R"('a\q')", "1:4: no such escape in a string"},
      {R"('\ud800')", "1:7: no such escape in a string"},
      {"9223372036854775808", "1:1: the number exceeds the range of int"},
      {"99999999999999999999", "1:1: the number exceeds 64 bits"},
      {"1e999", "1:1: the number exceeds the range of double"},
      {"if", "1:1: \"if\" is reserved; it's no name"},
      {"a.in", "1:3: \"in\" can't stand here"},
      {"[1, 2", "1:6: the expression ends too early"},
      {"f(1,)", "1:5: \")\" can't stand here"},
      {"{1}", "1:3: \"}\" can't stand here"},
      {"has(a)", "1:5: has() wants a field: has(object.field)"},
      {"l.map(a.b, 1)", "1:9: a plain name for a variable belongs here"},
      {"A{b: 1}", "1:2: \"{\" can't stand here"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Parsed(c.text), "refused: " + c.want) << c.text;
  }
}

TEST(Parser, FindsAllMistakesInMacros) {
  EXPECT_EQ(Parsed("has(a) || has(b)"),
            "refused: 1:5: has() wants a field: has(object.field)\n"
            "1:15: has() wants a field: has(object.field)");
}

std::string Repeated(const std::string& part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

// Nothing that an author writes exhausts the stack.
TEST(Parser, BoundsNesting) {
  const std::string deep = "nested too deeply";
  const int many = 50'000;
  for (const std::string& text :
       {Repeated("(", many), Repeated("[", many), Repeated("{1:", 30'000),
        Repeated("!", many) + "a", Repeated("-", many) + "a",
        Repeated("f(", many), Repeated("a[", many), Repeated("a?b:", 20'000),
        "a" + Repeated(".b", many - 1), "a" + Repeated("+a", many - 1),
        "a" + Repeated("[0]", 30'000), "a" + Repeated(".f()", 20'000)}) {
    EXPECT_NE(Parsed(text).find(deep), std::string::npos) << text.substr(0, 20);
  }
}

TEST(Parser, AcceptsWhatPeopleWrite) {
  const auto accepted = [](const std::string& text) {
    return !Parsed(text).starts_with("refused");
  };
  EXPECT_TRUE(accepted(Repeated("(", 200) + "a" + Repeated(")", 200)));
  EXPECT_TRUE(accepted("a" + Repeated(" && a", 5'000)));
  EXPECT_TRUE(accepted("a" + Repeated(" + a", 900)));
  EXPECT_TRUE(accepted("[" + Repeated("a, ", 10'000) + "]"));
}

TEST(Parser, BoundsTheSource) {
  Limits limits;
  limits.max_code_points = 4;
  EXPECT_EQ(Parsed("'\xC3\xA9\xC3\xA9'", limits), "'\xC3\xA9\xC3\xA9'");
  EXPECT_NE(Parsed("12345", limits).find("more than 4 characters"),
            std::string::npos);
  EXPECT_NE(Parsed("'\xFF'").find("UTF-8"), std::string::npos);
}

TEST(Parser, KnowsWhatEachExpressionCovers) {
  const Environment environment;
  const auto ast = Parse("ab + c.def(1)", environment);
  ASSERT_TRUE(ast);
  const Expr& sum = ast->root();
  EXPECT_EQ(ast->SpanOf(sum.id), (Span{0, 13, 3}));
  const Expr& call = *sum.As<Call>()->arguments[1];
  EXPECT_EQ(ast->source().TextOf(ast->SpanOf(call.id)), "c.def(1)");
  EXPECT_EQ(ast->PositionOf(call.id), (Position{1, 8}));
}

}  // namespace
}  // namespace writ::engine::cel
