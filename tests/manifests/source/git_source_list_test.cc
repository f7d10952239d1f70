// What a source from git lists and finds, and what it passes over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/manifests/source/git_source_fixture.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::writ::testing::GitFixture;

namespace fs = std::filesystem;

TEST_F(GitSource, FindsTheRootByItsFile) {
  git_.Write("README.md", "x\n");
  git_.Write("shop/writ.yaml", "kind: Repository\n");
  git_.Write("shop/manifests/a.yaml", "a: 1\n");
  git_.Write("other/b.yaml", "b: 1\n");
  git_.Commit("Lay out");
  const fs::path repository = git_.repository();

  auto below = Open(At(repository / "shop/manifests"));
  EXPECT_THAT(Paths(*below), ElementsAre("manifests/a.yaml", "writ.yaml"));
  EXPECT_EQ(below->base_folder(), repository / "shop");
  EXPECT_EQ(below->commit().tree_id, git_.Git({"rev-parse", "HEAD:shop"}));

  // No writ.yaml upwards: the folder itself.
  EXPECT_THAT(Paths(*Open(At(repository / "other"))), ElementsAre("b.yaml"));
  EXPECT_THAT(
      Paths(*Open(At(repository))),
      ElementsAre("other/b.yaml", "shop/manifests/a.yaml", "shop/writ.yaml"));
}

TEST_F(GitSource, TakesAFolderByName) {
  CommitSample();
  SourceRequest request = At(git_.repository());
  request.folder = "./manifests/";
  auto source = Open(request);
  EXPECT_THAT(Paths(*source), ElementsAre("a.yaml", "deep/b.yml"));

  request.folder = "nowhere";
  EXPECT_EQ(FailureOf(request).code, ErrorCode::kNotFound);
  request.folder = "README.md";
  EXPECT_EQ(FailureOf(request).code, ErrorCode::kInvalidArgument);
  request.folder = "../repo";
  EXPECT_EQ(FailureOf(request).code, ErrorCode::kInvalidArgument);
}

// T-22
TEST_F(GitSource, NeverFollowsLinks) {
  CommitSample();
  fs::create_symlink("/etc/passwd", git_.repository() / "passwd.yaml");
  fs::create_directory_symlink("manifests", git_.repository() / "linked");
  fs::create_symlink("README.md", git_.repository() / "CONTRIBUTING.md");
  git_.Commit("Add links");
  auto source = Open(At(git_.repository()));
  Diagnostics diagnostics;
  EXPECT_THAT(
      Paths(*source, diagnostics),
      ElementsAre("manifests/a.yaml", "manifests/deep/b.yml", "writ.yaml"));
  EXPECT_FALSE(diagnostics.HasErrors());
  EXPECT_THAT(Codes(diagnostics), ElementsAre("link-not-followed linked",
                                              "link-not-followed passwd.yaml"));
  EXPECT_EQ(source->Find("passwd.yaml").value(), std::nullopt);
  EXPECT_EQ(source->Find("linked/a.yaml").value(), std::nullopt);
}

// T-22
TEST_F(GitSource, PassesSubmodulesOverWithAWarning) {
  GitFixture other;
  other.Write("inner.yaml", "inner: 1\n");
  other.Commit("Inner");
  CommitSample();
  git_.Git({"-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
            other.repository().string(), "vendor"});
  git_.Commit("Add a submodule");
  auto source = Open(At(git_.repository()));
  Diagnostics diagnostics;
  EXPECT_THAT(
      Paths(*source, diagnostics),
      ElementsAre("manifests/a.yaml", "manifests/deep/b.yml", "writ.yaml"));
  EXPECT_THAT(Codes(diagnostics), ElementsAre("nested-repository vendor"));
}

TEST_F(GitSource, LeavesHiddenFilesOutOfListsButFindsThem) {
  git_.Write("a.yaml", "a: 1\n");
  git_.Write(".github/workflows/ci.yaml", "on: push\n");
  git_.Write(".hidden.yaml", "h: 1\n");
  git_.Write(".writ/allowed_signers", "ana ssh-ed25519 AAAA\n");
  git_.Commit("Add");
  auto source = Open(At(git_.repository()));
  EXPECT_THAT(Paths(*source), ElementsAre("a.yaml"));
  EXPECT_EQ(Read(*source, ".writ/allowed_signers"), "ana ssh-ed25519 AAAA\n");
}

TEST_F(GitSource, ListsInByteOrderOfWholePaths) {
  for (const char* path : {"a.yaml", "a/x.yaml", "a-b.yaml", "a-b/x.yaml",
                           "ab.yaml", "a/é.yaml", "B.yaml"}) {
    git_.Write(path, "x: 1\n");
  }
  git_.Commit("Add");
  EXPECT_THAT(Paths(*Open(At(git_.repository()))),
              ElementsAre("B.yaml", "a-b.yaml", "a-b/x.yaml", "a.yaml",
                          "a/x.yaml", "a/é.yaml", "ab.yaml"));
}

TEST_F(GitSource, ListsBelowAFolderWhatTheWholeListHasThere) {
  for (const char* path :
       {"a.yaml", "a/x.yaml", "a/deep/y.yaml", "a/deep/er/z.yml", "a-b/x.yaml",
        "a/.hidden/h.yaml", ".hidden/a/h.yaml", "a/notes.txt"}) {
    git_.Write(path, "x: 1\n");
  }
  git_.Commit("Add");
  auto source = Open(At(git_.repository()));
  Diagnostics diagnostics;
  const auto all = source->List(diagnostics).value();
  for (const std::string folder :
       {"a", "a/deep", "a/deep/er", "a-b", "a.yaml", "a/none", "none", "/a",
        "a//deep", ".hidden", ".hidden/a", "a/.hidden", "..", "."}) {
    std::vector<SourceEntry> want;
    for (const SourceEntry& entry : all) {
      if (entry.path.starts_with(folder + "/")) want.push_back(entry);
    }
    const auto got = source->ListBelow(folder, diagnostics);
    ASSERT_TRUE(got.has_value()) << folder;
    EXPECT_EQ(*got, want) << folder;
  }
  EXPECT_THAT(Codes(diagnostics), ElementsAre());
}

TEST_F(GitSource, TellsAFolderWithoutManifestsFromNone) {
  git_.Write("a/b/keep", "");
  git_.Write("a/file", "");
  git_.Commit("Add");
  for (const bool working_tree : {false, true}) {
    auto source = Open(working_tree ? WorkingTree(git_.repository())
                                    : At(git_.repository()));
    for (const char* folder : {"a", "a/b"}) {
      EXPECT_TRUE(source->HasFolder(folder).value()) << folder;
    }
    for (const char* none : {"b", "a/c", "a/file", "a/b/keep/d"}) {
      EXPECT_FALSE(source->HasFolder(none).value()) << none;
    }
  }
}

TEST_F(GitSource, ReportsNamesThatNobodyCanShow) {
  git_.Write("good.yaml", "a: 1\n");
  git_.Write("bad\x1b[2J.yaml", "a: 1\n");
  git_.Write("latin\xE9.yaml", "a: 1\n");
  git_.Commit("Add");
  Diagnostics diagnostics;
  EXPECT_THAT(Paths(*Open(At(git_.repository())), diagnostics),
              ElementsAre("good.yaml"));
  EXPECT_EQ(diagnostics.error_count(), 2u);
  for (const std::string& code : Codes(diagnostics)) {
    EXPECT_THAT(code, HasSubstr("file-name "));
    EXPECT_EQ(code.find('\x1b'), std::string::npos);
  }
}

}  // namespace
}  // namespace writ::manifests
