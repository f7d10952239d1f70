// A small file that only its owner reads: a pulled .env file, a cached key.
#pragma once

#include <optional>
#include <string>

#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// At most 1 MiB, without one newline at its end; nothing where there is none.
// kPermission for a link, for one that others may read, and for one of another
// user.
Result<std::optional<SecretValue>> ReadPrivateFile(const std::string& file);

enum class Overwrite : std::uint8_t { kNever, kReplace };

// 0600 under any umask, durable, and whole or not at all: a new file that is
// renamed into place. Never through a link. kConflict where it is there and may
// not be replaced.
Status WritePrivateFile(const std::string& file, const SecretValue& text,
                        Overwrite overwrite);

}  // namespace writ::reconciler
