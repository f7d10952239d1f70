#include "reconciler/applying/apply_result.h"

#include <gtest/gtest.h>

#include <string>

#include "schema/json.h"

namespace writ::reconciler {
namespace {

TEST(ApplyResult, EndsAsTheWorstOfItsParts) {
  ApplyResult result;
  EXPECT_EQ(result.exit_code(), ExitCode::kDone);
  result.rotations.lacks_key = true;
  EXPECT_EQ(result.exit_code(), ExitCode::kPartial);
  result.report.skipped = 1;
  EXPECT_EQ(result.exit_code(), ExitCode::kPartial);
  UnissuedToken token;
  token.token = ResourceId("Token", "acme", "ci");
  result.tokens.unissued.push_back(token);
  EXPECT_EQ(result.exit_code(), ExitCode::kPartial) << "nowhere to go yet";
  result.tokens.unissued[0].failed = true;
  EXPECT_EQ(result.exit_code(), ExitCode::kError);
  result.report.outcome = ApplyOutcome::kInterrupted;
  EXPECT_EQ(result.exit_code(), ExitCode::kInterrupted);
}

TEST(MovedRotations, WantAPersonWhereOneFailed) {
  MovedRotations moved;
  EXPECT_EQ(moved.exit_code(), ExitCode::kDone);
  moved.round.emplace();
  EXPECT_EQ(moved.exit_code(), ExitCode::kDone);
  moved.round->failed.push_back({ResourceId("Token", "acme", "ci"), Error{}});
  EXPECT_EQ(moved.exit_code(), ExitCode::kPartial);
}

TEST(ApplyResult, IsTheSameJsonForEverybody) {
  engine::Plan plan;
  plan.environment = "production";
  engine::Change change;
  change.id = ResourceId("App", "cart");
  change.action = engine::Action::kCreate;
  plan.changes.push_back(change);
  ApplyResult result;
  result.report.done = 1;
  result.report.serial_after = 4;
  const ChangeReport report{&plan.changes[0], ChangeOutcome::kFailed, "no"};
  EXPECT_EQ(CanonicalJson(ChangeReportToValue(report)),
            R"({"action":"create","address":"App/cart","message":"no",)"
            R"("outcome":"failed"})");
  const Value value =
      ApplyResultToValue(result, plan, {ChangeReportToValue(report)});
  EXPECT_EQ(value.FindString("environment"), "production");
  EXPECT_EQ(value.FindString("outcome"), "complete");
  EXPECT_EQ(value.Find("audit_head")->type(), Value::Type::kNull);
  EXPECT_EQ(value.Find("issued"), nullptr);
  EXPECT_EQ(value.Find("rotations"), nullptr);
}

}  // namespace
}  // namespace writ::reconciler
