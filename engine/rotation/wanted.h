// Whether a token wants a rotation now, and why.
//
// Pure, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/rotation/rotation.h"
#include "engine/schedule/rotation_due.h"
#include "schema/result.h"

namespace writ::engine::rotation {

// What a credential was issued for. Kept with it; where the token asks for
// something else now, it wants another one. Lists are sorted sets; an aspect
// that isn't to ask for a rotation is left empty.
struct Basis {
  std::optional<std::int64_t> rotation_id;
  std::vector<std::string> scopes;
  std::vector<std::string> networks;
  std::vector<std::string> targets;  // "github-ci VELA_CLIENT_SECRET dedicated"

  bool operator==(const Basis&) const = default;
};

std::string PrintBasis(const Basis& basis);
Result<Basis> ParseBasis(std::string_view text);  // kCorrupt

struct TokenNow {
  Basis issued;                    // of the credential that is valid
  Basis desired;                   // of the token as it is declared
  std::optional<RotationDue> due;  // none: it has no schedule
  // The last rotation of it, where that was rolled back.
  std::optional<Timestamp> rolled_back_at;
};

// The most telling cause; empty: it wants none. What was rolled back is tried
// again at its next occurrence, or after a day.
std::optional<Cause> FindCause(const TokenNow& token, Timestamp now);

// Whether what was rolled back then may be tried again.
bool IsRested(const std::optional<Timestamp>& rolled_back_at, Timestamp now);

}  // namespace writ::engine::rotation
