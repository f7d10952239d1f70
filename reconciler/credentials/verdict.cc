#include "reconciler/credentials/verdict.h"

#include "schema/credential/token_format.h"

namespace writ::reconciler {
namespace {

// Whatever else the row says, an end stands: it needs no MAC, since it only
// takes away.
std::optional<Verdict> JudgeEnd(const CredentialRecord& record,
                                const Circumstances& circumstances) {
  const bool ended = record.status == CredentialStatus::kRevoked;
  if (!ended && !circumstances.is_revoked_for_good) return std::nullopt;
  return ended && record.ended_by == kEndedByExpiry ? Verdict::kExpired
                                                    : Verdict::kRevoked;
}

Verdict JudgeTime(const CredentialRecord& record, Timestamp now) {
  if (record.expires_at && now >= *record.expires_at) return Verdict::kExpired;
  if (record.not_before && now < *record.not_before) {
    return Verdict::kNotYetValid;
  }
  return Verdict::kValid;
}

}  // namespace

std::string_view Name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kValid:
      return "valid";
    case Verdict::kMalformed:
      return "malformed";
    case Verdict::kUnknown:
      return "unknown";
    case Verdict::kTampered:
      return "tampered";
    case Verdict::kRevoked:
      return "revoked";
    case Verdict::kRestored:
      return "restored";
    case Verdict::kPending:
      return "pending";
    case Verdict::kSuspended:
      return "suspended";
    case Verdict::kNotYetValid:
      return "not_yet_valid";
    case Verdict::kExpired:
      return "expired";
    case Verdict::kWrongAddress:
      return "wrong_address";
  }
  return "";
}

bool IsWorthLookingUp(std::string_view token) {
  // Which ParseToken implies, at the price of a checksum.
  return ParseForeignToken(token).has_value();
}

Verdict Judge(std::string_view token, const CredentialRecord& record,
              const CredentialRights& rights,
              const Circumstances& circumstances) {
  if (const auto end = JudgeEnd(record, circumstances)) return *end;
  if (!circumstances.is_authentic) return Verdict::kTampered;
  if (!rights.foreign && !ParseToken(token)) return Verdict::kMalformed;
  if (circumstances.is_restored) return Verdict::kRestored;
  if (record.status == CredentialStatus::kPending) return Verdict::kPending;
  if (record.status == CredentialStatus::kSuspended) return Verdict::kSuspended;
  const Verdict timely = JudgeTime(record, circumstances.now);
  if (timely != Verdict::kValid) return timely;
  if (circumstances.address && !rights.AllowsAddress(*circumstances.address)) {
    return Verdict::kWrongAddress;
  }
  return Verdict::kValid;
}

}  // namespace writ::reconciler
