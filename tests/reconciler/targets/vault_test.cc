#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reconciler/targets/fake_vault.h"

namespace writ::reconciler::testing {
namespace {

using ::testing::HasSubstr;

class Vault : public ::testing::Test {
 protected:
  explicit Vault() {
    auto fake = std::make_unique<FakeVault>();
    fake_ = fake.get();
    fixture_ = std::make_unique<TargetFixture>(std::move(fake));
  }
  FakeVault* fake_ = nullptr;
  std::unique_ptr<TargetFixture> fixture_;
};

TEST_F(Vault, PatchesOneFieldUnderTheVersionItRead) {
  ASSERT_TRUE(fixture_->Put("first"));
  const auto written = fixture_->Put("second");
  ASSERT_TRUE(written);
  EXPECT_EQ(written->version, "3");
  EXPECT_EQ(CompactJson(fake_->versions.back()),
            R"({"other":{"port":8200},"token":"second"})");
}

// A token without the patch capability: the whole map goes back, byte by byte
// what was there, under the same guard.
TEST_F(Vault, WritesTheMapBackWhereItMayNotPatch) {
  fake_->may_patch = false;
  const auto written = fixture_->Put("first");
  ASSERT_TRUE(written) << Describe(written.error().error);
  EXPECT_EQ(CompactJson(fake_->versions.back()),
            R"({"other":{"port":8200},"token":"first"})");
  EXPECT_EQ(fixture_->fake().server().received().back().method, "POST");
}

TEST_F(Vault, WritesNothingWhereTheValueIsThere) {
  ASSERT_TRUE(fixture_->Put("same"));
  const int writes = fixture_->fake().writes();
  ASSERT_TRUE(fixture_->Put("same"));
  EXPECT_EQ(fixture_->fake().writes(), writes);
}

TEST_F(Vault, CreatesASecretThatWasNeverThere) {
  fake_->versions.clear();
  const auto written = fixture_->Put("first");
  ASSERT_TRUE(written) << Describe(written.error().error);
  EXPECT_EQ(fake_->Holds(), "first");
}

TEST_F(Vault, RefusesMountsWithoutVersions) {
  fake_->mount_version = "1";
  const auto status = fixture_->target().Preflight("x");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().failure_class, FailureClass::kInvalid);
  EXPECT_THAT(status.error().error.message, HasSubstr("KV version 2"));
}

// A secret that isn't there yet is made; a mount that isn't is missed.
TEST_F(Vault, MissesAMountThatIsNotThere) {
  fixture_->spec().Find("vault")->Set("mount", "elsewhere");
  const auto result = fixture_->Observe();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().failure_class, FailureClass::kGone);
}

TEST_F(Vault, RestoresNothingThatIsNoVersion) {
  for (const char* version : {"", "0", "-1", "x", "1?version=2"}) {
    const auto result =
        fixture_->target().Restore(fixture_->delivery(), version);
    ASSERT_FALSE(result) << version;
    EXPECT_EQ(result.error().failure_class, FailureClass::kInvalid);
  }
  const auto gone = fixture_->target().Restore(fixture_->delivery(), "99");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().failure_class, FailureClass::kGone);
}

// T-02: the token goes where the host file binds Vault to, and nowhere else.
TEST_F(Vault, CallsBoundServersOnly) {
  fixture_->host().hosts.clear();
  const auto made = fixture_->Make();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kPermission);
  EXPECT_THAT(made.error().remedy, HasSubstr("hosts:"));
}

TEST_F(Vault, ClimbsOutOfNoMount) {
  for (const char* path : {"../sys/raw", "a/../../b", "", "."}) {
    fixture_->spec().Find("vault")->Set("path", path);
    EXPECT_FALSE(fixture_->Make()) << path;
  }
}

TEST_F(Vault, SaysWhichSecretHasNoValue) {
  Value spec = fake_->Spec("http://127.0.0.1");
  const auto fields = AccessFieldsOf(spec);
  ASSERT_EQ(fields.size(), 1U);
  EXPECT_EQ(fields[0].field, "token");
  EXPECT_EQ(fields[0].reference.FindString("key"), "VAULT");
}

}  // namespace
}  // namespace writ::reconciler::testing
