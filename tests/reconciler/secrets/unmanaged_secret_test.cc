#include "reconciler/secrets/unmanaged_secret.h"

#include "tests/reconciler/secrets/secrets_fixture.h"

namespace writ::reconciler {
namespace {

class UnmanagedSecretTest : public SecretsTest {
 protected:
  Authorship by() { return {clock_.Now(), "ana"}; }
  const ResourceId new_{"Secret", "payments", "NEW_KEY"};
};

// S-40
TEST_F(UnmanagedSecretTest, IsMadeDescribedAndRemoved) {
  ASSERT_TRUE(CreateUnmanagedSecret(*store_, new_, {"json", "First."}, by()));
  auto secret = ReadSecret(*store_, new_);
  ASSERT_TRUE(secret) << Describe(secret.error());
  EXPECT_EQ(secret->type, SecretType::kJson);
  EXPECT_EQ(secret->description, "First.");
  EXPECT_EQ(secret->environments, (std::vector<std::string>{"dev", "prod"}));
  EXPECT_FALSE(secret->owner);
  EXPECT_EQ(CreateUnmanagedSecret(*store_, new_, {}, by()).error().code,
            ErrorCode::kConflict);
  ASSERT_TRUE(DescribeUnmanagedSecret(*store_, new_, "Second.", by()));
  secret = ReadSecret(*store_, new_);
  EXPECT_EQ(secret->description, "Second.");
  EXPECT_EQ(secret->type, SecretType::kJson);
  ASSERT_TRUE(RemoveUnmanagedSecret(*store_, new_, by()));
  EXPECT_FALSE(ReadSecret(*store_, new_));
  for (const char* action :
       {"secret.create", "secret.describe", "secret.remove"}) {
    EXPECT_EQ(Audited(action), 1) << action;
  }
  EXPECT_EQ(store_->Verify()->size(), 0U);
}

TEST_F(UnmanagedSecretTest, WhatAManifestDeclaresIsChangedThere) {
  for (const Status& refused :
       {DescribeUnmanagedSecret(*store_, kKey, "Mine.", by()),
        RemoveUnmanagedSecret(*store_, kKey, by())}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_NE(refused.error().message.find("shop"), std::string::npos);
  }
}

TEST_F(UnmanagedSecretTest, IsJudgedAsAManifestWouldBe) {
  EXPECT_EQ(
      CreateUnmanagedSecret(*store_, new_, {"integer", ""}, by()).error().code,
      ErrorCode::kInvalidArgument);
  EXPECT_FALSE(
      CreateUnmanagedSecret(*store_, Id("Secret/payments/lower"), {}, by()));
  EXPECT_FALSE(CreateUnmanagedSecret(*store_, new_,
                                     {"string", std::string(5000, 'x')}, by()));
}

}  // namespace
}  // namespace writ::reconciler
