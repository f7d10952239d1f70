#include "reconciler/gateway/access/live_credentials.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "reconciler/store/generation_file.h"
#include "tests/reconciler/gateway/access/access_fixture.h"
#include "tests/reconciler/store/raw_database.h"
#include "tests/support/credentials.h"

namespace writ::reconciler::gateway {
namespace {

using std::chrono::seconds;

class LiveCredentialsTest : public AccessTest {};

TEST_F(LiveCredentialsTest, KnowsWhoAsks) {
  const auto [record, token] = Issue(kDashboard);
  const auto access = OpenAccess();
  const Authentication answer = access->Check(token, From());
  EXPECT_EQ(answer.verdict, Verdict::kValid);
  ASSERT_NE(answer.principal, nullptr);
  EXPECT_EQ(answer.principal->credential, record.id);
  EXPECT_EQ(answer.principal->token, Id(kDashboard));
  EXPECT_EQ(answer.principal->token_uid, record.token_uid);
  EXPECT_EQ(answer.principal->hint, record.hint);
  EXPECT_TRUE(answer.principal->rights.MayUseScope("crm:read"));
}

TEST_F(LiveCredentialsTest, RefusesWhatIsNoTokenOrNoneOfThese) {
  const auto access = OpenAccess();
  EXPECT_EQ(Ask(*access, "hello"), Verdict::kMalformed);
  EXPECT_EQ(Ask(*access, ""), Verdict::kMalformed);
  EXPECT_EQ(Ask(*access, testing::MakeCredential("sk_live_", 1)),
            Verdict::kUnknown);
  EXPECT_EQ(access->Check("hello", From()).principal, nullptr);
}

// Design, section 8: no database read a check.
TEST_F(LiveCredentialsTest, ReadsNothingWhileNothingChanges) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  const std::int64_t before = access->counts().reads;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(Ask(*access, token), Verdict::kValid);
    EXPECT_EQ(Ask(*access, testing::MakeCredential("vela_cs_", 1)),
              Verdict::kUnknown);
  }
  EXPECT_EQ(access->counts().reads, before);
}

// S-04, S-25: the very next request.
TEST_F(LiveCredentialsTest, TheNextCheckAfterARevocationIsRefused) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
  ASSERT_EQ(Revoke(record.id), std::nullopt);
  EXPECT_EQ(Ask(*access, token), Verdict::kRevoked);
  EXPECT_EQ(access->counts().reads, 1);
  EXPECT_EQ(access->counts().reloads, 1);
}

TEST_F(LiveCredentialsTest, SeesWhatIsIssuedWhileItRuns) {
  const auto access = OpenAccess();
  std::vector<std::string> tokens;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "Token/acme/t" + std::to_string(i);
    Declare(name, "Workspace/acme", R"({"type":"clientSecret"})");
    tokens.push_back(Issue(name).second);
    ASSERT_EQ(Ask(*access, tokens.back()), Verdict::kValid) << i;
  }
  for (const std::string& token : tokens) {
    EXPECT_EQ(Ask(*access, token), Verdict::kValid);
  }
  EXPECT_EQ(access->counts().held, 300);
  EXPECT_EQ(access->counts().reloads, 1);
}

TEST_F(LiveCredentialsTest, AsksTheDatabaseWhileAWriterIsAtItsCommit) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  GenerationFile generation =
      std::move(GenerationFile::Open(folder_ / "state").value());
  const std::uint64_t odd = generation.MakeOdd();
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
  EXPECT_EQ(access->counts().reads, 2);
  // Committed, but its writer hasn't come to the second move.
  RunSql(DatabaseFile(),
         "UPDATE credentials SET status = 3, sequence = sequence + 1");
  EXPECT_NE(Ask(*access, token), Verdict::kValid);
  generation.MakeEven(odd);
  EXPECT_NE(Ask(*access, token), Verdict::kValid);
  EXPECT_EQ(access->counts().reads, 4);
  EXPECT_NE(Ask(*access, token), Verdict::kValid);
  EXPECT_EQ(access->counts().reads, 4);
}

TEST_F(LiveCredentialsTest, MendsWhatADeadWriterLeft) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  GenerationFile generation =
      std::move(GenerationFile::Open(folder_ / "state").value());
  generation.MakeOdd();
  access->Look();
  EXPECT_TRUE(GenerationFile::IsOdd(generation.Load()));
  access->Look();
  EXPECT_FALSE(GenerationFile::IsOdd(generation.Load()));
  EXPECT_EQ(access->counts().mended, 1);
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
  const std::int64_t reads = access->counts().reads;
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
  EXPECT_EQ(access->counts().reads, reads);
}

TEST_F(LiveCredentialsTest, ReadsEachTimeWhereNoGenerationCanBeMapped) {
  const auto [record, token] = Issue(kCi);
  LiveCredentialsOptions options = AccessOptions();
  options.maps_generation = false;
  const auto access =
      std::move(LiveCredentials::Open(options, MakeKeys()).value());
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(Ask(*access, token), Verdict::kValid);
    EXPECT_EQ(access->counts().reads, i);
  }
  ASSERT_EQ(Revoke(record.id), std::nullopt);
  EXPECT_EQ(Ask(*access, token), Verdict::kRevoked);
}

// T-13: somebody with an editor. The generation says nothing of it.
TEST_F(LiveCredentialsTest, ACommitBehindItsBackIsFoundAndAlarms) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  RunSql(DatabaseFile(), "UPDATE credentials SET hint = 'planted'");
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
  access->Look();
  EXPECT_EQ(Ask(*access, token), Verdict::kTampered);
  EXPECT_EQ(access->Check(token, From()).principal, nullptr);
  EXPECT_EQ(access->counts().tampered, 1);
  access->Look();
  EXPECT_EQ(access->counts().alarms, 1);
  access->Look();
  EXPECT_EQ(access->counts().alarms, 1);
}

// T-13: /readyz is red by it, and the audit says so once.
TEST_F(LiveCredentialsTest, ARowThatWasTamperedWithIsTold) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  EXPECT_TRUE(access->IsIntact());
  access->TellTampered();
  EXPECT_EQ(AuditText().find("token.tampered"), std::string::npos);
  RunSql(DatabaseFile(), "UPDATE credentials SET hint = 'planted'");
  access->Look();
  EXPECT_FALSE(access->IsIntact());
  access->TellTampered();
  access->Look();
  access->TellTampered();
  const std::string audit = AuditText();
  const std::size_t told = audit.find("token.tampered");
  ASSERT_NE(told, std::string::npos);
  EXPECT_NE(audit.find(record.id, told), std::string::npos);
  EXPECT_EQ(audit.find("token.tampered", told + 1), std::string::npos);
}

TEST_F(LiveCredentialsTest, CommitsOfWritsOwnAlarmNobody) {
  const auto access = OpenAccess();
  for (int i = 0; i < 2; ++i) {
    Issue(kCi);
    access->Look();
    ASSERT_TRUE(store_->Checkpoint());
    access->Look();
    RunSql(DatabaseFile(), "SELECT 1");
    access->Look();
  }
  store_->Checkpoint();
  store_ = nullptr;
  access->Look();
  access->Look();
  EXPECT_EQ(access->counts().alarms, 0);
  EXPECT_EQ(access->counts().reloads, 1);
}

// T-10: another state in its place, under a new lineage.
TEST_F(LiveCredentialsTest, ARestoredStateServesNobodyUntilItIsAccepted) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
  const std::string backup = folder_ / "backup";
  ASSERT_TRUE(store_->BackupTo(backup));
  credentials_.reset();
  store_.reset();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(DatabaseFile() + suffix);
  }
  ASSERT_TRUE(RestoreState(backup, folder_ / "state", clock_, chance_, "ana"));
  EXPECT_EQ(Ask(*access, token), Verdict::kRestored);
  store_ = Open();
  const auto write = Begin(*store_);
  ASSERT_TRUE(write->AcceptRestore());
  ASSERT_TRUE(write->Commit());
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
}

TEST_F(LiveCredentialsTest, AnExchangedFileIsFoundByItsInode) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  const std::string backup = folder_ / "backup";
  ASSERT_TRUE(store_->BackupTo(backup));
  ASSERT_EQ(Revoke(record.id), std::nullopt);
  EXPECT_EQ(Ask(*access, token), Verdict::kRevoked);
  std::filesystem::rename(backup, DatabaseFile());
  access->Look();
  EXPECT_EQ(access->counts().alarms, 1);
  // The file of revocations outlives the older database.
  EXPECT_EQ(Ask(*access, token), Verdict::kRevoked);
}

// T-18
TEST_F(LiveCredentialsTest, IsNotCurrentOnceNothingCanBeReadForTwoSeconds) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  store_.reset();
  std::filesystem::rename(folder_ / "state", folder_ / "away");
  access->Look();
  EXPECT_TRUE(access->IsCurrent());
  clock_.Advance(seconds(2));
  access->Look();
  EXPECT_FALSE(access->IsCurrent());
  std::filesystem::rename(folder_ / "away", folder_ / "state");
  access->Look();
  EXPECT_TRUE(access->IsCurrent());
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
}

// T-18: it is known that something changed, and not what.
TEST_F(LiveCredentialsTest, SaysSoWhereAChangeCantBeRead) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  GenerationFile generation =
      std::move(GenerationFile::Open(folder_ / "state").value());
  store_.reset();
  std::filesystem::rename(folder_ / "state", folder_ / "away");
  generation.MakeEven(generation.MakeOdd());
  const Authentication answer = access->Check(token, From());
  EXPECT_FALSE(answer.is_current);
  EXPECT_NE(answer.verdict, Verdict::kValid);
}

// S-35, T-24
TEST_F(LiveCredentialsTest, TimeIsJudgedAtEachCheck) {
  Declare("Token/acme/short", "Workspace/acme",
          R"({"type":"clientSecret","notBefore":"2026-12-01T00:01:00Z",
              "expiresAt":"2026-12-01T00:02:00Z"})");
  const auto [record, token] = Issue("Token/acme/short");
  const auto access = OpenAccess();
  EXPECT_EQ(Ask(*access, token), Verdict::kNotYetValid);
  clock_.Advance(seconds(60));
  EXPECT_EQ(Ask(*access, token), Verdict::kValid);
  clock_.Advance(seconds(60));
  EXPECT_EQ(Ask(*access, token), Verdict::kExpired);
  clock_.Advance(-seconds(30));
  EXPECT_EQ(Ask(*access, token), Verdict::kExpired);
}

// S-22
TEST_F(LiveCredentialsTest, TheAddressIsJudgedAtEachCheck) {
  const auto [record, token] = Issue(kReader);
  const auto access = OpenAccess();
  EXPECT_EQ(Ask(*access, token, "10.1.2.3"), Verdict::kValid);
  EXPECT_EQ(Ask(*access, token, "::ffff:10.1.2.3"), Verdict::kValid);
  EXPECT_EQ(Ask(*access, token, "192.0.2.1"), Verdict::kWrongAddress);
}

TEST_F(LiveCredentialsTest, FollowsRenamesOfItsToken) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAccess();
  const auto write = Begin(*store_);
  ASSERT_TRUE(
      write->Rename(Id(kCi), Id("Token/acme/runner"),
                    store_->ReadStored(Id(kCi)).value()->live.generation));
  ASSERT_TRUE(write->Commit());
  EXPECT_EQ(access->Check(token, From()).principal->token,
            Id("Token/acme/runner"));
}

TEST_F(LiveCredentialsTest, WatchesOnAThreadOfItsOwn) {
  const auto [record, token] = Issue(kCi);
  LiveCredentialsOptions options = AccessOptions();
  const SystemClock clock;
  options.clock = &clock;
  options.has_watch = true;
  const auto access =
      std::move(LiveCredentials::Open(options, MakeKeys()).value());
  GenerationFile generation =
      std::move(GenerationFile::Open(folder_ / "state").value());
  generation.MakeOdd();
  const auto deadline = clock.Monotonic() + std::chrono::minutes(1);
  while (GenerationFile::IsOdd(generation.Load()) &&
         clock.Monotonic() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(GenerationFile::IsOdd(generation.Load()));
}

TEST_F(LiveCredentialsTest, ManyThreadsSeeARevocationAtOnce) {
  const std::string valid = Issue(kCi).second;
  const auto access = OpenAccess();
  std::atomic<bool> wrong{false};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (access->Check(valid, From()).verdict != Verdict::kValid) {
          wrong = true;
        }
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    const auto [record, token] = Issue(kDashboard);
    ASSERT_EQ(Ask(*access, token), Verdict::kValid);
    ASSERT_EQ(Revoke(record.id), std::nullopt);
    ASSERT_EQ(Ask(*access, token), Verdict::kRevoked);
  }
  threads.clear();
  EXPECT_FALSE(wrong);
}

}  // namespace
}  // namespace writ::reconciler::gateway
