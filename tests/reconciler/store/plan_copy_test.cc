// What plans read of a state, as a document and as a replica (T-06).
#include "reconciler/store/plan_copy.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/store/plan_rows.h"
#include "tests/reconciler/store/raw_database.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

class PlanCopies : public StoreTest {
 protected:
  void SetUp() override {
    store_ = Open();
    StoredResource app = MakeResource("App/orders");
    app.references = {Id("Workspace/acme")};
    app.time_edges = {clock_.Now() + std::chrono::hours(3)};
    PutAll(*store_, {MakeResource("Workspace/acme", "", "other"), app,
                     MakeResource("Secret/pay/KEY"),
                     MakeResource("Token/orders/ingest", "App/orders")});
  }

  PlanCopy Read(const AppTotals& totals = {}) {
    auto reader = PlanRowsReader::Open(store_->folder());
    EXPECT_TRUE(reader) << Describe(reader.error());
    return (*reader)->Read(totals).value();
  }
  std::string Text() {
    const PlanCopy copy = Read();
    return copy.Text(copy.Version());
  }
  std::string replica_folder() const { return folder_ / "replica"; }
  Status WriteReplica(const std::string& text) {
    auto replica = PlanReplica::Open(replica_folder());
    if (!replica) return tl::unexpected(replica.error());
    const auto document = ParsePlanCopy(text);
    if (!document) return tl::unexpected(document.error());
    return (*replica)->Write(*document);
  }
  std::optional<std::string> ReplicaVersion() {
    return PlanReplica::Open(replica_folder()).value()->Version().value();
  }
  static ErrorCode CodeOfStatus(const Status& status) {
    return status ? ErrorCode::kInternal : status.error().code;
  }

  std::unique_ptr<StateStore> store_;
};

TEST_F(PlanCopies, MakeAStateThatReadsTheSame) {
  ASSERT_TRUE(WriteReplica(Text()));
  OpenOptions options = Options(OpenMode::kReadOnly);
  options.folder = replica_folder();
  auto opened = StateStore::Open(options);
  ASSERT_TRUE(opened) << Describe(opened.error());
  StateStore& replica = **opened;
  const StateFacts facts = replica.ReadFacts().value();
  EXPECT_TRUE(facts.for_plan);
  EXPECT_EQ(facts.lineage, store_->ReadFacts()->lineage);
  EXPECT_EQ(facts.serial, store_->ReadFacts()->serial);
  const engine::Snapshot here = store_->ReadAll(true).value();
  const engine::Snapshot there = replica.ReadAll(true).value();
  ASSERT_EQ(there.resources.size(), here.resources.size());
  for (std::size_t i = 0; i < here.resources.size(); ++i) {
    EXPECT_EQ(there.resources[i].id, here.resources[i].id);
    EXPECT_EQ(there.resources[i].content, here.resources[i].content);
    EXPECT_EQ(there.resources[i].generation, here.resources[i].generation);
    EXPECT_EQ(there.resources[i].owner, here.resources[i].owner);
  }
  EXPECT_EQ(there.references.size(), here.references.size());
  options.mode = OpenMode::kReadWrite;
  EXPECT_EQ(StateStore::Open(options).error().code, ErrorCode::kPermission);
}

// T-06: planted where they are kept, and looked for in what goes out.
TEST_F(PlanCopies, HoldNoValueAndNoDigestOfOne) {
  const Digest digest = Sha256("a token's digest");
  const std::string raw(digest.Bytes());
  {
    const std::string hex = digest.Hex();
    RunSql(
        store_->folder() + "/state.db",
        "INSERT INTO key_generations (generation, lineage, check_value, "
        "wrapped, created_at) VALUES (1, 'l', x'" +
            hex +
            "', CAST('canary-1' AS BLOB), 1);"
            "INSERT INTO credentials (id, address, token_uid, target, family, "
            "digest, hint, status, rights, issued_at, issued_by, basis, "
            "rotation, "
            "ended_by, ended_why, sequence, key_generation, mac) VALUES "
            "('crd_1', 'Token/orders/ingest', 'u', '', 'vela_live_', x'" +
            hex +
            "', 'vela_live_abc', 1, '{}', 1, 'ci at 203.0.113.7', '', '', '', "
            "'', "
            "1, 1, x'" +
            hex +
            "');"
            "INSERT INTO secret_values (address, secret_uid, environment, "
            "version, "
            "key_generation, sealed, digest, created_at, created_by) VALUES "
            "('Secret/pay/KEY', 'u', 'live', 1, 1, CAST('canary-2' AS BLOB), "
            "x'" +
            hex +
            "', 1, 'ana');"
            "INSERT INTO secret_pointers VALUES ('u', 'live', "
            "'Secret/pay/KEY', 1, "
            "1, x'" +
            hex +
            "', 1, 'ana');"
            "INSERT INTO rotations VALUES ('rot_1', 'Token/orders/ingest', "
            "'u', "
            "'open', 'canary-3', 0, 1, 1, NULL, NULL);"
            "INSERT INTO rotation_steps VALUES (1, 'rot_1', 1, 1, 's', 't', "
            "'canary-4');"
            "INSERT INTO pending_values VALUES ('crd_1', 'rot_1', "
            "CAST('canary-5' AS BLOB));");
  }
  const std::string text = Text();
  EXPECT_EQ(text.find("canary"), std::string::npos);
  EXPECT_EQ(text.find(digest.Hex()), std::string::npos);
  EXPECT_EQ(text.find(raw), std::string::npos);
  EXPECT_EQ(text.find("203.0.113.7"), std::string::npos);
  EXPECT_EQ(text.find("apply."), std::string::npos) << "the audit";
  EXPECT_NE(text.find("vela_live_abc"), std::string::npos);
  ASSERT_TRUE(WriteReplica(text));
  OpenOptions options = Options(OpenMode::kReadOnly);
  options.folder = replica_folder();
  auto replica = StateStore::Open(options);
  ASSERT_TRUE(replica);
  EXPECT_EQ((*replica)->credentials().ReadOf(Id("Token/orders/ingest"))->size(),
            1u);
  EXPECT_EQ((*replica)->secrets().FindPointer("u", "live").value()->version, 1);
}

TEST_F(PlanCopies, TellWhatDeletingAnAppWouldLose) {
  const PlanCopy copy = Read({{"uid of App/orders", 41}, {"of no app", 7}});
  ASSERT_TRUE(WriteReplica(copy.Text(copy.Version())));
  EXPECT_EQ(PlanReplica::Open(replica_folder()).value()->Totals().value(),
            (AppTotals{{"uid of App/orders", 41}}));
  EXPECT_NE(copy.Version(), Read().Version());
}

TEST_F(PlanCopies, ThatArentWholeAreRefused) {
  const std::string text = Text();
  const std::string half = text.substr(0, text.size() / 2);
  EXPECT_EQ(CodeOfStatus(WriteReplica(half)), ErrorCode::kCorrupt);
  EXPECT_EQ(CodeOfStatus(WriteReplica("[]")), ErrorCode::kCorrupt);
  std::string lacking = text;
  const std::size_t name = lacking.find("App/orders");
  lacking.replace(name, 10, "App/others");
  EXPECT_EQ(CodeOfStatus(WriteReplica(lacking)), ErrorCode::kCorrupt);
  EXPECT_EQ(ReplicaVersion(), std::nullopt) << "nothing was kept of them";
  std::string newer = text;
  newer.replace(newer.find("\"1.0\""), 5, "\"9.0\"");
  EXPECT_EQ(CodeOfStatus(WriteReplica(newer)), ErrorCode::kUnsupported);
  newer = text;
  const std::size_t version = newer.find("\"schema_version\":") + 17;
  newer.insert(version, "99");
  EXPECT_EQ(CodeOfStatus(WriteReplica(newer)), ErrorCode::kUnsupported);
}

TEST_F(PlanCopies, ADeltaWantsWhatItIsADeltaOf) {
  ASSERT_TRUE(WriteReplica(Text()));
  const PlanCopy before = Read();
  const PlanCopyMarks marks(before.Version(), before);
  PutAll(*store_, {MakeResource("App/billing")});
  const PlanCopy after = Read();
  const std::string delta = marks.DeltaText(after, after.Version());
  EXPECT_LT(delta.size(), after.Text("").size());
  ASSERT_TRUE(WriteReplica(delta));
  EXPECT_EQ(ReplicaVersion(), after.Version());
  EXPECT_EQ(CodeOfStatus(WriteReplica(delta)), ErrorCode::kConflict);
}

// The law: a replica that followed by deltas is the state.
TEST_F(PlanCopies, DeltasLeadWhereTheStateIs) {
  const std::vector<std::string> names = {"App/a", "App/b", "App/c", "App/d"};
  std::mt19937 random(20261121);
  ASSERT_TRUE(WriteReplica(Text()));
  PlanCopy known = Read();
  for (int round = 0; round < 25; ++round) {
    const PlanCopyMarks marks(known.Version(), known);
    for (auto edits = random() % 6; edits > 0; --edits) {
      const ResourceId id = Id(names[random() % names.size()]);
      const auto there = store_->ReadStored(id).value();
      const auto write = Begin(*store_);
      if (there && random() % 3 == 0) {
        ASSERT_TRUE(write->Delete(id, there->live.generation));
      } else {
        StoredResource resource = MakeResource(id.address());
        resource.live.content += std::string(random() % 3, ' ');
        resource.live.content_digest = Sha256(resource.live.content);
        if (random() % 4 == 0) resource.live.provenance.subject = "\xff\xfe";
        ASSERT_TRUE(write->Put(resource, there ? there->live.generation : 0));
      }
      ASSERT_TRUE(write->Commit());
    }
    known = Read();
    const Status written =
        WriteReplica(marks.DeltaText(known, known.Version()));
    ASSERT_TRUE(written) << Describe(written.error());
    ASSERT_EQ(ReplicaVersion(), known.Version()) << round;
  }
}

}  // namespace
}  // namespace writ::reconciler
