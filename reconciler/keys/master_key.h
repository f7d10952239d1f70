// The master key: exactly 32 bytes, from the file that WRIT_MASTER_KEY_FILE
// names, else from WRIT_MASTER_KEY in base64 (design, section 6; T-14). The
// environment's copy is wiped once read, and the process made undumpable
// before.
#pragma once

#include <optional>
#include <string>

#include "reconciler/clock.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

inline constexpr std::size_t kMasterKeySize = 32;

struct MasterKey {
  SecretValue bytes;   // kMasterKeySize of them
  std::string source;  // for messages: "the file /run/writ/key"
};

// PR_SET_DUMPABLE 0 and RLIMIT_CORE 0. Called before a key or a value is read.
Status ForbidDumps();

// Nothing where neither variable is set. kInvalidArgument for a key of another
// size, kPermission for a file that others may read, kIo. Called once, before
// threads are started: it wipes the variable.
Result<std::optional<MasterKey>> ReadMasterKey();

// A new key in a new file (0600, O_EXCL), base64 and a newline; durable when it
// returns. kConflict where the file is there.
Status CreateMasterKeyFile(const std::string& file, Random& random);

}  // namespace writ::reconciler
