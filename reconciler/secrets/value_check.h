// What a value may be: not empty, of its secret's type, no longer than the
// platforms take. Errors never hold a part of it. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "reconciler/secrets/secret_resource.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// AWS Secrets Manager's and Vercel's limit, the smallest of the platforms'.
inline constexpr std::size_t kMaxSecretSize = 64 * 1024;

// S-41, S-44: "Secret key is required" and what else a key must be.
Status CheckSecretKey(std::string_view key);

// UTF-8 without NUL, since environments and JSON hold no other; "true" or
// "false" for a boolean; a number as JSON writes it; JSON. kInvalidArgument,
// kLimit.
Status CheckSecretValue(SecretType type, const SecretValue& value);

// One JSON document and nothing else, at most 64 levels deep. Copies no byte.
bool IsJson(std::string_view text);
bool IsJsonNumber(std::string_view text);

}  // namespace writ::reconciler
