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
};

// Written out once more: names, retries and exit codes are promises.
const std::vector<Row>& Rows() {
  static const std::vector<Row> kRows = {
      {ErrorCode::kInternal, "internal", false, ExitCode::kError},
      {ErrorCode::kInvalidArgument, "invalid_argument", false,
       ExitCode::kUsage},
      {ErrorCode::kInvalidManifest, "invalid_manifest", false,
       ExitCode::kInvalid},
      {ErrorCode::kNotFound, "not_found", false, ExitCode::kError},
      {ErrorCode::kPermission, "permission", false, ExitCode::kError},
      {ErrorCode::kIo, "io", true, ExitCode::kError},
      {ErrorCode::kCorrupt, "corrupt", false, ExitCode::kError},
      {ErrorCode::kUnsupported, "unsupported", false, ExitCode::kError},
      {ErrorCode::kLimit, "limit", false, ExitCode::kError},
      {ErrorCode::kDenied, "denied", false, ExitCode::kDenied},
      {ErrorCode::kUnsafe, "unsafe", false, ExitCode::kUnsafe},
      {ErrorCode::kStale, "stale", true, ExitCode::kStale},
      {ErrorCode::kLocked, "locked", true, ExitCode::kLocked},
      {ErrorCode::kPartial, "partial", true, ExitCode::kPartial},
      {ErrorCode::kUntrusted, "untrusted", false, ExitCode::kUntrusted},
      {ErrorCode::kConflict, "conflict", true, ExitCode::kError},
      {ErrorCode::kInterrupted, "interrupted", true, ExitCode::kInterrupted},
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
