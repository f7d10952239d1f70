#include "reconciler/credentials/token_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

const ResourceId kToken("Token", "acme", "ci");

SecretValue Value() { return SecretValue::Copy("vela_cs_canary"); }

class TokenSinkTest : public ::testing::Test {
 protected:
  std::string Read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::optional<ErrorCode> OpenError(const std::string& where) {
    const auto sink = OpenTokenSink(where, folder_ / "");
    if (sink) return std::nullopt;
    return sink.error().code;
  }

  testing::TempFolder folder_;
};

// T-19
TEST_F(TokenSinkTest, AFileIsNewAndItsOwnersAlone) {
  const mode_t before = ::umask(0);
  {
    auto sink = OpenTokenSink("tokens", folder_ / "");
    ASSERT_TRUE(sink) << Describe(sink.error());
    EXPECT_TRUE((*sink)->Put(kToken, Value()));
    EXPECT_TRUE((*sink)->Put(ResourceId("Token", "acme", "b"), Value()));
  }
  ::umask(before);
  EXPECT_EQ(Read(folder_ / "tokens"),
            "Token/acme/ci vela_cs_canary\nToken/acme/b vela_cs_canary\n");
  struct stat facts = {};
  ASSERT_EQ(::stat((folder_ / "tokens").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_EQ(OpenError("tokens"), ErrorCode::kConflict);
}

TEST_F(TokenSinkTest, AFileThatGotNothingGoesAgain) {
  { ASSERT_TRUE(OpenTokenSink("tokens", folder_ / "")); }
  EXPECT_FALSE(fs::exists(folder_ / "tokens"));
}

TEST_F(TokenSinkTest, FollowsNoLink) {
  fs::create_symlink(folder_ / "elsewhere", folder_ / "tokens");
  EXPECT_EQ(OpenError("tokens"), ErrorCode::kConflict);
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

TEST_F(TokenSinkTest, StaysOutOfWorkTrees) {
  fs::create_directories(folder_ / "repository/.git");
  fs::create_directories(folder_ / "repository/deep/er");
  EXPECT_EQ(OpenError("repository/deep/er/tokens"),
            ErrorCode::kInvalidArgument);
  // Through a link, and through a work tree whose .git is a file.
  fs::create_directory_symlink(folder_ / "repository/deep", folder_ / "way");
  EXPECT_EQ(OpenError("way/tokens"), ErrorCode::kInvalidArgument);
  fs::create_directories(folder_ / "linked");
  std::ofstream(folder_ / "linked/.git") << "gitdir: elsewhere\n";
  EXPECT_EQ(OpenError("linked/tokens"), ErrorCode::kInvalidArgument);
}

TEST_F(TokenSinkTest, WantsAFolderThatIsThere) {
  EXPECT_EQ(OpenError("nowhere/tokens"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(OpenError(""), ErrorCode::kInvalidArgument);
  EXPECT_EQ(OpenError("."), ErrorCode::kInvalidArgument);
}

TEST_F(TokenSinkTest, ADescriptorGetsTheLine) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  auto sink = OpenTokenSink("fd:" + std::to_string(ends[1]), "/");
  ASSERT_TRUE(sink) << Describe(sink.error());
  EXPECT_TRUE((*sink)->Put(kToken, Value()));
  char bytes[64] = {};
  EXPECT_EQ(::read(ends[0], bytes, sizeof(bytes)), 29);
  EXPECT_STREQ(bytes, "Token/acme/ci vela_cs_canary\n");
  EXPECT_EQ(OpenError("fd:" + std::to_string(ends[0])),
            ErrorCode::kInvalidArgument);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(OpenError("fd:" + std::to_string(ends[1])),
            ErrorCode::kInvalidArgument);
  for (const char* bad : {"fd:", "fd:-1", "fd:3x", "fd:99999999999"}) {
    EXPECT_EQ(OpenError(bad), ErrorCode::kInvalidArgument) << bad;
  }
}

TEST_F(TokenSinkTest, AFullDiskIsAnError) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "there is no /dev/full here";
  auto sink = OpenTokenSink("fd:" + std::to_string(full), "/");
  ASSERT_TRUE(sink);
  const Status put = (*sink)->Put(kToken, Value());
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::kIo);
  EXPECT_EQ(Describe(put.error()).find("canary"), std::string::npos);
  ::close(full);
}

// T-19: in CI the mask command comes first.
TEST_F(TokenSinkTest, MasksBeforeItShows) {
  std::ostringstream log;
  auto sink = MaskFirst(ShowTokens(log), log);
  EXPECT_TRUE(sink->Put(kToken, Value()));
  EXPECT_EQ(log.str().rfind("::add-mask::vela_cs_canary\n", 0), 0U);
  EXPECT_NE(log.str().find("Token/acme/ci"), std::string::npos);
  std::ostringstream broken;
  broken.setstate(std::ios::badbit);
  std::ostringstream terminal;
  EXPECT_FALSE(MaskFirst(ShowTokens(terminal), broken)->Put(kToken, Value()));
  EXPECT_EQ(terminal.str(), "");
}

}  // namespace
}  // namespace writ::reconciler
