// A value that only the holder of a key can read: libsodium's sealed box, which
// GitHub takes and webhooks may ask for. Never the same twice, so that two of
// them can't be compared.
#pragma once

#include <string>

#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler::targets {

// Both in base64. kInvalidArgument where the key is none.
Result<std::string> SealTo(const std::string& public_key,
                           const SecretValue& value);

}  // namespace writ::reconciler::targets
