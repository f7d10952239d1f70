// Strong random values (S-47). Pure but for the randomness.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "reconciler/clock.h"
#include "reconciler/secrets/secret_resource.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

enum class Alphabet : std::uint8_t {
  kAlphanumeric,
  kHexadecimal,
  kUrlSafe,  // letters, digits, - and _
  kSymbols,  // whatever can be typed but space, quotes, \, $ and `
  kDigits,
};

// "alphanumeric", "hex", "url-safe", "symbols", "digits".
std::optional<Alphabet> ParseAlphabet(std::string_view name);

struct GenerateOptions {
  std::int64_t length = 32;
  Alphabet alphabet = Alphabet::kAlphanumeric;
};

// Each character as likely as any other. 16 to 4096 characters; for a number
// 6 to 15 digits, which every platform reads exactly. kInvalidArgument for
// other lengths and for types that can't be random.
Result<SecretValue> GenerateValue(SecretType type, GenerateOptions options,
                                  Random& random);

}  // namespace writ::reconciler
