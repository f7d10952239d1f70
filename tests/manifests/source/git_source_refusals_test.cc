// What is no source, and the remedy that the refusal names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/manifests/source/git_source_fixture.h"

namespace writ::manifests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;

TEST_F(GitSource, NamesTheNearestRefs) {
  CommitSample();
  git_.Git({"branch", "production"});
  git_.Git({"tag", "production-1"});
  const Error error = FailureOf(At(git_.repository(), "prodution"));
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("\"prodution\""));
  EXPECT_EQ(error.remedy, "did you mean \"production\" or \"production-1\"?");
  EXPECT_THAT(FailureOf(At(git_.repository(), "zebra")).remedy, IsEmpty());
}

TEST_F(GitSource, SuggestsTheRemoteBranchOfAClone) {
  CommitSample();
  git_.Git({"branch", "topic"});
  const fs::path clone = git_.root() / "clone";
  git_.Git({"clone", "--quiet", ".", clone.string()});
  EXPECT_EQ(FailureOf(At(clone, "topic")).remedy,
            "did you mean \"origin/topic\"?");
}

TEST_F(GitSource, SaysThatAnEmptyRepositoryHasNoCommit) {
  git_.Write("a.yaml", "a: 1\n");
  const Error error = FailureOf(At(git_.repository()));
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("has no commit yet"));
  EXPECT_THAT(error.remedy, HasSubstr("git commit"));
}

TEST_F(GitSource, RefusesARevisionThatIsNoCommit) {
  CommitSample();
  const Error error = FailureOf(At(git_.repository(), "HEAD:manifests"));
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("names a tree, not a commit"));
  EXPECT_EQ(FailureOf(At(git_.repository(), "a..b")).code,
            ErrorCode::kInvalidArgument);
}

TEST_F(GitSource, NamesTheBranchToReadWhereThereIsNoWorkingTree) {
  CommitSample();
  const fs::path bare = git_.root() / "bare.git";
  git_.Git({"clone", "--quiet", "--bare", ".", bare.string()});
  const Error error = FailureOf(WorkingTree(bare));
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(error.remedy, HasSubstr("--ref main,"));
  git_.Git(
      {"--git-dir", bare.string(), "update-ref", "--no-deref", "HEAD", "HEAD"});
  EXPECT_THAT(FailureOf(WorkingTree(bare)).remedy, HasSubstr("--ref BRANCH,"));
}

TEST_F(GitSource, RefusesUrls) {
  for (const char* url :
       {"https://git.example.org/acme.git", "ssh://git@example.org/acme",
        "git@example.org:acme.git"}) {
    const Error error = FailureOf(At(url));
    EXPECT_EQ(error.code, ErrorCode::kUnsupported) << url;
    EXPECT_THAT(error.remedy, HasSubstr("git clone"));
  }
  EXPECT_EQ(FailureOf(At("/no/such/place")).code, ErrorCode::kNotFound);
}

TEST_F(GitSource, RefusesAnotherUsersRepositoryWithTheRemedy) {
  if (::getuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  CommitSample();
  const fs::path bare = git_.root() / "bare.git";
  const fs::path worktree = git_.root() / "worktree";
  git_.Git({"clone", "--quiet", "--bare", ".", bare.string()});
  git_.Git({"worktree", "add", "--quiet", worktree.string()});
  for (const fs::path& path : {git_.repository(), bare, worktree}) {
    ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
    const std::string remedy =
        "git config --global --add safe.directory " + path.string();
    const fs::path config = git_.root() / "home/.gitconfig";
    // Without any safe.directory, and with another.
    for (const char* other : {"", "[safe]\n\tdirectory = /elsewhere\n"}) {
      std::ofstream(config) << other;
      const Error error = FailureOf(At(path));
      EXPECT_EQ(error.code, ErrorCode::kPermission) << error.message;
      EXPECT_EQ(error.remedy, remedy);
      EXPECT_EQ(FailureOf(WorkingTree(path)).code, ErrorCode::kPermission);
    }
    std::ofstream(config) << "[safe]\n\tdirectory = " << path.string() << "\n";
    ExpectSample(path);
    fs::remove(config);
  }
}

}  // namespace
}  // namespace writ::manifests
