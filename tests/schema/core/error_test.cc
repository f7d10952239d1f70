#include "schema/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace writ {
namespace {

struct Row {
  ErrorCode code;
  std::string_view name;
  bool retryable;
  ExitCode exit_code;
  int http_status;
};

// Written out once more: names, retries and exit codes are promises.
const std::vector<Row>& Rows() {
  static const std::vector<Row> kRows = {
      {ErrorCode::kInternal, "internal", false, ExitCode::kError, 500},
      {ErrorCode::kInvalidArgument, "invalid_argument", false, ExitCode::kUsage,
       400},
      {ErrorCode::kInvalidManifest, "invalid_manifest", false,
       ExitCode::kInvalid, 422},
      {ErrorCode::kNotFound, "not_found", false, ExitCode::kError, 404},
      {ErrorCode::kPermission, "permission", false, ExitCode::kError, 403},
      {ErrorCode::kIo, "io", true, ExitCode::kError, 503},
      {ErrorCode::kCorrupt, "corrupt", false, ExitCode::kError, 500},
      {ErrorCode::kUnsupported, "unsupported", false, ExitCode::kError, 501},
      {ErrorCode::kLimit, "limit", false, ExitCode::kError, 413},
      {ErrorCode::kDenied, "denied", false, ExitCode::kDenied, 403},
      {ErrorCode::kUnsafe, "unsafe", false, ExitCode::kUnsafe, 409},
      {ErrorCode::kStale, "stale", true, ExitCode::kStale, 409},
      {ErrorCode::kLocked, "locked", true, ExitCode::kLocked, 503},
      {ErrorCode::kPartial, "partial", true, ExitCode::kPartial, 500},
      {ErrorCode::kUntrusted, "untrusted", false, ExitCode::kUntrusted, 403},
      {ErrorCode::kConflict, "conflict", true, ExitCode::kError, 409},
      {ErrorCode::kInterrupted, "interrupted", true, ExitCode::kInterrupted,
       503},
  };
  return kRows;
}

// Design, section 4: "First of … that holds".
const std::vector<int>& Precedence() {
  static const std::vector<int> kCodes = {130, 64, 1, 3, 9, 7,
                                          6,   4,  5, 8, 2, 0};
  return kCodes;
}

ExitCode ToCode(int number) { return static_cast<ExitCode>(number); }

TEST(ErrorCode, NameRetryAndExitCodeFollowFromTheCode) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Name(row.code), row.name);
    EXPECT_EQ(IsRetryable(row.code), row.retryable);
    EXPECT_EQ(ToExitCode(row.code), row.exit_code);
    EXPECT_EQ(ToHttpStatus(row.code), row.http_status);
  }
}

TEST(ErrorCode, EachHasARowAndANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInterrupted); ++i) {
    names.insert(Name(static_cast<ErrorCode>(i)));
  }
  EXPECT_EQ(names.size(), Rows().size());
}

TEST(ExitCode, WorseFollowsTheDesignsOrder) {
  const std::vector<int>& codes = Precedence();
  for (std::size_t i = 0; i < codes.size(); ++i) {
    for (std::size_t j = 0; j < codes.size(); ++j) {
      EXPECT_EQ(Worse(ToCode(codes[i]), ToCode(codes[j])),
                ToCode(codes[std::min(i, j)]))
          << codes[i] << " and " << codes[j];
    }
  }
}

TEST(ExitCode, EveryErrorsCodeIsInTheOrder) {
  for (const Row& row : Rows()) {
    const int number = static_cast<int>(ToExitCode(row.code));
    EXPECT_EQ(std::count(Precedence().begin(), Precedence().end(), number), 1);
  }
}

TEST(Error, DescribesItselfWithItsContextInnermostFirst) {
  EXPECT_EQ(Describe({ErrorCode::kIo, "the disk is full", "make room", {}}),
            "the disk is full");
  EXPECT_EQ(Describe({ErrorCode::kIo,
                      "the disk is full",
                      "make room",
                      {"while writing state.db", "while applying"}}),
            "the disk is full (while writing state.db; while applying)");
}

}  // namespace
}  // namespace writ
