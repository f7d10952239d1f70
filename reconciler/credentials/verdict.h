// What a presented token comes to. Inside, a verdict says exactly why, for logs
// and the audit; outside, everything but kValid is the same 401 (S-36), so that
// nobody learns from an answer whether a token ever was one.
//
// Judging is pure: over a row that somebody found by the token's digest, the
// rights parsed from it, and the moment. The gateway does it on a snapshot,
// Credentials::Verify on the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reconciler/credentials/rights.h"
#include "reconciler/host/ip_network.h"
#include "reconciler/store/credential_records.h"
#include "schema/time.h"

namespace writ::reconciler {

enum class Verdict : std::uint8_t {
  kValid,
  kMalformed,     // no token of any family, or with a wrong checksum
  kUnknown,       // never issued here, or its value went nowhere
  kTampered,      // the row's MAC doesn't hold (T-13)
  kRevoked,       // by a person, a rotation, or the file of revocations
  kRestored,      // the state was restored and isn't accepted yet (T-10)
  kPending,       // minted, not handed out yet
  kSuspended,     // may be resumed
  kNotYetValid,   // before notBefore
  kExpired,       // from expiresAt on, for good (T-24)
  kWrongAddress,  // not from where it may be used (S-22)
};

// "valid", "not_yet_valid"; the same words in logs, JSON and the audit.
std::string_view Name(Verdict verdict);

// Whether a text may be looked up at all: it has the family and shape of one
// that was imported, which any of writ's own format has too. Who knows that
// nothing was imported asks ParseToken instead, and looks nothing up for a
// wrong checksum.
bool IsWorthLookingUp(std::string_view token);

// What judging needs beside the row.
struct Circumstances {
  Timestamp now;                     // no earlier than the store's high water
  std::optional<IpAddress> address;  // the client's; absent: not judged
  bool is_authentic = true;          // the row's MAC holds
  bool is_revoked_for_good = false;  // CredentialTable::IsRevokedForGood
  bool is_restored = false;          // StateFacts::restored
};

// REQUIRES: `rights` is what the record's says, and the record was found by the
// digest of `token`.
Verdict Judge(std::string_view token, const CredentialRecord& record,
              const CredentialRights& rights,
              const Circumstances& circumstances);

// What ended_by says of a credential that nobody ended: its expiry did, or its
// value went nowhere.
inline constexpr char kEndedByExpiry[] = "expiry";
inline constexpr char kEndedAsVoid[] = "void";

}  // namespace writ::reconciler
