#include "engine/notify/rule_test_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/validator.h"
#include "tests/engine/notify/notify_samples.h"

namespace writ::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Json;
using testing::RuleOf;

const SourceFiles kFiles = {"t.test.yaml"};

RuleTestResult RunCases(const std::string& cases, const RuleSet& rules) {
  Diagnostics diagnostics;
  Reporter reporter(kFiles, {}, diagnostics);
  auto test =
      ValidateDocument(Json(R"({"apiVersion":"writ/v1","kind":"RuleTest",
               "metadata":{"name":"t"},"spec":{"app":"shop",
               "start":"2026-12-01T00:00:00Z","cases":)" +
                            cases + "}}"),
                       reporter);
  if (!test) {
    ADD_FAILURE() << diagnostics.items().at(0).summary;
    return {};
  }
  return RunRuleTest(*test, kFiles, rules);
}

std::vector<std::string> FailuresOf(const std::string& members,
                                    const RuleSet& rules) {
  const auto result = RunCases(R"([{"name":"c",)" + members + "}]", rules);
  return result.cases.at(0).failures;
}

const RuleSet& Rules() {
  static const RuleSet rules(
      {RuleOf("large", R"("event":"payment.failed","groupBy":["customer_id"],
          "conditions":[{"field":"amountCents","operator":"greater_than",
          "value":10000}])"),
       RuleOf("each", R"("event":"order.*")")},
      {{ResourceId("Silence", "shop", "night"), "",
        std::make_shared<const Value>(
            Json(R"({"matchers":[{"field":"night","operator":"exists"}],
                     "endsAt":"2026-12-01T01:00:00Z"})"))}});
  return rules;
}

constexpr const char* kLarge =
    R"({"at":"0s","event":"payment.failed","level":"error",
        "customer_id":"c1","data":{"amountCents":20000}})";

TEST(RuleTest, PassesWhereExactlyTheExpectedIsTold) {
  EXPECT_THAT(FailuresOf(std::string(R"("events":[)") + kLarge +
                             R"(],"expect":[{"at":"30s","rule":"large",
                             "destination":"slack","events":1}])",
                         Rules()),
              IsEmpty());
}

TEST(RuleTest, KnowsRulesAndDestinationsByAddressToo) {
  EXPECT_THAT(FailuresOf(std::string(R"("events":[)") + kLarge +
                             R"(],"expect":[{"at":"30s",
                     "rule":"NotificationRule/shop/large",
                     "destination":"Destination/shop/slack"}])",
                         Rules()),
              IsEmpty());
}

TEST(RuleTest, FailsForWhatIsMissingAndWhatIsTooMuch) {
  EXPECT_THAT(FailuresOf(std::string(R"("events":[)") + kLarge +
                             R"(],"expect":[{"at":"0s","rule":"large",
                             "destination":"slack"}])",
                         Rules()),
              ElementsAre("expected and not sent: 0s  large → slack, 1 event",
                          "sent and not expected: 30s  large → slack, 1 "
                          "event"));
}

TEST(RuleTest, HoldsSilenceForGood) {
  EXPECT_THAT(FailuresOf(R"("events":[{"at":"0s","event":"payment.failed",
      "data":{"amountCents":1}}],"expect":[])",
                         Rules()),
              IsEmpty());
  EXPECT_THAT(
      FailuresOf(std::string(R"("events":[)") + kLarge + R"(],"expect":[])",
                 Rules()),
      ElementsAre("sent and not expected: 30s  large → slack, 1 "
                  "event"));
}

TEST(RuleTest, CountsRepeatedMessages) {
  EXPECT_THAT(FailuresOf(R"("events":[{"at":"1s","event":"order.placed"},
                   {"at":"1s","event":"order.placed"}],
                   "expect":[{"at":"1s","rule":"each","destination":"slack"}])",
                         Rules()),
              ElementsAre("sent and not expected: 1s  each → slack, 1 event"));
}

TEST(RuleTest, TakesEventsInTheOrderOfTheirTimes) {
  EXPECT_THAT(
      FailuresOf(
          R"("events":[{"at":"2m","event":"payment.failed","customer_id":"c1",
             "data":{"amountCents":20000}},)" +
              std::string(kLarge) +
              R"(],"expect":[{"at":"30s","rule":"large","destination":"slack"},
              {"at":"5m30s","rule":"large","destination":"slack"}])",
          Rules()),
      IsEmpty());
}

TEST(RuleTest, HoldsBackWhatIsSilenced) {
  const auto members = [](const std::string& at, const std::string& expect) {
    return R"("events":[{"at":")" + at +
           R"(","event":"order.placed","data":{"night":1}}],"expect":)" +
           expect;
  };
  EXPECT_THAT(FailuresOf(members("59m", "[]"), Rules()), IsEmpty());
  EXPECT_THAT(FailuresOf(members("1h", R"([{"at":"1h","rule":"each",
                                           "destination":"slack"}])"),
                         Rules()),
              IsEmpty());
}

TEST(RuleTest, FailsACaseThatExpectsNothing) {
  EXPECT_THAT(FailuresOf(std::string(R"("events":[)") + kLarge + "]", Rules()),
              ElementsAre("it expects nothing; silence is written expect: []"));
  EXPECT_THAT(FailuresOf(R"("events":[],"expect":[])", Rules()),
              ElementsAre("it has no events"));
}

TEST(RuleTest, FailsWhereARuleCannotBeRead) {
  const RuleSet broken({RuleOf("bad", R"("event":"*","when":"data.")")}, {});
  const auto result =
      RunCases(R"([{"name":"c","events":[],"expect":[]}])", broken);
  EXPECT_FALSE(result.passed());
  EXPECT_EQ(result.failures.size(), 1U);
  EXPECT_THAT(result.cases, IsEmpty());
}

}  // namespace
}  // namespace writ::engine
