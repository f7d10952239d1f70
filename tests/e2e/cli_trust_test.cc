// Which commits are applied where an environment asks for signatures: T-04 and
// T-05, through the real binary, with commits that real git and ssh-keygen
// signed.
#include <fstream>
#include <string>

#include "tests/e2e/workbench.h"
#include "tests/support/ssh_keys.h"

namespace writ::e2e {
namespace {

using testing::SshKeys;

constexpr const char* kNow = "2026-11-21T12:00:00Z";

class CliTrust : public Workbench {
 protected:
  void SetUp() override {
    keys_.Make("ana");
    keys_.Make("bo");
    WriteTrust("{mode: range, allowedSigners: .writ/allowed_signers}");
    WriteSigners("ana@acme.example " + keys_.Public("ana") + "\n");
    git_.Write("manifests/workspace.yaml", kWorkspace);
    git_.SignWith(keys_.File("ana"));
    first_ = git_.Commit("Begin");
  }

  void WriteTrust(const std::string& trust, const std::string& more = "") {
    git_.Write("writ.yaml",
               "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: shop}\n"
               "spec:\n  environments:\n    production:\n"
               "      state: \"sqlite:state/production\"\n      trust: " +
                   trust + "\n" + more);
    git_.Write(".gitignore", "state\n");
  }
  void WriteSigners(const std::string& text) {
    git_.Write(".writ/allowed_signers", text);
  }

  void ActAsAna() {
    git_.ActAs("Ana Ruiz", "ana@acme.example");
    git_.SignWith(keys_.File("ana"));
  }
  void ActAsBo() {
    git_.ActAs("Bo Li", "bo@acme.example");
    git_.SignWith(keys_.File("bo"));
  }

  // A commit that changes something, and so is planned.
  std::string Change() {
    git_.Write("manifests/workspace.yaml",
               "apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: acme}\n"
               "spec: {displayName: Acme " +
                   std::to_string(++changes_) + "}\n");
    return git_.Commit("Change " + std::to_string(changes_));
  }

  Ran ApplyEnding(int code, Arguments more = {}, const char* now = kNow) {
    Arguments arguments = {"apply", "--auto-approve", "--now", now};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Expect(code, arguments);
  }
  void ApplyFirst() { ApplyEnding(0, {"--trust-root", "HEAD"}); }

  // Plan and apply both end 9 and say so; nothing was applied.
  void ExpectRefused(const std::string& why) {
    SCOPED_TRACE(why);
    const std::string before = Live();
    const Ran plan = Expect(9, {"plan", "--now", kNow});
    EXPECT_TRUE(Says(plan, "Not trusted"));
    EXPECT_TRUE(Says(plan, why));
    EXPECT_TRUE(Says(ApplyEnding(9), why));
    EXPECT_EQ(Live(), before);
  }
  void ExpectApplied() {
    ApplyEnding(0);
    EXPECT_TRUE(Holds(Live(), "Acme " + std::to_string(changes_)));
  }
  std::string Live() { return Writ({"state", "show", "Workspace/acme"}).out; }

  // The commit's object with a part of it replaced, as the branch's tip.
  void Tamper(const std::string& from, const std::string& to) {
    std::string text = git_.Git({"cat-file", "commit", "HEAD"}) + "\n";
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    const std::string id = git_.GitIn(
        repository(), {"hash-object", "-t", "commit", "-w", "--stdin"}, text);
    git_.Git({"update-ref", "refs/heads/main", id});
  }

  SshKeys keys_{git_.root() / "keys"};
  std::string first_;
  int changes_ = 0;
};

TEST_F(CliTrust, BeginsAtARootThatTheOperatorNames) {
  ExpectRefused("no commit says yet whose signatures count");
  EXPECT_TRUE(Says(ApplyEnding(9), "--trust-root COMMIT"));
  ApplyEnding(0, {"--trust-root", "HEAD"});
  Change();
  ExpectApplied();
  const json plan = ExpectJson(0, {"plan", "--json", "--now", kNow});
  EXPECT_EQ(plan["context"]["commit"]["signed_by"], "ana@acme.example");
}

TEST_F(CliTrust, BeginsAtTheHostFilesRoot) {
  const auto host = git_.root() / "host.yaml";
  std::ofstream(host) << "apiVersion: writ/v1\nkind: Host\nspec:\n"
                         "  environments: {production: {trustRoot: "
                      << first_ << "}}\n";
  Change();
  ApplyEnding(9);
  ApplyEnding(0, {"--host-config", host.string()});
  // It has done its work.
  Change();
  ExpectApplied();
}

TEST_F(CliTrust, ARootOutsideOfTheHistoryIsNone) {
  git_.Git({"switch", "--quiet", "--orphan", "other"});
  git_.Write("x", "x");
  const std::string other = git_.Commit("Elsewhere");
  git_.Git({"switch", "--quiet", "main"});
  EXPECT_TRUE(Says(ApplyEnding(9, {"--trust-root", other}),
                   "doesn't descend from the root of trust"));
  ApplyEnding(1, {"--trust-root", "nowhere"});
}

TEST_F(CliTrust, AnUnsignedCommitIsRefused) {
  ApplyFirst();
  git_.SignWith("");
  const std::string id = Change();
  ExpectRefused("commit " + id.substr(0, 7) +
                " \"Change 1\" by Ana Ruiz carries no signature");
  const json plan = ExpectJson(9, {"plan", "--json", "--now", kNow});
  EXPECT_EQ(plan["context"]["untrusted"].size(), 1u);
  EXPECT_FALSE(plan["context"]["commit"].contains("signed_by"));
}

TEST_F(CliTrust, ATamperedCommitIsRefused) {
  ApplyFirst();
  Change();
  Tamper("Change 1", "Change One");
  ExpectRefused("isn't what was signed: its signature doesn't fit");
}

TEST_F(CliTrust, ASignatureForAFileIsRefused) {
  ApplyFirst();
  git_.SignWith("");
  Change();
  const std::string text = git_.Git({"cat-file", "commit", "HEAD"}) + "\n";
  std::string folded = keys_.Sign("ana", text, "file");
  while (folded.ends_with('\n')) folded.pop_back();
  for (std::size_t i = 0; (i = folded.find('\n', i)) != std::string::npos;) {
    folded.insert(++i, " ");
  }
  Tamper("\n\n", "\ngpgsig " + folded + "\n\n");
  ExpectRefused("made for something else than a commit");
}

TEST_F(CliTrust, AForeignKeyIsRefusedByItsFingerprint) {
  ApplyFirst();
  ActAsBo();
  Change();
  ExpectRefused("no allowed signer has: " + keys_.Fingerprint("bo"));
}

TEST_F(CliTrust, AnExpiredKeyIsRefusedWhateverTheCommitSays) {
  WriteSigners("ana@acme.example valid-before=\"20261121050000Z\" " +
               keys_.Public("ana") + "\n");
  git_.Commit("Let the key expire");
  ApplyFirst();
  Change();  // at 03:20, it is noon now
  ExpectRefused(
      "which has expired: at 2026-11-21T05:00:00Z "
      "(.writ/allowed_signers:1)");
  ApplyEnding(0, {}, "2026-11-21T04:00:00Z");
}

TEST_F(CliTrust, AKeyThatIsNotValidYetIsRefused) {
  WriteSigners("ana@acme.example valid-after=\"20261121033000Z\" " +
               keys_.Public("ana") + "\n");
  git_.Commit("Let the key begin");
  ApplyFirst();
  Change();
  ExpectRefused("before it was valid: from 2026-11-21T03:30:00Z");
}

TEST_F(CliTrust, RangeLooksAtEveryCommitAndHeadAtTheLast) {
  ApplyFirst();
  git_.SignWith("");
  const std::string middle = Change();
  ActAsAna();
  Change();
  ExpectRefused("commit " + middle.substr(0, 7));
  git_.Git({"reset", "--quiet", "--hard", first_});
  WriteTrust("{mode: head, allowedSigners: .writ/allowed_signers}");
  git_.Commit("Ask of the head alone");
  ApplyEnding(0);
  git_.SignWith("");
  Change();
  ExpectRefused("carries no signature");
  ActAsAna();
  Change();
  ExpectApplied();
}

// T-05: signers only from the last applied commit.
TEST_F(CliTrust, NobodyLetsThemselvesIn) {
  ApplyFirst();
  ActAsBo();
  WriteSigners("bo@acme.example " + keys_.Public("bo") + "\n");
  Change();
  ExpectRefused("no allowed signer has: " + keys_.Fingerprint("bo"));
  // Ana lets Bo in: told at the head of the plan, true from the next one on.
  git_.Git({"reset", "--quiet", "--hard", first_});
  ActAsAna();
  WriteSigners("ana@acme.example " + keys_.Public("ana") +
               "\nbo@acme.example " + keys_.Public("bo") + "\n");
  git_.Commit("Let Bo sign");
  EXPECT_TRUE(Says(Expect(0, {"plan", "--now", kNow}),
                   "trust.allowedSigners: weakens a guard from the next apply "
                   "on: bo@acme.example may sign with " +
                       keys_.Fingerprint("bo")));
  ApplyEnding(0);
  ActAsBo();
  Change();
  ExpectApplied();
}

// T-04: the stricter of both settings judges.
TEST_F(CliTrust, ACommitDoesNotLetItselfOff) {
  ApplyFirst();
  git_.SignWith("");
  WriteTrust("{mode: none}");
  Change();
  ExpectRefused("carries no signature");
  git_.Git({"reset", "--quiet", "--hard", first_});
  ActAsAna();
  WriteTrust("{mode: none}");
  Change();
  EXPECT_TRUE(Says(Expect(0, {"plan", "--now", kNow}),
                   "trust.mode: weakens a guard from the next apply on: range "
                   "→ none"));
  ExpectApplied();
  git_.SignWith("");
  Change();
  ExpectApplied();
  // Trust begins anew where somebody says so.
  ActAsAna();
  WriteTrust("{mode: head, allowedSigners: .writ/allowed_signers}");
  Change();
  ExpectRefused("no commit says yet whose signatures count");
}

TEST_F(CliTrust, AuthorsAndCommittersAreHeldToTheirPatterns) {
  WriteTrust(
      "{mode: range, allowedSigners: .writ/allowed_signers, authors: "
      "[\"*@acme.example\"]}");
  git_.Commit("Hold authors to us");
  ApplyFirst();
  git_.ActAs("Eve", "eve@elsewhere.example");
  git_.CommitAs("Ana Ruiz", "ana@acme.example");
  Change();
  ExpectRefused("is written by eve@elsewhere.example");
}

class CliTrustMerge : public CliTrust {
 protected:
  void SetUp() override {
    CliTrust::SetUp();
    ApplyFirst();
    git_.Git({"switch", "--quiet", "-c", "side"});
    git_.Write("manifests/orders.yaml", kOrders);
    side_ = git_.Commit("Take orders");
    git_.Git({"switch", "--quiet", "main"});
    Change();
    // What a host does: nobody's key, the host's name.
    git_.SignWith("");
    git_.CommitAs("Host", "noreply@host.example");
  }

  std::string side_;
};

TEST_F(CliTrustMerge, OfTrustedCommitsIsApplied) {
  git_.Git({"merge", "--quiet", "--no-ff", "-m", "Merge side", "side"});
  ExpectApplied();
  // Whoever merged isn't vouched for.
  const json plan = ExpectJson(0, {"plan", "--json", "--now", kNow});
  EXPECT_FALSE(plan["context"]["commit"].contains("signed_by"));
}

TEST_F(CliTrustMerge, WithSomethingElseInItIsRefused) {
  git_.Git({"merge", "--quiet", "--no-ff", "--no-commit", "side"});
  git_.Write("manifests/more.yaml", AppText("more"));
  git_.Commit("Merge side");
  ExpectRefused(
      "carries no signature, and isn't just a merge of trusted commits");
}

TEST_F(CliTrustMerge, OfAnUntrustedCommitIsRefused) {
  git_.Git({"switch", "--quiet", "side"});
  git_.Write("manifests/more.yaml", AppText("more"));
  const std::string bad = git_.Commit("Slip more in");
  git_.Git({"switch", "--quiet", "main"});
  git_.Git({"merge", "--quiet", "--no-ff", "-m", "Merge side", "side"});
  ExpectRefused("commit " + bad.substr(0, 7) + " \"Slip more in\"");
}

TEST_F(CliTrustMerge, ThatIsASquashIsRefused) {
  git_.Git({"merge", "--quiet", "--squash", "side"});
  git_.Commit("Take orders (#7)");
  ExpectRefused("carries no signature");
}

TEST_F(CliTrust, GoingBackIsAskedFor) {
  ApplyFirst();
  const std::string old = Change();
  ExpectApplied();
  Change();
  ExpectApplied();
  git_.Git({"reset", "--quiet", "--hard", old});
  ExpectRefused("doesn't descend from");
  EXPECT_TRUE(Says(ApplyEnding(9), "--allow-rewind"));
  ApplyEnding(0, {"--allow-rewind"});
  EXPECT_TRUE(Holds(Live(), "Acme 1"));
  // So is a history that was rewritten.
  git_.Git({"commit", "--quiet", "--amend", "--message", "Rewritten"});
  ExpectRefused("doesn't descend from");
}

TEST_F(CliTrust, AWorkingTreeIsNoCommit) {
  ApplyFirst();
  git_.Write("manifests/workspace.yaml", kWorkspace);
  EXPECT_TRUE(Says(ApplyEnding(9, {"--working-tree"}),
                   "takes signed commits only, and this is no commit"));
}

TEST_F(CliTrust, ACommitThatLocksEverybodyOutIsInvalid) {
  ApplyFirst();
  WriteSigners("ana@acme.example cert-authority " + keys_.Public("ana"));
  git_.Commit("Trust an authority");
  EXPECT_TRUE(Says(ApplyEnding(3), "certificate authority"));
  EXPECT_TRUE(Says(ApplyEnding(3), ".writ/allowed_signers:1"));
  WriteSigners("# nobody\n");
  git_.Commit("Nobody");
  EXPECT_TRUE(Says(ApplyEnding(3), "nobody is allowed to sign"));
  std::filesystem::remove(repository() / ".writ/allowed_signers");
  git_.Commit("No file");
  EXPECT_TRUE(Says(ApplyEnding(3), "names a file that isn't there"));
}

// Policies see who signed, with or without trust (language.md).
TEST_F(CliTrust, PoliciesSeeWhoSigned) {
  WriteTrust("{mode: none, allowedSigners: .writ/allowed_signers}",
             "  policyPacks: [production]\n");
  git_.Commit("Take the production pack");
  ApplyEnding(4);
  ApplyEnding(0, {"--trust-root", "HEAD"});
  Change();
  ExpectApplied();
  git_.SignWith("");
  Change();
  EXPECT_TRUE(Says(Expect(4, {"plan", "--now", kNow}), "signed-commits"));
}

// T-04: exceptions from policies, which somebody else than who needs them has
// to have signed.
class CliTrustExceptions : public CliTrust {
 protected:
  void SetUp() override {
    CliTrust::SetUp();
    WriteSigners("ana@acme.example " + keys_.Public("ana") +
                 "\nbo@acme.example " + keys_.Public("bo") + "\n");
    git_.Write("manifests/policy.yaml", R"(apiVersion: writ/v1
kind: Policy
metadata: {name: keep-the-name}
spec:
  match: {kinds: [Workspace], actions: [update]}
  validations: [{name: as-it-was, expression: "false", message: names stay}]
)");
    git_.Commit("Keep the name");
    ApplyFirst();
  }

  void WriteException(const std::string& approver,
                      const std::string& reason = "moved to a new brand") {
    git_.Write(
        "manifests/exception.yaml", R"(apiVersion: writ/v1
kind: PolicyException
metadata: {name: new-brand}
spec:
  policy: keep-the-name
  subject: {address: Workspace/acme}
  reason: ")" + reason + R"("
)" + (approver.empty() ? "" : "  approvedBy: " + approver + "\n") +
                                        "  expiresAt: 2026-12-31T00:00:00Z\n");
  }
  void AddException(const std::string& approver) {
    WriteException(approver);
    git_.Commit("Let the name change");
  }
};

TEST_F(CliTrustExceptions, CountWhereTheirApproverSigned) {
  Change();
  EXPECT_TRUE(Says(ApplyEnding(4), "names stay"));
  git_.Git({"reset", "--quiet", "--hard", "HEAD~1"});
  ActAsBo();
  AddException("bo@acme.example");
  ApplyEnding(0);
  ActAsAna();
  Change();
  ExpectApplied();
}

TEST_F(CliTrustExceptions, AreRefusedWhereSomebodyElseSigned) {
  AddException("bo@acme.example");
  ExpectRefused(
      "PolicyException/new-brand is approved by bo@acme.example, who has to "
      "sign the commit that brings it: commit ");
  ExpectRefused("is signed by ana@acme.example");
  // A commit of the approver's on top is no approval of what is below it.
  ActAsBo();
  git_.Write("notes.yaml.md", "nothing");
  git_.Commit("Look elsewhere");
  ExpectRefused("is approved by bo@acme.example");
  // Ana's work, signed by Bo.
  git_.Git({"reset", "--quiet", "--hard", "HEAD~1"});
  git_.CommitAs("Bo Li", "bo@acme.example");
  git_.Git({"commit", "--quiet", "--amend", "--no-edit"});
  ApplyEnding(0);
}

TEST_F(CliTrustExceptions, NeedAnApprover) {
  AddException("");
  ExpectRefused("PolicyException/new-brand names nobody who approves it");
}

TEST_F(CliTrustExceptions, NeedOneAgainWhenTheyChange) {
  ActAsBo();
  AddException("bo@acme.example");
  ApplyEnding(0);
  ActAsAna();
  WriteException("bo@acme.example", "for good");
  git_.Commit("Change the reason");
  ExpectRefused("is approved by bo@acme.example");
}

TEST_F(CliTrustExceptions, LetNobodyOffWhoApprovedThem) {
  ActAsBo();
  AddException("bo@acme.example");
  ApplyEnding(0);
  Change();
  ExpectRefused("its approver, bo@acme.example, changed as well");
  // The author counts: Ana's signature doesn't make it her work.
  git_.CommitAs("Ana Ruiz", "ana@acme.example");
  git_.SignWith(keys_.File("ana"));
  git_.Git({"commit", "--quiet", "--amend", "--no-edit"});
  ExpectRefused("its approver, bo@acme.example, changed as well");
}

// What somebody signed is the file; what patches and variables make of it
// stands elsewhere.
TEST_F(CliTrustExceptions, AreWrittenOutInTheirFile) {
  ActAsBo();
  WriteException("bo@acme.example", "${vars.why}");
  git_.Write("writ.yaml", Read(repository() / "writ.yaml") +
                              "      overlays: [over]\n"
                              "  variables: {why: because}\n");
  git_.Write("over/.keep", "");
  git_.Commit("Let the name change");
  ExpectRefused("isn't written out in its file");
  WriteException("bo@acme.example");
  git_.Write("over/patch.yaml", R"(apiVersion: writ/v1
kind: Patch
metadata: {name: longer}
spec:
  target: {address: PolicyException/new-brand}
  merge: {spec: {expiresAt: 2030-12-31T00:00:00Z}}
)");
  git_.Commit("Longer");
  ExpectRefused("isn't written out in its file");
}

// Where nobody's signature is asked for, approvedBy is a note.
TEST_F(CliTrustExceptions, NeedNoSignatureWithoutTrust) {
  WriteTrust("{mode: none}");
  git_.Commit("Trust everybody");
  ApplyEnding(0);
  AddException("bo@acme.example");
  ApplyEnding(0);
}

}  // namespace
}  // namespace writ::e2e
