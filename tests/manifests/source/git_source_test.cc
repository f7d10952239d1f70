// What a source from git reads, in whatever form the repository is kept.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/manifests/source/git_source_fixture.h"

namespace writ::manifests {
namespace {

namespace fs = std::filesystem;

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
