#include "reconciler/secrets/rekey.h"

#include <functional>
#include <string>
#include <vector>

#include "tests/reconciler/secrets/secrets_fixture.h"
#include "tests/support/faulty_store.h"

namespace writ::reconciler {
namespace {

class RekeyTest : public SecretsTest {
 protected:
  Result<KeyRing> OpenRing(char key) {
    return KeyRing::Open(store_->secrets(), TestKey(key));
  }
  std::string ValueWith(char key, const std::string& environment) {
    const auto ring = OpenRing(key);
    return ring ? ValueUnder(*ring, environment)
                : "no ring: " + std::string(Name(ring.error().code));
  }
  // Until nothing is left; what was rejected at the end.
  Resealed ResealAll(char key) {
    Resealed last;
    do {
      auto batch = ResealBatch(rekeying(), *OpenRing(key));
      if (!batch) {
        ADD_FAILURE() << Describe(batch.error());
        return {};
      }
      last = *std::move(batch);
    } while (!last.done());
    return last;
  }
  std::int64_t Under(std::int64_t generation) {
    return *store_->secrets().CountUnder(generation);
  }
  SecretVersion Version(std::int64_t number) {
    const auto secret = ReadSecret(*store_, kKey);
    return **store_->secrets().FindVersion(secret->uid, "prod", number);
  }
};

// T-14: at each step, either key opens everything; at the end, the new one.
TEST_F(RekeyTest, NoMomentIsWithoutService) {
  ASSERT_TRUE(Set("prod", "one") && Set("prod", "two") && Set("dev", "dev"));
  const auto started = StartRekey(rekeying(), TestKey('a'), TestKey('b'));
  ASSERT_TRUE(started) << Describe(started.error());
  EXPECT_EQ(*started, 2);
  for (const char key : {'a', 'b'}) EXPECT_EQ(ValueWith(key, "prod"), "two");

  // One that was there before goes on with the other's values.
  ManagedSecrets newer(*store_, *OpenRing('b'), clock_, chance_);
  EXPECT_TRUE(ResealAll('b').rejected.empty());
  EXPECT_EQ(Under(1), 0);
  for (const char key : {'a', 'b'}) {
    EXPECT_EQ(ValueWith(key, "prod"), "two") << key;
    EXPECT_EQ(ValueWith(key, "dev"), "dev") << key;
  }
  ASSERT_TRUE(*FinishRekey(rekeying(), *OpenRing('b')));
  EXPECT_EQ(ValueWith('b', "prod"), "two");
  EXPECT_EQ(ValueWith('a', "prod"), "no ring: permission");
  EXPECT_FALSE(*FinishRekey(rekeying(), *OpenRing('b')));
  const auto generations = *store_->secrets().ReadKeyGenerations();
  EXPECT_TRUE(generations[0].retired_at.has_value());
  EXPECT_TRUE(generations[1].wrapped.empty());
  EXPECT_TRUE(generations[1].unwraps_previous.empty());
  for (const char* action : {"key.init", "key.rekey", "key.finish"}) {
    EXPECT_EQ(Audited(action), 1) << action;
  }
}

TEST_F(RekeyTest, OldVersionsAreSealedAnewToo) {
  ASSERT_TRUE(Set("prod", "one") && Set("prod", "two"));
  ASSERT_TRUE(StartRekey(rekeying(), TestKey('a'), TestKey('b')));
  ResealAll('a');
  ASSERT_TRUE(*FinishRekey(rekeying(), *OpenRing('b')));
  const auto ring = OpenRing('b');
  ManagedSecrets after(*store_, *ring, clock_, chance_);
  ASSERT_TRUE(after.Rollback(In("prod"), 1, "ana"));
  EXPECT_EQ(ValueWith('b', "prod"), "one");
}

TEST_F(RekeyTest, GoesOnWhereItStopped) {
  ASSERT_TRUE(Set("prod", "one"));
  ASSERT_EQ(*StartRekey(rekeying(), TestKey('a'), TestKey('b')), 2);
  EXPECT_EQ(*StartRekey(rekeying(), TestKey('a'), TestKey('b')), 2);
  // The service has the new key already.
  EXPECT_EQ(*StartRekey(rekeying(), TestKey('b'), TestKey('b')), 2);
  EXPECT_EQ(store_->secrets().ReadKeyGenerations()->size(), 2U);
  ResealAll('b');
  ASSERT_TRUE(*FinishRekey(rekeying(), *OpenRing('b')));
  const auto same = StartRekey(rekeying(), TestKey('b'), TestKey('b'));
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(RekeyTest, WantsTheStatesOwnKey) {
  const auto wrong = StartRekey(rekeying(), TestKey('x'), TestKey('b'));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kPermission);
  EXPECT_EQ(store_->secrets().ReadKeyGenerations()->size(), 1U);
}

TEST_F(RekeyTest, DoesNotFinishWhileTheOldKeyHoldsSomething) {
  ASSERT_TRUE(Set("prod", "one"));
  ASSERT_TRUE(StartRekey(rekeying(), TestKey('a'), TestKey('b')));
  const auto early = FinishRekey(rekeying(), *OpenRing('b'));
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::kUnsafe);
  EXPECT_EQ(ValueWith('a', "prod"), "one");
}

TEST_F(RekeyTest, ATransactionIsBounded) {
  for (int i = 0; i < kResealBatch + 30; ++i) {
    ASSERT_TRUE(Set("prod", std::to_string(i)));
  }
  ASSERT_TRUE(StartRekey(rekeying(), TestKey('a'), TestKey('b')));
  EXPECT_EQ(ResealBatch(rekeying(), *OpenRing('b'))->rows, kResealBatch);
  EXPECT_EQ(Under(1), 31);
  EXPECT_EQ(ResealBatch(rekeying(), *OpenRing('b'))->rows, 31);
  EXPECT_EQ(ResealBatch(rekeying(), *OpenRing('b'))->rows, 0);
}

// T-13: a rekey makes nothing genuine that wasn't.
TEST_F(RekeyTest, SealsNothingAnewThatWasChanged) {
  ASSERT_TRUE(Set("prod", "one") && Set("prod", "two"));
  SecretVersion changed = Version(1);
  changed.sealed[20] ^= 1;
  const auto secret = ReadSecret(*store_, kKey);
  SecretPointer planted = **store_->secrets().FindPointer(secret->uid, "prod");
  planted.version = 1;
  Tamper([&](SecretTable& table) -> Status {
    TRY(table.Reseal(changed));
    return table.MovePointer(planted, 2);
  });
  ASSERT_TRUE(StartRekey(rekeying(), TestKey('a'), TestKey('b')));
  const Resealed left = ResealAll('b');
  EXPECT_EQ(left.rejected,
            (std::vector<std::string>{"Secret/payments/SLACK_URL in prod",
                                      "Secret/payments/SLACK_URL in prod"}));
  EXPECT_EQ(Under(1), 2);
  EXPECT_FALSE(FinishRekey(rekeying(), *OpenRing('b')));
  EXPECT_EQ(ValueWith('b', "prod"), "corrupt");
  // The way out: what is damaged goes.
  const auto ring = OpenRing('b');
  ManagedSecrets after(*store_, *ring, clock_, chance_);
  ASSERT_TRUE(after.Unset(In("prod"), "ana"));
  EXPECT_TRUE(ResealAll('b').rejected.empty());
  EXPECT_TRUE(*FinishRekey(rekeying(), *OpenRing('b')));
}

// Rejected rows stand before all others, and don't hide them.
TEST_F(RekeyTest, ReachesWhatLiesBehindRejectedRows) {
  for (int i = 0; i < kResealBatch; ++i) {
    ASSERT_TRUE(Set("prod", std::to_string(i)));
  }
  Tamper([&](SecretTable& table) -> Status {
    for (int i = 1; i <= kResealBatch; ++i) {
      SecretVersion changed = Version(i);
      changed.sealed[20] ^= 1;
      TRY(table.Reseal(changed));
    }
    return {};
  });
  ASSERT_TRUE(Set("dev", "good"));
  ASSERT_TRUE(StartRekey(rekeying(), TestKey('a'), TestKey('b')));
  const Resealed left = ResealAll('b');
  EXPECT_EQ(left.rejected.size(), static_cast<std::size_t>(kResealBatch));
  EXPECT_EQ(Under(1), kResealBatch);
}

TEST_F(RekeyTest, CredentialsAreSignedAnew) {
  CredentialRecord row;
  row.id = "crd_1";
  row.token = Id("Token/acme/ci");
  row.digest = Sha256("token");
  row.key_generation = 1;
  CredentialRecord planted = row;
  planted.id = "crd_2";
  planted.digest = Sha256("other");
  const auto write = Begin(*store_);
  ASSERT_TRUE(store_->credentials().Insert(row));
  ASSERT_TRUE(store_->credentials().Insert(planted));
  ASSERT_TRUE(write->Commit());
  ASSERT_TRUE(StartRekey(rekeying(), TestKey('a'), TestKey('b')));
  Rekeying signing = rekeying();
  signing.sign_credential = [](const KeyRing& ring, CredentialRecord& one) {
    if (one.id == "crd_2") return false;
    one.key_generation = ring.newest();
    one.mac = Sha256("new");
    return true;
  };
  const auto batch = ResealBatch(signing, *OpenRing('b'));
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->rows, 1);
  EXPECT_EQ(batch->rejected,
            std::vector<std::string>{"Token/acme/ci in crd_2"});
  const auto signed_row = **store_->credentials().FindById("crd_1");
  EXPECT_EQ(signed_row.key_generation, 2);
  EXPECT_EQ(signed_row.mac, Sha256("new"));
}

TEST_F(RekeyTest, TellsWhichKeyItIs) {
  const auto check = [&](char key) {
    return *CheckKey(store_->secrets(), TestKey(key));
  };
  EXPECT_TRUE(check('a').opens);
  EXPECT_EQ(check('a').generation, 1);
  EXPECT_FALSE(check('b').opens);
  EXPECT_EQ(check('b').generation, 0);
  ASSERT_TRUE(StartRekey(rekeying(), TestKey('a'), TestKey('b')));
  EXPECT_TRUE(check('a').opens && check('b').opens);
  EXPECT_TRUE(check('a').is_rekeying);
  EXPECT_EQ(check('a').newest, 2);
  EXPECT_EQ(check('b').generation, 2);
  ResealAll('b');
  ASSERT_TRUE(*FinishRekey(rekeying(), *OpenRing('b')));
  EXPECT_FALSE(check('a').opens);
  EXPECT_EQ(check('a').generation, 1);
  EXPECT_FALSE(check('b').is_rekeying);
}

TEST_F(RekeyTest, TheFirstKeyIsMadeOnce) {
  EXPECT_FALSE(*InitializeKey(rekeying(), TestKey('a')));
  const auto other = InitializeKey(rekeying(), TestKey('b'));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
}

// T-14: killed at any write, both keys open everything, and doing it again
// comes to the end.
class RekeyFaultTest : public RekeyTest {
 protected:
  // True where the run met its fault.
  bool RunWithFault(std::int64_t fail_at) {
    testing::FaultPlan plan;
    plan.fail_at = fail_at;
    testing::FaultyStore faulty(*store_, plan);
    const Rekeying under = {faulty, clock_, chance_, "ana",
                            rekeying().sign_credential};
    const auto run = [&]() -> Status {
      TRY(StartRekey(under, TestKey('a'), TestKey('b')));
      const KeyRing ring = TRY(OpenRing('b'));
      while (!TRY(ResealBatch(under, ring)).done()) {
      }
      TRY(FinishRekey(under, ring));
      return {};
    };
    const Status done = run();
    EXPECT_EQ(done.has_value(), !plan.fired);
    return plan.fired;
  }
};

TEST_F(RekeyFaultTest, LeavesEverythingReadableAtAnyFault) {
  ASSERT_TRUE(Set("prod", "one") && Set("prod", "two") && Set("dev", "dev"));
  std::int64_t faults = 0;
  while (RunWithFault(faults + 1)) {
    ++faults;
    const bool is_begun = store_->secrets().ReadKeyGenerations()->size() > 1;
    EXPECT_EQ(ValueWith('a', "prod"), "two") << faults;
    EXPECT_EQ(ValueWith('a', "dev"), "dev") << faults;
    if (is_begun) {
      EXPECT_EQ(ValueWith('b', "prod"), "two") << faults;
    }
    EXPECT_EQ(store_->Verify()->size(), 0U);
  }
  EXPECT_GT(faults, 8);
  EXPECT_EQ(ValueWith('b', "prod"), "two");
  EXPECT_EQ(ValueWith('a', "prod"), "no ring: permission");
}

}  // namespace
}  // namespace writ::reconciler
