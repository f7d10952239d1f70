// What an environment's `trust:` says (language.md): which commits may be
// applied to it, by their signatures.
//
// A plain value; the functions are pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/value.h"

namespace writ::reconciler {

// In the order of strictness.
enum class TrustMode : std::uint8_t {
  kNone,   // nothing is asked
  kHead,   // of the commit that is applied
  kRange,  // of every commit since the last applied one
};

std::string_view Name(TrustMode mode);
std::optional<TrustMode> ParseTrustMode(std::string_view name);

struct TrustSettings {
  TrustMode mode = TrustMode::kNone;
  std::string allowed_signers;               // from the source's root
  std::vector<std::string> authors = {"*"};  // patterns of addresses, sorted
  std::vector<std::string> committers = {"*"};

  bool operator==(const TrustSettings&) const = default;
};

// Of a map with the fields of `trust:`; what isn't there stays as it is by
// default. nullopt where a field isn't what it should be.
std::optional<TrustSettings> ReadTrust(const Value& value);
Value ToValue(const TrustSettings& settings);

}  // namespace writ::reconciler
