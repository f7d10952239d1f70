#include "reconciler/store/credential_records.h"

#include <filesystem>
#include <fstream>

#include "tests/reconciler/store/raw_database.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

constexpr Timestamp kIssued{std::chrono::seconds(1796000000)};

KeyGeneration FirstGeneration() {
  KeyGeneration key;
  key.generation = 1;
  key.lineage = "lineage";
  key.check_value = Sha256("check");
  key.created_at = kIssued;
  return key;
}

CredentialRecord MakeCredential(const std::string& id) {
  CredentialRecord record;
  record.id = id;
  record.token = Id("Token/acme/ci");
  record.token_uid = "uid of Token/acme/ci";
  record.target = "DeployTarget/acme/env";
  record.family = "vela_cs_";
  record.digest = Sha256(id);
  record.hint = "vela_cs_Ab3x";
  record.status = CredentialStatus::kActive;
  record.rights = "{}";
  record.issued_at = kIssued;
  record.issued_by = "ana@runner-4";
  record.not_before = kIssued;
  record.expires_at = kIssued + std::chrono::hours(24);
  record.rotate_at = kIssued + std::chrono::hours(12);
  record.basis = "basis";
  record.rotation = "r_1";
  record.key_generation = 1;
  record.mac = Sha256("mac of " + id);
  return record;
}

class Credentials : public StoreTest {
 protected:
  void SetUp() override {
    store_ = Open();
    Write([](StateStore& store) {
      return store.secrets().WriteKeyGeneration(FirstGeneration());
    });
  }

  template <typename Body>
  Status Try(Body&& body) {
    auto transaction = store_->BeginWrite("").value();
    const Status done = body(*store_);
    if (!done) return done;
    return transaction->Commit();
  }
  template <typename Body>
  void Write(Body&& body) {
    const Status done = Try(std::forward<Body>(body));
    ASSERT_TRUE(done) << Describe(done.error());
  }
  void Insert(const CredentialRecord& record) {
    Write(
        [&](StateStore& store) { return store.credentials().Insert(record); });
  }
  Status Update(const CredentialRecord& record) {
    return Try(
        [&](StateStore& store) { return store.credentials().Update(record); });
  }
  CredentialRecord Find(const std::string& id) {
    return store_->credentials().FindById(id).value().value();
  }

  std::unique_ptr<StateStore> store_;
};

TEST_F(Credentials, ComeBackAsTheyWereWritten) {
  CredentialRecord record = MakeCredential("crd_1");
  Insert(record);
  record.sequence = 1;
  EXPECT_TRUE(Find("crd_1") == record);
  const auto found = store_->credentials().FindByDigest(record.digest).value();
  EXPECT_TRUE(found == record);
  EXPECT_FALSE(store_->credentials().FindByDigest(Sha256("x")).value());
  EXPECT_FALSE(store_->credentials().FindById("crd_2").value());
}

TEST_F(Credentials, AreUniqueByIdAndDigest) {
  Insert(MakeCredential("crd_1"));
  CredentialRecord same_digest = MakeCredential("crd_2");
  same_digest.digest = Sha256("crd_1");
  for (const CredentialRecord& taken : {MakeCredential("crd_1"), same_digest}) {
    const Status again = Try(
        [&](StateStore& store) { return store.credentials().Insert(taken); });
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  }
}

TEST_F(Credentials, AreWrittenWithinATransactionOnly) {
  const Status alone = store_->credentials().Insert(MakeCredential("crd_1"));
  ASSERT_FALSE(alone);
  { auto transaction = store_->BeginWrite("").value(); }
  EXPECT_FALSE(store_->credentials().Update(MakeCredential("crd_1")));
  EXPECT_TRUE(store_->credentials().ReadSince(0).value().empty());
}

TEST_F(Credentials, GoBackWithTheirTransaction) {
  {
    auto transaction = store_->BeginWrite("").value();
    ASSERT_TRUE(store_->credentials().Insert(MakeCredential("crd_1")));
  }
  EXPECT_TRUE(store_->credentials().ReadSince(0).value().empty());
}

TEST_F(Credentials, EveryWriteStandsAboveAllOthers) {
  Insert(MakeCredential("crd_1"));
  Insert(MakeCredential("crd_2"));
  CredentialRecord first = Find("crd_1");
  first.status = CredentialStatus::kSuspended;
  ASSERT_TRUE(Update(first));
  const auto since = store_->credentials().ReadSince(2).value();
  ASSERT_EQ(since.size(), 1U);
  EXPECT_EQ(since[0].id, "crd_1");
  EXPECT_EQ(since[0].sequence, 3);
}

TEST_F(Credentials, ReadsThoseAboveASequenceInPieces) {
  for (int i = 1; i <= 3; ++i) {
    Insert(MakeCredential("crd_" + std::to_string(i)));
  }
  auto piece = store_->credentials().ReadNext(0, 2).value();
  ASSERT_EQ(piece.size(), 2U);
  EXPECT_EQ(piece[1].id, "crd_2");
  piece = store_->credentials().ReadNext(piece[1].sequence, 2).value();
  ASSERT_EQ(piece.size(), 1U);
  EXPECT_EQ(piece[0].id, "crd_3");
  EXPECT_TRUE(store_->credentials().ReadNext(3, 2).value().empty());
}

// S-04: revocation is final.
TEST_F(Credentials, NothingBringsBackARevokedOne) {
  Insert(MakeCredential("crd_1"));
  CredentialRecord record = Find("crd_1");
  record.status = CredentialStatus::kRevoked;
  record.ended_at = kIssued;
  record.ended_by = "ana";
  record.ended_why = "leaked";
  ASSERT_TRUE(Update(record));
  for (const CredentialStatus status :
       {CredentialStatus::kPending, CredentialStatus::kActive,
        CredentialStatus::kSuspended}) {
    record.status = status;
    const Status back = Update(record);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, ErrorCode::kConflict);
  }
  EXPECT_EQ(Find("crd_1").status, CredentialStatus::kRevoked);
  EXPECT_EQ(Update(MakeCredential("crd_9")).error().code, ErrorCode::kNotFound);
}

TEST_F(Credentials, DueOnesComeEarliestFirst) {
  CredentialRecord late = MakeCredential("crd_late");
  late.rotate_at = kIssued + std::chrono::hours(13);
  CredentialRecord never = MakeCredential("crd_never");
  never.rotate_at.reset();
  CredentialRecord revoked = MakeCredential("crd_revoked");
  revoked.status = CredentialStatus::kRevoked;
  for (const auto& record :
       {late, MakeCredential("crd_early"), never, revoked}) {
    Insert(record);
  }
  CredentialTable& table = store_->credentials();
  EXPECT_TRUE(table.ReadDue(kIssued, 10).value().empty());
  const auto due = table.ReadDue(kIssued + std::chrono::hours(20), 10).value();
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].id, "crd_early");
  EXPECT_EQ(due[1].id, "crd_late");
  EXPECT_EQ(table.ReadDue(kIssued + std::chrono::hours(20), 1).value().size(),
            1U);
  EXPECT_EQ(table.NextDue(kIssued).value(), kIssued + std::chrono::hours(12));
  EXPECT_EQ(table.NextDue(kIssued + std::chrono::hours(12)).value(),
            kIssued + std::chrono::hours(13));
  EXPECT_FALSE(table.NextDue(kIssued + std::chrono::hours(13)).value());
}

TEST_F(Credentials, SchedulingOneChangesNothingElse) {
  Insert(MakeCredential("crd_1"));
  CredentialRecord want = Find("crd_1");
  want.rotate_at = kIssued + std::chrono::hours(99);
  want.basis = "other";
  Write([&](StateStore& store) {
    return store.credentials().Schedule("crd_1", want.rotate_at, want.basis);
  });
  EXPECT_TRUE(Find("crd_1") == want);
  const Status missing = Try([](StateStore& store) {
    return store.credentials().Schedule("crd_9", std::nullopt, "");
  });
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_F(Credentials, FollowTheirTokenAndTargetThroughRenames) {
  PutAll(*store_, {MakeResource("Workspace/acme"),
                   MakeResource("Token/acme/ci", "Workspace/acme"),
                   MakeResource("DeployTarget/acme/env", "Workspace/acme")});
  Insert(MakeCredential("crd_1"));
  auto transaction = store_->BeginWrite("").value();
  ASSERT_TRUE(
      transaction->Rename(Id("Workspace/acme"), Id("Workspace/acme-inc"), 1));
  ASSERT_TRUE(transaction->Commit());
  EXPECT_EQ(Find("crd_1").token, Id("Token/acme-inc/ci"));
  // Who caches credentials learns of it.
  EXPECT_EQ(Find("crd_1").sequence, 2);
  EXPECT_EQ(Find("crd_1").target, "DeployTarget/acme-inc/env");
  EXPECT_EQ(
      store_->credentials().ReadOf(Id("Token/acme-inc/ci")).value().size(), 1U);
}

// T-10: the file outlives the database.
TEST_F(Credentials, ARevocationOutlivesARestoreOfAnOlderDatabase) {
  Insert(MakeCredential("crd_1"));
  const std::string backup = folder_ / "older.backup";
  ASSERT_TRUE(store_->BackupTo(backup));
  CredentialRecord record = Find("crd_1");
  record.status = CredentialStatus::kRevoked;
  ASSERT_TRUE(Update(record));
  store_.reset();
  for (const char* part : {"state.db", "state.db-wal", "state.db-shm"}) {
    fs::remove(fs::path(folder_ / "state") / part);
  }
  ASSERT_TRUE(RestoreState(backup, folder_ / "state", clock_, random_, "ana"));
  store_ = Open();
  EXPECT_EQ(Find("crd_1").status, CredentialStatus::kActive);
  EXPECT_TRUE(store_->credentials().IsRevokedForGood(record.digest));
  EXPECT_FALSE(store_->credentials().IsRevokedForGood(Sha256("another")));
}

TEST_F(Credentials, ATornRevocationIsLeftOut) {
  Insert(MakeCredential("crd_1"));
  CredentialRecord record = Find("crd_1");
  record.status = CredentialStatus::kRevoked;
  ASSERT_TRUE(Update(record));
  const std::string file = folder_ / "state/state.db.revoked";
  EXPECT_EQ(fs::status(file).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  const auto append = [&](const std::string& text) {
    std::ofstream(file, std::ios::app) << text;
  };
  append("0123");
  append(Sha256("next").Hex() + "\n");  // appended after the torn one
  append(Sha256("cut").Hex());
  store_ = Open();
  EXPECT_TRUE(store_->credentials().IsRevokedForGood(record.digest));
  EXPECT_TRUE(store_->credentials().IsRevokedForGood(Sha256("next")));
  EXPECT_FALSE(store_->credentials().IsRevokedForGood(Sha256("cut")));
  append("\n" + std::string(64, 'x') + "\n");
  store_.reset();
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kCorrupt);
}

// T-06: nothing in a copy for plans tells a token or a value.
TEST_F(Credentials, ACopyForPlansHoldsNoDigest) {
  Insert(MakeCredential("crd_1"));
  Insert(MakeCredential("crd_2"));
  Write([&](StateStore& store) -> Status {
    SecretVersion version;
    version.secret = Id("Secret/payments/KEY");
    version.secret_uid = "s1";
    version.environment = "prod";
    version.version = 1;
    version.key_generation = 1;
    version.sealed = "sealed-canary";
    version.digest = Sha256("value");
    return store.secrets().InsertVersion(version);
  });
  const std::string copy = folder_ / "for-plan.db";
  ASSERT_TRUE(ExportForPlan(*store_, copy));
  std::ifstream in(copy, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)),
                          std::istreambuf_iterator<char>());
  for (const std::string& canary :
       {std::string(Sha256("crd_1").Bytes()),
        std::string(Sha256("crd_2").Bytes()),
        std::string(Sha256("value").Bytes()),
        std::string(Sha256("check").Bytes()), std::string("sealed-canary")}) {
    EXPECT_EQ(bytes.find(canary), std::string::npos);
  }
  EXPECT_NE(bytes.find("vela_cs_Ab3x"), std::string::npos);
}

}  // namespace
}  // namespace writ::reconciler
