#include "reconciler/secrets/managed_secrets.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <utility>

#include "tests/reconciler/secrets/secrets_fixture.h"

namespace writ::reconciler {
namespace {

class ManagedSecretsTest : public SecretsTest {
 protected:
  SecretPointer Pointer(const std::string& environment) {
    const auto secret = ReadSecret(*store_, kKey);
    return **store_->secrets().FindPointer(secret->uid, environment);
  }
  SecretVersion Version(const std::string& environment, std::int64_t number) {
    const auto secret = ReadSecret(*store_, kKey);
    return **store_->secrets().FindVersion(secret->uid, environment, number);
  }
  void Replace(const SecretPointer& pointer) {
    Tamper([&](SecretTable& table) -> Status {
      const auto before =
          TRY(table.FindPointer(pointer.secret_uid, pointer.environment));
      return table.MovePointer(pointer, before ? before->version : 0);
    });
  }
};

// S-42, S-46
TEST_F(ManagedSecretsTest, RevealsWhatWasSetAtOnce) {
  EXPECT_EQ(Value("prod"), "not_found");
  const auto set = Set("prod", "first");
  ASSERT_TRUE(set) << Describe(set.error());
  EXPECT_EQ(set->version, 1);
  EXPECT_TRUE(set->changed);
  EXPECT_EQ(Value("prod"), "first");
  EXPECT_EQ(Set("prod", "second")->version, 2);
  EXPECT_EQ(Value("prod"), "second");
  EXPECT_EQ(Audited("secret.set"), 2);
}

// S-47: values differ by environment.
TEST_F(ManagedSecretsTest, KeepsEnvironmentsApart) {
  ASSERT_TRUE(Set("prod", "of prod") && Set("dev", "of dev"));
  EXPECT_EQ(Value("prod"), "of prod");
  EXPECT_EQ(Value("dev"), "of dev");
  const auto unknown = Set("qa", "x");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(unknown.error().remedy.find("dev, prod"), std::string::npos);
}

TEST_F(ManagedSecretsTest, MakesNoVersionOfAnEqualValue) {
  ASSERT_TRUE(Set("prod", "same"));
  const auto again = Set("prod", "same");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->version, 1);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(ListVersions(*store_, In("prod"))->size(), 1U);
  EXPECT_EQ(Audited("secret.set"), 1);
}

TEST_F(ManagedSecretsTest, RollsBackToAnEarlierVersion) {
  ASSERT_TRUE(Set("prod", "one") && Set("prod", "two"));
  const auto back = secrets().Rollback(In("prod"), 1, "ana");
  ASSERT_TRUE(back) << Describe(back.error());
  EXPECT_TRUE(back->changed);
  EXPECT_EQ(Value("prod"), "one");
  EXPECT_FALSE(secrets().Rollback(In("prod"), 1, "ana")->changed);
  EXPECT_EQ(secrets().Rollback(In("prod"), 3, "ana").error().code,
            ErrorCode::kNotFound);
  // A number is never used twice.
  EXPECT_EQ(Set("prod", "three")->version, 3);
  EXPECT_EQ(Audited("secret.rollback"), 1);
}

// S-45
TEST_F(ManagedSecretsTest, UnsettingIsForGood) {
  ASSERT_TRUE(Set("prod", "one") && Set("prod", "two") && Set("dev", "other"));
  EXPECT_EQ(*secrets().Unset(In("prod"), "ana"), 2);
  EXPECT_EQ(Value("prod"), "not_found");
  EXPECT_EQ(Value("dev"), "other");
  EXPECT_TRUE(Version("prod", 1).sealed.empty());
  EXPECT_TRUE(Version("prod", 2).sealed.empty());
  EXPECT_EQ(secrets().Rollback(In("prod"), 1, "ana").error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(secrets().Unset(In("prod"), "ana").error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(Set("prod", "three")->version, 3);
  EXPECT_EQ(Value("prod"), "three");
  EXPECT_EQ(Audited("secret.unset"), 1);
}

TEST_F(ManagedSecretsTest, ListsVersionsNewestFirstWithoutValues) {
  ASSERT_TRUE(Set("prod", "one") && Set("prod", "two"));
  ASSERT_TRUE(secrets().Rollback(In("prod"), 1, "ana"));
  const auto versions = ListVersions(*store_, In("prod"));
  ASSERT_TRUE(versions);
  ASSERT_EQ(versions->size(), 2U);
  EXPECT_EQ(versions->at(0).version, 2);
  EXPECT_FALSE(versions->at(0).is_current);
  EXPECT_TRUE(versions->at(1).is_current);
  EXPECT_EQ(versions->at(1).created_by, "ana");
}

// S-40
TEST_F(ManagedSecretsTest, ListSaysWhereARequiredValueIsMissing) {
  Declare("Secret/payments/API_KEY",
          R"({"project":"payments","required":true,"type":"json",
              "description":"Of the provider.","environments":["prod"]})");
  Declare("Secret/payments/BOTH", R"({"project":"payments","required":true})");
  Declare("Secret/payments/OUTSIDE",
          R"({"project":"payments","required":true,
              "source":{"env":{"name":"X"}}})");
  Declare("Secret/platform/OTHER", R"({"project":"platform"})");
  ASSERT_TRUE(Set("prod", "one"));
  const auto rows = ListSecrets(*store_, "payments");
  ASSERT_TRUE(rows) << Describe(rows.error());
  ASSERT_EQ(rows->size(), 4U);
  const SecretRow& api = rows->at(0);
  EXPECT_EQ(api.secret.key(), "API_KEY");
  EXPECT_EQ(api.secret.type, SecretType::kJson);
  EXPECT_EQ(api.secret.description, "Of the provider.");
  EXPECT_TRUE(api.created_at.has_value());
  EXPECT_EQ(api.missing, std::vector<std::string>{"prod"});
  EXPECT_EQ(rows->at(1).missing, (std::vector<std::string>{"dev", "prod"}));
  EXPECT_TRUE(rows->at(2).missing.empty());
  EXPECT_EQ(rows->at(3).current.at("prod").version, 1);
  EXPECT_TRUE(rows->at(3).missing.empty());
}

TEST_F(ManagedSecretsTest, SaysWhatThereIsInsteadOfWhatThereIsnt) {
  const auto near = ReadSecret(*store_, Id("Secret/payments/SLACK_URI"));
  EXPECT_NE(near.error().remedy.find("SLACK_URL"), std::string::npos);
  // S-41: keys are case-sensitive.
  const auto lower = ReadSecret(*store_, Id("Secret/payments/slack_url"));
  EXPECT_EQ(lower.error().code, ErrorCode::kNotFound);
  const auto project = ReadSecret(*store_, Id("Secret/shop/SLACK_URL"));
  EXPECT_NE(project.error().remedy.find("payments, platform"),
            std::string::npos);
}

TEST_F(ManagedSecretsTest, WritesNoValueThatComesFromOutside) {
  Declare("Secret/payments/OUTSIDE",
          R"({"project":"payments","source":{"env":{"name":"X"}}})");
  const auto set = secrets().Set({Id("Secret/payments/OUTSIDE"), "prod"},
                                 SecretValue::Copy("x"), "ana");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, ErrorCode::kInvalidArgument);
}

// T-13: every field of a pointer that would serve another value.
TEST_F(ManagedSecretsTest, ServesNothingThroughAPlantedPointer) {
  ASSERT_TRUE(Set("prod", "one") && Set("prod", "two") && Set("dev", "dev"));
  const SecretPointer good = Pointer("prod");
  const std::vector<std::function<void(SecretPointer&)>> changes = {
      [](SecretPointer& p) { p.version = 1; },
      [](SecretPointer& p) { p.version = 0; },
      [](SecretPointer& p) { p.mac.bytes[0] ^= 1; },
      [&](SecretPointer& p) { p.mac = Pointer("dev").mac; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SecretPointer changed = good;
    changes[i](changed);
    Replace(changed);
    EXPECT_EQ(Value("prod"), "corrupt") << i;
    Replace(good);
    EXPECT_EQ(Value("prod"), "two") << i;
  }
  EXPECT_EQ(Value("dev"), "dev");
}

// T-13: rows that are genuine, but of another place.
TEST_F(ManagedSecretsTest, ServesNoRowOfAnotherPlace) {
  Declare("Secret/platform/SLACK_URL", R"({"project":"platform"})");
  const SecretPlace other{Id("Secret/platform/SLACK_URL"), "prod"};
  ASSERT_TRUE(Set("prod", "one") && Set("prod", "two") && Set("dev", "dev"));
  ASSERT_TRUE(secrets().Set(other, SecretValue::Copy("other"), "ana"));
  const auto theirs = ReadSecret(*store_, other.secret);
  const SecretVersion foreign =
      **store_->secrets().FindVersion(theirs->uid, "prod", 1);
  const SecretVersion good = Version("prod", 2);
  for (const SecretVersion& source :
       {Version("prod", 1), Version("dev", 1), foreign}) {
    SecretVersion swapped = good;
    swapped.sealed = source.sealed;
    Tamper([&](SecretTable& table) { return table.Reseal(swapped); });
    EXPECT_EQ(Value("prod"), "corrupt");
  }
  Tamper([&](SecretTable& table) { return table.Reseal(good); });
  EXPECT_EQ(Value("prod"), "two");
}

// T-13: told once, not at every read.
TEST_F(ManagedSecretsTest, AuditsARejectedRowOnce) {
  ASSERT_TRUE(Set("prod", kCanary));
  SecretVersion changed = Version("prod", 1);
  changed.sealed[20] ^= 1;
  Tamper([&](SecretTable& table) { return table.Reseal(changed); });
  ManagedSecrets reading = secrets();
  const auto secret = ReadSecret(*store_, kKey);
  EXPECT_FALSE(reading.Reveal(*secret, "prod"));
  EXPECT_FALSE(reading.Reveal(*secret, "prod"));
  EXPECT_EQ(Audited("secret.rejected"), 1);
}

TEST_F(ManagedSecretsTest, ANewValueMendsADamagedOne) {
  ASSERT_TRUE(Set("prod", "one"));
  SecretPointer changed = Pointer("prod");
  changed.mac.bytes[5] ^= 1;
  Replace(changed);
  EXPECT_EQ(Value("prod"), "corrupt");
  EXPECT_EQ(Set("prod", "one")->version, 2);
  EXPECT_EQ(Value("prod"), "one");
}

// T-14: nothing is written under a key that the state has left.
TEST_F(ManagedSecretsTest, WritesNothingUnderAnOldKey) {
  ASSERT_TRUE(StartRekey(rekeying(), TestKey('a'), TestKey('b')));
  const auto set = Set("prod", "one");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, ErrorCode::kConflict);
  ring_ = std::make_unique<KeyRing>(*ring_->Refreshed(store_->secrets()));
  EXPECT_TRUE(Set("prod", "one"));
}

// T-02
TEST_F(ManagedSecretsTest, ServesItsOwnProjectAndThoseItNames) {
  Declare("Secret/payments/SHARED",
          R"({"project":"payments",
              "usableBy":["Destination/order-service/slack"]})");
  const auto secret = ReadSecret(*store_, Id("Secret/payments/SHARED"));
  EXPECT_TRUE(MayUse(*secret, Id("Destination/order-service/slack")));
  EXPECT_TRUE(MayUse(*secret, Id("Secret/payments/SLACK_URL")));
  for (const char* other :
       {"Destination/order-service/other", "DeployTarget/acme/slack",
        "Secret/platform/SLACK_URL", "Destination/payments/slack"}) {
    const Status use = MayUse(*secret, Id(other));
    ASSERT_FALSE(use) << other;
    EXPECT_EQ(use.error().code, ErrorCode::kPermission);
    EXPECT_NE(use.error().remedy.find("usableBy"), std::string::npos);
  }
}

// S-42: neither the databases nor the audit hold a value.
TEST_F(ManagedSecretsTest, NoFileHoldsAValue) {
  ASSERT_TRUE(Set("prod", kCanary) && Set("dev", kCanary));
  ASSERT_TRUE(Set("prod", std::string(kCanary) + "-second"));
  ASSERT_TRUE(secrets().Rollback(In("prod"), 1, "ana"));
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(folder_.path())) {
    if (!file.is_regular_file()) continue;
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    EXPECT_EQ(bytes.find(kCanary), std::string::npos) << file.path();
    EXPECT_FALSE(bytes.empty() && file.path().extension() == ".db");
  }
  for (const AuditEntry& entry : Audit()) {
    EXPECT_EQ(entry.details.find("canary"), std::string::npos);
  }
}

}  // namespace
}  // namespace writ::reconciler
