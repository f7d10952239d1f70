// Answering a leak: of a text that somebody reports, each token that this state
// issued is revoked, or hands over to an emergency rotation that revokes it. A
// token is matched by its digest, and neither logged nor kept (T-23).
//
// Works without the master key and under any clock. Blocks on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/credentials/credentials.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

enum class LeakOutcome : std::uint8_t {
  kNotOurs,       // shaped like one of writ's, never issued by this state
  kEndedAlready,  // revoked, void or expired before
  kRevoked,
  kRotating,  // an emergency rotation answers for it
};

// "not_ours", "revoked"
std::string_view Name(LeakOutcome outcome);

struct LeakAnswer {
  std::string hint;  // what may be shown of it
  LeakOutcome outcome = LeakOutcome::kNotOurs;
  std::optional<CredentialRecord> record;
};

// Replaces a credential before it is revoked, where somebody can: what it is
// delivered to would stand without one.
class EmergencyRotation {
 public:
  virtual ~EmergencyRotation() = default;
  // True: the caller begins a rotation of it once the transaction is durable,
  // and revokes it where that doesn't. False: it is revoked within the
  // transaction.
  virtual Result<bool> TakesOver(const CredentialRecord& leaked) = 0;
};

// Each token of the text once, in the order in which they stand. All in one
// transaction. `rotation` null: there is none.
Result<std::vector<LeakAnswer>> AnswerLeaks(StateStore& store,
                                            Credentials& credentials,
                                            std::string_view text,
                                            const Author& author,
                                            EmergencyRotation* rotation);

}  // namespace writ::reconciler
