// The master key: exactly 32 bytes, written in base64, from the file that
// WRIT_MASTER_KEY_FILE names, else from WRIT_MASTER_KEY itself (design, section
// 6; T-14). The environment's copy is wiped once read, and the process made
// undumpable before.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "reconciler/clock.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

inline constexpr std::size_t kMasterKeySize = 32;
inline constexpr char kMasterKeyVariable[] = "WRIT_MASTER_KEY";
inline constexpr char kMasterKeyFileVariable[] = "WRIT_MASTER_KEY_FILE";

struct MasterKey {
  SecretValue bytes;   // kMasterKeySize of them
  std::string source;  // for messages: "the file /run/writ/key"
};

// PR_SET_DUMPABLE 0 and RLIMIT_CORE 0. Called before a key or a value is read.
Status ForbidDumps();

// From the process's environment. Nothing where neither variable is set.
// kInvalidArgument for a key of another size, kPermission for a file that
// others may read, kNotFound, kIo. Called once, before threads are started: it
// wipes WRIT_MASTER_KEY, where the kernel shows it too, whether it is used or
// not.
Result<std::optional<MasterKey>> ReadMasterKey();

// Of one file; errors as above.
Result<MasterKey> ReadMasterKeyFile(const std::string& file);

// A new key in a new file (0600, O_EXCL), base64 and a newline; durable when it
// returns. kConflict where the file is there.
Result<MasterKey> CreateMasterKeyFile(const std::string& file, Random& random);

}  // namespace writ::reconciler
