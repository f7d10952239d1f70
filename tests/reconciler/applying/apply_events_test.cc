// An apply's lines: what is printed is read back.
#include "reconciler/applying/apply_events.h"

#include <gtest/gtest.h>

#include <string>

#include "schema/json.h"

namespace writ::reconciler {
namespace {

Value Parsed(const std::string& line) {
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  return ParseJson(line).value();
}

engine::Plan TwoChanges() {
  engine::Plan plan;
  plan.environment = "production";
  plan.changes.resize(2);
  plan.changes[0].id = *ResourceId::Parse("App/a");
  plan.changes[0].action = engine::Action::kCreate;
  plan.changes[1].id = *ResourceId::Parse("App/b");
  plan.changes[1].action = engine::Action::kDelete;
  return plan;
}

TEST(ApplyEvents, FindTheirChangeInThePlan) {
  const engine::Plan plan = TwoChanges();
  std::size_t next = 0;
  for (const std::size_t i : {0u, 1u, 0u}) {
    const ChangeReport said{&plan.changes[i], ChangeOutcome::kFailed, "why"};
    const auto read = ParseChange(Parsed(ChangeLine(said)), plan, next);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->change, &plan.changes[i]);
    EXPECT_EQ(read->outcome, ChangeOutcome::kFailed);
    EXPECT_EQ(read->message, "why");
  }
  engine::Change other = plan.changes[0];
  other.action = engine::Action::kUpdate;
  const Value unknown =
      Parsed(ChangeLine(ChangeReport{&other, ChangeOutcome::kDone, ""}));
  EXPECT_EQ(ParseChange(unknown, plan, next).error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(ParseChange(Value(Value::Map{}), plan, next));
  EXPECT_FALSE(ParseChange(unknown, {}, next));
}

TEST(ApplyEvents, SayWhatAnApplyCameTo) {
  ApplyResult result;
  result.report.done = 3;
  result.report.failed = 2;
  result.report.skipped = 1;
  result.report.serial_before = 4;
  result.report.serial_after = 7;
  result.report.audit_head = {1881, Sha256("head")};
  result.report.outcome = ApplyOutcome::kPartial;
  result.tokens.to = "the answer";
  CredentialRecord record;
  record.token = *ResourceId::Parse("Token/a/x");
  record.id = "crd_1";
  record.hint = "vela_live_abc";
  result.tokens.issued.push_back(record);
  result.tokens.unissued.push_back(
      {*ResourceId::Parse("Token/a/y"), "the disk is full", true, false});
  result.tokens.unissued.push_back(
      {*ResourceId::Parse("Token/a/z"), "later", false, true});
  RoundReport round;
  round.failed.push_back({*ResourceId::Parse("Token/a/w"),
                          Error{ErrorCode::kIo, "no way there", "", {}}});
  round.clock_behind = true;
  result.rotations.round = round;
  const Value line = Parsed(ReportLine(result, TwoChanges(), {}));
  EXPECT_EQ(line.FindString("event"), "report");
  EXPECT_EQ(line.Find("exit_code")->AsInteger(),
            static_cast<int>(result.exit_code()));
  const auto read = ParseReport(line);
  ASSERT_TRUE(read) << Describe(read.error());
  EXPECT_EQ(read->report.done, 3);
  EXPECT_EQ(read->report.failed, 2);
  EXPECT_EQ(read->report.skipped, 1);
  EXPECT_EQ(read->report.serial_before, 4);
  EXPECT_EQ(read->report.serial_after, 7);
  EXPECT_EQ(read->report.audit_head.sequence, 1881);
  EXPECT_EQ(read->report.audit_head.digest, Sha256("head"));
  EXPECT_EQ(read->report.outcome, ApplyOutcome::kPartial);
  EXPECT_EQ(read->tokens.to, "the answer");
  ASSERT_EQ(read->tokens.issued.size(), 1u);
  EXPECT_EQ(read->tokens.issued[0].id, "crd_1");
  ASSERT_EQ(read->tokens.unissued.size(), 2u);
  EXPECT_TRUE(read->tokens.unissued[0].failed);
  EXPECT_TRUE(read->tokens.unissued[1].is_delivered);
  ASSERT_TRUE(read->rotations.round);
  EXPECT_EQ(read->rotations.round->failed.size(), 1u);
  EXPECT_TRUE(read->rotations.round->clock_behind);
  EXPECT_EQ(read->exit_code(), result.exit_code());
}

TEST(ApplyEvents, KeepAnErrorsCodeAndWayOn) {
  const Error error{ErrorCode::kLocked, "ana holds it", "wait", {}};
  const Error read = ParseError(Parsed(ErrorLine(error)));
  EXPECT_EQ(read.code, ErrorCode::kLocked);
  EXPECT_EQ(read.message, "ana holds it");
  EXPECT_EQ(read.remedy, "wait");
  EXPECT_EQ(ParseError(Value(Value::Map{})).code, ErrorCode::kInternal);
}

TEST(ApplyEvents, CarryATokensValueOnce) {
  const Value line = Parsed(std::string(
      TokenLine(*ResourceId::Parse("Token/a/x"), SecretValue::Copy("v_1"))
          .Reveal()));
  EXPECT_EQ(line.FindString("event"), "token");
  EXPECT_EQ(line.FindString("address"), "Token/a/x");
  EXPECT_EQ(line.FindString("value"), "v_1");
}

}  // namespace
}  // namespace writ::reconciler
