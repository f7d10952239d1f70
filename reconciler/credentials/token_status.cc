#include "reconciler/credentials/token_status.h"

#include "reconciler/credentials/verdict.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kDateSize = 10;  // of an RFC 3339 timestamp

// What is suspended may come back, and is said before what is revoked.
bool IsSaidBefore(const CredentialRecord& a, const CredentialRecord& b) {
  if (a.status != b.status) return a.status == CredentialStatus::kSuspended;
  return a.ended_at > b.ended_at;
}

}  // namespace

std::string_view StandingOf(const CredentialRecord& record, Timestamp now) {
  const bool has_expired = record.expires_at && *record.expires_at <= now;
  switch (record.status) {
    case CredentialStatus::kPending:
      return "pending";
    case CredentialStatus::kActive:
      return has_expired ? "expired" : "active";
    case CredentialStatus::kSuspended:
      return has_expired ? "expired" : "suspended";
    case CredentialStatus::kRevoked:
      if (record.ended_by == kEndedAsVoid) return "void";
      return record.ended_by == kEndedByExpiry ? "expired" : "revoked";
  }
  return "";
}

std::string DescribeStanding(const CredentialRecord& record, Timestamp now) {
  std::string text(StandingOf(record, now));
  if (text != "suspended" && text != "revoked") return text;
  text += " by " + record.ended_by;
  if (record.ended_at) {
    text += " on " + FormatTimestamp(*record.ended_at).substr(0, kDateSize);
  }
  return text;
}

std::string DescribeToken(const std::vector<CredentialRecord>& records,
                          Timestamp now) {
  const CredentialRecord* said = nullptr;
  for (const CredentialRecord& record : records) {
    const std::string_view standing = StandingOf(record, now);
    if (standing == "active") return "issued";
    if (standing == "pending" || standing == "void") continue;
    if (said == nullptr || IsSaidBefore(record, *said)) said = &record;
  }
  return said == nullptr ? "not issued" : DescribeStanding(*said, now);
}

}  // namespace writ::reconciler
