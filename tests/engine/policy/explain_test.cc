#include "engine/policy/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/policy/judge.h"
#include "engine/policy/value_text.h"
#include "tests/engine/policy/policy_fixture.h"

namespace writ::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "expression = value", two blanks a level, of the first finding.
std::vector<std::string> Explained(const std::string& expression,
                                   const std::string& more = {}) {
  World world(PolicyYaml("p", "  match: {kinds: [Token]}\n" + more +
                                  "  validations:\n    - name: v\n"
                                  "      expression: >-\n        " +
                                  expression + "\n"));
  const PolicySet set = world.Compile();
  EXPECT_FALSE(world.diagnostics.HasErrors()) << world.Lines().front();
  const PlanFacts facts = FactsOf({ChangeOf(
      "create", "", TokenYaml("x", "\"admin:all\", \"inbox:read\""))});
  const Judgement judgement = Judge(set, nullptr, facts);
  std::vector<std::string> lines;
  if (judgement.findings.empty()) return lines;
  for (const ExplainedPart& part :
       Explain(set, facts, judgement.findings.front()).parts) {
    lines.push_back(std::string(static_cast<std::size_t>(part.depth) * 2, ' ') +
                    part.expression + " = " + part.value);
  }
  return lines;
}

TEST(Explain, ShowsTheOperandsThatDecided) {
  EXPECT_THAT(Explained("change.name == 'x' && change.action == 'delete' && "
                        "change.parent == 'y'"),
              ElementsAre("change.name == 'x' && change.action == 'delete' && "
                          "change.parent == 'y' = false",
                          "  change.action == 'delete' = false",
                          "    change.action = \"create\""));
}

TEST(Explain, ShowsAllOfAnOrThatFailed) {
  EXPECT_THAT(
      Explained("change.name == 'y' || change.name == 'z'"),
      ElementsAre("change.name == 'y' || change.name == 'z' = false",
                  "  change.name == 'y' = false", "    change.name = \"x\"",
                  "  change.name == 'z' = false"));
}

TEST(Explain, FollowsTheBranchThatWasTaken) {
  EXPECT_THAT(
      Explained("change.name == 'x' ? change.parent == 'b' : change.parent == "
                "'c'"),
      ElementsAre(HasSubstr(" = false"), "  change.name == 'x' = true",
                  "    change.name = \"x\"", "  change.parent == 'b' = false",
                  "    change.parent = \"acme\""));
}

TEST(Explain, NamesTheElementThatEndedALoop) {
  EXPECT_THAT(
      Explained("resource.spec.scopes.all(s, s.endsWith(':read'))"),
      ElementsAre("resource.spec.scopes.all(s, s.endsWith(':read')) = false",
                  "  resource.spec.scopes = [\"admin:all\", \"inbox:read\"]",
                  "  s = \"admin:all\"", "  s.endsWith(':read') = false"));
  EXPECT_THAT(Explained("!resource.spec.scopes.map(s, s + '!').exists(t, t == "
                        "'inbox:read!')"),
              ElementsAre(HasSubstr("= false"), HasSubstr("= true"),
                          HasSubstr("= [\"admin:all!\", \"inbox:read!\"]"),
                          HasSubstr("resource.spec.scopes = "),
                          "    t = \"inbox:read!\"", HasSubstr("= true")));
}

TEST(Explain, GoesIntoVariables) {
  EXPECT_THAT(Explained("variables.ok && variables.few",
                        "  variables:\n    - {name: ok, expression: \"true\"}\n"
                        "    - {name: few, expression: "
                        "\"resource.spec.scopes.size() < 2\"}\n"),
              ElementsAre("variables.ok && variables.few = false",
                          "  variables.few = false",
                          "  resource.spec.scopes.size() < 2 = false",
                          "    resource.spec.scopes.size() = 2",
                          HasSubstr("      resource.spec.scopes = [")));
}

TEST(Explain, ShowsWhereAnErrorArose) {
  const auto lines =
      Explained("change.name == 'x' && resource.spec.expiresAt != ''");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[2],
              HasSubstr("    resource.spec.expiresAt = error: no such key"));
}

TEST(Explain, FindsTheConditionThatFailed) {
  EXPECT_THAT(Explained("change.name == 'x'",
                        "  matchConditions: [{name: c, expression: "
                        "resource.spec.expiresAt != ''}]\n"),
              ElementsAre(HasSubstr("= error:"), HasSubstr("= error:")));
}

TEST(Explain, PointsIntoTheFile) {
  World world(PolicyYaml("p",
                         "  match: {kinds: [Token]}\n  validations:\n    - "
                         "name: v\n      expression: |\n"
                         "        change.name == 'x' &&\n"
                         "          change.parent == 'y'\n"));
  const PolicySet set = world.Compile();
  const PlanFacts facts = FactsOf({ChangeOf("create", "", TokenYaml("x", ""))});
  const Judgement judgement = Judge(set, nullptr, facts);
  const Explanation explanation = Explain(set, facts, judgement.findings.at(0));
  ASSERT_EQ(explanation.parts.size(), 3U);
  EXPECT_EQ(explanation.parts[1].at.line, 11U);
  EXPECT_EQ(explanation.parts[1].at.column, 25U);
}

TEST(Explain, IsEmptyForWhatIsNotThere) {
  const PlanFacts facts = FactsOf({});
  Finding finding;
  finding.policy = "p";
  EXPECT_THAT(Explain(PolicySet(), facts, finding).parts, IsEmpty());
}

TEST(ValueText, WritesEveryKind) {
  using cel::Value;
  EXPECT_EQ(ValueText(Value::Null(), 99), "null");
  EXPECT_EQ(ValueText(Value::Uint(7), 99), "7");
  EXPECT_EQ(ValueText(Value::Double(1.5), 99), "1.5");
  EXPECT_EQ(ValueText(Value::BorrowString("a\n\"b"), 99), "\"a\\u000a\\\"b\"");
  EXPECT_EQ(ValueText(Value::BorrowBytes("abc"), 99), "3 bytes");
  EXPECT_EQ(ValueText(Value::Timestamp(0, 0), 99), "1970-01-01T00:00:00Z");
  EXPECT_EQ(ValueText(Value::Duration(7'776'000'000'000'000), 99), "90d");
  EXPECT_EQ(ValueText(Value::Duration(-1'500'000'000), 99), "-1.5s");
  EXPECT_EQ(ValueText(Value::TypeNamed("int"), 99), "int");
  EXPECT_EQ(ValueText(Value::OptionalNone(), 99), "optional.none()");
  EXPECT_EQ(ValueText(Value::OptionalOf(Value::Int(1)), 99), "optional.of(1)");
  EXPECT_EQ(ValueText(Value::Error("no"), 99), "error: no");
  cel::MapBuilder map;
  map.Insert(Value::BorrowString("a"), Value::List({Value::Bool(true)}));
  EXPECT_EQ(ValueText(map.Build(), 99), "{\"a\": [true]}");
}

TEST(ValueText, LooksAtNoMoreThanItShows) {
  std::vector<cel::Value> items(10'000, cel::Value::Int(123));
  EXPECT_EQ(ValueText(cel::Value::List(std::move(items)), 9), "[123, 123…");
  EXPECT_EQ(ValueText(cel::Value::BorrowString("ä€ä€"), 4), "\"ä€…");
}

}  // namespace
}  // namespace writ::engine
