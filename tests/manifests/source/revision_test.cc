#include "manifests/source/revision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/manifests/source/source_test_support.h"
#include "tests/support/credentials.h"
#include "tests/support/git_fixture.h"

namespace writ::manifests {
namespace {

using ::testing::HasSubstr;
using ::writ::testing::GitFixture;

namespace fs = std::filesystem;

TEST(ResolveRef, GivesTheCommit) {
  GitFixture git;
  git.Write("a.yaml", "1\n");
  const std::string id = git.Commit("First");
  git.Git({"tag", "--annotate", "--message=m", "v1"});
  const std::string path = git.repository().string();
  EXPECT_EQ(ResolveRef(path, "v1").value(), id);
  EXPECT_EQ(ResolveRef(path, "refs/heads/main").value(), id);
  EXPECT_EQ(ResolveRef(path, "mian").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ResolveRef(git.root().string(), "main").error().code,
            ErrorCode::kNotFound);
}

// T-03, T-05
TEST(IsAncestor, FollowsEveryParent) {
  GitFixture git;
  const std::string path = git.repository().string();
  const std::string base = git.Commit("Base");
  git.Git({"checkout", "--quiet", "-b", "side"});
  const std::string side = git.Commit("Side");
  git.Git({"checkout", "--quiet", "main"});
  const std::string main = git.Commit("Main");
  EXPECT_TRUE(IsAncestor(path, base, "main").value());
  EXPECT_TRUE(IsAncestor(path, main, "main").value());
  EXPECT_FALSE(IsAncestor(path, side, "main").value());
  EXPECT_FALSE(IsAncestor(path, main, base).value());
  git.Git({"merge", "--quiet", "--no-edit", "side"});
  EXPECT_TRUE(IsAncestor(path, side, "refs/heads/main").value());
  EXPECT_EQ(IsAncestor(path, std::string(40, 'a'), "main").error().code,
            ErrorCode::kNotFound);
}

TEST(IsAncestor, SaysWhereAShallowCloneCannotTell) {
  GitFixture git;
  const std::string first = git.Commit("First");
  const std::string second = git.Commit("Second");
  const std::string third = git.Commit("Third");
  git.Git({"branch", "old", first});
  const std::string clone = (git.root() / "shallow").string();
  git.Git({"clone", "--quiet", "--depth=2", "--no-single-branch",
           "file://" + git.repository().string(), clone});
  EXPECT_TRUE(IsAncestor(clone, third, "main").value());
  EXPECT_TRUE(IsAncestor(clone, second, "main").value());
  // It is there, as another branch's tip, and main's history ends before it.
  const std::string lone = (git.root() / "lone").string();
  git.Git({"clone", "--quiet", "--depth=1", "--no-single-branch",
           "file://" + git.repository().string(), lone});
  const auto answer = IsAncestor(lone, first, "origin/main");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(answer.error().remedy, HasSubstr("--unshallow"));
  const auto absent = IsAncestor(lone, second, "main");
  ASSERT_FALSE(absent.has_value());
  EXPECT_THAT(absent.error().remedy, HasSubstr("--unshallow"));
}

TEST(LastCommitTouching, FindsWhoGaveTheFileItsContent) {
  GitFixture git;
  git.Write("writ.yaml", "1\n");
  git.Write("d/a.yaml", "1\n");
  const std::string first = git.Commit("First");
  git.Write("d/b.yaml", "1\n");
  git.Commit("Another file");
  git.Write("d/a.yaml", "2\n");
  const std::string edit = git.Commit("Edit a");
  git.Commit("Nothing");
  const auto touching = [&](const std::string& file, const std::string& ref) {
    return LastCommitTouching(At(git.repository() / "d", ref), file).value();
  };
  EXPECT_EQ(touching("d/a.yaml", "HEAD")->id, edit);
  EXPECT_EQ(touching("d/a.yaml", "HEAD")->subject, "Edit a");
  EXPECT_EQ(touching("d/a.yaml", "HEAD~2")->id, first);
  EXPECT_EQ(touching("writ.yaml", "HEAD")->id, first);
  EXPECT_EQ(touching("none.yaml", "HEAD"), std::nullopt);
  EXPECT_EQ(LastCommitTouching(At(git.repository()), "../x").error().code,
            ErrorCode::kInvalidArgument);
}

// S-08
TEST(LastCommitTouching, ASubjectShowsNoCredential) {
  GitFixture git;
  git.Write("a.yaml", "1\n");
  const std::string token = testing::MakeCredential("vela_live_", 3);
  git.Commit("Put " + token + " aside");
  EXPECT_EQ(LastCommitTouching(At(git.repository()), "a.yaml").value()->subject,
            "Put " + token.substr(0, 13) + "… aside");
}

TEST(LastCommitTouching, LooksBehindMerges) {
  GitFixture git;
  git.Write("a.yaml", "1\n");
  git.Commit("Base");
  git.Git({"checkout", "--quiet", "-b", "side"});
  git.Write("a.yaml", "2\n");
  const std::string side = git.Commit("Side");
  git.Git({"checkout", "--quiet", "main"});
  git.Write("b.yaml", "1\n");
  git.Commit("Main");
  git.Git({"merge", "--quiet", "--no-edit", "side"});
  EXPECT_EQ(LastCommitTouching(At(git.repository()), "a.yaml").value()->id,
            side);
}

TEST(LastCommitTouching, EndsAtItsBoundsWithoutAnAnswer) {
  GitFixture git;
  git.Write("a.yaml", "1\n");
  git.Commit("First");
  git.Commit("Second");
  git.Commit("Third");
  EXPECT_EQ(LastCommitTouching(At(git.repository()), "a.yaml", 2).value(),
            std::nullopt);
  const fs::path clone = git.root() / "shallow";
  git.Git({"clone", "--quiet", "--depth=1",
           "file://" + git.repository().string(), clone.string()});
  EXPECT_EQ(LastCommitTouching(At(clone), "a.yaml").value(), std::nullopt);
}

class HasUncommittedChangesTest : public ::testing::Test {
 protected:
  HasUncommittedChangesTest() {
    git_.Write("shop/writ.yaml", "1\n");
    git_.Write("shop/d/a.yaml", "1\n");
    git_.Write("shop/notes.txt", "1\n");
    git_.Write("other/b.yaml", "1\n");
    git_.Write(".gitignore", "*.local.yaml\n");
    git_.Commit("First");
  }
  bool Changed() {
    return HasUncommittedChanges(At(git_.repository() / "shop")).value();
  }
  GitFixture git_;
};

TEST_F(HasUncommittedChangesTest, SeesNoneWhereThereIsNone) {
  EXPECT_FALSE(Changed());
  git_.Write("shop/notes.txt", "2\n");
  git_.Write("shop/x.local.yaml", "2\n");
  git_.Write("other/b.yaml", "2\n");
  EXPECT_FALSE(Changed());
}

TEST_F(HasUncommittedChangesTest, SeesAnEdit) {
  git_.Write("shop/d/a.yaml", "edited\n");
  EXPECT_TRUE(Changed());
}

TEST_F(HasUncommittedChangesTest, SeesWhatIsStaged) {
  git_.Write("shop/d/a.yaml", "edited\n");
  git_.Git({"add", "--all"});
  EXPECT_TRUE(Changed());
}

TEST_F(HasUncommittedChangesTest, SeesANewFile) {
  git_.Write("shop/new/deep/c.yml", "1\n");
  EXPECT_TRUE(Changed());
}

TEST_F(HasUncommittedChangesTest, SeesADeletion) {
  fs::remove(git_.repository() / "shop/d/a.yaml");
  EXPECT_TRUE(Changed());
}

TEST_F(HasUncommittedChangesTest, ComparesOnlyWithHead) {
  git_.Commit("Second");
  git_.Write("shop/d/a.yaml", "edited\n");
  EXPECT_FALSE(
      HasUncommittedChanges(At(git_.repository() / "shop", "HEAD~1")).value());
  EXPECT_TRUE(
      HasUncommittedChanges(At(git_.repository() / "shop", "main")).value());
}

TEST_F(HasUncommittedChangesTest, IsFalseWithoutAWorkingTree) {
  const fs::path bare = git_.root() / "bare";
  git_.Git({"clone", "--quiet", "--bare", ".", bare.string()});
  EXPECT_FALSE(HasUncommittedChanges(At(bare)).value());
  EXPECT_FALSE(HasUncommittedChanges(At(git_.root())).value());
}

}  // namespace
}  // namespace writ::manifests
