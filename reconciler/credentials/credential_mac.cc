#include "reconciler/credentials/credential_mac.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace writ::reconciler {
namespace {

constexpr char kPurpose[] = "credential";

std::string Number(Timestamp at) {
  return std::to_string(at.time_since_epoch().count());
}

// Absent and 1970 differ: the absent one is empty.
std::string Number(const std::optional<Timestamp>& at) {
  return at ? Number(*at) : std::string();
}

}  // namespace

Result<Digest> CredentialMac(const KeyRing& keys,
                             const CredentialRecord& record) {
  const std::string status = std::to_string(static_cast<int>(record.status));
  const std::string issued = Number(record.issued_at);
  const std::string from = Number(record.not_before);
  const std::string until = Number(record.expires_at);
  const std::string ended = Number(record.ended_at);
  const std::string generation = std::to_string(record.key_generation);
  const std::string_view reach = record.target.empty() ? "" : "dedicated";
  const std::array<std::string_view, 17> parts = {record.id,
                                                  record.token_uid,
                                                  reach,
                                                  record.family,
                                                  record.digest.Bytes(),
                                                  record.hint,
                                                  status,
                                                  record.rights,
                                                  issued,
                                                  record.issued_by,
                                                  from,
                                                  until,
                                                  record.rotation,
                                                  ended,
                                                  record.ended_by,
                                                  record.ended_why,
                                                  generation};
  return keys.Mac(record.key_generation, kPurpose, parts);
}

Status SignCredential(const KeyRing& keys, CredentialRecord& record) {
  record.key_generation = keys.newest();
  record.mac = TRY(CredentialMac(keys, record));
  return {};
}

bool HasRightMac(const KeyRing& keys, const CredentialRecord& record) {
  const Result<Digest> mac = CredentialMac(keys, record);
  return mac && *mac == record.mac;
}

Result<bool> SignAgain(const KeyRing& keys, CredentialRecord& record) {
  if (!HasRightMac(keys, record)) return false;
  TRY(SignCredential(keys, record));
  return true;
}

}  // namespace writ::reconciler
