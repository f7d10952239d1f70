// What a write transaction promises: all or nothing, generations, the serial,
// the trash, renames with children, marks.
#include "reconciler/store/audit_chain.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

class StateStoreWrite : public StoreTest {
 protected:
  StateStoreWrite() : store_(Open()) {}

  template <typename Body>
  Status Write(Body&& body) {
    const auto write = Begin(*store_);
    const Status done = body(*write);
    if (!done) return done;
    return write->Commit();
  }

  std::int64_t Serial() { return store_->ReadFacts().value().serial; }

  std::optional<StoredResource> Read(const std::string& address) {
    return store_->ReadStored(Id(address)).value();
  }

  static ErrorCode CodeOf(const Status& status) {
    EXPECT_FALSE(status);
    return status ? ErrorCode::kInternal : status.error().code;
  }

  AuditEntry Audited(const std::string& action) const {
    AuditEntry entry;
    entry.at = clock_.Now();
    entry.actor = "ana";
    entry.action = action;
    entry.details = "{}";
    return entry;
  }

  // The bookkeeping that says the same twice still agrees.
  void ExpectSound() {
    const auto wrong = store_->Verify();
    ASSERT_TRUE(wrong) << Describe(wrong.error());
    EXPECT_TRUE(wrong->empty()) << wrong->front();
  }

  std::unique_ptr<StateStore> store_;
};

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

// T-12
TEST_F(StateStoreWrite, BringsADeletedResourceBackWhole) {
  StoredResource token = MakeResource("Token/shop/ci", "App/shop");
  token.references = {Id("App/shop")};
  token.live.protect = true;
  token.live.status = "suspended";
  token.live.applied = "{}";
  token.time_edges = {Timestamp(std::chrono::seconds(5))};
  PutAll(*store_, {MakeResource("App/shop"), token});
  ASSERT_TRUE(Write(
      [](WriteTransaction& w) { return w.Delete(Id("Token/shop/ci"), 1); }));
  EXPECT_EQ(Read("Token/shop/ci"), std::nullopt);
  EXPECT_EQ(Serial(), 3);
  const auto deleted = store_->ReadDeleted();
  ASSERT_TRUE(deleted);
  ASSERT_EQ(deleted->size(), 1U);
  EXPECT_EQ((*deleted)[0].resource.live.id, token.live.id);
  EXPECT_EQ((*deleted)[0].deleted_at, clock_.Now());
  ASSERT_TRUE(Write(
      [](WriteTransaction& w) { return w.Undelete(Id("Token/shop/ci")); }));
  const StoredResource back = *Read("Token/shop/ci");
  EXPECT_EQ(back.live.uid, token.live.uid);
  EXPECT_EQ(back.live.content, token.live.content);
  EXPECT_EQ(back.live.applied, token.live.applied);
  EXPECT_EQ(back.live.provenance, token.live.provenance);
  EXPECT_EQ(back.live.status, "suspended");
  EXPECT_TRUE(back.live.protect);
  EXPECT_EQ(back.references, token.references);
  EXPECT_EQ(back.time_edges, token.time_edges);
  EXPECT_EQ(back.live.generation, 2);
  EXPECT_FALSE(back.settled);
  EXPECT_EQ(Serial(), 4);
  EXPECT_TRUE(store_->ReadDeleted().value().empty());
  ExpectSound();
}

// Texts that git carries need not be UTF-8; what JSON can't hold is replaced.
TEST_F(StateStoreWrite, BringsBackWhatIsNotUtf8) {
  StoredResource app = MakeResource("App/shop");
  app.live.provenance.author = "J\xf6rg <j@acme.example>";
  PutAll(*store_, {app});
  EXPECT_EQ(Read("App/shop")->live.provenance, app.live.provenance);
  ASSERT_TRUE(
      Write([](WriteTransaction& w) { return w.Delete(Id("App/shop"), 1); }));
  ASSERT_TRUE(
      Write([](WriteTransaction& w) { return w.Undelete(Id("App/shop")); }));
  EXPECT_EQ(Read("App/shop")->live.provenance.author,
            "J\xef\xbf\xbdrg <j@acme.example>");
}

// T-12
TEST_F(StateStoreWrite, RefusesToBringBackWhatCantBe) {
  PutAll(*store_,
         {MakeResource("App/shop"), MakeResource("Token/shop/ci", "App/shop")});
  const auto undelete = [](const char* address) {
    return [=](WriteTransaction& w) { return w.Undelete(Id(address)); };
  };
  EXPECT_EQ(CodeOf(Write(undelete("App/shop"))), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(Write(undelete("App/none"))), ErrorCode::kNotFound);
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.Delete(Id("Token/shop/ci"), 1));
    return w.Delete(Id("App/shop"), 1);
  }));
  EXPECT_EQ(CodeOf(Write(undelete("Token/shop/ci"))), ErrorCode::kConflict);
  clock_.Advance(std::chrono::hours(7 * 24));
  EXPECT_EQ(CodeOf(Write(undelete("App/shop"))), ErrorCode::kNotFound);
  EXPECT_TRUE(store_->ReadDeleted().value().empty());
}

// No plan takes a resource that came anew for the one that it saw.
TEST_F(StateStoreWrite, GoesOnCountingGenerationsAfterADelete) {
  PutAll(*store_, {MakeResource("App/a")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.Delete(Id("App/a"), 1));
    return w.Put(MakeResource("App/a"), 0);
  }));
  EXPECT_EQ(Read("App/a")->live.generation, 2);
}

TEST_F(StateStoreWrite, EmptiesTheTrashInBatches) {
  PutAll(*store_, {MakeResource("EventSchema/shop/a"), MakeResource("App/b"),
                   MakeResource("App/c")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.AddSchemaVersion(Id("EventSchema/shop/a"), "{}"));
    TRY(w.Delete(Id("EventSchema/shop/a"), 1));
    return w.Delete(Id("App/b"), 1);
  }));
  clock_.Advance(std::chrono::hours(1));
  ASSERT_TRUE(
      Write([](WriteTransaction& w) { return w.Delete(Id("App/c"), 1); }));
  const Timestamp before = clock_.Now() - std::chrono::minutes(1);
  const auto purge = [&](WriteTransaction& w) {
    return w.PurgeDeleted(before, 1);
  };
  EXPECT_EQ(store_->ReadSchemaHistory(Id("EventSchema/shop/a"))->size(), 1U);
  ASSERT_TRUE(Write(purge));
  EXPECT_EQ(store_->ReadDeleted()->size(), 2U);
  EXPECT_TRUE(store_->ReadSchemaHistory(Id("EventSchema/shop/a"))->empty());
  ASSERT_TRUE(Write(purge));
  ASSERT_TRUE(Write(purge));
  EXPECT_EQ(store_->ReadDeleted()->size(), 1U);  // deleted later
}

TEST_F(StateStoreWrite, RenamesAResourceWithItsChildren) {
  StoredResource user = MakeResource("NotificationRule/other/x");
  user.references = {Id("App/cart"), Id("Token/cart/ci")};
  PutAll(*store_, {MakeResource("App/cart", "Workspace/acme"),
                   MakeResource("Token/cart/ci", "App/cart"), user,
                   MakeResource("Token/cart/elsewhere", "Project/cart")});
  const std::string uid = Read("App/cart")->live.uid;
  const std::string child_uid = Read("Token/cart/ci")->live.uid;
  ASSERT_TRUE(Write([](WriteTransaction& w) {
    return w.Rename(Id("App/cart"), Id("App/checkout"), 1);
  }));
  EXPECT_EQ(Serial(), 5);
  EXPECT_EQ(Read("App/cart"), std::nullopt);
  EXPECT_EQ(Read("Token/cart/ci"), std::nullopt);
  EXPECT_EQ(Read("App/checkout")->live.uid, uid);
  EXPECT_EQ(Read("App/checkout")->live.generation, 2);
  const StoredResource child = *Read("Token/checkout/ci");
  EXPECT_EQ(child.live.uid, child_uid);
  EXPECT_EQ(child.live.parent, Id("App/checkout"));
  EXPECT_EQ(child.live.generation, 2);
  EXPECT_FALSE(child.settled);
  EXPECT_EQ(Addresses(Read("NotificationRule/other/x")->references),
            (std::vector<std::string>{"App/checkout", "Token/checkout/ci"}));
  // A parent of the same name but of another kind is another parent.
  EXPECT_TRUE(Read("Token/cart/elsewhere").has_value());
  const auto bucket =
      store_->ReadBucket("acme", engine::BucketOf("Token/checkout/ci")).value();
  EXPECT_EQ(bucket.front().first, "Token/checkout/ci");
}

TEST_F(StateStoreWrite, RenamesWithinAParentAndAcrossKindsNever) {
  PutAll(*store_, {MakeResource("App/shop"),
                   MakeResource("EventSchema/shop/a", "App/shop"),
                   MakeResource("EventSchema/shop/c", "App/shop")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.AddSchemaVersion(Id("EventSchema/shop/a"), "old"));
    return w.Rename(Id("EventSchema/shop/a"), Id("EventSchema/shop/b"), 1);
  }));
  EXPECT_EQ(Read("EventSchema/shop/b")->live.parent, Id("App/shop"));
  EXPECT_EQ(store_->ReadSchemaHistory(Id("EventSchema/shop/b")).value(),
            std::vector<std::string>{"old"});
  const auto rename = [](const char* from, const char* to) {
    return [=](WriteTransaction& w) { return w.Rename(Id(from), Id(to), 1); };
  };
  EXPECT_EQ(CodeOf(Write(rename("EventSchema/shop/c", "EventSchema/shop/b"))),
            ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(Write(rename("App/shop", "Project/shop"))),
            ErrorCode::kInvalidArgument);
  ExpectSound();
}

TEST_F(StateStoreWrite, RenamesNothingWhereAChildsPlaceIsTaken) {
  PutAll(*store_,
         {MakeResource("App/cart"), MakeResource("Token/cart/ci", "App/cart"),
          MakeResource("Token/checkout/ci")});
  EXPECT_EQ(CodeOf(Write([](WriteTransaction& w) {
              return w.Rename(Id("App/cart"), Id("App/checkout"), 1);
            })),
            ErrorCode::kConflict);
  EXPECT_TRUE(Read("App/cart").has_value());
}

// What refers to the old and the new name refers to one afterwards.
TEST_F(StateStoreWrite, MergesReferencesThatARenameMakesEqual) {
  StoredResource user = MakeResource("App/user");
  user.references = {Id("App/a"), Id("App/b")};
  PutAll(*store_, {user, MakeResource("App/a")});
  ASSERT_TRUE(Write([](WriteTransaction& w) {
    return w.Rename(Id("App/a"), Id("App/b"), 1);
  }));
  EXPECT_EQ(Addresses(Read("App/user")->references),
            std::vector<std::string>{"App/b"});
}

JournalEntry Entry(const std::string& address, const std::string& action) {
  JournalEntry entry;
  entry.apply_id = "a1";
  entry.address = address;
  entry.action = action;
  entry.reason = "not_live";
  entry.actor = "ana";
  entry.provenance = {"3f9c2e1", "Add", "Ana Ruiz <ana@acme.example>",
                      "a.yaml",  3,     5};
  return entry;
}

TEST_F(StateStoreWrite, FollowsAHistoryThroughNames) {
  PutAll(*store_, {MakeResource("App/a")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.AppendJournal(Entry("App/a", "create")));
    TRY(w.Rename(Id("App/a"), Id("App/b"), 1));
    TRY(w.AppendJournal(Entry("App/b", "move")));
    // Another one takes the name that became free.
    TRY(w.Put(MakeResource("App/a"), 0));
    TRY(w.AppendJournal(Entry("App/a", "create again")));
    TRY(w.Rename(Id("App/b"), Id("App/c"), 2));
    return w.AppendJournal(Entry("App/c", "move on"));
  }));
  const auto actions = [&](const char* address, int limit) {
    const auto entries = store_->ReadHistory(Id(address), limit).value();
    std::vector<std::string> names;
    for (const JournalEntry& entry : entries) names.push_back(entry.action);
    return names;
  };
  EXPECT_EQ(actions("App/c", 10),
            (std::vector<std::string>{"move on", "move", "create"}));
  EXPECT_EQ(actions("App/c", 2), (std::vector<std::string>{"move on", "move"}));
  EXPECT_EQ(actions("App/a", 10),
            (std::vector<std::string>{"create again", "create"}));
  const JournalEntry entry = store_->ReadHistory(Id("App/c"), 3).value()[2];
  EXPECT_EQ(entry.apply_id, "a1");
  EXPECT_EQ(entry.address, "App/a");
  EXPECT_EQ(entry.actor, "ana");
  EXPECT_EQ(entry.reason, "not_live");
  EXPECT_EQ(entry.provenance, Entry("App/a", "").provenance);
}

// Names that were swapped back and forth end.
TEST_F(StateStoreWrite, FollowsAHistoryThroughARing) {
  PutAll(*store_, {MakeResource("App/a")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.AppendJournal(Entry("App/a", "create")));
    TRY(w.Rename(Id("App/a"), Id("App/b"), 1));
    TRY(w.Rename(Id("App/b"), Id("App/a"), 2));
    return w.AppendJournal(Entry("App/a", "update"));
  }));
  EXPECT_EQ(store_->ReadHistory(Id("App/a"), 10)->size(), 2U);
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
