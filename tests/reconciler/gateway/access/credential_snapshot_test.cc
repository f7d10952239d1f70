#include "reconciler/gateway/access/credential_snapshot.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace writ::reconciler::gateway {
namespace {

CredentialRecord RecordOf(const std::string& id) {
  CredentialRecord record;
  record.id = id;
  record.digest = Sha256(id);
  record.status = CredentialStatus::kActive;
  return record;
}

std::shared_ptr<const HeldCredential> Hold(const CredentialRecord& record,
                                           bool is_authentic = true) {
  CredentialRights rights;
  rights.type = "clientSecret";
  return std::make_shared<const HeldCredential>(record, &rights, is_authentic);
}

TEST(CredentialSnapshot, FindsWhatWasPutAndNothingElse) {
  CredentialSnapshot snapshot(1000);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(snapshot.Put(Hold(RecordOf("crd_" + std::to_string(i)))));
  }
  EXPECT_EQ(snapshot.size(), 1000U);
  for (int i = 0; i < 1000; ++i) {
    const std::string id = "crd_" + std::to_string(i);
    const HeldCredential* held = snapshot.Find(Sha256(id));
    ASSERT_NE(held, nullptr);
    EXPECT_EQ(held->principal()->credential, id);
  }
  EXPECT_EQ(snapshot.Find(Sha256("crd_1000")), nullptr);
}

TEST(CredentialSnapshot, SaysWhereItHasNoRoomAndGrows) {
  std::unique_ptr<CredentialSnapshot> snapshot =
      std::make_unique<CredentialSnapshot>(0);
  int grown = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto held = Hold(RecordOf("crd_" + std::to_string(i)));
    if (snapshot->Put(held)) continue;
    snapshot = snapshot->Compacted();
    ++grown;
    ASSERT_TRUE(snapshot->Put(held));
  }
  EXPECT_EQ(snapshot->size(), 5000U);
  EXPECT_GT(grown, 1);
  EXPECT_LT(grown, 8);
  for (int i = 0; i < 5000; ++i) {
    ASSERT_NE(snapshot->Find(Sha256("crd_" + std::to_string(i))), nullptr);
  }
}

TEST(CredentialSnapshot, TheLastOneOfADigestStands) {
  CredentialSnapshot snapshot(1);
  CredentialRecord record = RecordOf("crd_1");
  ASSERT_TRUE(snapshot.Put(Hold(record)));
  const HeldCredential* before = snapshot.Find(record.digest);
  record.hint = "vela_cs_Ab3x";
  ASSERT_TRUE(snapshot.Put(Hold(record)));
  EXPECT_EQ(snapshot.Find(record.digest)->principal()->hint, "vela_cs_Ab3x");
  EXPECT_EQ(before->principal()->hint, "");
  EXPECT_EQ(snapshot.size(), 1U);
}

TEST(CredentialSnapshot, GivesBackWhatWasExchanged) {
  CredentialSnapshot snapshot(1);
  while (!snapshot.IsWasteful()) {
    ASSERT_TRUE(snapshot.Put(Hold(RecordOf("crd_1"))));
  }
  const auto compacted = snapshot.Compacted();
  EXPECT_EQ(compacted->size(), 1U);
  EXPECT_FALSE(compacted->IsWasteful());
  EXPECT_EQ(compacted->Find(Sha256("crd_1")), snapshot.Find(Sha256("crd_1")));
}

// T-13
TEST(CredentialSnapshot, CountsRowsWhoseMacFailsAndBelievesNothingOfThem) {
  CredentialSnapshot snapshot(2);
  ASSERT_TRUE(snapshot.Put(Hold(RecordOf("crd_1"), false)));
  ASSERT_TRUE(snapshot.Put(Hold(RecordOf("crd_2"))));
  EXPECT_EQ(snapshot.tampered(), 1U);
  const HeldCredential* held = snapshot.Find(Sha256("crd_1"));
  EXPECT_EQ(held->principal(), nullptr);
  EXPECT_EQ(held->JudgeAt("crd_1", Timestamp(), {}, false), Verdict::kTampered);
  ASSERT_TRUE(snapshot.Put(Hold(RecordOf("crd_1"))));
  EXPECT_EQ(snapshot.tampered(), 0U);
}

// T-24: the clock that goes back doesn't bring it back.
TEST(HeldCredential, AnExpiryThatWasSeenStays) {
  CredentialRecord record = RecordOf("crd_1");
  record.expires_at = Timestamp(std::chrono::seconds(100));
  CredentialRights rights;
  rights.foreign = true;
  const HeldCredential held(record, &rights, true);
  const auto at = [&](int seconds) {
    return held.JudgeAt("x", Timestamp(std::chrono::seconds(seconds)), {},
                        false);
  };
  EXPECT_EQ(at(99), Verdict::kValid);
  EXPECT_EQ(at(100), Verdict::kExpired);
  EXPECT_EQ(at(99), Verdict::kExpired);
}

TEST(HeldCredential, IsRevokedWhereItStands) {
  CredentialRights rights;
  rights.foreign = true;
  const HeldCredential held(RecordOf("crd_1"), &rights, true);
  EXPECT_EQ(held.JudgeAt("x", Timestamp(), {}, false), Verdict::kValid);
  held.Revoke();
  EXPECT_EQ(held.JudgeAt("x", Timestamp(), {}, false), Verdict::kRevoked);
}

TEST(CredentialSnapshot, IsReadWhileItIsWritten) {
  CredentialSnapshot snapshot(2000);
  const CredentialRecord first = RecordOf("crd_first");
  ASSERT_TRUE(snapshot.Put(Hold(first)));
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const HeldCredential* held = snapshot.Find(first.digest);
      ASSERT_NE(held, nullptr);
      ASSERT_EQ(held->principal()->credential, "crd_first");
      snapshot.Find(Sha256("absent"));
    }
  });
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(snapshot.Put(Hold(RecordOf("crd_" + std::to_string(i)))));
    ASSERT_TRUE(snapshot.Put(Hold(first)));
  }
}

}  // namespace
}  // namespace writ::reconciler::gateway
