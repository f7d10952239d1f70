#include "reconciler/credentials/verdict.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/credentials.h"

namespace writ::reconciler {
namespace {

using std::chrono::seconds;

const Timestamp kNow{seconds(1796083200)};

struct Scene {
  std::string token = testing::MakeCredential("vlt_live_", 1);
  CredentialRecord record;
  CredentialRights rights;
  Circumstances circumstances;

  Scene() {
    record.status = CredentialStatus::kActive;
    circumstances.now = kNow;
  }
  Verdict Judged() const { return Judge(token, record, rights, circumstances); }
};

void End(Scene& scene) {
  scene.record.status = CredentialStatus::kRevoked;
  scene.record.ended_by = "ana";
}
void Tamper(Scene& scene) { scene.circumstances.is_authentic = false; }
void BreakChecksum(Scene& scene) { scene.token.back() ^= 1; }
void Restore(Scene& scene) { scene.circumstances.is_restored = true; }
void MakePending(Scene& scene) {
  scene.record.status = CredentialStatus::kPending;
}
void Suspend(Scene& scene) {
  scene.record.status = CredentialStatus::kSuspended;
}
void Expire(Scene& scene) { scene.record.expires_at = kNow; }
void Postpone(Scene& scene) { scene.record.not_before = kNow + seconds(1); }
void GoElsewhere(Scene& scene) {
  scene.rights.allow_from = {*ParseIpNetwork("10.0.0.0/8")};
  scene.circumstances.address = ParseIpAddress("192.0.2.1");
}

// From the most serious on: what stands earlier is said of a token that has
// several faults.
const std::vector<std::pair<Verdict, void (*)(Scene&)>> kFaults = {
    {Verdict::kRevoked, End},
    {Verdict::kTampered, Tamper},
    {Verdict::kMalformed, BreakChecksum},
    {Verdict::kRestored, Restore},
    {Verdict::kSuspended, Suspend},
    {Verdict::kExpired, Expire},
    {Verdict::kNotYetValid, Postpone},
    {Verdict::kWrongAddress, GoElsewhere},
};

TEST(Verdict, EachFaultHasOneOfItsOwn) {
  EXPECT_EQ(Scene().Judged(), Verdict::kValid);
  for (const auto& [verdict, fault] : kFaults) {
    Scene scene;
    fault(scene);
    EXPECT_EQ(scene.Judged(), verdict) << Name(verdict);
  }
  Scene pending;
  MakePending(pending);
  EXPECT_EQ(pending.Judged(), Verdict::kPending);
}

TEST(Verdict, TheMostSeriousFaultIsNamed) {
  for (std::size_t first = 0; first < kFaults.size(); ++first) {
    for (std::size_t second = first + 1; second < kFaults.size(); ++second) {
      Scene scene;
      // A suspended one that was revoked is revoked.
      kFaults[second].second(scene);
      kFaults[first].second(scene);
      EXPECT_EQ(scene.Judged(), kFaults[first].first)
          << Name(kFaults[first].first) << " and "
          << Name(kFaults[second].first);
    }
  }
}

// T-10: the file beside the database wins over the row.
TEST(Verdict, TheFileOfRevocationsWins) {
  Scene scene;
  scene.circumstances.is_revoked_for_good = true;
  EXPECT_EQ(scene.Judged(), Verdict::kRevoked);
}

// S-35 T-24: expiry is a matter of the moment, and from it on.
TEST(Verdict, TimesHaveSharpEdges) {
  Scene scene;
  scene.record.not_before = kNow;
  scene.record.expires_at = kNow + seconds(1);
  EXPECT_EQ(scene.Judged(), Verdict::kValid);
  scene.circumstances.now = kNow + seconds(1);
  EXPECT_EQ(scene.Judged(), Verdict::kExpired);
  scene.circumstances.now = kNow - std::chrono::microseconds(1);
  EXPECT_EQ(scene.Judged(), Verdict::kNotYetValid);
  scene.record.status = CredentialStatus::kRevoked;
  scene.record.ended_by = kEndedByExpiry;
  EXPECT_EQ(scene.Judged(), Verdict::kExpired);
}

TEST(Verdict, AnImportedTokenNeedsNoChecksum) {
  Scene scene;
  scene.token = "vela_live_" + std::string(48, 'a');
  EXPECT_EQ(scene.Judged(), Verdict::kMalformed);
  scene.rights.foreign = true;
  EXPECT_EQ(scene.Judged(), Verdict::kValid);
}

TEST(Verdict, AnAddressThatIsntKnownIsntJudged) {
  Scene scene;
  GoElsewhere(scene);
  scene.circumstances.address.reset();
  EXPECT_EQ(scene.Judged(), Verdict::kValid);
}

TEST(Verdict, NamesDiffer) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Verdict::kWrongAddress); ++i) {
    names.insert(Name(static_cast<Verdict>(i)));
  }
  EXPECT_EQ(names.size(), 11U);
  EXPECT_EQ(names.count(""), 0U);
}

TEST(Verdict, LooksUpOnlyWhatCouldBeAToken) {
  EXPECT_TRUE(IsWorthLookingUp(testing::MakeCredential("sk_live_", 2)));
  EXPECT_TRUE(IsWorthLookingUp("sk_live_" + std::string(40, 'a')));
  EXPECT_FALSE(IsWorthLookingUp("Bearer sk_live_"));
  EXPECT_FALSE(IsWorthLookingUp("ghp_" + std::string(36, 'a')));
  EXPECT_FALSE(IsWorthLookingUp(std::string(100'000, 'a')));
}

}  // namespace
}  // namespace writ::reconciler
