#include "reconciler/store/secret_records.h"

#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1796000000)};

KeyGeneration Generation(std::int64_t number) {
  KeyGeneration key;
  key.generation = number;
  key.lineage = "lineage";
  key.check_value = Sha256("check " + std::to_string(number));
  key.wrapped = number > 1 ? "wrapped" : "";
  key.unwraps_previous = number > 1 ? "unwraps" : "";
  key.created_at = kNow;
  return key;
}

SecretVersion Version(std::int64_t number) {
  SecretVersion version;
  version.secret = Id("Secret/payments/KEY");
  version.secret_uid = "s1";
  version.environment = "prod";
  version.version = number;
  version.key_generation = 1;
  version.sealed = std::string("sealed\0", 7) + std::to_string(number);
  version.digest = Sha256(std::to_string(number));
  version.created_at = kNow;
  version.created_by = "ana";
  return version;
}

SecretPointer PointerTo(std::int64_t version) {
  SecretPointer pointer;
  pointer.secret = Id("Secret/payments/KEY");
  pointer.secret_uid = "s1";
  pointer.environment = "prod";
  pointer.version = version;
  pointer.key_generation = 1;
  pointer.mac = Sha256("pointer");
  pointer.moved_at = kNow;
  pointer.moved_by = "ana";
  return pointer;
}

class SecretRecords : public StoreTest {
 protected:
  void SetUp() override {
    store_ = Open();
    Write([](SecretTable& table) {
      return table.WriteKeyGeneration(Generation(1));
    });
  }

  template <typename Body>
  Status Try(Body&& body) {
    auto transaction = store_->BeginWrite("").value();
    const Status done = body(store_->secrets());
    if (!done) return done;
    return transaction->Commit();
  }
  template <typename Body>
  void Write(Body&& body) {
    const Status done = Try(std::forward<Body>(body));
    ASSERT_TRUE(done) << Describe(done.error());
  }

  std::unique_ptr<StateStore> store_;
};

TEST_F(SecretRecords, KeyGenerationsComeBack) {
  Write([](SecretTable& table) {
    return table.WriteKeyGeneration(Generation(2));
  });
  KeyGeneration retired = Generation(1);
  retired.retired_at = kNow;
  Write([&](SecretTable& table) { return table.WriteKeyGeneration(retired); });
  EXPECT_EQ(store_->secrets().ReadKeyGenerations().value(),
            (std::vector<KeyGeneration>{retired, Generation(2)}));
  Write([](SecretTable& table) { return table.RemoveKeyGeneration(1); });
  EXPECT_EQ(store_->secrets().ReadKeyGenerations().value().size(), 1U);
}

TEST_F(SecretRecords, AKeyStaysWhileSomethingIsSealedUnderIt) {
  Write([](SecretTable& table) { return table.InsertVersion(Version(1)); });
  EXPECT_EQ(store_->secrets().CountUnder(1).value(), 1);
  EXPECT_FALSE(
      Try([](SecretTable& table) { return table.RemoveKeyGeneration(1); }));
}

TEST_F(SecretRecords, VersionsComeBackNewestFirstWithoutTheirBytes) {
  Write([](SecretTable& table) -> Status {
    TRY(table.InsertVersion(Version(1)));
    return table.InsertVersion(Version(2));
  });
  SecretTable& table = store_->secrets();
  EXPECT_TRUE(table.FindVersion("s1", "prod", 2).value() == Version(2));
  EXPECT_FALSE(table.FindVersion("s1", "dev", 2).value());
  const auto versions = table.ReadVersions("s1", "prod").value();
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0].version, 2);
  EXPECT_TRUE(versions[0].sealed.empty());
  const Status again =
      Try([](SecretTable& rows) { return rows.InsertVersion(Version(2)); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
}

TEST_F(SecretRecords, ADestroyedVersionKeepsItsRowAlone) {
  Write([](SecretTable& table) -> Status {
    TRY(table.InsertVersion(Version(1)));
    return table.DestroyVersion("s1", "prod", 1);
  });
  EXPECT_TRUE(
      store_->secrets().FindVersion("s1", "prod", 1).value()->sealed.empty());
  const Status missing = Try(
      [](SecretTable& table) { return table.DestroyVersion("s1", "prod", 7); });
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_F(SecretRecords, ResealingReplacesBytesKeyAndDigest) {
  SecretVersion resealed = Version(1);
  resealed.key_generation = 2;
  resealed.sealed = "other";
  resealed.digest = Sha256("other");
  Write([&](SecretTable& table) -> Status {
    TRY(table.InsertVersion(Version(1)));
    TRY(table.WriteKeyGeneration(Generation(2)));
    return table.Reseal(resealed);
  });
  EXPECT_TRUE(store_->secrets().FindVersion("s1", "prod", 1).value() ==
              resealed);
  EXPECT_EQ(store_->secrets().CountUnder(1).value(), 0);
  EXPECT_EQ(store_->secrets().ReadUnder(2, 10).value().size(), 1U);
  EXPECT_EQ(Try([](SecretTable& table) { return table.Reseal(Version(9)); })
                .error()
                .code,
            ErrorCode::kNotFound);
}

TEST_F(SecretRecords, APointerMovesFromWhereItWasSeen) {
  Write([](SecretTable& table) { return table.MovePointer(PointerTo(1), 0); });
  EXPECT_TRUE(store_->secrets().FindPointer("s1", "prod").value() ==
              PointerTo(1));
  const Status late = Try(
      [](SecretTable& table) { return table.MovePointer(PointerTo(2), 0); });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
  Write([](SecretTable& table) { return table.MovePointer(PointerTo(2), 1); });
  EXPECT_EQ(store_->secrets().ReadPointers().value(),
            std::vector<SecretPointer>{PointerTo(2)});
}

TEST_F(SecretRecords, FollowTheirSecretThroughRenames) {
  PutAll(*store_, {MakeResource("Project/payments"),
                   MakeResource("Secret/payments/KEY", "Project/payments")});
  Write([](SecretTable& table) -> Status {
    TRY(table.InsertVersion(Version(1)));
    return table.MovePointer(PointerTo(1), 0);
  });
  auto transaction = store_->BeginWrite("").value();
  ASSERT_TRUE(
      transaction->Rename(Id("Project/payments"), Id("Project/pay"), 1));
  ASSERT_TRUE(transaction->Commit());
  EXPECT_EQ(store_->secrets().FindPointer("s1", "prod").value()->secret,
            Id("Secret/pay/KEY"));
  EXPECT_EQ(store_->secrets().FindVersion("s1", "prod", 1).value()->secret,
            Id("Secret/pay/KEY"));
}

// T-15: what the trash lets go of is sealed nowhere any more.
TEST_F(SecretRecords, GoWithTheirSecretWhenTheTrashIsEmptied) {
  PutAll(*store_, {MakeResource("Project/payments"),
                   MakeResource("Secret/payments/KEY", "Project/payments")});
  const ResourceId key = Id("Secret/payments/KEY");
  SecretVersion mine = Version(1);
  mine.secret_uid = store_->ReadStored(key).value()->live.uid;
  SecretPointer pointer = PointerTo(1);
  pointer.secret_uid = mine.secret_uid;
  Write([&](SecretTable& table) -> Status {
    TRY(table.InsertVersion(mine));
    TRY(table.MovePointer(pointer, 0));
    return table.InsertVersion(Version(2));  // another secret's
  });
  const auto end = [&](auto&& body) {
    auto transaction = store_->BeginWrite("").value();
    ASSERT_TRUE(body(*transaction));
    ASSERT_TRUE(transaction->Commit());
  };
  end([&](WriteTransaction& w) { return w.Delete(key, 1); });
  const auto purge_before = [](Timestamp before) {
    return [before](WriteTransaction& w) { return w.PurgeDeleted(before, 10); };
  };
  end(purge_before(clock_.Now()));
  EXPECT_TRUE(store_->secrets().FindPointer(mine.secret_uid, "prod").value());
  end(purge_before(clock_.Now() + std::chrono::hours(1)));
  SecretTable& table = store_->secrets();
  EXPECT_FALSE(table.FindPointer(mine.secret_uid, "prod").value());
  EXPECT_FALSE(table.FindVersion(mine.secret_uid, "prod", 1).value());
  EXPECT_TRUE(table.FindVersion("s1", "prod", 2).value());
}

}  // namespace
}  // namespace writ::reconciler
