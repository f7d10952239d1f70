#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "manifests/source/source.h"
#include "tests/manifests/source/source_test_support.h"
#include "tests/support/git_fixture.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::writ::testing::GitFixture;

namespace fs = std::filesystem;

class GitSource : public ::testing::Test {
 protected:
  // Three manifests and a file that is none.
  std::string CommitSample() {
    git_.Write("writ.yaml", "kind: Repository\n");
    git_.Write("manifests/a.yaml", "a: 1\n");
    git_.Write("manifests/deep/b.yml", "b: 2\n");
    git_.Write("README.md", "hello\n");
    return git_.Commit("Add manifests\n\nAnd say why.");
  }

  void ExpectSample(const fs::path& path) {
    auto source = Open(At(path));
    EXPECT_THAT(
        Paths(*source),
        ElementsAre("manifests/a.yaml", "manifests/deep/b.yml", "writ.yaml"));
    EXPECT_EQ(Read(*source, "manifests/deep/b.yml"), "b: 2\n");
  }

  Error FailureOf(const SourceRequest& request) {
    auto source = OpenSource(request);
    if (source) {
      ADD_FAILURE() << "it opened";
      return {};
    }
    return source.error();
  }

  fs::path ObjectPath(const std::string& id) {
    return git_.repository() / ".git/objects" / id.substr(0, 2) / id.substr(2);
  }

  GitFixture git_;
};

TEST_F(GitSource, ReadsACommitAndItsFacts) {
  const std::string id = CommitSample();
  auto source = Open(At(git_.repository()));
  ExpectSample(git_.repository());
  const Commit& commit = source->commit();
  EXPECT_EQ(commit.id, id);
  EXPECT_EQ(commit.tree_id, git_.Git({"rev-parse", "HEAD^{tree}"}));
  EXPECT_EQ(commit.subject, "Add manifests");
  EXPECT_EQ(commit.author_name, "Ana Ruiz");
  EXPECT_EQ(commit.author_email, "ana@acme.example");
  EXPECT_EQ(commit.authored_at, ParseTimestamp("2026-11-21T03:20:00Z"));
  EXPECT_EQ(commit.ref, "HEAD");
  EXPECT_FALSE(commit.dirty);
  EXPECT_EQ(source->base_folder(), git_.repository());
}

TEST_F(GitSource, GivesBlobIds) {
  CommitSample();
  auto source = Open(At(git_.repository()));
  const auto entry = source->Find("manifests/a.yaml");
  ASSERT_TRUE(entry.has_value() && entry->has_value());
  EXPECT_EQ((*entry)->blob_id,
            git_.Git({"rev-parse", "HEAD:manifests/a.yaml"}));
}

TEST_F(GitSource, ReadsWhatWasCommittedNotWhatLiesThere) {
  CommitSample();
  git_.Write("manifests/a.yaml", "a: changed\n");
  git_.Write("manifests/new.yaml", "new: 1\n");
  ExpectSample(git_.repository());
}

TEST_F(GitSource, ReadsABareRepository) {
  CommitSample();
  const fs::path bare = git_.root() / "bare.git";
  git_.Git({"clone", "--quiet", "--bare", ".", bare.string()});
  ExpectSample(bare);
  EXPECT_EQ(Open(At(bare))->base_folder(), bare);
}

TEST_F(GitSource, ReadsAWorktree) {
  CommitSample();
  const fs::path worktree = git_.root() / "worktree";
  git_.Git({"worktree", "add", "--quiet", "-b", "side", worktree.string()});
  ExpectSample(worktree);
  EXPECT_EQ(Open(At(worktree))->base_folder(), worktree);
}

TEST_F(GitSource, ReadsPackedObjectsAndRefs) {
  CommitSample();
  git_.Git({"gc", "--quiet"});
  ASSERT_TRUE(fs::exists(git_.repository() / ".git/packed-refs"));
  ExpectSample(git_.repository());
}

TEST_F(GitSource, ReadsAShallowClone) {
  CommitSample();
  git_.Commit("Empty");
  const fs::path clone = git_.root() / "shallow";
  git_.Git({"clone", "--quiet", "--depth=1",
            "file://" + git_.repository().string(), clone.string()});
  ExpectSample(clone);
}

TEST_F(GitSource, ReadsThroughAlternates) {
  CommitSample();
  const fs::path clone = git_.root() / "shared";
  git_.Git({"clone", "--quiet", "--shared", ".", clone.string()});
  ExpectSample(clone);
}

TEST_F(GitSource, ResolvesEveryFormOfARevision) {
  const std::string first = CommitSample();
  git_.Git({"tag", "light"});
  git_.Git({"tag", "--annotate", "--message=release", "v1"});
  git_.Git({"branch", "topic"});
  git_.Write("manifests/c.yaml", "c: 3\n");
  const std::string second = git_.Commit("Add c");
  struct Case {
    std::string ref;
    std::string want;
  };
  const Case cases[] = {
      {"HEAD", second},        {"main", second}, {"refs/heads/main", second},
      {"topic", first},        {"light", first}, {"v1", first},
      {"refs/tags/v1", first}, {first, first},   {first.substr(0, 8), first},
      {"HEAD~1", first},
  };
  for (const Case& c : cases) {
    const auto source = Open(At(git_.repository(), c.ref));
    EXPECT_EQ(source->commit().id, c.want) << c.ref;
    EXPECT_EQ(source->commit().ref, c.ref);
  }
}

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

TEST_F(GitSource, ReportsADamagedFolderRatherThanAnEmptyOne) {
  git_.Write("a/x.yaml", "x: 1\n");
  git_.Commit("Add");
  const std::string tree = git_.Git({"rev-parse", "HEAD:a"});
  fs::remove(ObjectPath(tree));
  auto source = Open(At(git_.repository()));
  Diagnostics diagnostics;
  const auto got = source->ListBelow("a", diagnostics);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, ErrorCode::kCorrupt);
}

TEST_F(GitSource, HandsBytesOverAsTheyAre) {
  git_.Git({"config", "core.autocrlf", "false"});
  git_.Write("crlf.yaml", "a: 1\r\nb: 2\r\n");
  git_.Write("empty.yaml", "");
  git_.Write("latin.yaml", "a: \xE9\n");
  git_.Commit("Add");
  auto source = Open(At(git_.repository()));
  EXPECT_EQ(Read(*source, "crlf.yaml"), "a: 1\r\nb: 2\r\n");
  EXPECT_EQ(Read(*source, "empty.yaml"), "");
  EXPECT_EQ(Read(*source, "latin.yaml"), "a: \xE9\n");
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

TEST_F(GitSource, MakesCommitTextHarmless) {
  git_.Write("a.yaml", "a: 1\n");
  git_.Git({"add", "--all"});
  git_.Git({"-c", "i18n.commitEncoding=ISO-8859-1", "commit", "--quiet",
            "--author=E\x1b[31m <e@x>", "--message",
            "Sub\x1b]0;x\x07ject \xE9"});
  const Commit commit = Open(At(git_.repository()))->commit();
  EXPECT_EQ(commit.subject, "Sub\xEF\xBF\xBD]0;x\xEF\xBF\xBDject \xEF\xBF\xBD");
  EXPECT_EQ(commit.author_name, "E\xEF\xBF\xBD[31m");
}

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

// T-12: what can't be read is an error, never an absence.
TEST_F(GitSource, ReportsADamagedObject) {
  CommitSample();
  const fs::path object =
      ObjectPath(git_.Git({"rev-parse", "HEAD:manifests/a.yaml"}));
  fs::permissions(object, fs::perms(0644));
  std::ofstream(object, std::ios::trunc) << "garbage";
  auto source = Open(At(git_.repository()));
  EXPECT_EQ(Paths(*source).size(), 3u);
  const auto text = TryRead(*source, "manifests/a.yaml");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(text.error().message, HasSubstr("manifests/a.yaml"));
  EXPECT_EQ(Read(*source, "manifests/deep/b.yml"), "b: 2\n");
}

TEST_F(GitSource, ReportsAnObjectSwappedForAnother) {
  CommitSample();
  const fs::path a =
      ObjectPath(git_.Git({"rev-parse", "HEAD:manifests/a.yaml"}));
  const fs::path b =
      ObjectPath(git_.Git({"rev-parse", "HEAD:manifests/deep/b.yml"}));
  fs::remove(a);
  fs::copy_file(b, a);
  auto source = Open(At(git_.repository()));
  const auto text = TryRead(*source, "manifests/a.yaml");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kCorrupt);
}

TEST_F(GitSource, ReportsMissingObjects) {
  CommitSample();
  fs::remove(ObjectPath(git_.Git({"rev-parse", "HEAD:manifests/a.yaml"})));
  auto source = Open(At(git_.repository()));
  const auto text = TryRead(*source, "manifests/a.yaml");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kCorrupt);

  fs::remove(ObjectPath(git_.Git({"rev-parse", "HEAD:manifests"})));
  auto again = Open(At(git_.repository()));
  Diagnostics diagnostics;
  EXPECT_EQ(again->List(diagnostics).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(again->Find("manifests/a.yaml").error().code, ErrorCode::kCorrupt);
}

// T-22: each cap has its own error.
TEST_F(GitSource, HoldsItsLimits) {
  CommitSample();
  struct Case {
    SourceLimits limits;
    std::string want;
  };
  Case cases[3];
  cases[0] = {{}, "more than 2 YAML files"};
  cases[0].limits.max_files = 2;
  cases[1] = {{}, "more than 1 folders deep"};
  cases[1].limits.max_depth = 1;
  cases[2] = {{}, "more than 3 files and folders"};
  cases[2].limits.max_entries = 3;
  for (const Case& c : cases) {
    SourceRequest request = At(git_.repository());
    request.limits = c.limits;
    Diagnostics diagnostics;
    const auto entries = Open(request)->List(diagnostics);
    ASSERT_FALSE(entries.has_value()) << c.want;
    EXPECT_EQ(entries.error().code, ErrorCode::kLimit);
    EXPECT_THAT(entries.error().message, HasSubstr(c.want));
  }
}

// T-22
TEST_F(GitSource, LimitsBytesOfAFileAndOfTheSource) {
  CommitSample();
  SourceRequest request = At(git_.repository());
  request.limits.max_file_bytes = 4;
  auto small = Open(request);
  EXPECT_EQ(TryRead(*small, "manifests/a.yaml").error().code,
            ErrorCode::kInvalidManifest);

  request.limits.max_file_bytes = 5;
  request.limits.max_total_bytes = 9;
  auto source = Open(request);
  EXPECT_EQ(Read(*source, "manifests/a.yaml"), "a: 1\n");
  // Another reader draws on the same budget.
  const auto second = TryRead(*source, "manifests/deep/b.yml");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kLimit);
  EXPECT_THAT(second.error().message, HasSubstr("limit of a source"));
}

TEST_F(GitSource, ReadsFromSeveralThreads) {
  for (int i = 0; i < 50; ++i) {
    git_.Write("f" + std::to_string(i) + ".yaml", std::to_string(i));
  }
  git_.Commit("Add");
  git_.Git({"gc", "--quiet"});
  auto source = Open(At(git_.repository()));
  Diagnostics diagnostics;
  const auto entries = source->List(diagnostics).value();
  std::vector<std::string> texts[2];
  std::vector<std::unique_ptr<SourceReader>> readers;
  readers.push_back(source->NewReader().value());
  readers.push_back(source->NewReader().value());
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        for (const auto& entry : entries) {
          texts[t].push_back(readers[t]->Read(entry).value_or("failed"));
        }
      });
    }
  }
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_EQ(texts[0][10], "18");  // f18.yaml is the eleventh
}

}  // namespace
}  // namespace writ::manifests
