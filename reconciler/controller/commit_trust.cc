#include "reconciler/controller/commit_trust.h"

#include <algorithm>
#include <set>
#include <utility>

#include "manifests/source/revision.h"
#include "manifests/source/signed_commits.h"
#include "reconciler/host/host_file.h"
#include "reconciler/trust/allowed_signers.h"
#include "reconciler/trust/commit_verdict.h"
#include "schema/ascii_case.h"

namespace writ::reconciler {
namespace {

using manifests::SignedCommit;
using Outcome = CommitVerdict::Outcome;

constexpr std::size_t kMaxAlarms = 20;

std::string Short(const std::string& id) { return id.substr(0, 7); }

std::string Sentence(const Commit& commit, const std::string& why) {
  std::string sentence = "commit " + Short(commit.id);
  if (!commit.subject.empty()) sentence += " \"" + commit.subject + "\"";
  if (!commit.author_name.empty()) sentence += " by " + commit.author_name;
  return sentence + " " + why;
}

manifests::SourceRequest AtCommit(manifests::SourceRequest request,
                                  const std::string& commit) {
  request.ref = commit;
  request.working_tree = false;
  return request;
}

Result<std::optional<std::string>> ReadText(manifests::Source& source,
                                            const std::string& file) {
  const auto entry = TRY(source.Find(file));
  if (!entry) return std::optional<std::string>();
  const auto reader = TRY(source.NewReader());
  return std::optional<std::string>(TRY(reader->Read(*entry)));
}

class TrustJudge {
 public:
  TrustJudge(const TrustQuestion& question, const TrustOptions& options,
             Diagnostics& diagnostics)
      : question_(question), options_(options), diagnostics_(diagnostics) {
    if (question.kept) settings_.push_back(question.kept->guards.trust);
    settings_.push_back(question.desired);
    for (const TrustSettings& each : settings_) {
      mode_ = std::max(mode_, each.mode);
    }
  }

  Result<TrustReport> Run();

 private:
  bool NamesSigners() const {
    return std::any_of(settings_.begin(), settings_.end(), [](const auto& s) {
      return !s.allowed_signers.empty();
    });
  }
  const std::string& path() const { return options_.request->path; }
  const Commit& tip() const { return question_.source->commit(); }
  // The last applied commit, where it was applied under trust.
  const std::string* LastTrusted() const {
    const bool is_one = question_.kept &&
                        question_.kept->guards.trust.mode != TrustMode::kNone &&
                        !question_.kept->commit.empty();
    return is_one ? &question_.kept->commit : nullptr;
  }

  Result<bool> FindBase();
  Result<std::string> FindRoot() const;
  Result<std::optional<bool>> DescendsFrom(const std::string& last);
  // Whether the last applied commit is the base; nullopt: it was refused.
  Result<std::optional<bool>> StartsAtLast(const std::string& last,
                                           const std::string& root);
  Result<bool> ReadSigners();
  Status CheckOwnSigners();
  void FindNewSigners();
  Status JudgeCommits();
  Status JudgeApproval(const DeclaredException& exception);
  Status JudgeRange(const SignedCommit& head, const CommitVerdict& verdict);
  Result<bool> IsTrustedMerge(const SignedCommit& commit,
                              const CommitVerdict& verdict,
                              const std::set<std::string>& untrusted) const;
  void Refuse(std::string sentence) {
    report_.untrusted.push_back(std::move(sentence));
  }
  CommitVerdict Judge(const SignedCommit& commit) const {
    return JudgeCommit(commit, signers_, settings_, question_.now);
  }

  const TrustQuestion& question_;
  const TrustOptions& options_;
  Diagnostics& diagnostics_;
  std::vector<TrustSettings> settings_;
  TrustMode mode_ = TrustMode::kNone;
  TrustReport report_;
  std::string base_;            // the commit that says who may sign
  bool is_last_ = false;        // it is the last applied one
  AllowedSigners signers_;      // as of there
  AllowedSigners own_signers_;  // as of the tip
};

Result<TrustReport> TrustJudge::Run() {
  if (!NamesSigners()) return std::move(report_);
  if (tip().id.empty() || !options_.request) {
    if (mode_ != TrustMode::kNone) {
      Refuse(question_.environment +
             " takes signed commits only, and this is no commit");
    }
    return std::move(report_);
  }
  TRY(CheckOwnSigners());
  if (!TRY(FindBase())) return std::move(report_);
  if (!TRY(ReadSigners())) return std::move(report_);
  TRY(JudgeCommits());
  if (mode_ == TrustMode::kNone) return std::move(report_);
  for (const DeclaredException& exception : question_.new_exceptions) {
    TRY(JudgeApproval(exception));
  }
  return std::move(report_);
}

// nullopt where that can't be told, which was said.
Result<std::optional<bool>> TrustJudge::DescendsFrom(const std::string& last) {
  auto descends = manifests::IsAncestor(path(), last, tip().id);
  if (descends) return std::optional<bool>(*descends);
  if (descends.error().code != ErrorCode::kNotFound) {
    return tl::unexpected<Error>(std::move(descends).error());
  }
  Refuse("the last applied commit, " + Short(last) +
         ", is not in this clone: its history was rewritten, or it is shallow "
         "(git fetch --unshallow)");
  return std::optional<bool>();
}

Result<std::string> TrustJudge::FindRoot() const {
  std::string root = options_.trust_root;
  if (root.empty() && mode_ != TrustMode::kNone) {
    const HostFile host = TRY(ReadHostFile(options_.host_file));
    const auto named = host.trust_roots.find(question_.environment);
    if (named != host.trust_roots.end()) root = named->second;
  }
  if (root.empty()) return root;
  return While(manifests::ResolveRef(path(), root),
               "looking for the root of trust");
}

Result<std::optional<bool>> TrustJudge::StartsAtLast(const std::string& last,
                                                     const std::string& root) {
  const auto descends = TRY(DescendsFrom(last));
  if (!descends) return std::optional<bool>();
  if (!*descends && !options_.allow_rewind) {
    Refuse(Sentence(tip(), "doesn't descend from " + Short(last) +
                               ", the last applied one; to go back on purpose: "
                               "--allow-rewind"));
    return std::optional<bool>();
  }
  if (root.empty()) return std::optional(true);
  if (!options_.trust_root.empty()) return std::optional(false);
  // A root that the last applied commit descends from has done its work; one
  // that it doesn't is where the operator starts anew.
  return std::optional(TRY(manifests::IsAncestor(path(), root, last)));
}

// False: there is none, and what is missing was said.
Result<bool> TrustJudge::FindBase() {
  const std::string root = TRY(FindRoot());
  if (const std::string* last = LastTrusted()) {
    const auto at_last = TRY(StartsAtLast(*last, root));
    if (!at_last) return false;
    is_last_ = *at_last;
    if (is_last_) {
      base_ = *last;
      return true;
    }
  }
  base_ = root;
  if (mode_ == TrustMode::kNone && base_.empty()) {
    // Nothing is refused here; the signer is named where one can be.
    if (!question_.kept || question_.kept->commit.empty()) return false;
    base_ = question_.kept->commit;
    return manifests::ResolveRef(path(), base_).has_value();
  }
  if (base_.empty()) {
    Refuse(question_.environment +
           " takes signed commits only, and no commit says yet whose "
           "signatures count; name one that you have looked at: --trust-root "
           "COMMIT");
    return false;
  }
  if (TRY(manifests::IsAncestor(path(), base_, tip().id))) return true;
  Refuse(Sentence(tip(),
                  "doesn't descend from the root of trust, " + Short(base_)));
  return false;
}

Result<bool> TrustJudge::ReadSigners() {
  const TrustSettings& applied = settings_.front();
  const TrustSettings& desired = question_.desired;
  const bool from_applied = desired.allowed_signers.empty() ||
                            (is_last_ && !applied.allowed_signers.empty());
  const std::string& file =
      from_applied ? applied.allowed_signers : desired.allowed_signers;
  auto source = TRY(manifests::OpenSource(AtCommit(*options_.request, base_)));
  const auto text = TRY(ReadText(*source, file));
  const bool asks = mode_ != TrustMode::kNone;
  if (!text) {
    if (asks) {
      Refuse("nobody may sign: there is no " + file + " at " + Short(base_) +
             ", the commit that says who may");
    }
    return false;
  }
  Diagnostics mistakes;
  signers_ = ParseAllowedSigners(*text, file, mistakes);
  if (!mistakes.HasErrors()) return true;
  for (const Diagnostic& mistake : mistakes.items()) {
    if (!asks) break;
    Refuse(file + ":" + std::to_string(mistake.locations[0].line) + " at " +
           Short(base_) + ": " + mistake.summary);
  }
  return false;
}

// Who could sign once this is applied: a file that nobody can be read from
// would lock everybody out.
Status TrustJudge::CheckOwnSigners() {
  const std::string& file = question_.desired.allowed_signers;
  if (file.empty() || question_.desired.mode == TrustMode::kNone) return {};
  const auto text = TRY(ReadText(*question_.source, file));
  const std::size_t before = diagnostics_.error_count();
  if (text) own_signers_ = ParseAllowedSigners(*text, file, diagnostics_);
  if (diagnostics_.error_count() > before || !own_signers_.signers.empty()) {
    return {};
  }
  Diagnostic diagnostic;
  diagnostic.code = "allowed-signers";
  diagnostic.summary = text ? "nobody is allowed to sign"
                            : "trust.allowedSigners names a file that isn't "
                              "there: " +
                                  file;
  diagnostic.locations = {{text ? file : "writ.yaml", 0, 0, 0, ""}};
  diagnostic.hint =
      "a line is: PRINCIPALS KEYTYPE BASE64, as in "
      "\"ana@acme.example ssh-ed25519 AAAA…\"";
  diagnostics_.Add(std::move(diagnostic));
  return {};
}

// A merge adds nothing of its own where it is what merging comes to; who made
// it doesn't matter then, only whether its parents are trusted.
Result<bool> TrustJudge::IsTrustedMerge(
    const SignedCommit& commit, const CommitVerdict& verdict,
    const std::set<std::string>& untrusted) const {
  const bool may_be = verdict.outcome == Outcome::kForeign &&
                      commit.parents.size() == 2 &&
                      std::none_of(commit.parents.begin(), commit.parents.end(),
                                   [&](const std::string& parent) {
                                     return untrusted.count(parent) > 0;
                                   });
  if (!may_be) return false;
  return manifests::IsPlainMerge(path(), commit.commit.id);
}

void TrustJudge::FindNewSigners() {
  const auto is_known = [&](const AllowedSigner& own) {
    return std::any_of(signers_.signers.begin(), signers_.signers.end(),
                       [&](const AllowedSigner& known) {
                         return known.key == own.key &&
                                known.principals == own.principals &&
                                known.namespaces == own.namespaces &&
                                known.valid_after == own.valid_after &&
                                known.valid_before == own.valid_before;
                       });
  };
  for (const AllowedSigner& own : own_signers_.signers) {
    if (is_known(own)) continue;
    if (report_.alarms.size() == kMaxAlarms) break;
    report_.alarms.push_back(
        {engine::AlarmKind::kWeakensGuard, "trust.allowedSigners",
         "weakens a guard from the next apply on: " + own.principals +
             " may sign with " + Fingerprint(own.key)});
  }
}

Status TrustJudge::JudgeCommits() {
  FindNewSigners();
  const SignedCommit head = TRY(manifests::ReadSignedCommit(path(), tip().id));
  const CommitVerdict verdict = Judge(head);
  if (verdict.outcome == Outcome::kTrusted) {
    report_.signed_by = verdict.signed_by;
    if (mode_ == TrustMode::kHead) return {};
  }
  if (mode_ == TrustMode::kNone) return {};
  return JudgeRange(head, verdict);
}

// What the base's history holds is trusted with it. A head that is a merge is
// trusted by its parents.
Status TrustJudge::JudgeRange(const SignedCommit& head,
                              const CommitVerdict& verdict) {
  const std::string& id = head.commit.id;
  const auto commits = TRY(manifests::CommitsSince(path(), base_, id));
  if (mode_ == TrustMode::kHead && commits.empty() && id != base_) {
    Refuse(Sentence(head.commit, verdict.why));
  }
  std::set<std::string> untrusted;
  for (const SignedCommit& commit : commits) {
    const CommitVerdict each = Judge(commit);
    const bool trusted = each.outcome == Outcome::kTrusted ||
                         TRY(IsTrustedMerge(commit, each, untrusted));
    if (trusted) continue;
    untrusted.insert(commit.commit.id);
    if (mode_ != TrustMode::kRange && commit.commit.id != id) continue;
    std::string why = each.why;
    if (each.outcome == Outcome::kForeign && commit.parents.size() > 1) {
      why += ", and isn't just a merge of trusted commits";
    }
    Refuse(Sentence(commit.commit, why));
  }
  return {};
}

// The file as a whole is what was signed: what patches and variables make of it
// stands elsewhere.
Status TrustJudge::JudgeApproval(const DeclaredException& exception) {
  if (exception.approved_by.empty()) {
    Refuse(exception.address +
           " names nobody who approves it: write approvedBy, and let them sign "
           "the commit that brings it");
    return {};
  }
  const auto text = TRY(ReadText(*question_.source, exception.file));
  if (exception.is_patched || (text && text->find("${") != std::string::npos)) {
    Refuse(exception.address +
           " isn't written out in its file, so that nobody can approve it: no "
           "patch may change it, and no variable stand in that file");
    return {};
  }
  const auto brought = TRY(manifests::LastCommitTouching(
      AtCommit(*options_.request, tip().id), exception.file));
  if (!brought) {
    Refuse(exception.address +
           " comes from no commit that could be found: its history is shallow "
           "(git fetch --unshallow), or too long");
    return {};
  }
  if (TRY(manifests::IsAncestor(path(), brought->id, base_))) return {};
  const SignedCommit commit =
      TRY(manifests::ReadSignedCommit(path(), brought->id));
  const CommitVerdict verdict = Judge(commit);
  const bool is_signed = verdict.outcome == Outcome::kTrusted;
  // Hosts of addresses don't care about case, and people don't either.
  if (is_signed &&
      EqualsIgnoringCase(verdict.signed_by, exception.approved_by)) {
    return {};
  }
  Refuse(exception.address + " is approved by " + exception.approved_by +
         ", who has to sign the commit that brings it: " +
         Sentence(*brought, is_signed ? "is signed by " + verdict.signed_by
                                      : verdict.why));
  return {};
}

// Who changed a file last; history is walked once a file.
class FileAuthors {
 public:
  FileAuthors(const manifests::SourceRequest& request, const Commit& tip)
      : request_(request), tip_(tip) {}

  // The tip's, where the file is no more: it took it away.
  Result<Commit> Of(const std::string& file) {
    auto known = known_.find(file);
    if (known == known_.end()) {
      auto touching = TRY(manifests::LastCommitTouching(request_, file));
      known = known_.emplace(file, touching.value_or(tip_)).first;
    }
    return known->second;
  }

 private:
  const manifests::SourceRequest& request_;
  const Commit& tip_;
  std::map<std::string, Commit> known_;
};

}  // namespace

Result<TrustReport> JudgeTrust(const TrustQuestion& question,
                               const TrustOptions& options,
                               Diagnostics& diagnostics) {
  return TrustJudge(question, options, diagnostics).Run();
}

Status JudgeOwnApprovals(const std::map<std::string, std::string>& approvers,
                         const TrustOptions& options, engine::Plan& plan) {
  if (!options.request || plan.commit.id.empty()) return {};
  const manifests::SourceRequest request =
      AtCommit(*options.request, plan.commit.id);
  FileAuthors authors(request, plan.commit);
  std::set<std::string> said;
  for (const engine::Change& change : plan.changes) {
    for (const engine::Finding& finding : change.findings) {
      const auto approver = approvers.find(finding.exception);
      if (finding.verdict != engine::Verdict::kExempt ||
          approver == approvers.end()) {
        continue;
      }
      const Commit author = TRY(authors.Of(change.written_at.file));
      if (!EqualsIgnoringCase(author.author_email, approver->second)) continue;
      const std::string sentence =
          "PolicyException/" + finding.exception + " lets off " +
          change.id.address() + ", which its approver, " + approver->second +
          ", changed as well: " +
          Sentence(author, "needs somebody else's approval");
      if (said.insert(sentence).second) plan.untrusted.push_back(sentence);
    }
  }
  return {};
}

}  // namespace writ::reconciler
