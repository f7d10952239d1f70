#include "reconciler/trust/commit_verdict.h"

#include <algorithm>
#include <utility>

#include "reconciler/trust/ssh_signature.h"

namespace writ::reconciler {
namespace {

using Outcome = CommitVerdict::Outcome;

constexpr std::string_view kNamespace = "git";

CommitVerdict Foreign(std::string why) {
  return {Outcome::kForeign, "", std::move(why)};
}

CommitVerdict Refused(std::string why) {
  return {Outcome::kRefused, "", std::move(why)};
}

std::string Day(Timestamp at) { return FormatTimestamp(at); }

// Why that line doesn't let the key sign the commit; empty: it does.
std::string Objection(const AllowedSigner& signer, const std::string& file,
                      const manifests::SignedCommit& commit, Timestamp now) {
  const std::string line =
      " (" + file + ":" + std::to_string(signer.line) + ")";
  if (signer.namespaces && !MeetsPatterns(kNamespace, *signer.namespaces)) {
    return "is signed with a key that may sign \"" + *signer.namespaces +
           "\", but not git" + line;
  }
  const std::string key = "is signed with the key of " + commit.committer_email;
  const Timestamp made = commit.committed_at;
  if (signer.valid_after && made < *signer.valid_after) {
    return key + " at " + Day(made) + ", before it was valid: from " +
           Day(*signer.valid_after) + line;
  }
  if (signer.valid_after && now < *signer.valid_after) {
    return key + ", which isn't valid before " + Day(*signer.valid_after) +
           line;
  }
  if (signer.valid_before && made > *signer.valid_before) {
    return key + " at " + Day(made) + ", after it had expired: at " +
           Day(*signer.valid_before) + line;
  }
  if (signer.valid_before && now > *signer.valid_before) {
    return key + ", which has expired: at " + Day(*signer.valid_before) + line;
  }
  return "";
}

CommitVerdict JudgeKey(const SshKey& key, const manifests::SignedCommit& commit,
                       const AllowedSigners& signers, Timestamp now) {
  const AllowedSigner* of_other = nullptr;
  std::string objection;
  for (const AllowedSigner& signer : signers.signers) {
    if (signer.key != key) continue;
    const bool names = !commit.committer_email.empty() &&
                       MeetsPatterns(commit.committer_email, signer.principals);
    if (!names) {
      if (of_other == nullptr) of_other = &signer;
      continue;
    }
    std::string against = Objection(signer, signers.file, commit, now);
    if (against.empty()) {
      return {Outcome::kTrusted, commit.committer_email, ""};
    }
    if (objection.empty()) objection = std::move(against);
  }
  if (!objection.empty()) return Refused(std::move(objection));
  if (of_other == nullptr) {
    return Foreign("is signed with a key that no allowed signer has: " +
                   Fingerprint(key));
  }
  return Refused("is committed by " + commit.committer_email +
                 ", but signed with the key of " + of_other->principals + " (" +
                 signers.file + ":" + std::to_string(of_other->line) + ")");
}

bool MeetsAny(const std::string& address,
              const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) {
                       return MeetsPattern(address, pattern);
                     });
}

std::string PeopleObjection(const manifests::SignedCommit& commit,
                            const std::vector<TrustSettings>& settings) {
  for (const TrustSettings& each : settings) {
    if (!MeetsAny(commit.commit.author_email, each.authors)) {
      return "is written by " + commit.commit.author_email +
             ", whom trust.authors doesn't let";
    }
    if (!MeetsAny(commit.committer_email, each.committers)) {
      return "is committed by " + commit.committer_email +
             ", whom trust.committers doesn't let";
    }
  }
  return "";
}

}  // namespace

CommitVerdict JudgeCommit(const manifests::SignedCommit& commit,
                          const AllowedSigners& signers,
                          const std::vector<TrustSettings>& settings,
                          Timestamp now) {
  if (commit.signature.empty()) return Foreign("carries no signature");
  const auto signature = ParseSshSignature(commit.signature);
  if (!signature) {
    std::string why = "carries a signature that can't be verified: " +
                      signature.error().message;
    return signature.error().code == ErrorCode::kUnsupported
               ? Foreign(std::move(why))
               : Refused(std::move(why));
  }
  if (signature->name_space != kNamespace) {
    return Refused(
        "carries a signature that was made for something else than "
        "a commit");
  }
  if (!Verifies(*signature, commit.signed_text)) {
    return Refused("isn't what was signed: its signature doesn't fit");
  }
  CommitVerdict verdict = JudgeKey(signature->key, commit, signers, now);
  if (verdict.outcome != Outcome::kTrusted) return verdict;
  std::string objection = PeopleObjection(commit, settings);
  if (!objection.empty()) return Refused(std::move(objection));
  return verdict;
}

}  // namespace writ::reconciler
