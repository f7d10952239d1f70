#include "reconciler/store/rotation_records.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1796000000)};

RotationRecord MakeRotation(const std::string& id, const std::string& token) {
  RotationRecord record;
  record.id = id;
  record.token = Id("Token/acme/" + token);
  record.token_uid = "uid of " + token;
  record.phase = "PREFLIGHT";
  record.state = R"({"a":1})";
  record.revision = 1;
  record.opened_at = kNow;
  record.next_at = kNow;
  return record;
}

class Rotations : public StoreTest {
 protected:
  void SetUp() override { store_ = Open(); }

  template <typename Body>
  Status Try(Body&& body) {
    auto transaction = store_->BeginWrite("").value();
    const Status done = body(store_->rotations());
    if (!done) return done;
    return transaction->Commit();
  }
  Status Insert(const RotationRecord& record) {
    return Try([&](RotationTable& table) { return table.Insert(record); });
  }
  Status Update(const RotationRecord& record) {
    return Try([&](RotationTable& table) { return table.Update(record); });
  }

  std::unique_ptr<StateStore> store_;
};

TEST_F(Rotations, ComeBackAsTheyWereWritten) {
  const RotationRecord record = MakeRotation("r_1", "ci");
  ASSERT_TRUE(Insert(record));
  EXPECT_TRUE(store_->rotations().FindById("r_1").value() == record);
  EXPECT_TRUE(store_->rotations().FindOpen(record.token).value() == record);
  EXPECT_FALSE(store_->rotations().FindById("r_2").value());
}

TEST_F(Rotations, ATokenHasOneOpenOne) {
  ASSERT_TRUE(Insert(MakeRotation("r_1", "ci")));
  const Status second = Insert(MakeRotation("r_2", "ci"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  RotationRecord ended = MakeRotation("r_1", "ci");
  ended.phase = "DONE";
  ended.next_at.reset();
  ended.ended_at = kNow;
  ASSERT_TRUE(Update(ended));
  EXPECT_TRUE(Insert(MakeRotation("r_2", "ci")));
  EXPECT_EQ(store_->rotations().ReadOf(ended.token).value().size(), 2U);
  EXPECT_EQ(store_->rotations().ReadAll(false).value().size(), 1U);
  EXPECT_EQ(store_->rotations().ReadAll(true).value().size(), 2U);
}

// Never two drivers: the second one's write meets a newer revision.
TEST_F(Rotations, AnOutdatedDriverWritesNothing) {
  ASSERT_TRUE(Insert(MakeRotation("r_1", "ci")));
  RotationRecord first = MakeRotation("r_1", "ci");
  first.phase = "CREATED";
  ASSERT_TRUE(Update(first));
  RotationRecord second = MakeRotation("r_1", "ci");
  second.phase = "PAUSED";
  const Status late = Update(second);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_->rotations().FindById("r_1").value()->phase, "CREATED");
  EXPECT_EQ(store_->rotations().FindById("r_1").value()->revision, 2);
}

TEST_F(Rotations, OpenOnesStandInTheOrderOfTheirNextLook) {
  RotationRecord waits = MakeRotation("r_waits", "a");
  waits.next_at.reset();
  RotationRecord late = MakeRotation("r_late", "b");
  late.next_at = kNow + std::chrono::hours(1);
  for (const auto& record : {waits, late, MakeRotation("r_now", "c")}) {
    ASSERT_TRUE(Insert(record));
  }
  const auto all = store_->rotations().ReadAll(false).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].id, "r_now");
  EXPECT_EQ(all[1].id, "r_late");
  EXPECT_EQ(all[2].id, "r_waits");
  EXPECT_EQ(store_->rotations().NextAt().value(), kNow);
}

TEST_F(Rotations, StepsStandInTheirOrder) {
  ASSERT_TRUE(Insert(MakeRotation("r_1", "ci")));
  ASSERT_TRUE(Try([](RotationTable& table) -> Status {
    RotationStep intent{0,    "r_1", StepKind::kIntent,
                        kNow, "put", "DeployTarget/acme/env",
                        "{}"};
    TRY(table.AppendStep(intent));
    intent.kind = StepKind::kOutcome;
    return table.AppendStep(intent);
  }));
  const auto steps = store_->rotations().ReadSteps("r_1").value();
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].kind, StepKind::kIntent);
  EXPECT_EQ(steps[1].kind, StepKind::kOutcome);
  EXPECT_LT(steps[0].id, steps[1].id);
  EXPECT_EQ(steps[1].target, "DeployTarget/acme/env");
}

TEST_F(Rotations, AreWrittenWithinATransactionOnly) {
  EXPECT_FALSE(store_->rotations().Insert(MakeRotation("r_1", "ci")));
  EXPECT_TRUE(store_->rotations().ReadAll(true).value().empty());
}

// T-15: nothing of it is left in the database or its log.
TEST_F(Rotations, AnErasedValueIsNowhere) {
  ASSERT_TRUE(Insert(MakeRotation("r_1", "ci")));
  const std::string canary = "pending-canary-value";
  ASSERT_TRUE(Try([&](RotationTable& table) -> Status {
    KeyGeneration key;
    key.generation = 1;
    key.created_at = kNow;
    TRY(store_->secrets().WriteKeyGeneration(key));
    CredentialRecord credential;
    credential.id = "crd_1";
    credential.token = Id("Token/acme/ci");
    credential.key_generation = 1;
    TRY(store_->credentials().Insert(credential));
    return table.WritePendingValue("r_1", "crd_1", canary);
  }));
  EXPECT_EQ(store_->rotations().FindPendingValue("crd_1").value(), canary);
  ASSERT_TRUE(Try(
      [](RotationTable& table) { return table.ErasePendingValues("r_1"); }));
  EXPECT_FALSE(store_->rotations().FindPendingValue("crd_1").value());
  ASSERT_TRUE(store_->Checkpoint());
  for (const auto& entry :
       std::filesystem::directory_iterator(folder_ / "state")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)),
                            std::istreambuf_iterator<char>());
    EXPECT_EQ(bytes.find(canary), std::string::npos) << entry.path();
  }
}

TEST_F(Rotations, AReaderKeepsTheLogFromBeingEmptied) {
  ASSERT_TRUE(Insert(MakeRotation("r_1", "ci")));
  const auto reader = Open(OpenMode::kReadOnly);
  ASSERT_TRUE(reader->BeginRead());
  ASSERT_TRUE(Insert(MakeRotation("r_2", "cd")));
  const Status blocked = store_->Checkpoint();
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().code, ErrorCode::kLocked);
  reader->EndRead();
  EXPECT_TRUE(store_->Checkpoint());
}

// T-10: what the backup says of targets may be long past.
TEST_F(Rotations, ARestoredOpenOneLooksBeforeItActs) {
  RotationRecord ended = MakeRotation("r_ended", "b");
  ended.ended_at = kNow;
  ASSERT_TRUE(Insert(MakeRotation("r_open", "a")));
  ASSERT_TRUE(Insert(ended));
  const std::string backup = folder_ / "older.backup";
  ASSERT_TRUE(store_->BackupTo(backup));
  ASSERT_TRUE(RestoreState(backup, folder_ / "restored", clock_, random_, "a"));
  OpenOptions options = Options(OpenMode::kReadWrite);
  options.folder = folder_ / "restored";
  const auto restored = StateStore::Open(options).value();
  EXPECT_TRUE(restored->rotations().FindById("r_open").value()->observe);
  EXPECT_FALSE(restored->rotations().FindById("r_ended").value()->observe);
}

}  // namespace
}  // namespace writ::reconciler
