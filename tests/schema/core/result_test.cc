#include "schema/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace writ {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return Fail(ErrorCode::kInvalidArgument, "odd", "add 1");
  return value / 2;
}

Result<int> Quarter(int value) {
  const int half = TRY(Half(value));
  return TRY(Half(half));
}

Status CheckQuarter(int value) {
  TRY(Quarter(value));
  return {};
}

Result<std::unique_ptr<int>> Boxed(int value) {
  return std::make_unique<int>(TRY(Half(value)));
}

TEST(Result, TryYieldsTheValue) {
  EXPECT_EQ(Quarter(12).value(), 3);
  EXPECT_TRUE(CheckQuarter(12).has_value());
}

TEST(Result, TryReturnsTheErrorAsItIs) {
  const Status status = CheckQuarter(6);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(status.error().message, "odd");
  EXPECT_EQ(status.error().remedy, "add 1");
  EXPECT_TRUE(status.error().context.empty());
}

TEST(Result, TryMovesWhatCannotBeCopied) {
  const auto twice = []() -> Result<int> {
    const std::unique_ptr<int> box = TRY(Boxed(8));
    return *box * 2;
  };
  EXPECT_EQ(twice().value(), 8);
}

TEST(Result, WhileAddsContextToErrorsOnly) {
  EXPECT_EQ(While(Half(4), "halving").value(), 2);
  const auto failed = While(While(Half(3), "halving"), "planning");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(Describe(failed.error()), "odd (while halving; while planning)");
}

}  // namespace
}  // namespace writ
