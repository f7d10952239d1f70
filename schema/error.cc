#include "schema/error.h"

#include <algorithm>
#include <array>

#include "schema/check.h"

namespace writ {
namespace {

struct Row {
  ErrorCode code;
  std::string_view name;
  bool retryable;
  ExitCode exit_code;
  int http_status;
};

// The one table of error codes.
constexpr std::array kTable = {
    Row{ErrorCode::kInternal, "internal", false, ExitCode::kError, 500},
    Row{ErrorCode::kInvalidArgument, "invalid_argument", false,
        ExitCode::kUsage, 400},
    Row{ErrorCode::kInvalidManifest, "invalid_manifest", false,
        ExitCode::kInvalid, 422},
    Row{ErrorCode::kNotFound, "not_found", false, ExitCode::kError, 404},
    Row{ErrorCode::kPermission, "permission", false, ExitCode::kError, 403},
    Row{ErrorCode::kIo, "io", true, ExitCode::kError, 503},
    Row{ErrorCode::kCorrupt, "corrupt", false, ExitCode::kError, 500},
    Row{ErrorCode::kUnsupported, "unsupported", false, ExitCode::kError, 501},
    Row{ErrorCode::kLimit, "limit", false, ExitCode::kError, 413},
    Row{ErrorCode::kDenied, "denied", false, ExitCode::kDenied, 403},
    Row{ErrorCode::kUnsafe, "unsafe", false, ExitCode::kUnsafe, 409},
    Row{ErrorCode::kStale, "stale", true, ExitCode::kStale, 409},
    Row{ErrorCode::kLocked, "locked", true, ExitCode::kLocked, 503},
    Row{ErrorCode::kPartial, "partial", true, ExitCode::kPartial, 500},
    Row{ErrorCode::kUntrusted, "untrusted", false, ExitCode::kUntrusted, 403},
    Row{ErrorCode::kConflict, "conflict", true, ExitCode::kError, 409},
    Row{ErrorCode::kInterrupted, "interrupted", true, ExitCode::kInterrupted,
        503},
};

// Most urgent first (design, section 4).
constexpr std::array kPrecedence = {
    ExitCode::kInterrupted, ExitCode::kUsage,     ExitCode::kError,
    ExitCode::kInvalid,     ExitCode::kUntrusted, ExitCode::kLocked,
    ExitCode::kStale,       ExitCode::kDenied,    ExitCode::kUnsafe,
    ExitCode::kPartial,     ExitCode::kChanges,   ExitCode::kDone,
};

const Row& RowOf(ErrorCode code) {
  const auto* row = std::find_if(kTable.begin(), kTable.end(),
                                 [&](const Row& r) { return r.code == code; });
  CHECK(row != kTable.end());
  return *row;
}

}  // namespace

std::string Describe(const Error& error) {
  std::string text = error.message;
  if (error.context.empty()) return text;
  text += " (";
  for (std::size_t i = 0; i < error.context.size(); ++i) {
    if (i > 0) text += "; ";
    text += error.context[i];
  }
  text += ")";
  return text;
}

std::string_view Name(ErrorCode code) { return RowOf(code).name; }

bool IsRetryable(ErrorCode code) { return RowOf(code).retryable; }

ExitCode ToExitCode(ErrorCode code) { return RowOf(code).exit_code; }

int ToHttpStatus(ErrorCode code) { return RowOf(code).http_status; }

ExitCode Worse(ExitCode a, ExitCode b) {
  for (ExitCode code : kPrecedence) {
    if (code == a || code == b) return code;
  }
  return a;
}

}  // namespace writ
