#include "reconciler/keys/ephemeral_key.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

class EphemeralKeyTest : public ::testing::Test {
 protected:
  std::string File() const { return folder_ / "rotation-r_1.key"; }

  testing::TempFolder folder_;
  SystemRandom random_;
};

TEST_F(EphemeralKeyTest, OpensWhatItSealed) {
  const EphemeralKey key = EphemeralKey::Create(File(), random_).value();
  const SecretValue value = SecretValue::Copy("canary-value");
  const std::string sealed = key.Seal("crd_1", value, random_);
  EXPECT_EQ(sealed.find("canary"), std::string::npos);
  const auto again = EphemeralKey::Open(File()).value();
  ASSERT_TRUE(again);
  EXPECT_TRUE(SameSecret(again->Unseal("crd_1", sealed).value(), value));
}

TEST_F(EphemeralKeyTest, OpensNothingThatWasChanged) {
  const EphemeralKey key = EphemeralKey::Create(File(), random_).value();
  std::string sealed = key.Seal("crd_1", SecretValue::Copy("canary"), random_);
  EXPECT_EQ(key.Unseal("crd_2", sealed).error().code, ErrorCode::kCorrupt);
  sealed.back() = static_cast<char>(sealed.back() ^ 1);
  EXPECT_EQ(key.Unseal("crd_1", sealed).error().code, ErrorCode::kCorrupt);
}

// T-15: its owner's alone, and never written over another.
TEST_F(EphemeralKeyTest, IsItsOwnersFile) {
  ASSERT_TRUE(EphemeralKey::Create(File(), random_));
  EXPECT_EQ(fs::status(File()).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(EphemeralKey::Create(File(), random_).error().code,
            ErrorCode::kConflict);
  fs::permissions(File(), fs::perms(0644));
  EXPECT_EQ(EphemeralKey::Open(File()).error().code, ErrorCode::kPermission);
}

TEST_F(EphemeralKeyTest, IsGoneOnceDestroyed) {
  ASSERT_TRUE(EphemeralKey::Create(File(), random_));
  ASSERT_TRUE(EphemeralKey::Destroy(File()));
  EXPECT_FALSE(fs::exists(File()));
  EXPECT_FALSE(EphemeralKey::Open(File()).value());
  EXPECT_TRUE(EphemeralKey::Destroy(File()));
}

// A process that is killed in the middle of it leaves no key that isn't one,
// and nothing that stays.
TEST_F(EphemeralKeyTest, CutShortIsNotThere) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit ten_bytes = {10, 10};
    setrlimit(RLIMIT_FSIZE, &ten_bytes);
    static_cast<void>(EphemeralKey::Create(File(), random_));
    _exit(0);  // not reached: the kernel ends it within the write
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGXFSZ);
  EXPECT_FALSE(fs::is_empty(folder_.path()));
  EXPECT_FALSE(EphemeralKey::Open(File()).value());
  EXPECT_TRUE(EphemeralKey::Create(File(), random_));
  EXPECT_TRUE(EphemeralKey::Open(File()).value());
  ASSERT_TRUE(EphemeralKey::Destroy(File()));
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

}  // namespace
}  // namespace writ::reconciler
