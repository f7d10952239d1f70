#include "reconciler/keys/master_key.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

// Base64 of 32 bytes that count up.
constexpr char kText[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

std::string CountingBytes() {
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

class MasterKeyTest : public ::testing::Test {
 protected:
  void SetUp() override { Forget(); }
  void TearDown() override { Forget(); }

  static void Forget() {
    ::unsetenv(kMasterKeyVariable);
    ::unsetenv(kMasterKeyFileVariable);
  }
  std::string WriteFile(const std::string& text, mode_t mode = 0600) {
    const std::string file = folder_ / "key";
    std::ofstream(file, std::ios::binary) << text;
    EXPECT_EQ(::chmod(file.c_str(), mode), 0);
    return file;
  }

  testing::TempFolder folder_;
};

TEST_F(MasterKeyTest, IsAbsentWhereNoVariableNamesOne) {
  const auto key = ReadMasterKey();
  ASSERT_TRUE(key);
  EXPECT_FALSE(key->has_value());
}

TEST_F(MasterKeyTest, IsReadFromAFile) {
  for (const char* end : {"", "\n", "\r\n"}) {
    const std::string file = WriteFile(std::string(kText) + end);
    ::setenv(kMasterKeyFileVariable, file.c_str(), 1);
    auto key = ReadMasterKey();
    ASSERT_TRUE(key) << Describe(key.error());
    ASSERT_TRUE(key->has_value());
    EXPECT_TRUE((*key)->bytes.Reveal() == CountingBytes());
    EXPECT_EQ((*key)->source, "the file " + file);
  }
}

// T-14: where the kernel shows a process's environment, too.
TEST_F(MasterKeyTest, WipesTheVariable) {
  std::string entry = std::string(kMasterKeyVariable) + "=" + kText;
  ASSERT_EQ(::putenv(entry.data()), 0);
  auto key = ReadMasterKey();
  ASSERT_TRUE(key && key->has_value());
  EXPECT_TRUE((*key)->bytes.Reveal() == CountingBytes());
  EXPECT_EQ(::getenv(kMasterKeyVariable), nullptr);
  EXPECT_EQ(entry.find("AAEC"), std::string::npos);
  EXPECT_EQ(entry.substr(sizeof kMasterKeyVariable),
            std::string(sizeof kText - 1, '\0'));
}

TEST_F(MasterKeyTest, PrefersTheFileAndWipesTheVariableAllTheSame) {
  ::setenv(kMasterKeyFileVariable, WriteFile(kText).c_str(), 1);
  ::setenv(kMasterKeyVariable, "nonsense", 1);
  auto key = ReadMasterKey();
  ASSERT_TRUE(key && key->has_value());
  EXPECT_EQ(::getenv(kMasterKeyVariable), nullptr);
}

// T-14
TEST_F(MasterKeyTest, IsExactlyThirtyTwoBytesInBase64) {
  const std::string text = kText;
  const std::vector<std::string> wrong = {
      "",
      "short",
      std::string(32, 'p'),                        // a password
      std::string(64, 'a'),                        // hexadecimal
      text.substr(0, 43),                          // no padding
      text + "A",                                  // more
      text + "\n\n",                               // more lines
      " " + text.substr(0, 43),                    // white space
      text.substr(0, 42) + "==",                   // 31 bytes
      text.substr(0, 42) + "9=",                   // stray bits
      text.substr(0, 20) + "*" + text.substr(21),  // not of the alphabet
      std::string(1000, 'A'),
  };
  for (const std::string& one : wrong) {
    const auto key = ReadMasterKeyFile(WriteFile(one));
    ASSERT_FALSE(key) << one;
    EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument) << one;
    if (one.size() > 8) {
      EXPECT_EQ(Describe(key.error()).find(one), std::string::npos);
    }
    if (one.empty()) continue;
    ::setenv(kMasterKeyVariable, one.c_str(), 1);
    EXPECT_EQ(ReadMasterKey().has_value(), one == text) << one;
  }
}

// T-14
TEST_F(MasterKeyTest, RefusesAFileThatOthersMayRead) {
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0644, 0666, 0610}) {
    const auto key = ReadMasterKeyFile(WriteFile(kText, mode));
    ASSERT_FALSE(key) << std::oct << mode;
    EXPECT_EQ(key.error().code, ErrorCode::kPermission);
    EXPECT_NE(key.error().remedy.find("chmod"), std::string::npos);
  }
  EXPECT_TRUE(ReadMasterKeyFile(WriteFile(kText, 0400)));
}

TEST_F(MasterKeyTest, SaysWhichFileCantBeRead) {
  const auto absent = ReadMasterKeyFile(folder_ / "absent");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
  EXPECT_NE(absent.error().message.find("absent"), std::string::npos);
  const auto folder = ReadMasterKeyFile(folder_.path());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::kPermission);
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(ReadMasterKeyFile(folder_ / "pipe"));
}

TEST_F(MasterKeyTest, FollowsALinkAsContainersMountThem) {
  WriteFile(kText);
  ASSERT_EQ(::symlink("key", (folder_ / "link").c_str()), 0);
  EXPECT_TRUE(ReadMasterKeyFile(folder_ / "link"));
}

TEST_F(MasterKeyTest, IsMadeInANewFileOnly) {
  SystemRandom random;
  const std::string file = folder_ / "new";
  const mode_t before = ::umask(0);
  const auto made = CreateMasterKeyFile(file, random);
  ::umask(before);
  ASSERT_TRUE(made) << Describe(made.error());
  struct stat facts = {};
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  const auto read = ReadMasterKeyFile(file);
  ASSERT_TRUE(read) << Describe(read.error());
  EXPECT_TRUE(SameSecret(read->bytes, made->bytes));

  const auto again = CreateMasterKeyFile(file, random);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  ASSERT_EQ(::symlink("nowhere", (folder_ / "dangling").c_str()), 0);
  EXPECT_FALSE(CreateMasterKeyFile(folder_ / "dangling", random));
  EXPECT_EQ(CreateMasterKeyFile(folder_ / "no/such", random).error().code,
            ErrorCode::kNotFound);
  EXPECT_TRUE(SameSecret(ReadMasterKeyFile(file)->bytes, made->bytes));
}

// T-14
TEST_F(MasterKeyTest, MakesTheProcessUndumpable) {
  ASSERT_TRUE(ForbidDumps());
  EXPECT_EQ(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
  rlimit limit = {};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, 0U);
  EXPECT_EQ(limit.rlim_max, 0U);
}

}  // namespace
}  // namespace writ::reconciler
