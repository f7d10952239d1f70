#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "manifests/source/source.h"
#include "tests/manifests/source/source_test_support.h"
#include "tests/support/git_fixture.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::writ::testing::GitFixture;

namespace fs = std::filesystem;

// The fixture's folders, with git's own removed where a plain folder is meant.
class DirectorySource : public ::testing::Test {
 protected:
  void ForgetGit() { fs::remove_all(folder() / ".git"); }
  fs::path folder() const { return git_.repository(); }

  GitFixture git_;
};

TEST_F(DirectorySource, ReadsAPlainFolder) {
  ForgetGit();
  git_.Write("writ.yaml", "kind: Repository\n");
  git_.Write("manifests/a.yaml", "a: 1\r\n");
  git_.Write("manifests/notes.txt", "x");
  git_.Write(".hidden/b.yaml", "b: 1\n");
  auto source = Open(At(folder()));
  EXPECT_THAT(Paths(*source), ElementsAre("manifests/a.yaml", "writ.yaml"));
  EXPECT_EQ(Read(*source, "manifests/a.yaml"), "a: 1\r\n");
  EXPECT_EQ(Read(*source, ".hidden/b.yaml"), "b: 1\n");
  EXPECT_EQ(source->commit(), Commit());
  EXPECT_EQ(source->base_folder(), folder());
  EXPECT_EQ(source->ChangedSince(std::string(40, 'a')).value(), std::nullopt);
  Diagnostics diagnostics;
  EXPECT_EQ(source->List(diagnostics).value()[0],
            (SourceEntry{"manifests/a.yaml", "", 6}));
}

TEST_F(DirectorySource, TakesAFolderByName) {
  ForgetGit();
  git_.Write("shop/a.yaml", "a: 1\n");
  SourceRequest request = At(folder());
  request.folder = "shop";
  EXPECT_THAT(Paths(*Open(request)), ElementsAre("a.yaml"));
  request.folder = "nowhere";
  EXPECT_EQ(OpenSource(request).error().code, ErrorCode::kNotFound);
  request.folder = "../repo/shop";
  EXPECT_EQ(OpenSource(request).error().code, ErrorCode::kInvalidArgument);
  fs::create_directory_symlink("shop", folder() / "link");
  request.folder = "link";
  EXPECT_EQ(OpenSource(request).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(DirectorySource, HasNoRefs) {
  ForgetGit();
  const auto source = OpenSource(At(folder(), "main"));
  ASSERT_FALSE(source.has_value());
  EXPECT_EQ(source.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(source.error().message, HasSubstr("not in a git repository"));
}

// T-22
TEST_F(DirectorySource, NeverFollowsLinks) {
  ForgetGit();
  git_.Write("real/a.yaml", "a: 1\n");
  fs::create_symlink("/etc/passwd", folder() / "passwd.yaml");
  fs::create_directory_symlink("real", folder() / "linked");
  fs::create_symlink("nowhere", folder() / "dangling.yml");
  fs::create_symlink("x", folder() / "README.md");
  auto source = Open(At(folder()));
  Diagnostics diagnostics;
  EXPECT_THAT(Paths(*source, diagnostics), ElementsAre("real/a.yaml"));
  EXPECT_THAT(Codes(diagnostics), ElementsAre("link-not-followed dangling.yml",
                                              "link-not-followed linked",
                                              "link-not-followed passwd.yaml"));
  EXPECT_EQ(source->Find("passwd.yaml").value(), std::nullopt);
  EXPECT_EQ(source->Find("linked/a.yaml").value(), std::nullopt);
  EXPECT_EQ(source->Find("../x").error().code, ErrorCode::kInvalidArgument);
}

// T-22: a link put in a file's place after it was listed.
TEST_F(DirectorySource, RefusesALinkThatCameLater) {
  ForgetGit();
  git_.Write("d/a.yaml", "a: 1\n");
  git_.Write("elsewhere/a.yaml", "secret\n");
  auto source = Open(At(folder()));
  const SourceEntry entry = source->Find("d/a.yaml").value().value();
  const auto reader = source->NewReader().value();
  fs::remove(folder() / "d/a.yaml");
  fs::create_symlink("/etc/passwd", folder() / "d/a.yaml");
  EXPECT_FALSE(reader->Read(entry).has_value());
  fs::remove_all(folder() / "d");
  fs::create_directory_symlink("elsewhere", folder() / "d");
  EXPECT_FALSE(reader->Read(entry).has_value());
}

TEST_F(DirectorySource, WarnsOfWhatIsNoRegularFile) {
  ForgetGit();
  git_.Write("a.yaml", "a: 1\n");
  ASSERT_EQ(::mkfifo((folder() / "pipe.yaml").c_str(), 0644), 0);
  ASSERT_EQ(::mkfifo((folder() / "pipe").c_str(), 0644), 0);
  auto source = Open(At(folder()));
  Diagnostics diagnostics;
  EXPECT_THAT(Paths(*source, diagnostics), ElementsAre("a.yaml"));
  EXPECT_THAT(Codes(diagnostics), ElementsAre("not-a-regular-file pipe.yaml"));
  // Reading one that was put there later fails instead of waiting for a writer.
  const auto reader = source->NewReader().value();
  EXPECT_EQ(reader->Read({"pipe.yaml", "", 0}).error().code, ErrorCode::kIo);
}

TEST_F(DirectorySource, PassesNestedRepositoriesOver) {
  git_.Write("a.yaml", "a: 1\n");
  git_.Write("nested/b.yaml", "b: 1\n");
  git_.GitIn(folder() / "nested", {"init", "--quiet"});
  for (const bool with_git : {true, false}) {
    if (!with_git) ForgetGit();
    Diagnostics diagnostics;
    EXPECT_THAT(Paths(*Open(WorkingTree(folder())), diagnostics),
                ElementsAre("a.yaml"));
    EXPECT_THAT(Codes(diagnostics), ElementsAre("nested-repository nested"));
  }
}

TEST_F(DirectorySource, ReadsAWorkingTreeWithItsChanges) {
  git_.Write("writ.yaml", "kind: Repository\n");
  git_.Write("manifests/a.yaml", "a: 1\n");
  git_.Write("manifests/gone.yaml", "a: 1\n");
  git_.Commit("First");
  EXPECT_FALSE(Open(WorkingTree(folder()))->commit().dirty);
  git_.Write("manifests/a.yaml", "a: 2\n");
  git_.Write("manifests/new.yaml", "n: 1\n");
  fs::remove(folder() / "manifests/gone.yaml");
  // From a folder below, the root is where writ.yaml lies.
  auto source = Open(WorkingTree(folder() / "manifests"));
  EXPECT_THAT(Paths(*source), ElementsAre("manifests/a.yaml",
                                          "manifests/new.yaml", "writ.yaml"));
  EXPECT_EQ(Read(*source, "manifests/a.yaml"), "a: 2\n");
  EXPECT_TRUE(source->commit().dirty);
  EXPECT_EQ(source->commit().id, "");
  EXPECT_EQ(source->base_folder(), folder());
}

TEST_F(DirectorySource, LeavesIgnoredFilesAlone) {
  git_.Write(".gitignore", "build/\n*.local.yaml\nlinked\n");
  git_.Write("a.yaml", "a: 1\n");
  git_.Write("x.local.yaml", "x: 1\n");
  git_.Write("build/out.yaml", "o: 1\n");
  git_.Write("build/deep/out.yaml", "o: 1\n");
  git_.Write("kept/tracked.local.yaml", "t: 1\n");
  fs::create_directory_symlink("build", folder() / "linked");
  git_.Git({"add", "--force", "kept/tracked.local.yaml"});
  EXPECT_THAT(Paths(*Open(WorkingTree(folder()))),
              ElementsAre("a.yaml", "kept/tracked.local.yaml"));
  git_.Git({"add", "--force", "build/deep/out.yaml"});
  EXPECT_THAT(
      Paths(*Open(WorkingTree(folder()))),
      ElementsAre("a.yaml", "build/deep/out.yaml", "kept/tracked.local.yaml"));
}

TEST_F(DirectorySource, ReadsAWorkingTreeBeforeTheFirstCommit) {
  git_.Write("a.yaml", "a: 1\n");
  auto source = Open(WorkingTree(folder()));
  EXPECT_THAT(Paths(*source), ElementsAre("a.yaml"));
  EXPECT_TRUE(source->commit().dirty);
}

TEST_F(DirectorySource, ABareRepositoryHasNoWorkingTree) {
  git_.Git({"init", "--quiet", "--bare", (git_.root() / "bare").string()});
  const auto source = OpenSource(WorkingTree(git_.root() / "bare"));
  ASSERT_FALSE(source.has_value());
  EXPECT_EQ(source.error().code, ErrorCode::kInvalidArgument);
}

// T-12: what can't be read is an error, never an absence.
TEST_F(DirectorySource, ReportsAnUnreadableFolder) {
  ForgetGit();
  git_.Write("open/a.yaml", "a: 1\n");
  git_.Write("shut/b.yaml", "b: 1\n");
  fs::permissions(folder() / "shut", fs::perms(0000));
  EXPECT_TRUE(HoldsWithoutRights([&] {
    auto source = OpenSource(At(folder()));
    Diagnostics diagnostics;
    if (!source) return false;
    const auto entries = (*source)->List(diagnostics);
    const auto found = (*source)->Find("shut/b.yaml");
    return !entries && entries.error().code == ErrorCode::kPermission &&
           !found && found.error().code == ErrorCode::kPermission;
  }));
  fs::permissions(folder() / "shut", fs::perms(0755));
}

// T-12
TEST_F(DirectorySource, ReportsAnUnreadableFile) {
  ForgetGit();
  git_.Write("a.yaml", "a: 1\n");
  fs::permissions(folder() / "a.yaml", fs::perms(0000));
  EXPECT_TRUE(HoldsWithoutRights([&] {
    auto source = OpenSource(At(folder()));
    if (!source) return false;
    const auto text = TryRead(**source, "a.yaml");
    return !text && text.error().code == ErrorCode::kPermission;
  }));
}

TEST_F(DirectorySource, ReportsAFileThatWentMissing) {
  ForgetGit();
  git_.Write("a.yaml", "a: 1\n");
  auto source = Open(At(folder()));
  const SourceEntry entry = source->Find("a.yaml").value().value();
  fs::remove(folder() / "a.yaml");
  EXPECT_EQ(source->NewReader().value()->Read(entry).error().code,
            ErrorCode::kNotFound);
}

// T-22: each cap has its own error.
TEST_F(DirectorySource, HoldsItsLimits) {
  ForgetGit();
  git_.Write("a.yaml", "a: 1\n");
  git_.Write("d/e/b.yaml", "b: 2\n");
  struct Case {
    SourceLimits limits;
    std::string want;
  };
  Case cases[3];
  cases[0] = {{}, "more than 1 YAML files"};
  cases[0].limits.max_files = 1;
  cases[1] = {{}, "more than 1 folders deep"};
  cases[1].limits.max_depth = 1;
  cases[2] = {{}, "more than 2 files and folders"};
  cases[2].limits.max_entries = 2;
  for (const Case& c : cases) {
    SourceRequest request = At(folder());
    request.limits = c.limits;
    Diagnostics diagnostics;
    const auto entries = Open(request)->List(diagnostics);
    ASSERT_FALSE(entries.has_value()) << c.want;
    EXPECT_EQ(entries.error().code, ErrorCode::kLimit);
    EXPECT_THAT(entries.error().message, HasSubstr(c.want));
  }
}

// T-22
TEST_F(DirectorySource, LimitsBytesOfAFileAndOfTheSource) {
  ForgetGit();
  git_.Write("a.yaml", "a: 1\n");
  git_.Write("b.yaml", "b: 2\n");
  SourceRequest request = At(folder());
  request.limits.max_file_bytes = 4;
  EXPECT_EQ(TryRead(*Open(request), "a.yaml").error().code,
            ErrorCode::kInvalidManifest);
  request.limits.max_file_bytes = 5;
  request.limits.max_total_bytes = 9;
  auto source = Open(request);
  EXPECT_EQ(Read(*source, "a.yaml"), "a: 1\n");
  EXPECT_EQ(TryRead(*source, "b.yaml").error().code, ErrorCode::kLimit);
}

TEST_F(DirectorySource, ReportsNamesThatNobodyCanShow) {
  ForgetGit();
  git_.Write("good.yaml", "a: 1\n");
  git_.Write("bad\n.yaml", "a: 1\n");
  Diagnostics diagnostics;
  EXPECT_THAT(Paths(*Open(At(folder())), diagnostics),
              ElementsAre("good.yaml"));
  EXPECT_EQ(diagnostics.error_count(), 1u);
}

}  // namespace
}  // namespace writ::manifests
