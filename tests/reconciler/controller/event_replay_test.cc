// The newest events against what a plan changes: T-16.
#include "reconciler/controller/event_replay.h"

#include <memory>
#include <string>

#include "engine/plan/plan_words.h"
#include "engine/plan/render_json.h"
#include "reconciler/events/event_database.h"
#include "schema/json.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

using engine::Action;
using engine::Change;
using engine::Plan;

class EventReplays : public StoreTest {
 protected:
  void SetUp() override {
    store_ = Open();
    PutAll(*store_, {MakeResource("App/shop")});
    auto database =
        OpenEventDatabase({folder_ / "state", EventDatabaseMode::kMigrate,
                           std::chrono::milliseconds(5000)});
    ASSERT_TRUE(database) << Describe(database.error());
    database_ = *std::move(database);
  }

  void Put(const std::string& event, const std::string& data,
           const std::string& level = "info") {
    const std::string id = "evt_" + std::to_string(++count_);
    database_
        ->Prepare(
            "INSERT INTO events (id, app, app_uid, event, level, data, "
            "metadata, timestamp, ingested_at, schema_generation) VALUES (?, "
            "'shop', 'uid of App/shop', ?, ?, ?, '{}', ?, ?, 1)")
        .Bind(id)
        .Bind(event)
        .Bind(level)
        .Bind(data)
        .Bind(clock_.Now())
        .Bind(clock_.Now())
        .Run();
  }

  Change Changed(const std::string& address, const std::string& spec) {
    Change change;
    change.id = Id(address);
    change.action = Action::kUpdate;
    change.after =
        std::make_shared<const Value>(*ParseJson(R"({"spec":)" + spec + "}"));
    return change;
  }

  std::optional<engine::EventReplay> Replay(Change change) {
    Plan plan;
    plan.changes.push_back(std::move(change));
    const Status done = ReplayRecentEvents(&*store_, plan);
    EXPECT_TRUE(done) << Describe(done.error());
    return plan.changes[0].replay;
  }

  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Database> database_;
  int count_ = 0;
};

constexpr char kStrict[] =
    R"({"mode":"enforce","fields":[{"name":"currency","type":"string",
        "required":true}]})";

TEST_F(EventReplays, CountWhatASchemaWouldHaveRejected) {
  for (int i = 0; i < 9; ++i) Put("order.placed", R"({"currency":"EUR"})");
  Put("order.placed", "{}");
  Put("order.lost", "{}");
  const auto replay = Replay(Changed("EventSchema/shop/order.placed", kStrict));
  ASSERT_TRUE(replay);
  EXPECT_EQ(*replay, (engine::EventReplay{10, 1}));
  EXPECT_FALSE(Replay(Changed("EventSchema/shop/order.other", kStrict)));
  EXPECT_FALSE(Replay(Changed("EventSchema/shop/order.placed",
                              R"({"mode":"observe","fields":[{"name":"currency",
                         "type":"string","required":true}]})")));
}

TEST_F(EventReplays, CountWhatARuleWouldHaveFiredOn) {
  for (int i = 0; i < 10; ++i) {
    Put("payment.failed", R"({"amount":)" + std::to_string(i) + "}", "error");
  }
  Put("payment.failed", R"({"amount":100})", "info");
  const auto replay = Replay(Changed(
      "NotificationRule/shop/large",
      R"({"app":"shop","event":"payment.*","enabled":true,"levels":["error"],
          "conditions":[{"field":"amount","operator":"greater_than",
          "value":6}],"actions":[{"destination":"d","enabled":true}]})"));
  ASSERT_TRUE(replay);
  EXPECT_EQ(*replay, (engine::EventReplay{11, 3}));
}

TEST_F(EventReplays, SayNothingOfWhatGoesOrHasNoEvents) {
  EXPECT_FALSE(Replay(Changed("EventSchema/shop/order.placed", kStrict)));
  Put("order.placed", "{}");
  Change gone = Changed("EventSchema/shop/order.placed", kStrict);
  gone.action = Action::kDelete;
  EXPECT_FALSE(Replay(std::move(gone)));
  EXPECT_FALSE(Replay(Changed("EventSchema/elsewhere/order.placed", kStrict)));
}

// Outside the digest: two plans of other evidence are one decision.
TEST_F(EventReplays, AreEvidenceAndNoDecision) {
  Plan plan;
  plan.planned_at = clock_.Now();
  plan.changes.push_back(Changed("EventSchema/shop/order.placed", kStrict));
  const Digest before = engine::PlanDigest(plan);
  plan.changes[0].replay = engine::EventReplay{10'000, 38};
  EXPECT_EQ(engine::PlanDigest(plan), before);
  EXPECT_EQ(engine::ReplayInWords(plan.changes[0]),
            "38 of the last 10,000 events would have been rejected (0.38 %)");
  plan.changes[0].replay = engine::EventReplay{10'000, 0};
  EXPECT_EQ(engine::ReplayInWords(plan.changes[0]),
            "none of the last 10,000 events would have been rejected");
  plan.changes[0].id = Id("NotificationRule/shop/r");
  plan.changes[0].replay = engine::EventReplay{3, 1};
  EXPECT_EQ(engine::ReplayInWords(plan.changes[0]),
            "would have fired on 1 of the last 3 events (33.34 %)");
}

}  // namespace
}  // namespace writ::reconciler
