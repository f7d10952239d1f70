#include <gtest/gtest.h>
// RapidCheck's bridge wants gtest first.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "manifests/source/source.h"
#include "tests/manifests/source/source_test_support.h"
#include "tests/support/git_fixture.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::writ::testing::GitFixture;

namespace fs = std::filesystem;

std::map<std::string, std::string> BlobsOf(Source& source) {
  Diagnostics diagnostics;
  std::map<std::string, std::string> blobs;
  const auto entries = source.List(diagnostics).value();
  for (const SourceEntry& entry : entries) {
    blobs[entry.path] = entry.blob_id;
  }
  return blobs;
}

// "path blob" for what is there now, "path -" for what is gone.
std::vector<std::string> Naive(Source& before, Source& after) {
  const auto old_blobs = BlobsOf(before);
  const auto new_blobs = BlobsOf(after);
  std::map<std::string, std::string> changes;
  for (const auto& [path, blob] : old_blobs) {
    if (!new_blobs.contains(path)) changes[path] = "-";
  }
  for (const auto& [path, blob] : new_blobs) {
    const auto old = old_blobs.find(path);
    if (old == old_blobs.end() || old->second != blob) changes[path] = blob;
  }
  std::vector<std::string> lines;
  for (const auto& [path, blob] : changes) lines.push_back(path + " " + blob);
  return lines;
}

std::vector<std::string> Changes(Source& source, const std::string& tree_id) {
  const auto changes = source.ChangedSince(tree_id);
  if (!changes || !*changes) {
    ADD_FAILURE() << "no answer";
    return {};
  }
  std::vector<std::string> lines;
  for (const SourceChange& change : **changes) {
    EXPECT_EQ(change.now.value_or(SourceEntry{change.path, "", 0}).path,
              change.path);
    lines.push_back(change.path + " " +
                    (change.now ? change.now->blob_id : "-"));
  }
  return lines;
}

TEST(ChangedSince, TellsAddedChangedAndGone) {
  GitFixture git;
  git.Write("keep/a.yaml", "a\n");
  git.Write("edit.yaml", "1\n");
  git.Write("gone.yaml", "1\n");
  git.Write("notes.txt", "1\n");
  git.Commit("First");
  const std::string tree = Open(At(git.repository()))->commit().tree_id;
  git.Write("edit.yaml", "2\n");
  git.Write("new/b.yml", "1\n");
  git.Write("notes.txt", "2\n");
  fs::remove(git.repository() / "gone.yaml");
  git.Commit("Second");
  auto source = Open(At(git.repository()));
  EXPECT_THAT(
      Changes(*source, tree),
      ElementsAre("edit.yaml " + git.Git({"rev-parse", "HEAD:edit.yaml"}),
                  "gone.yaml -",
                  "new/b.yml " + git.Git({"rev-parse", "HEAD:new/b.yml"})));
  EXPECT_THAT(Changes(*source, source->commit().tree_id), IsEmpty());
}

TEST(ChangedSince, CountsALinkAsGoneAndAnExecutableAsTheSame) {
  GitFixture git;
  git.Write("linked.yaml", "target");
  git.Write("run.yaml", "1\n");
  git.Commit("First");
  const std::string tree = Open(At(git.repository()))->commit().tree_id;
  fs::remove(git.repository() / "linked.yaml");
  // The link's blob has the very bytes of the file before it.
  fs::create_symlink("target", git.repository() / "linked.yaml");
  fs::permissions(git.repository() / "run.yaml", fs::perms(0755));
  git.Commit("Second");
  auto source = Open(At(git.repository()));
  EXPECT_THAT(Changes(*source, tree), ElementsAre("linked.yaml -"));
}

TEST(ChangedSince, ListsAFolderThatTookAFilesPlace) {
  GitFixture git;
  git.Write("x.yaml", "1\n");
  git.Commit("First");
  const std::string tree = Open(At(git.repository()))->commit().tree_id;
  fs::remove(git.repository() / "x.yaml");
  git.Write("x.yaml/inner.yaml", "1\n");
  git.Commit("Second");
  auto source = Open(At(git.repository()));
  EXPECT_THAT(Changes(*source, tree),
              ElementsAre("x.yaml -", "x.yaml/inner.yaml " +
                                          git.Git({"rev-parse",
                                                   "HEAD:x.yaml/inner.yaml"})));
}

TEST(ChangedSince, HasNoAnswerWithoutTheOldTree) {
  GitFixture git;
  git.Write("a.yaml", "1\n");
  git.Commit("First");
  auto source = Open(At(git.repository()));
  EXPECT_EQ(source->ChangedSince(std::string(40, 'a')).value(), std::nullopt);
  EXPECT_EQ(source->ChangedSince("").value(), std::nullopt);
  EXPECT_EQ(source->ChangedSince("not hexadecimal").value(), std::nullopt);
}

TEST(ChangedSince, HasNoAnswerWhenAnOldFolderIsGone) {
  GitFixture git;
  git.Write("d/a.yaml", "1\n");
  git.Commit("First");
  const std::string tree = Open(At(git.repository()))->commit().tree_id;
  const std::string folder = git.Git({"rev-parse", "HEAD:d"});
  git.Write("d/a.yaml", "2\n");
  git.Commit("Second");
  fs::remove(git.repository() / ".git/objects" / folder.substr(0, 2) /
             folder.substr(2));
  auto source = Open(At(git.repository()));
  EXPECT_EQ(source->ChangedSince(tree).value(), std::nullopt);
}

TEST(ChangedSince, LeavesNamesThatNobodyCanShowToList) {
  GitFixture git;
  git.Write("a.yaml", "1\n");
  git.Commit("First");
  const std::string tree = Open(At(git.repository()))->commit().tree_id;
  git.Write("bad\x1b.yaml", "1\n");
  git.Commit("Second");
  auto source = Open(At(git.repository()));
  EXPECT_EQ(source->ChangedSince(tree).value(), std::nullopt);
}

TEST(ChangedSince, SeesOnlyTheRootFolder) {
  GitFixture git;
  git.Write("shop/writ.yaml", "1\n");
  git.Write("other/b.yaml", "1\n");
  git.Commit("First");
  const std::string tree =
      Open(At(git.repository() / "shop"))->commit().tree_id;
  git.Write("other/b.yaml", "2\n");
  git.Commit("Second");
  auto source = Open(At(git.repository() / "shop"));
  EXPECT_EQ(source->commit().tree_id, tree);
  EXPECT_THAT(Changes(*source, tree), IsEmpty());
}

// A state of the tree: a file (1, 2) or a link (3) by path; 0: nothing.
using State = std::map<std::string, int>;

std::vector<GitFixture::File> FilesOf(const State& state) {
  std::vector<GitFixture::File> files;
  for (const auto& [path, content] : state) {
    if (content == 0) continue;
    // A file and a folder of one name can't be there together.
    if (path == "d.yaml" && state.contains("d.yaml/x.yaml")) continue;
    files.push_back(
        {path, content == 3 ? "120000" : "100644", content == 1 ? "1" : "2"});
  }
  return files;
}

RC_GTEST_PROP(ChangedSince, EqualsANaiveComparison, ()) {
  static GitFixture git;
  const auto path = rc::gen::elementOf(std::vector<std::string>{
      "a.yaml", "b.yml", "d.yaml", "d.yaml/x.yaml", "d/a.yaml", "d/e/a.yaml",
      "d/e/f/a.yaml", "d-e/a.yaml", "notes.txt", ".h/a.yaml", "z.yaml"});
  const auto edits =
      rc::gen::container<std::vector<std::pair<std::string, int>>>(
          rc::gen::pair(path, rc::gen::inRange(0, 4)));
  State first;
  for (const auto& [changed, content] : *edits) first[changed] = content;
  State second = first;
  for (const auto& [changed, content] : *edits) second[changed] = content;
  git.MakeBranch("before", FilesOf(first));
  git.MakeBranch("after", FilesOf(second));
  auto before = Open(At(git.repository(), "before"));
  auto after = Open(At(git.repository(), "after"));
  RC_ASSERT(Changes(*after, before->commit().tree_id) ==
            Naive(*before, *after));
  RC_ASSERT(Changes(*before, after->commit().tree_id) ==
            Naive(*after, *before));
}

}  // namespace
}  // namespace writ::manifests
