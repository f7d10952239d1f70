#include "manifests/source/signed_commits.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/git_fixture.h"

namespace writ::manifests {
namespace {

class SignedCommits : public ::testing::Test {
 protected:
  testing::GitFixture git_;

  std::string path() const { return git_.repository().string(); }

  std::string CommitFile(const std::string& file, const std::string& text) {
    git_.Write(file, text);
    return git_.Commit("Write " + file);
  }

  std::vector<std::string> Since(const std::string& base,
                                 const std::string& tip) {
    std::vector<std::string> ids;
    const auto commits = CommitsSince(path(), base, tip);
    EXPECT_TRUE(commits) << commits.error().message;
    if (!commits) return ids;
    for (const SignedCommit& each : *commits) ids.push_back(each.commit.id);
    return ids;
  }

  // A commit of that tree with these parents, unsigned.
  std::string CommitTree(const std::string& tree,
                         const std::vector<std::string>& parents) {
    std::vector<std::string> arguments = {"commit-tree", tree, "-m", "x"};
    for (const std::string& parent : parents) {
      arguments.insert(arguments.end(), {"-p", parent});
    }
    return git_.Git(arguments);
  }

  bool PlainMerge(const std::string& commit) {
    const auto is = IsPlainMerge(path(), commit);
    EXPECT_TRUE(is) << is.error().message;
    return is && *is;
  }
};

TEST_F(SignedCommits, SayWhoAndWhen) {
  const std::string first = CommitFile("a", "1\n");
  git_.CommitAs("Bo Li", "bo@acme.example");
  git_.SetDate("2026-11-22T10:00:00Z");
  const std::string second = CommitFile("a", "2\n");
  const auto read = ReadSignedCommit(path(), "HEAD");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->commit.id, second);
  EXPECT_EQ(read->commit.subject, "Write a");
  EXPECT_EQ(read->commit.author_email, "ana@acme.example");
  EXPECT_EQ(read->committer_email, "bo@acme.example");
  EXPECT_EQ(read->committed_at, ParseTimestamp("2026-11-22T10:00:00Z"));
  EXPECT_EQ(read->parents, std::vector<std::string>{first});
  EXPECT_EQ(read->signature, "");
  EXPECT_EQ(read->signed_text, "");
}

// What git signs is the commit without its signature.
TEST_F(SignedCommits, HandOutTheSignatureAndWhatItCovers) {
  CommitFile("a", "1\n");
  const std::string plain = git_.Git({"cat-file", "commit", "HEAD"}) + "\n";
  const std::size_t at = plain.find("\n\n");
  const std::string armored = "-----BEGIN X-----\nAAAA\n\n-----END X-----";
  std::string folded = armored;
  for (std::size_t i = 0; (i = folded.find('\n', i)) != std::string::npos;) {
    folded.insert(++i, " ");
  }
  const std::string text =
      plain.substr(0, at) + "\ngpgsig " + folded + plain.substr(at);
  const std::string id =
      git_.GitIn(git_.repository(),
                 {"hash-object", "-t", "commit", "-w", "--stdin"}, text);
  const auto read = ReadSignedCommit(path(), id);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->signature, armored);
  EXPECT_EQ(read->signed_text, plain);
}

TEST_F(SignedCommits, OfARangeComeParentsFirst) {
  const std::string first = CommitFile("a", "1\n");
  const std::string second = CommitFile("a", "2\n");
  git_.Git({"switch", "--quiet", "-c", "side", first});
  const std::string side = CommitFile("b", "1\n");
  git_.Git({"switch", "--quiet", "main"});
  git_.Git({"merge", "--quiet", "--no-ff", "-m", "Merge", "side"});
  const std::string merge = git_.Git({"rev-parse", "HEAD"});
  const auto all = Since(first, "main");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all.back(), merge);
  EXPECT_EQ(Since(second, "main"), (std::vector<std::string>{side, merge}));
  EXPECT_TRUE(Since("main", first).empty());
  EXPECT_TRUE(Since("main", "main").empty());
}

TEST_F(SignedCommits, AreBounded) {
  CommitFile("a", "1\n");
  CommitFile("a", "2\n");
  CommitFile("a", "3\n");
  const auto read = CommitsSince(path(), "HEAD~2", "HEAD", 1);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kLimit);
}

TEST_F(SignedCommits, OfAShallowCloneSayWhatIsMissing) {
  const std::string first = CommitFile("a", "1\n");
  CommitFile("a", "2\n");
  CommitFile("a", "3\n");
  git_.GitIn(git_.root(), {"clone", "--quiet", "--depth", "1",
                           "file://" + path(), "shallow"});
  const auto read =
      CommitsSince((git_.root() / "shallow").string(), first, "HEAD");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kNotFound);
}

class PlainMerges : public SignedCommits {
 protected:
  void SetUp() override {
    CommitFile("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    git_.Git({"switch", "--quiet", "-c", "side"});
    side_ = CommitFile("a", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    git_.Git({"switch", "--quiet", "main"});
    ours_ = CommitFile("a", "one\n2\n3\n4\n5\n6\n7\n8\n9\n");
  }

  std::string side_;
  std::string ours_;
};

// T-05: a host's merge counts as what merging comes to, and no more.
TEST_F(PlainMerges, AreThoseOfGit) {
  git_.Git({"merge", "--quiet", "--no-ff", "-m", "Merge", "side"});
  EXPECT_TRUE(PlainMerge("HEAD"));
  EXPECT_FALSE(PlainMerge("HEAD~1"));
  EXPECT_FALSE(PlainMerge("side"));
}

TEST_F(PlainMerges, HoldNothingElse) {
  git_.Git({"merge", "--quiet", "--no-ff", "--no-commit", "side"});
  git_.Write("b", "slipped in\n");
  git_.Commit("Merge");
  EXPECT_FALSE(PlainMerge("HEAD"));
}

TEST_F(PlainMerges, TakeBothSides) {
  EXPECT_FALSE(PlainMerge(CommitTree(ours_ + "^{tree}", {ours_, side_})));
  EXPECT_FALSE(PlainMerge(CommitTree(side_ + "^{tree}", {ours_, side_})));
}

TEST_F(PlainMerges, HaveNoConflict) {
  CommitFile("a", "1\n2\n3\n4\n5\n6\n7\n8\nNEUN\n");
  const std::string tree = git_.Git({"rev-parse", "HEAD^{tree}"});
  EXPECT_FALSE(
      PlainMerge(CommitTree(tree, {git_.Git({"rev-parse", "HEAD"}), side_})));
}

TEST_F(PlainMerges, OfThreeAreNotLookedAt) {
  const std::string tree = git_.Git({"rev-parse", "HEAD^{tree}"});
  EXPECT_FALSE(PlainMerge(
      CommitTree(tree, {ours_, side_, git_.Git({"rev-parse", "HEAD~1"})})));
}

TEST_F(PlainMerges, AreMadeWithoutWritingIntoTheRepository) {
  git_.Git({"merge", "--quiet", "--no-ff", "-m", "Merge", "side"});
  git_.Git({"gc", "--quiet", "--prune=now"});
  const auto loose = [&] { return git_.Git({"count-objects"}); };
  const std::string before = loose();
  // The merged file is one that was there; make one that is new.
  git_.Git({"switch", "--quiet", "-c", "other", ours_});
  CommitFile("a", "one\n2\n3\n4\nFIVE\n6\n7\n8\n9\n");
  const std::string merge =
      CommitTree(ours_ + "^{tree}", {git_.Git({"rev-parse", "HEAD"}), side_});
  const std::string with = loose();
  EXPECT_NE(before, with);
  EXPECT_FALSE(PlainMerge(merge));
  EXPECT_EQ(loose(), with);
}

}  // namespace
}  // namespace writ::manifests
