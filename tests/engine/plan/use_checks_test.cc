// What a plan takes from those who use a token: F47, F48.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/plan/planner.h"
#include "tests/support/plan_case.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::PlanModel;
using testing::Shop;
using testing::World;

constexpr char kZap[] = "Token/acme/zap";

std::string Zap(const std::string& scopes, const std::string& sets = "[]") {
  return R"({"workspace": "acme", "type": "workspaceToken", "scopes": )" +
         scopes + R"(, "scopeSets": )" + sets + "}";
}

class UseChecks : public ::testing::Test {
 protected:
  UseChecks() : world_(Shop()) {
    world_.Declare("ScopeSet/acme/reading",
                   R"({"workspace": "acme", "scopes": ["inbox:read"]})");
  }

  void Reach(const std::string& zap) {
    world_.Declare(kZap, zap);
    model_.Reach(world_);
    Usage& usage = model_.at(kZap).usage.emplace();
    usage.scopes["inbox:read"] = now_ - std::chrono::hours(3);
    usage.scopes["inbox:write"] = now_ - std::chrono::hours(30);
  }
  const Plan& Make() {
    PlanOptions options;
    options.now = now_;
    options.allow.data_loss_addresses = allowed_;
    Diagnostics diagnostics;
    plan_ = MakePlan(world_.Input(), model_.snapshot(), options, diagnostics);
    for (const Diagnostic& each : diagnostics.items()) {
      ADD_FAILURE() << each.summary;
    }
    return *plan_;
  }
  std::string GuardAt(std::string_view address) {
    for (const Change& change : plan_->changes) {
      if (change.id.address() != address || change.guards.empty()) continue;
      return change.guards.front().message;
    }
    return "";
  }

  const Timestamp now_ = ParseTimestamp("2026-11-21T12:00:00Z").value();
  World world_;
  PlanModel model_;
  std::vector<std::string> allowed_;
  std::optional<Plan> plan_;
};

TEST_F(UseChecks, ATokenThatLosesAScopeInUseIsGuarded) {  // F48
  Reach(Zap(R"(["inbox:read", "inbox:write", "crm:read"])"));
  world_.Declare(kZap, Zap(R"(["inbox:read"])"));
  EXPECT_TRUE(Make().unsafe());
  EXPECT_EQ(GuardAt(kZap),
            "Token/acme/zap is used for what it would lose: inbox:write (" +
                FormatAge(now_ - std::chrono::hours(30), now_) + ")");
  allowed_ = {kZap};
  EXPECT_FALSE(Make().unsafe());
}

TEST_F(UseChecks, AScopeThatNobodyUsedMayGo) {  // F48
  Reach(Zap(R"(["inbox:read", "inbox:write", "crm:read"])"));
  world_.Declare(kZap, Zap(R"(["inbox:read", "inbox:write"])"));
  EXPECT_FALSE(Make().unsafe());
}

TEST_F(UseChecks, AScopeSetThatLosesAScopeInUseIsGuarded) {  // F48
  Reach(Zap(R"(["inbox:write"])", R"(["reading"])"));
  world_.Declare("ScopeSet/acme/reading",
                 R"({"workspace": "acme", "scopes": ["crm:read"]})");
  EXPECT_TRUE(Make().unsafe());
  EXPECT_THAT(GuardAt("ScopeSet/acme/reading"),
              ::testing::HasSubstr("Token/acme/zap is used for what it would "
                                   "lose: inbox:read"));
}

TEST_F(UseChecks, WhatOneSetLosesAnotherMayGive) {
  Reach(Zap(R"(["inbox:write"])", R"(["reading"])"));
  world_.Declare("ScopeSet/acme/reading",
                 R"({"workspace": "acme", "scopes": ["crm:read"]})");
  world_.Declare(kZap,
                 Zap(R"(["inbox:write", "inbox:read"])", R"(["reading"])"));
  EXPECT_FALSE(Make().unsafe());
  world_.Declare(kZap, Zap(R"(["admin:all"])"));
  EXPECT_FALSE(Make().unsafe());
}

TEST_F(UseChecks, LosingEverythingLosesWhatWasUsed) {
  Reach(Zap(R"(["admin:all"])"));
  world_.Declare(kZap, Zap(R"(["inbox:write"])"));
  Make();
  EXPECT_THAT(GuardAt(kZap), ::testing::HasSubstr("lose: inbox:read ("));
}

struct NetworkCase {
  const char* admitted;
  const char* consumer;
  bool refused;
};

TEST_F(UseChecks, AConsumerThatIsNotAdmittedIsAnError) {  // F47
  const NetworkCase cases[] = {
      {R"(["203.0.113.0/24"])", R"(["198.51.100.0/24"])", true},
      {R"(["203.0.113.0/24"])", R"(["203.0.113.7/32", "10.0.0.0/8"])", false},
      {R"(["203.0.113.9/32"])", R"(["203.0.113.0/24"])", false},
      {R"(["203.0.113.0/24"])", R"(["2001:db8::/32"])", true},
      {R"(["203.0.113.0/24"])", "[]", false},
      {"[]", R"(["198.51.100.0/24"])", false},
  };
  for (const NetworkCase& each : cases) {
    World world = Shop();
    world.Declare("DeployTarget/acme/edge",
                  std::string(R"({"workspace": "acme", "type": "dotenv",
                      "dotenv": {"path": "/srv/.env"},
                      "consumer": {"networks": )") +
                      each.consumer + "}}");
    world.Declare(kZap, std::string(R"({"workspace": "acme",
        "type": "workspaceToken", "scopes": ["inbox:read"], "ipAllowlist": )") +
                            each.admitted +
                            R"(, "deliverTo": [{"target": "edge",
                                                "name": "Z"}]})");
    Diagnostics diagnostics;
    const auto plan = MakePlan(world.Input(), Snapshot(), {}, diagnostics);
    EXPECT_EQ(plan.has_value(), !each.refused)
        << each.admitted << each.consumer;
    if (!each.refused) continue;
    ASSERT_EQ(diagnostics.items().size(), 1U);
    EXPECT_EQ(diagnostics.items()[0].code, "consumer-not-admitted");
  }
}

}  // namespace
}  // namespace writ::engine
