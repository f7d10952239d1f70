// What is kept of applies: what they built upon, and how they went.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "tests/reconciler/store/write_fixture.h"

namespace writ::reconciler {
namespace {

TEST_F(StateStoreWrite, KeepsTheBaseOfEachOwner) {
  BaseRecord base;
  base.tree_id = "t";
  base.commit = "c";
  base.inputs = Sha256("inputs");
  base.kind_tables = "k";
  base.writ_version = "0.1.0";
  base.policies = Sha256("policies");
  base.serial = 7;
  base.valid_until = Timestamp(std::chrono::seconds(9));
  base.desired_buckets = engine::DesiredDigest().Serialize();
  base.desired_count = 3;
  base.file_count = 2;
  ASSERT_TRUE(
      Write([&](WriteTransaction& w) { return w.WriteBase("acme", base); }));
  EXPECT_EQ(store_->ReadBase("acme").value(), base);
  EXPECT_EQ(store_->ReadBase("other").value(), std::nullopt);
  base.valid_until.reset();
  base.desired_buckets.clear();
  ASSERT_TRUE(
      Write([&](WriteTransaction& w) { return w.WriteBase("acme", base); }));
  EXPECT_EQ(store_->ReadBase("acme").value(), base);
  ASSERT_TRUE(Write(
      [](WriteTransaction& w) { return w.WriteBase("acme", std::nullopt); }));
  EXPECT_EQ(store_->ReadBase("acme").value(), std::nullopt);
  EXPECT_EQ(Serial(), 0);
}

// T-04: what judged the last commit is kept through applies that fail.
TEST_F(StateStoreWrite, KeepsGuardsApartFromTheBase) {
  {
    const auto write = Begin(*store_);
    ASSERT_TRUE(write->WriteGuards("acme", R"({"packs":[]})"));
    ASSERT_TRUE(write->WriteGuards("acme", R"({"packs":["rotation"]})"));
    ASSERT_TRUE(write->Commit());
  }
  {
    const auto write = Begin(*store_);
    ASSERT_TRUE(write->WriteBase("acme", std::nullopt));
    ASSERT_TRUE(write->Commit());
  }
  EXPECT_EQ(store_->ReadGuards("acme").value(), R"({"packs":["rotation"]})");
  EXPECT_EQ(store_->ReadGuards("other").value(), std::nullopt);
}

TEST_F(StateStoreWrite, KeepsAppliesNewestFirst) {
  ApplyRecord first;
  first.id = "a1";
  first.plan_digest = "d";
  first.owner = "acme";
  first.commit = "c";
  first.actor = "ana";
  first.started_at = clock_.Now();
  first.planned = 4;
  ApplyRecord second = first;
  second.id = "a2";
  ASSERT_TRUE(Write([&](WriteTransaction& w) -> Status {
    TRY(w.WriteApply(first));
    TRY(w.WriteApply(second));
    first.finished_at = clock_.Now();
    first.outcome = ApplyOutcome::kPartial;
    first.done = 2;
    first.failed = 1;
    first.skipped = 1;
    return w.WriteApply(first);
  }));
  const auto records = store_->ReadApplies(10).value();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].id, "a2");
  EXPECT_EQ(records[0].outcome, ApplyOutcome::kRunning);
  EXPECT_EQ(records[0].finished_at, std::nullopt);
  EXPECT_EQ(records[1].id, "a1");
  EXPECT_EQ(records[1].outcome, ApplyOutcome::kPartial);
  EXPECT_EQ(records[1].finished_at, clock_.Now());
  EXPECT_EQ(records[1].plan_digest, "d");
  EXPECT_EQ(records[1].planned, 4);
  EXPECT_EQ(records[1].done, 2);
  EXPECT_EQ(records[1].failed, 1);
  EXPECT_EQ(records[1].skipped, 1);
  EXPECT_EQ(store_->ReadApplies(1).value().size(), 1U);
}

}  // namespace
}  // namespace writ::reconciler
