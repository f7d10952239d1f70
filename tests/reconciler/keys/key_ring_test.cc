#include "reconciler/keys/key_ring.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/keys/key_generation.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1796000000)};

MasterKey Key(char fill) {
  return {SecretValue::Copy(std::string(kMasterKeySize, fill)), "a test"};
}

class KeyRingTest : public StoreTest {
 protected:
  void SetUp() override {
    store_ = Open();
    Write(MakeKeyGeneration(1, "lineage", Key('a'), kNow));
  }

  void Write(const KeyGeneration& generation) {
    const auto write = Begin(*store_);
    ASSERT_TRUE(store_->secrets().WriteKeyGeneration(generation));
    ASSERT_TRUE(write->Commit());
  }
  std::vector<KeyGeneration> Generations() {
    return *store_->secrets().ReadKeyGenerations();
  }
  Result<KeyRing> OpenRing(char fill) {
    return KeyRing::Open(store_->secrets(), Key(fill));
  }
  KeyRing Ring(char fill = 'a') {
    auto ring = OpenRing(fill);
    EXPECT_TRUE(ring) << Describe(ring.error());
    return *std::move(ring);
  }
  // Generation `number` with its own key, tied to the one before.
  KeyGeneration StartRekey(std::int64_t number, char previous, char next) {
    KeyGeneration made = MakeKeyGeneration(number, "lineage", Key(next), kNow);
    WrapBothWays(made, Key(next).bytes, Generations().back(),
                 Key(previous).bytes, chance_);
    Write(made);
    return made;
  }

  std::unique_ptr<StateStore> store_;
  SystemRandom chance_;
  const SealContext context_{"project", "secret", "prod", 3};
};

TEST_F(KeyRingTest, OpensWhatItSealed) {
  const KeyRing ring = Ring();
  EXPECT_EQ(ring.newest(), 1);
  for (const std::size_t size : {0U, 1U, 16U, 65536U}) {
    const SecretValue value = SecretValue::Copy(std::string(size, 'v'));
    const auto sealed = ring.Seal(context_, value, chance_);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->size(), size + 28);
    const auto opened = ring.Unseal(1, context_, *sealed);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(SameSecret(*opened, value));
  }
}

// T-13: each of what a value is bound to.
TEST_F(KeyRingTest, OpensAValueInItsOwnPlaceOnly) {
  const KeyRing ring = Ring();
  const SecretValue value = SecretValue::Copy("value");
  const std::string sealed = *ring.Seal(context_, value, chance_);
  const std::vector<std::pair<const char*, SealContext>> others = {
      {"project", {"project2", "secret", "prod", 3}},
      {"key", {"project", "secret2", "prod", 3}},
      {"environment", {"project", "secret", "dev", 3}},
      {"version", {"project", "secret", "prod", 4}},
      {"framing", {"project", "secretp", "rod", 3}},
  };
  for (const auto& [name, other] : others) {
    const auto opened = ring.Unseal(1, other, sealed);
    ASSERT_FALSE(opened) << name;
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt) << name;
  }
}

// T-13: the lineage and the generation, of two states under one key.
TEST_F(KeyRingTest, OpensAValueOfItsOwnLineageAndGenerationOnly) {
  const SecretValue value = SecretValue::Copy("value");
  const std::string sealed = *Ring().Seal(context_, value, chance_);
  const Digest mac = *Ring().Mac(1, "purpose", {});

  Write(MakeKeyGeneration(1, "another lineage", Key('a'), kNow));
  EXPECT_EQ(Ring().Unseal(1, context_, sealed).error().code,
            ErrorCode::kCorrupt);
  EXPECT_NE(*Ring().Mac(1, "purpose", {}), mac);

  Write(MakeKeyGeneration(1, "lineage", Key('a'), kNow));
  ASSERT_TRUE(Ring().Unseal(1, context_, sealed));
  StartRekey(2, 'a', 'a');
  EXPECT_EQ(Ring().Unseal(2, context_, sealed).error().code,
            ErrorCode::kCorrupt);
  EXPECT_NE(*Ring().Mac(2, "purpose", {}), mac);
}

// T-14
TEST_F(KeyRingTest, RefusesTheWrongKey) {
  const auto ring = OpenRing('b');
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().code, ErrorCode::kPermission);
  EXPECT_NE(ring.error().message.find("another master key"), std::string::npos);
  EXPECT_NE(ring.error().remedy.find("check-key"), std::string::npos);
}

TEST_F(KeyRingTest, SaysHowToMakeTheFirstKey) {
  const auto write = Begin(*store_);
  ASSERT_TRUE(store_->secrets().RemoveKeyGeneration(1));
  ASSERT_TRUE(write->Commit());
  const auto ring = OpenRing('a');
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().code, ErrorCode::kNotFound);
  EXPECT_NE(ring.error().remedy.find("writ secrets init"), std::string::npos);
}

TEST_F(KeyRingTest, MacsKeepPurposesAndPartsApart) {
  const KeyRing ring = Ring();
  const auto mac = [&](std::string_view purpose,
                       std::vector<std::string_view> parts) {
    return ring.Mac(1, purpose, parts)->Hex();
  };
  EXPECT_EQ(mac("p", {"a", "bc"}), mac("p", {"a", "bc"}));
  EXPECT_NE(mac("p", {"a", "bc"}), mac("p", {"ab", "c"}));
  EXPECT_NE(mac("p", {"a", "bc"}), mac("q", {"a", "bc"}));
  EXPECT_NE(mac("p", {"a"}), mac("p", {"a", ""}));
  EXPECT_EQ(ring.Mac(2, "p", {}).error().code, ErrorCode::kNotFound);
}

// T-25: what may lie in a plan tells equal values of one project, no more.
TEST_F(KeyRingTest, ValueDigestsAreOfOneProject) {
  const KeyRing ring = Ring();
  const SecretValue value = SecretValue::Copy("value");
  EXPECT_EQ(*ring.ValueDigest(1, "p", value),
            *ring.ValueDigest(1, "p", value.Clone()));
  EXPECT_NE(*ring.ValueDigest(1, "p", value), *ring.ValueDigest(1, "q", value));
  EXPECT_NE(*ring.ValueDigest(1, "p", value),
            *ring.ValueDigest(1, "p", SecretValue::Copy("valuf")));
  EXPECT_NE(*ring.ValueDigest(1, "p", value), Sha256("value"));
}

// T-14: during a rekey, processes with either key go on.
TEST_F(KeyRingTest, OpensBothGenerationsWithEitherKey) {
  const SecretValue value = SecretValue::Copy("value");
  const KeyRing before = Ring('a');
  const std::string old = *before.Seal(context_, value, chance_);
  StartRekey(2, 'a', 'b');
  for (const char key : {'a', 'b'}) {
    const KeyRing ring = Ring(key);
    EXPECT_EQ(ring.newest(), 2);
    EXPECT_TRUE(ring.Has(1));
    ASSERT_TRUE(ring.Unseal(1, context_, old)) << key;
    const std::string sealed = *ring.Seal(context_, value, chance_);
    EXPECT_TRUE(Ring('a').Unseal(2, context_, sealed)) << key;
    EXPECT_TRUE(Ring('b').Unseal(2, context_, sealed)) << key;
    // A process that was there before learns of it.
    EXPECT_EQ(before.Unseal(2, context_, sealed).error().code,
              ErrorCode::kNotFound);
    const auto refreshed = before.Refreshed(store_->secrets());
    ASSERT_TRUE(refreshed);
    EXPECT_TRUE(refreshed->Unseal(2, context_, sealed));
  }
}

TEST_F(KeyRingTest, OpensAChainOfUnfinishedRekeys) {
  StartRekey(2, 'a', 'b');
  StartRekey(3, 'b', 'c');
  for (const char key : {'a', 'b', 'c'}) {
    const KeyRing ring = Ring(key);
    EXPECT_EQ(ring.newest(), 3);
    EXPECT_TRUE(ring.Has(1) && ring.Has(2)) << key;
  }
}

TEST_F(KeyRingTest, RefusesTheOldKeyOnceARekeyIsFinished) {
  const KeyRing before = Ring('a');
  KeyGeneration next = StartRekey(2, 'a', 'b');
  next.wrapped.clear();
  next.unwraps_previous.clear();
  Write(next);
  const auto old = OpenRing('a');
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code, ErrorCode::kPermission);
  EXPECT_NE(old.error().message.find("rekey"), std::string::npos);
  EXPECT_FALSE(before.Refreshed(store_->secrets()));
  EXPECT_EQ(Ring('b').newest(), 2);
  EXPECT_FALSE(Ring('b').Has(1));
}

// T-13
TEST_F(KeyRingTest, RefusesASealedKeyThatWasChanged) {
  const KeyGeneration good = StartRekey(2, 'a', 'b');
  const std::vector<std::function<void(KeyGeneration&)>> changes = {
      [](KeyGeneration& g) { g.wrapped[20] ^= 1; },
      [](KeyGeneration& g) { g.unwraps_previous[20] ^= 1; },
      [](KeyGeneration& g) { std::swap(g.wrapped, g.unwraps_previous); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    KeyGeneration changed = good;
    changes[i](changed);
    Write(changed);
    const bool forward = i != 1;
    const auto ring = OpenRing(forward ? 'a' : 'b');
    ASSERT_FALSE(ring) << i;
    EXPECT_EQ(ring.error().code, ErrorCode::kCorrupt) << i;
  }
  // Another's check value makes another's key of it.
  KeyGeneration other = good;
  other.check_value = Sha256("other");
  Write(other);
  EXPECT_EQ(OpenRing('a').error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(OpenRing('b').error().code, ErrorCode::kPermission);
}

}  // namespace
}  // namespace writ::reconciler
