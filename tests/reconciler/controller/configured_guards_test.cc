#include "reconciler/controller/configured_guards.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "schema/value.h"

namespace writ::reconciler {
namespace {

using engine::Enforcement;

ConfiguredGuards Full() {
  ConfiguredGuards guards;
  guards.packs = {"production", "rotation"};
  guards.enforcement = {{"a", Enforcement::kWarn},
                        {"b", Enforcement::kDenyOverridable}};
  guards.safety = {12.5, 30, 7};
  guards.trust = {
      TrustMode::kRange, ".writ/allowed_signers", {"*@acme.example"}, {"*"}};
  guards.windows = R"([{"allow":"0 6 * * *","duration":"1h"}])";
  return guards;
}

std::vector<std::string> Weakened(const ConfiguredGuards& applied,
                                  const ConfiguredGuards& desired) {
  std::vector<std::string> texts;
  for (const engine::Alarm& alarm : FindWeakened(applied, desired)) {
    EXPECT_EQ(alarm.kind, engine::AlarmKind::kWeakensGuard);
    const auto colon = alarm.text.find(": ");
    texts.push_back(alarm.path + alarm.text.substr(colon));
  }
  return texts;
}

TEST(ConfiguredGuards, ReadBackFromJson) {
  for (const KeptGuards& kept :
       {KeptGuards{Full(), "3f9c2e1"}, KeptGuards{ConfiguredGuards(), ""}}) {
    const auto read = ParseKeptGuards(ToJson(kept));
    ASSERT_TRUE(read) << Describe(read.error());
    EXPECT_EQ(*read, kept);
  }
}

TEST(ConfiguredGuards, OfEarlierVersionsAskForNoTrust) {
  const auto read = ParseKeptGuards(
      R"({"enforcement":{},"packs":[],"safety":{"maxDeletePercent":30,)"
      R"("maxUpdatePercent":30,"minExisting":10}})");
  ASSERT_TRUE(read) << Describe(read.error());
  EXPECT_EQ(*read, KeptGuards());
}

// T-04: whoever was let in less is told.
TEST(ConfiguredGuards, TellWhereTrustGivesWay) {
  ConfiguredGuards before;
  before.trust = {TrustMode::kRange, "signers", {"*@acme.example"}, {"*"}};
  ConfiguredGuards after = before;
  EXPECT_TRUE(Weakened(before, after).empty());
  after.trust = {TrustMode::kHead, "others", {"*@acme.example", "*@x"}, {"*"}};
  EXPECT_EQ(
      Weakened(before, after),
      (std::vector<std::string>{
          "trust.mode: range → head", "trust.allowedSigners: signers → others",
          "trust.authors: *@acme.example → *@acme.example, *@x"}));
  // The other way nothing gives way, nor where nothing was asked for.
  after.trust = {TrustMode::kRange, "signers", {}, {"*@acme.example"}};
  EXPECT_TRUE(Weakened(before, after).empty());
  EXPECT_TRUE(Weakened(ConfiguredGuards(), before).empty());
  EXPECT_EQ(Weakened(before, ConfiguredGuards()).size(), 3u);
}

TEST(ConfiguredGuards, AreNotGuessedFromWhatIsBroken) {
  for (const char* json :
       {"", "[]", "{}", R"({"enforcement":{},"packs":[]})",
        R"({"enforcement":{"a":"soft"},"packs":[],"safety":{}})",
        R"({"enforcement":{},"packs":[],"safety":{}})",
        R"({"enforcement":{},"packs":[1],"safety":{}})",
        R"({"enforcement":{},"packs":[],"safety":{"maxDeletePercent":30,)"
        R"("maxUpdatePercent":30,"minExisting":10},"trust":{"mode":"all"}})"}) {
    const auto read = ParseKeptGuards(json);
    ASSERT_FALSE(read) << json;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
}

TEST(ConfiguredGuards, ComeFromTheEnvironment) {
  manifests::RepositoryConfig repository;
  repository.policy_packs = {"rotation", "production"};
  repository.safety = {12.5, 30, 7};
  manifests::EnvironmentConfig environment;
  environment.trust.Set("mode", "range");
  environment.trust.Set("allowedSigners", ".writ/allowed_signers");
  environment.trust.Set("authors", Value::List{"*@acme.example"});
  environment.enforcement.Set("a", "warn");
  environment.enforcement.Set("b", "deny-overridable");
  Value window;
  window.Set("allow", "0 6 * * *");
  window.Set("duration", "1h");
  environment.sync.Set("windows", Value::List{window});
  EXPECT_EQ(GuardsIn(repository, environment), Full());
}

// T-04: the stricter wins, limit by limit.
TEST(ConfiguredGuards, TakeTheStricterLimits) {
  ConfiguredGuards other;
  other.safety = {30, 5, 10};
  for (const auto& rules :
       {StricterSafety(Full(), other), StricterSafety(other, Full())}) {
    EXPECT_EQ(rules.max_delete_percent, 12.5);
    EXPECT_EQ(rules.max_update_percent, 5);
    EXPECT_EQ(rules.min_existing, 7);
  }
}

TEST(ConfiguredGuards, SayWhichGiveWay) {
  EXPECT_TRUE(Weakened(Full(), Full()).empty());
  ConfiguredGuards weaker = Full();
  weaker.packs = {"rotation"};
  weaker.enforcement["a"] = Enforcement::kAudit;
  weaker.enforcement["new"] = Enforcement::kWarn;
  weaker.enforcement.erase("b");
  weaker.safety = {50, 31, 100};
  EXPECT_EQ(
      Weakened(Full(), weaker),
      (std::vector<std::string>{
          "enforcement.a: warn → audit",
          "enforcement.new: its own level → warn",
          "enforcement.b: deny-overridable → its own level",
          "policyPacks: production → off", "safety.maxDeletePercent: 12.5 → 50",
          "safety.maxUpdatePercent: 30 → 31", "safety.minExisting: 7 → 100"}));
}

// Which of two sets of windows lets more through isn't plain: any other is
// told.
TEST(ConfiguredGuards, SayThatWindowsAreOthers) {
  ConfiguredGuards desired = Full();
  desired.windows = "[]";
  EXPECT_EQ(Weakened(Full(), desired),
            std::vector<std::string>{
                "sync.windows: the windows until now → other ones"});
  EXPECT_TRUE(Weakened(desired, Full()).empty());
  EXPECT_TRUE(Weakened(Full(), Full()).empty());
}

TEST(ConfiguredGuards, DoNotGiveWayByGettingStricter) {
  ConfiguredGuards stricter = Full();
  stricter.packs.push_back("z");
  stricter.enforcement["a"] = Enforcement::kDeny;
  stricter.enforcement["new"] = Enforcement::kDeny;
  stricter.safety = {1, 1, 1};
  EXPECT_TRUE(Weakened(Full(), stricter).empty());
}

}  // namespace
}  // namespace writ::reconciler
