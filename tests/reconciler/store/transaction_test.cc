// What a write transaction promises: all or nothing, generations, the serial,
// marks.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "tests/reconciler/store/write_fixture.h"

namespace writ::reconciler {
namespace {

TEST_F(StateStoreWrite, LeavesNothingWithoutCommit) {
  {
    const auto write = Begin(*store_);
    ASSERT_TRUE(write->Put(MakeResource("App/a"), 0));
    ASSERT_TRUE(write->AppendAudit(Audited("x")));
    EXPECT_EQ(write->serial(), 1);
  }
  EXPECT_EQ(Serial(), 0);
  EXPECT_EQ(Read("App/a"), std::nullopt);
  EXPECT_EQ(store_->ReadAuditHead().value().sequence, 0);
  EXPECT_EQ(store_->CountOwned("acme"), 0);
}

// An owner's or a commit's number that a rollback took back is not used again.
TEST_F(StateStoreWrite, ForgetsWhatARollbackTookBack) {
  {
    const auto write = Begin(*store_);
    ASSERT_TRUE(write->Put(MakeResource("App/a", "", "first"), 0));
  }
  StoredResource other = MakeResource("App/b", "", "second");
  other.live.provenance.commit = "other";
  PutAll(*store_, {other, MakeResource("App/a", "", "first")});
  EXPECT_EQ(Read("App/a")->live.owner, "first");
  EXPECT_EQ(Read("App/b")->live.owner, "second");
  EXPECT_EQ(Read("App/b")->live.provenance.commit, "other");
  EXPECT_EQ(Read("App/a")->live.provenance.commit, "3f9c2e1");
  ExpectSound();
}

TEST_F(StateStoreWrite, IsOneAtATime) {
  const auto write = Begin(*store_);
  EXPECT_EQ(store_->BeginWrite("").error().code, ErrorCode::kInternal);
}

TEST_F(StateStoreWrite, SeesItsOwnChangesAndNobodyElseDoes) {
  const auto reader = Open(OpenMode::kReadOnly);
  const auto write = Begin(*store_);
  ASSERT_TRUE(write->Put(MakeResource("App/a"), 0));
  EXPECT_TRUE(Read("App/a").has_value());
  EXPECT_EQ(reader->ReadStored(Id("App/a")).value(), std::nullopt);
  ASSERT_TRUE(write->Commit());
  EXPECT_TRUE(reader->ReadStored(Id("App/a")).value().has_value());
}

TEST_F(StateStoreWrite, MovesSerialAndGenerationWithEachPut) {
  PutAll(*store_, {MakeResource("App/a"), MakeResource("App/b")});
  EXPECT_EQ(Serial(), 2);
  ASSERT_TRUE(Write(
      [](WriteTransaction& w) { return w.Put(MakeResource("App/a"), 1); }));
  EXPECT_EQ(Serial(), 3);
  EXPECT_EQ(Read("App/a")->live.generation, 2);
  EXPECT_EQ(Read("App/b")->live.generation, 1);
}

TEST_F(StateStoreWrite, RefusesAnotherGeneration) {
  PutAll(*store_, {MakeResource("App/a")});
  const auto put = [](std::int64_t expected, const char* address) {
    return [=](WriteTransaction& w) {
      return w.Put(MakeResource(address), expected);
    };
  };
  EXPECT_EQ(CodeOf(Write(put(0, "App/a"))), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(Write(put(2, "App/a"))), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(Write(put(1, "App/none"))), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(Write(
                [](WriteTransaction& w) { return w.Delete(Id("App/a"), 7); })),
            ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(Write([](WriteTransaction& w) {
              return w.Rename(Id("App/a"), Id("App/b"), 7);
            })),
            ErrorCode::kConflict);
  EXPECT_EQ(Serial(), 1);
}

TEST_F(StateStoreWrite, GivesUidAndDigestWhereTheyAreMissing) {
  StoredResource bare = MakeResource("App/a");
  bare.live.uid = "";
  bare.live.content_digest = Digest();
  PutAll(*store_, {bare});
  const std::string uid = Read("App/a")->live.uid;
  EXPECT_EQ(uid.size(), 32U);
  EXPECT_EQ(Read("App/a")->live.content_digest, Sha256(bare.live.content));
  ASSERT_TRUE(Write([&](WriteTransaction& w) { return w.Put(bare, 1); }));
  EXPECT_EQ(Read("App/a")->live.uid, uid);
}

TEST_F(StateStoreWrite, TouchesBookkeepingAlone) {
  StoredResource before = MakeResource("App/a");
  before.references = {Id("App/x")};
  before.time_edges = {Timestamp(std::chrono::seconds(5))};
  PutAll(*store_, {before});
  StoredResource after = before;
  after.live.content = "{}";  // not bookkeeping
  after.live.owner = "somebody";
  after.live.desired_digest = Sha256("new");
  after.live.applied = R"({"spec":{}})";
  after.live.provenance = {"abc",    "Move", "Bo <bo@acme.example>",
                           "b.yaml", 9,      1};
  after.settled = false;
  after.file = "b.yaml";
  after.references = {Id("App/y")};
  after.time_edges = {};
  ASSERT_TRUE(Write([&](WriteTransaction& w) { return w.Touch(after); }));
  const StoredResource read = *Read("App/a");
  EXPECT_EQ(Serial(), 1);
  EXPECT_EQ(read.live.generation, 1);
  EXPECT_EQ(read.live.content, before.live.content);
  EXPECT_EQ(read.live.owner, "acme");
  EXPECT_EQ(read.live.desired_digest, after.live.desired_digest);
  EXPECT_EQ(read.live.applied, after.live.applied);
  EXPECT_EQ(read.live.provenance, after.live.provenance);
  EXPECT_FALSE(read.settled);
  EXPECT_EQ(read.file, "b.yaml");
  EXPECT_EQ(read.references, after.references);
  EXPECT_TRUE(read.time_edges.empty());
  EXPECT_EQ(CodeOf(Write([](WriteTransaction& w) {
              return w.Touch(MakeResource("App/none"));
            })),
            ErrorCode::kNotFound);
}

TEST_F(StateStoreWrite, CountsWhatEachOwnerHas) {
  PutAll(*store_,
         {MakeResource("App/a"), MakeResource("App/b"),
          MakeResource("App/c", "", "other"), MakeResource("App/d", "", "")});
  EXPECT_EQ(store_->CountOwned("acme"), 2);
  EXPECT_EQ(store_->CountOwned("nobody"), 0);
  EXPECT_EQ(store_->ReadFacts().value().resource_count, 4);
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.Put(MakeResource("App/a", "", "other"), 1));  // handed over
    TRY(w.Put(MakeResource("App/d"), 1));               // adopted
    return w.Delete(Id("App/b"), 1);
  }));
  EXPECT_EQ(store_->CountOwned("acme"), 1);
  EXPECT_EQ(store_->CountOwned("other"), 2);
  EXPECT_EQ(store_->ReadFacts().value().resource_count, 3);
  ExpectSound();
}

TEST_F(StateStoreWrite, UndoesOneChangeAlone) {
  const auto write = Begin(*store_);
  ASSERT_TRUE(write->Put(MakeResource("App/a"), 0));
  ASSERT_TRUE(write->Mark());
  EXPECT_EQ(CodeOf(write->Mark()), ErrorCode::kInternal);
  ASSERT_TRUE(write->Put(MakeResource("App/b", "", "new owner"), 0));
  ASSERT_TRUE(write->AppendAudit(Audited("x")));
  ASSERT_TRUE(write->RollbackToMark());
  EXPECT_EQ(write->serial(), 1);
  ASSERT_TRUE(write->Mark());
  ASSERT_TRUE(write->Put(MakeResource("App/c", "", "other owner"), 0));
  ASSERT_TRUE(write->AppendAudit(Audited("y")));
  ASSERT_TRUE(write->ReleaseMark());
  EXPECT_EQ(CodeOf(write->RollbackToMark()), ErrorCode::kInternal);
  ASSERT_TRUE(write->Commit());
  EXPECT_EQ(Serial(), 2);
  EXPECT_EQ(Read("App/b"), std::nullopt);
  EXPECT_EQ(Read("App/c")->live.owner, "other owner");
  EXPECT_EQ(store_->CountOwned("new owner"), 0);
  EXPECT_EQ(store_->CountOwned("other owner"), 1);
  EXPECT_EQ(store_->ReadAuditHead().value().sequence, 1);
  ExpectSound();
}

TEST_F(StateStoreWrite, EndsWithCommit) {
  const auto write = Begin(*store_);
  ASSERT_TRUE(write->Commit());
  EXPECT_EQ(CodeOf(write->Put(MakeResource("App/a"), 0)), ErrorCode::kIo);
  EXPECT_EQ(CodeOf(write->Commit()), ErrorCode::kIo);
}

// T-24
TEST_F(StateStoreWrite, RemembersTheLatestClockItSaw) {
  clock_.Advance(std::chrono::hours(1));
  const Timestamp latest = clock_.Now();
  PutAll(*store_, {MakeResource("App/a")});
  EXPECT_EQ(store_->ReadFacts().value().high_water, latest);
  clock_.Advance(-std::chrono::seconds(4));
  EXPECT_FALSE(store_->ReadFacts().value().clock_behind);
  clock_.Advance(-std::chrono::seconds(1));
  EXPECT_TRUE(store_->ReadFacts().value().clock_behind);
  PutAll(*store_, {MakeResource("App/b")});  // still works
  EXPECT_EQ(store_->ReadFacts().value().high_water, latest);
}

}  // namespace
}  // namespace writ::reconciler
