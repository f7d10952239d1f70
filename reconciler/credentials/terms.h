// What a live Token says of the credentials that are issued for it: its family,
// their rights, how long they last, how many there may be. Read from the
// Token's content and what it refers to, as they are live (not as some manifest
// has them).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/credentials/rights.h"
#include "reconciler/store/state_store.h"
#include "schema/credential/token_format.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

struct TokenDelivery {
  ResourceId target;
  std::string name;  // the variable's
  bool dedicated = false;
};

struct TokenTerms {
  ResourceId token;
  std::string token_uid;
  std::string label;
  TokenFamily family = TokenFamily::kClientSecret;
  CredentialRights rights;
  std::optional<Timestamp> not_before;
  std::optional<Timestamp> expires_at;    // a fixed end
  std::optional<Duration> expires_after;  // since issue
  int max_active = 2;
  std::optional<ResourceId> rotation;  // a RotationSchedule
  std::vector<TokenDelivery> deliver_to;

  // When a credential issued at that moment expires.
  std::optional<Timestamp> ExpiryOf(Timestamp issued_at) const;
};

// kNotFound where the Token isn't live, or something that it refers to isn't;
// kInvalidArgument for another kind; kCorrupt.
Result<TokenTerms> ReadTerms(StateStore& store, const ResourceId& token);

}  // namespace writ::reconciler
