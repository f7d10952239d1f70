#include "reconciler/trust/commit_verdict.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/ssh_keys.h"
#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

using manifests::SignedCommit;
using Outcome = CommitVerdict::Outcome;

Timestamp At(const char* text) { return ParseTimestamp(text).value(); }

class CommitVerdictTest : public ::testing::Test {
 protected:
  void SetUp() override {
    keys_.Make("ana");
    keys_.Make("bo");
  }

  SignedCommit Signed(const std::string& key,
                      const std::string& name_space = "git") const {
    SignedCommit commit;
    commit.commit.author_email = "dev@acme.example";
    commit.committer_email = "ana@acme.example";
    commit.committed_at = At("2026-11-21T03:20:00Z");
    commit.signed_text = "tree 1\n";
    commit.signature = keys_.Sign(key, commit.signed_text, name_space);
    return commit;
  }

  // One line of allowed signers, for ana's key.
  AllowedSigners Allowed(
      const std::string& options = "",
      const std::string& principals = "ana@acme.example") const {
    Diagnostics mistakes;
    auto allowed = ParseAllowedSigners(
        principals + " " + options + " " + keys_.Public("ana") + "\n",
        "signers", mistakes);
    EXPECT_FALSE(mistakes.HasErrors());
    return allowed;
  }

  CommitVerdict Judge(const SignedCommit& commit,
                      const AllowedSigners& allowed) const {
    return JudgeCommit(commit, allowed, settings_, now_);
  }

  testing::TempFolder folder_;
  testing::SshKeys keys_{folder_.path()};
  std::vector<TrustSettings> settings_ = {TrustSettings()};
  Timestamp now_ = At("2026-12-01T00:00:00Z");
};

TEST_F(CommitVerdictTest, AnAllowedSignerIsTrusted) {
  const auto verdict = Judge(Signed("ana"), Allowed());
  EXPECT_EQ(verdict.outcome, Outcome::kTrusted);
  EXPECT_EQ(verdict.signed_by, "ana@acme.example");
  EXPECT_EQ(verdict.why, "");
}

TEST_F(CommitVerdictTest, NobodyKnownIsForeign) {
  SignedCommit unsigned_one = Signed("ana");
  unsigned_one.signature.clear();
  auto verdict = Judge(unsigned_one, Allowed());
  EXPECT_EQ(verdict.outcome, Outcome::kForeign);
  EXPECT_EQ(verdict.why, "carries no signature");
  verdict = Judge(Signed("bo"), Allowed());
  EXPECT_EQ(verdict.outcome, Outcome::kForeign);
  EXPECT_EQ(verdict.why, "is signed with a key that no allowed signer has: " +
                             keys_.Fingerprint("bo"));
  SignedCommit of_host = Signed("ana");
  of_host.signature = "-----BEGIN PGP SIGNATURE-----\n";
  EXPECT_EQ(Judge(of_host, Allowed()).outcome, Outcome::kForeign);
}

TEST_F(CommitVerdictTest, WhatWasChangedIsRefused) {
  SignedCommit commit = Signed("ana");
  commit.signed_text += " ";
  const auto verdict = Judge(commit, Allowed());
  EXPECT_EQ(verdict.outcome, Outcome::kRefused);
  EXPECT_EQ(verdict.why, "isn't what was signed: its signature doesn't fit");
  commit.signature = "garbage";
  EXPECT_EQ(Judge(commit, Allowed()).outcome, Outcome::kRefused);
}

// T-05: SSHSIG namespace `git` only.
TEST_F(CommitVerdictTest, ASignatureForSomethingElseIsRefused) {
  const auto verdict = Judge(Signed("ana", "file"), Allowed());
  EXPECT_EQ(verdict.outcome, Outcome::kRefused);
  EXPECT_EQ(verdict.why,
            "carries a signature that was made for something else than a "
            "commit");
}

TEST_F(CommitVerdictTest, TheKeyMustBeTheCommitters) {
  SignedCommit commit = Signed("ana");
  commit.committer_email = "bo@acme.example";
  const auto verdict = Judge(commit, Allowed());
  EXPECT_EQ(verdict.outcome, Outcome::kRefused);
  EXPECT_EQ(verdict.why,
            "is committed by bo@acme.example, but signed with the key of "
            "ana@acme.example (signers:1)");
  EXPECT_EQ(Judge(commit, Allowed("", "*@acme.example")).signed_by,
            "bo@acme.example");
  commit.committer_email = "";
  EXPECT_EQ(Judge(commit, Allowed("", "*")).outcome, Outcome::kRefused);
}

// T-05: at commit time and now.
TEST_F(CommitVerdictTest, AKeyIsValidThenAndNow) {
  struct Case {
    const char* options;
    const char* why;
  };
  for (const Case& c :
       {Case{"valid-after=\"20261101Z\",valid-before=\"20270101Z\"", ""},
        Case{"valid-before=\"20261101Z\"",
             "is signed with the key of ana@acme.example at "
             "2026-11-21T03:20:00Z, after it had expired: at "
             "2026-11-01T00:00:00Z (signers:1)"},
        Case{"valid-before=\"20261125Z\"",
             "is signed with the key of ana@acme.example, which has expired: "
             "at 2026-11-25T00:00:00Z (signers:1)"},
        Case{"valid-after=\"20261125Z\"",
             "is signed with the key of ana@acme.example at "
             "2026-11-21T03:20:00Z, before it was valid: from "
             "2026-11-25T00:00:00Z (signers:1)"},
        Case{"namespaces=\"file\"",
             "is signed with a key that may sign \"file\", but not git "
             "(signers:1)"},
        Case{"namespaces=\"file,git\"", ""}}) {
    const auto verdict = Judge(Signed("ana"), Allowed(c.options));
    EXPECT_EQ(verdict.why, c.why) << c.options;
    EXPECT_EQ(verdict.outcome,
              *c.why == '\0' ? Outcome::kTrusted : Outcome::kRefused);
  }
  // A commit that says it comes from the future.
  SignedCommit commit = Signed("ana");
  commit.committed_at = At("2027-06-01T00:00:00Z");
  EXPECT_EQ(Judge(commit, Allowed("valid-after=\"20270101Z\"")).why,
            "is signed with the key of ana@acme.example, which isn't valid "
            "before 2027-01-01T00:00:00Z (signers:1)");
}

TEST_F(CommitVerdictTest, OneOfSeveralLinesIsEnough) {
  AllowedSigners allowed = Allowed("valid-before=\"20200101Z\"");
  const AllowedSigners more = Allowed();
  allowed.signers.push_back(more.signers[0]);
  EXPECT_EQ(Judge(Signed("ana"), allowed).outcome, Outcome::kTrusted);
}

// T-04: the last applied settings and these.
TEST_F(CommitVerdictTest, AllSettingsJudgeAuthorAndCommitter) {
  settings_[0].authors = {"*@acme.example"};
  EXPECT_EQ(Judge(Signed("ana"), Allowed()).outcome, Outcome::kTrusted);
  settings_.push_back({});
  settings_[1].authors = {"ana@acme.example", "bo@acme.example"};
  EXPECT_EQ(Judge(Signed("ana"), Allowed()).why,
            "is written by dev@acme.example, whom trust.authors doesn't let");
  settings_[1].authors = {"dev@*"};
  settings_[1].committers = {"bo@acme.example"};
  EXPECT_EQ(
      Judge(Signed("ana"), Allowed()).why,
      "is committed by ana@acme.example, whom trust.committers doesn't let");
  settings_[1].committers = {};
  EXPECT_EQ(Judge(Signed("ana"), Allowed()).outcome, Outcome::kRefused);
}

TEST(TrustSettings, AreReadAndWritten) {
  TrustSettings settings;
  settings.mode = TrustMode::kHead;
  settings.allowed_signers = "signers";
  settings.authors = {"a@x", "b@x"};
  settings.committers = {};
  EXPECT_EQ(ReadTrust(ToValue(settings)), settings);
  EXPECT_EQ(ReadTrust(Value()), TrustSettings());
  Value wrong;
  wrong.Set("mode", "all");
  EXPECT_FALSE(ReadTrust(wrong));
  wrong = Value();
  wrong.Set("authors", "ana");
  EXPECT_FALSE(ReadTrust(wrong));
}

}  // namespace
}  // namespace writ::reconciler
