// Another process revokes (S-04, S-25; design, section 8): no check that begins
// after it said so gets in, whatever the load; and one that is killed at any
// step leaves nobody in who shouldn't be, nor anybody out.
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "reconciler/credentials/credential_mac.h"
#include "reconciler/store/generation_file.h"
#include "tests/fault/faulty_vfs.h"
#include "tests/reconciler/gateway/access/access_fixture.h"
#include "tests/reconciler/gateway/access/revoking_child.h"
#include "tests/support/credentials.h"

namespace writ::reconciler::gateway {
namespace {

class RevocationTest : public AccessTest {
 protected:
  // So many active ones at once; id and token.
  std::vector<std::pair<std::string, std::string>> InsertMany(int count) {
    const CredentialRecord model = Issue(kCi).first;
    std::vector<std::pair<std::string, std::string>> made;
    const auto write = Begin(*store_);
    for (int i = 0; i < count; ++i) {
      const std::string token =
          testing::MakeCredential("vela_cs_", static_cast<std::uint32_t>(i));
      CredentialRecord record = model;
      record.id = "crd_" + std::to_string(i);
      record.digest = TokenDigest(token);
      EXPECT_TRUE(SignCredential(*keys_, record));
      EXPECT_TRUE(store_->credentials().Insert(record));
      made.emplace_back(record.id, token);
    }
    EXPECT_TRUE(write->Commit());
    return made;
  }

  std::string WriteIds(
      const std::vector<std::pair<std::string, std::string>>& made) {
    std::string file = folder_ / "ids";
    std::ofstream out(file, std::ios::trunc);
    for (const auto& [id, token] : made) out << id << "\n";
    return file;
  }

  bool IsOdd() {
    return GenerationFile::IsOdd(
        GenerationFile::Open(folder_ / "state")->Load());
  }
};

TEST_F(RevocationTest, OfAnotherProcessHoldsForTheVeryNextCheck) {
  const auto made = InsertMany(WRIT_REVOCATIONS);
  const std::map<std::string, std::string> tokens(made.begin(), made.end());
  const std::string valid = Issue(kDashboard).second;
  LiveCredentialsOptions options = AccessOptions();
  options.has_watch = true;
  const auto access =
      std::move(LiveCredentials::Open(options, MakeKeys()).value());
  std::atomic<std::int64_t> refused{0};
  std::vector<std::jthread> load;
  for (int i = 0; i < 3; ++i) {
    load.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (access->Check(valid, From()).verdict != Verdict::kValid) ++refused;
      }
    });
  }
  testing::RevokingProcess child(folder_ / "state", WriteIds(made), "exit", 0);
  int seen = 0;
  int got_in = 0;
  while (const auto id = child.ReadLine()) {
    ++seen;
    const Authentication answer = access->Check(tokens.at(*id), From());
    if (answer.verdict != Verdict::kRevoked) ++got_in;
  }
  EXPECT_EQ(child.Wait(), 0);
  EXPECT_EQ(seen, WRIT_REVOCATIONS);
  EXPECT_EQ(got_in, 0);
  load.clear();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(access->counts().alarms, 0);
}

TEST_F(RevocationTest, AWriterKilledAtAnyStepCostsSpeedAlone) {
  const std::string stays = Issue(kDashboard).second;
  auto made = InsertMany(200);
  const auto access = OpenAccess();
  int left_odd = 0;
  int step = 1;
  for (; step < 200 && !HasFailure(); ++step) {
    SCOPED_TRACE("killed at write " + std::to_string(step));
    const auto one = made[static_cast<std::size_t>(step - 1)];
    testing::RevokingProcess child(folder_ / "state", WriteIds({one}), "exit",
                                   step);
    const bool said_so = child.ReadLine().has_value();
    const int code = child.Wait();
    const Verdict verdict = Ask(*access, one.second);
    EXPECT_EQ(Name(verdict), Name(VerdictOf(one.second)));
    if (said_so) {
      EXPECT_EQ(verdict, Verdict::kRevoked);
    }
    EXPECT_EQ(Ask(*access, stays), Verdict::kValid);
    if (IsOdd()) ++left_odd;
    if (code == 0) break;
    ASSERT_EQ(code, testing::kCrashed);
  }
  EXPECT_GT(step, 3);
  EXPECT_GT(left_odd, 0);
}

// The revocation stands, its second move never came: until somebody mends it,
// every check asks the database.
TEST_F(RevocationTest, AWriterKilledAfterItsCommitIsSeen) {
  const auto made = InsertMany(1);
  const auto access = OpenAccess();
  EXPECT_EQ(Ask(*access, made[0].second), Verdict::kValid);
  testing::RevokingProcess child(folder_ / "state", WriteIds(made), "late", 0);
  EXPECT_EQ(child.Wait(), testing::kCrashed);
  EXPECT_TRUE(IsOdd());
  EXPECT_EQ(Ask(*access, made[0].second), Verdict::kRevoked);
  access->Look();
  access->Look();
  EXPECT_FALSE(IsOdd());
  EXPECT_EQ(access->counts().mended, 1);
  EXPECT_EQ(Ask(*access, made[0].second), Verdict::kRevoked);
}

}  // namespace
}  // namespace writ::reconciler::gateway
