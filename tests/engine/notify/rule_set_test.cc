#include "engine/notify/rule_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/notify/notify_samples.h"

namespace writ::engine {
namespace {

using testing::At;
using ::testing::ElementsAre;
using testing::EventOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Json;
using testing::RuleOf;

std::vector<std::string> Names(const std::vector<const Rule*>& rules) {
  std::vector<std::string> names;
  for (const Rule* rule : rules) names.push_back(rule->name());
  return names;
}

RuleSource SilenceOf(const std::string& members) {
  return {ResourceId("Silence", "shop", "load"), "uid",
          std::make_shared<const Value>(
              Json(R"({"matchers":[{"field":"metadata.traceId","operator":)"
                   R"("starts_with","value":"t-"}])" +
                   members + "}"))};
}

TEST(RuleSet, FiresWhatIsForTheEvent) {
  const RuleSet rules(
      {RuleOf("named", R"("event":"payment.failed")"),
       RuleOf("glob", R"("event":"payment.*")"),
       RuleOf("any", R"("event":"*")"),
       RuleOf("middle", R"("event":"pay*.failed")"),
       RuleOf("other", R"("event":"payment.made")"),
       RuleOf("other-glob", R"("event":"order.*")"),
       RuleOf("off", R"("event":"payment.failed","enabled":false)"),
       RuleOf("levels", R"("event":"payment.failed","levels":["info"])"),
       RuleOf("addressed", R"("event":"EventSchema/shop/payment.failed")")},
      {});
  EXPECT_THAT(Names(rules.Match(EventOf("{}"))),
              ElementsAre("addressed", "any", "glob", "middle", "named"));
  NotifyEvent elsewhere = EventOf("{}");
  elsewhere.app = "cart";
  EXPECT_THAT(rules.Match(elsewhere), IsEmpty());
}

TEST(RuleSet, TellsWhatNoRuleCanFireOn) {
  const RuleSet rules({RuleOf("named", R"("event":"payment.failed")"),
                       RuleOf("glob", R"("event":"order.*")"),
                       RuleOf("off", R"("event":"cart.left","enabled":false)")},
                      {});
  EXPECT_TRUE(rules.MayMatch("shop", "payment.failed"));
  EXPECT_TRUE(rules.MayMatch("shop", "order.made"));
  EXPECT_FALSE(rules.MayMatch("shop", "payment.made"));
  EXPECT_FALSE(rules.MayMatch("shop", "orde"));
  EXPECT_FALSE(rules.MayMatch("shop", "cart.left"));
  EXPECT_FALSE(rules.MayMatch("cart", "payment.failed"));
  EXPECT_FALSE(RuleSet().MayMatch("shop", "payment.failed"));
}

TEST(RuleSet, WantsAllConditionsAndWhen) {
  const RuleSet rules({RuleOf("both", R"("event":"payment.failed","conditions":[
          {"field":"amount","operator":"greater_than","value":10},
          {"field":"code","operator":"equals","value":"declined"}],
          "when":"data.amount < 100 && level == 'error'")")},
                      {});
  EXPECT_EQ(rules.Match(EventOf(R"({"amount":50,"code":"declined"})")).size(),
            1U);
  EXPECT_THAT(rules.Match(EventOf(R"({"amount":5,"code":"declined"})")),
              IsEmpty());
  EXPECT_THAT(rules.Match(EventOf(R"({"amount":50,"code":"x"})")), IsEmpty());
  EXPECT_THAT(rules.Match(EventOf(R"({"amount":500,"code":"declined"})")),
              IsEmpty());
}

TEST(RuleSet, GivesWhenEverythingOfTheEvent) {
  const RuleSet rules(
      {RuleOf("all", R"("event":"*","when":"event == 'payment.failed' )"
                     "&& customer_id == 'c1' && metadata.traceId == 't-1' "
                     "&& timestamp.getFullYear() == 2026\"")},
      {});
  EXPECT_EQ(rules.Match(EventOf("{}")).size(), 1U);
}

TEST(RuleSet, TakesAnErrorForNo) {
  const RuleSet rules({RuleOf("r", R"("event":"*","when":"data.x.y > 1")")},
                      {});
  const NotifyEvent event = EventOf("{}");
  EXPECT_THAT(rules.Match(event), IsEmpty());
  EXPECT_THAT(rules.Explain(event).at(0).why_not,
              HasSubstr("when can't be evaluated"));
}

TEST(RuleSet, KeepsRulesThatItCannotReadFromFiring) {
  const RuleSet rules(
      {RuleOf("bad", R"("event":"*","when":"data.")"),
       RuleOf("worse", R"("event":"*","conditions":[{"field":"a"}])"),
       RuleOf("good", R"("event":"*")")},
      {});
  EXPECT_THAT(Names(rules.Match(EventOf("{}"))), ElementsAre("good"));
  EXPECT_EQ(rules.faults().size(), 2U);
  EXPECT_THAT(rules.faults().at(0),
              HasSubstr("NotificationRule/shop/bad: when can't be read"));
}

TEST(RuleSet, ExplainsWhyOthersDoNotFire) {
  const RuleSet rules(
      {RuleOf("a-fires", R"("event":"payment.*")"),
       RuleOf("b-event", R"("event":"order.placed")"),
       RuleOf("c-off", R"("event":"*","enabled":false)"),
       RuleOf("d-level", R"("event":"*","levels":["info"])"),
       RuleOf("e-field", R"("event":"*","conditions":[
          {"field":"amount","operator":"greater_than","value":10}])"),
       RuleOf("f-when", R"("event":"*","when":"level == 'info'")"),
       {ResourceId("NotificationRule", "shop", "g-actions"), "",
        std::make_shared<const Value>(Json(
            R"({"event":"*","actions":[{"destination":"s","enabled":false}]})"))}},
      {});
  std::vector<std::string> said;
  for (const RuleVerdict& verdict : rules.Explain(EventOf("{}"))) {
    said.push_back(verdict.why_not);
  }
  EXPECT_THAT(
      said,
      ElementsAre("", "it is for order.placed",
                  "it is switched off (enabled: false)",
                  "its levels don't hold error",
                  "amount isn't there, so greater_than 10 doesn't hold",
                  "when is false", "each of its actions is switched off"));
}

TEST(RuleSet, SilencesWithinTheirTimeAlone) {
  const RuleSet rules({}, {SilenceOf(R"(,"startsAt":"2026-12-01T00:00:00Z",
                                        "endsAt":"2026-12-01T00:01:00Z")")});
  NotifyEvent event = EventOf("{}");
  const auto silenced = [&](std::int64_t at) {
    event.taken_at = At(at);
    return rules.FindSilence(event) != nullptr;
  };
  EXPECT_FALSE(silenced(-1));
  EXPECT_TRUE(silenced(0));
  EXPECT_TRUE(silenced(59));
  EXPECT_FALSE(silenced(60));
  event.metadata = Json("{}");
  EXPECT_FALSE(silenced(1));
  event = EventOf("{}");
  event.app = "cart";
  EXPECT_FALSE(silenced(1));
}

TEST(RuleSet, NeverSilencesWithoutAnEnd) {
  const RuleSet rules({}, {SilenceOf("")});
  EXPECT_EQ(rules.FindSilence(EventOf("{}")), nullptr);
  EXPECT_EQ(rules.faults().size(), 1U);
}

// The cost follows the rules that can match.
TEST(RuleSet, LooksAtRulesThatCanMatchAlone) {
  std::vector<RuleSource> sources;
  for (int i = 0; i < 10'000; ++i) {
    const std::string n = std::to_string(i);
    if (i % 3 == 0) {
      sources.push_back(RuleOf("n" + n, R"("event":"order.e)" + n + "\""));
    } else if (i % 3 == 1) {
      sources.push_back(RuleOf("g" + n, R"("event":"g)" + n + ".*\""));
    } else {
      sources.push_back(RuleOf("c" + n, R"("event":"payment.failed",
          "conditions":[{"field":"customer_id","operator":"equals",
          "value":"c)" + n + R"("}])"));
    }
  }
  const RuleSet rules(sources, {});
  NotifyEvent event = EventOf("{}");
  event.customer_id = "c2";
  EXPECT_EQ(rules.CandidateCount(event), 1U);
  EXPECT_THAT(Names(rules.Match(event)), ElementsAre("c2"));
  EXPECT_EQ(rules.CandidateCount(EventOf("{}", "order.e3")), 1U);
  EXPECT_EQ(rules.CandidateCount(EventOf("{}", "g1.x")), 1U);
  EXPECT_EQ(rules.CandidateCount(EventOf("{}", "unknown")), 0U);
}

TEST(MatchesPattern, TakesStarsForAnyText) {
  struct Case {
    const char* pattern;
    const char* name;
    bool want;
  };
  const Case cases[] = {{"a.b", "a.b", true},
                        {"a.b", "a.bc", false},
                        {"a.*", "a.", true},
                        {"a.*", "a.b.c", true},
                        {"*", "", true},
                        {"*.failed", "x.failed", true},
                        {"a*c*e", "abcde", true},
                        {"a*c*e", "abcd", false},
                        {"**", "x", true},
                        {"a*a", "a", false},
                        {"*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false}};
  for (const Case& each : cases) {
    EXPECT_EQ(MatchesPattern(each.pattern, each.name), each.want)
        << each.pattern << " " << each.name;
  }
}

}  // namespace
}  // namespace writ::engine
