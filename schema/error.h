// What a failed operation says. An Error names a code of a closed set, a
// message in the user's words, and the context that gathered while it rose
// ("while planning App/order-service"). Whether to retry and how the process
// ends follow from the code alone, in error.cc.
//
// Plain values; safe to copy and to use from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

enum class ErrorCode : std::uint8_t {
  kInternal,         // an operation failed and no code below fits
  kInvalidArgument,  // what the command line asked for can't be
  kInvalidManifest,  // the manifests are wrong; diagnostics say where
  kNotFound,         // a ref, file, resource or state that isn't there
  kPermission,       // the operating system or the repository's owner refuses
  kIo,               // disk full, read-only, a short read
  kCorrupt,          // stored bytes are not what was written
  kUnsupported,      // newer format, or something this build can't do
  kLimit,            // a stated limit was met
  kDenied,           // a policy refuses
  kUnsafe,           // a safety rule refuses
  kStale,            // what the plan speaks of has moved
  kLocked,           // somebody else holds the lease
  kPartial,          // some changes were applied, some were not
  kUntrusted,        // the commit is not one that may be applied
  kConflict,         // a newer generation was written meanwhile
  kInterrupted,      // a signal asked to stop
};

// Exit codes of the command line (design, section 4), the same for every
// command and in JSON as `exit_code`.
enum class ExitCode : std::uint8_t {
  kDone = 0,
  kError = 1,
  kChanges = 2,
  kInvalid = 3,
  kDenied = 4,
  kUnsafe = 5,
  kStale = 6,
  kLocked = 7,
  kPartial = 8,
  kUntrusted = 9,
  kUsage = 64,
  kInterrupted = 130,
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;               // one sentence, no final full stop
  std::string remedy;                // what to do; empty where nothing is known
  std::vector<std::string> context;  // innermost first: "while reading x"
};

// "message (while a; while b)" on one line; the remedy is not part of it.
std::string Describe(const Error& error);

// The stable name of a code, as JSON shows it: "not_found".
std::string_view Name(ErrorCode code);

// True when doing the same again later may succeed.
bool IsRetryable(ErrorCode code);

ExitCode ToExitCode(ErrorCode code);

// How a request ends that failed so (RFC 9110): 404, 409, 503 where trying
// again may help, 500 for what the client can't mend.
int ToHttpStatus(ErrorCode code);

// The more urgent of two: the first of 130, 64, 1, 3, 9, 7, 6, 4, 5, 8, 2, 0.
ExitCode Worse(ExitCode a, ExitCode b);

}  // namespace writ
