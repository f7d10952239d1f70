#include "reconciler/cli/reconcile_output.h"

#include <gtest/gtest.h>

#include <string>

#include "reconciler/cli/status_output.h"

namespace writ::reconciler {
namespace {

Timestamp At(std::string_view text) { return *ParseTimestamp(text); }
const Timestamp kNow = At("2026-11-21T18:00:00Z");

std::vector<engine::Window> InZurich() {
  return {{engine::Window::Effect::kAllow, *engine::Cron::Parse("0 6 * * 1-5"),
           std::chrono::hours(10), *engine::TimeZone::Find("Europe/Zurich")}};
}

TEST(MomentInZone, IsWhatClocksThereShow) {
  EXPECT_EQ(MomentInZone(At("2026-11-23T05:00:00Z"), InZurich(), kNow),
            "Mon 06:00 CET");
  EXPECT_EQ(MomentInZone(At("2027-07-01T04:00:00Z"), InZurich(), kNow),
            "2027-07-01 06:00 CEST");
  EXPECT_EQ(MomentInZone(At("2026-11-23T05:00:00Z"), {}, kNow),
            "Mon 05:00 UTC");
}

ReconcileReport Report() {
  ReconcileReport report;
  report.environment = "production";
  report.commit.id = "3f9c2e1000000000000000000000000000000000";
  report.planned.emplace();
  return report;
}

TEST(ReconcileReport, IsOneLineWhereAllIsWell) {
  EXPECT_EQ(ReportInLines(Report(), kNow, false),
            "production   3f9c2e1  in sync\n");
}

TEST(ReconcileReport, NamesDriftAndWhoMadeIt) {
  ReconcileReport report = Report();
  engine::Change change;
  change.id = ResourceId("App", "cart");
  change.drifted_by = "production-ci";
  change.drifted_at = At("2026-11-21T16:00:00Z");
  engine::FieldChange field;
  field.path = "spec.retention";
  field.cause = engine::Cause::kDrift;
  change.fields.push_back(field);
  report.drift.push_back(change);
  EXPECT_EQ(ReportInLines(report, kNow, false),
            "production   3f9c2e1  in sync\n"
            "  ~ App/cart  1 drifted field is left as it is (changed by "
            "production-ci, 2 h ago)\n");
}

// T-17: what others wrote drives no terminal.
TEST(ReconcileReport, EscapesWhatOthersWrote) {
  ReconcileReport report = Report();
  report.failure = Error{ErrorCode::kPartial, "bad \x1b[31m thing", "", {}};
  report.environment = "prod\x1b[2J";
  EXPECT_EQ(ReportInLines(report, kNow, false).find('\x1b'), std::string::npos);
}

TEST(Status, NamesFailingDeliveriesBelowTheirEnvironment) {
  EnvironmentStatus status;
  status.environment = "production";
  status.head.id = "3f9c2e1000000000000000000000000000000000";
  status.applied = "aaaaaaa000000000000000000000000000000000";
  status.behind = 2;
  status.changes = 3;
  status.drifted = 1;
  status.denied = 1;
  status.rotations = {{"DRAINING", 1}};
  status.rotations_due = 1;
  status.sync.is_automatic = true;
  status.sync.windows = InZurich();
  status.window_open = false;
  status.window_changes = At("2026-11-23T05:00:00Z");
  status.failing.push_back({"Destination/order-service/payments-slack", 12,
                            At("2026-11-21T09:12:00Z"),
                            At("2026-11-21T18:44:00Z"), "429", ""});
  EXPECT_EQ(
      RenderStatus({status}, kNow, false),
      "environment  revision          health    drift  policy    rotations"
      "          next window\n"
      "production   aaaaaaa 2 behind  degraded  1      1 denied  1 draining, "
      "1 due  Mon 06:00 CET\n"
      "             payments-slack: 12 deliveries failing since Sat 09:12 UTC "
      "(429), next try Sat 18:44 UTC · writ deliveries list "
      "--env production\n");
  EXPECT_NE(PrometheusText({status}, kNow)
                .find("writ_commits_behind{environment=\"production\"} 2\n"),
            std::string::npos);
}

TEST(Status, KeepsACommandInOnePieceWhereItDoesNotFit) {
  EnvironmentStatus status;
  status.environment = "production";
  status.problems = {
      {"Secret/payments/SLACK_WEBHOOK_URL is required and has no value",
       "writ secrets set Secret/payments/SLACK_WEBHOOK_URL --env production"}};
  const std::string text = RenderStatus({status}, kNow, false, 80);
  EXPECT_NE(
      text.find("\n             Secret/payments/SLACK_WEBHOOK_URL is required "
                "and has no value\n               writ secrets set "
                "Secret/payments/SLACK_WEBHOOK_URL --env production\n"),
      std::string::npos)
      << text;
}

}  // namespace
}  // namespace writ::reconciler
