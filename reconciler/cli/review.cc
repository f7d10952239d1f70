// A plan brought to a pull request.
#include "reconciler/review/review.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <ostream>
#include <utility>

#include "engine/plan/next_step.h"
#include "engine/plan/render_json.h"
#include "engine/report/remark.h"
#include "engine/report/report.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/plan_output.h"
#include "reconciler/cli/planning_arguments.h"
#include "reconciler/cli/review_arguments.h"
#include "reconciler/egress/curl_http_client.h"
#include "reconciler/version.h"

namespace writ::reconciler {
namespace {

struct ReviewCommandArguments {
  PlanningArguments planning;
  ReviewArguments place;
  std::string file;
  bool json = false;
};

void DeclareReviewCommand(Options& options, ReviewCommandArguments& arguments) {
  options.Positional("PLAN", arguments.file, false,
                     "A file that `writ plan --out` wrote; without it, writ "
                     "plans by itself");
  DeclareReviewPlace(options, arguments.place);
  DeclarePlanning(options, arguments.planning);
  DeclareMergeBase(options, arguments.planning);
  options.Flag("--json", arguments.json, "Print JSON");
}

// What there is to be posted; owns what the report's input borrows.
struct Reviewed {
  std::optional<PlanRun> run;
  std::optional<engine::Plan> kept;  // read from a file
  Diagnostics diagnostics;
  PlanOrigin origin;
  std::string audit_head;

  const engine::Plan* plan() const {
    if (kept) return &*kept;
    return run ? &run->planned.plan : nullptr;
  }
};

Result<engine::Plan> ReadKeptPlan(const Session& session,
                                  const std::string& name) {
  const std::string path = AbsolutePath(session, name);
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(ErrorCode::kNotFound, "can't read the plan file " + name);
  }
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return While(engine::ParsePlanJson(text), "reading " + name);
}

Status MakeReviewed(const Session& session,
                    const ReviewCommandArguments& arguments,
                    Reviewed& reviewed) {
  if (!arguments.file.empty()) {
    reviewed.kept = TRY(ReadKeptPlan(session, arguments.file));
    reviewed.origin = {reviewed.kept->source_folder,
                       reviewed.kept->environment};
    return {};
  }
  reviewed.origin.environment = arguments.planning.source.environment;
  reviewed.run = TRY(MakePlanRun(session, arguments.planning,
                                 reviewed.diagnostics, &reviewed.origin));
  if (!reviewed.run || reviewed.run->store == nullptr) return {};
  const AuditHead head = TRY(reviewed.run->store->ReadAuditHead());
  reviewed.audit_head =
      std::to_string(head.sequence) + ":" + head.digest.Hex().substr(0, 12);
  return {};
}

// "2 errors, nothing planned: manifests/orders.yaml:5: unknown field …; …"
std::string MistakesInWords(const Reviewed& reviewed) {
  const auto count =
      static_cast<std::int64_t>(reviewed.diagnostics.error_count());
  std::string words =
      engine::Counted(count, "error", "errors") + ", nothing planned";
  const char* before = ": ";
  for (const Diagnostic& item : reviewed.diagnostics.items()) {
    if (item.severity != Severity::kError) continue;
    words += std::exchange(before, "; ");
    if (!item.locations.empty() && !item.locations[0].file.empty()) {
      words += item.locations[0].file + ":" +
               std::to_string(item.locations[0].line) + ": ";
    }
    words += item.summary;
  }
  return words;
}

std::string SummaryOf(const Reviewed& reviewed, bool too_large) {
  const engine::Plan* plan = reviewed.plan();
  if (plan == nullptr) return MistakesInWords(reviewed);
  std::string summary =
      plan->empty() ? "no changes" : engine::TotalsInWords(*plan);
  if (too_large) summary = "too large to review: " + summary;
  if (plan->has_digest) {
    summary += " · digest " + plan->digest.Hex().substr(0, 12);
  }
  if (!reviewed.audit_head.empty()) {
    summary += " · audit " + reviewed.audit_head;
  }
  return summary;
}

// In short steps, so that an interrupt is heard.
bool Wait(const Session& session, Duration length) {
  constexpr Duration kStep = std::chrono::milliseconds(100);
  for (Duration left = length; left > Duration::zero(); left -= kStep) {
    if (session.interrupted && session.interrupted()) return false;
    session.clock.Sleep(std::min(left, kStep));
  }
  return true;
}

review::ReviewContent ContentOf(const Reviewed& reviewed,
                                const review::ReviewPlace& place,
                                ExitCode& exit_code) {
  const engine::Plan* plan = reviewed.plan();
  engine::ReportInput input;
  input.plan = plan;
  input.diagnostics = &reviewed.diagnostics;
  input.limit = review::CommentLimit(place.host);
  input.writ_version = kVersion;
  input.folder = reviewed.origin.folder;
  if (reviewed.run) input.apply_command = reviewed.run->apply_command;
  const engine::PlanReport report =
      engine::RenderReport(engine::ReportKind::kMarkdown, input);
  exit_code = plan == nullptr ? ExitCode::kInvalid
                              : OutcomeOf(*plan, /*detailed=*/false);
  if (report.too_large) exit_code = Worse(exit_code, ExitCode::kUnsafe);
  review::ReviewContent content;
  content.environment = reviewed.origin.environment;
  if (!content.environment.empty()) {
    content.subject = place.repository + "\n" + content.environment;
  }
  content.comment = report.text;
  content.passes = exit_code == ExitCode::kDone;
  content.summary = SummaryOf(reviewed, report.too_large);
  content.remarks = engine::RemarksOf(input);
  return content;
}

Result<ExitCode> Review(Session& session,
                        const ReviewCommandArguments& arguments) {
  HostFile host = TRY(ReadHostFile(arguments.planning.source.host_file));
  const review::ReviewPlace place =
      TRY(FindReviewPlace(session, arguments.place, host));
  SecretValue token = TRY(FindReviewToken(session, place.host));
  Reviewed reviewed;
  TRY(MakeReviewed(session, arguments, reviewed));
  ExitCode exit_code = ExitCode::kDone;
  review::ReviewContent content = ContentOf(reviewed, place, exit_code);
  if (reviewed.plan() == nullptr) {
    ReportInvalid(session, reviewed.diagnostics, OutputFormat::kText);
  }
  CurlHttpClient http(std::move(host));
  review::ReviewEffects effects{
      http, session.clock, std::move(token),
      [&session](Duration length) { return Wait(session, length); }};
  const auto outcome =
      TRY(review::PostReview(place, content, std::move(effects)));
  for (const std::string& undone : outcome.left_undone) {
    session.err << "warning: " << undone << "\n";
  }
  if (arguments.json) {
    Value found;
    found.Set("commit", outcome.commit);
    found.Set("comment", outcome.updated ? "updated" : "created");
    found.Set("annotations", static_cast<std::int64_t>(outcome.annotations));
    found.Set("passes", content.passes);
    return PrintResult(session, std::move(found), exit_code);
  }
  session.out << (outcome.updated ? "Updated" : "Made") << " the comment on "
              << place.repository << " #" << place.number << ": "
              << content.summary << "\n";
  return exit_code;
}

}  // namespace

Command ReviewCommand() {
  Command command = MakeCommand<ReviewCommandArguments>(
      "review", "Bring a plan to a pull request: comment, status, annotations",
      DeclareReviewCommand, RunReporting<ReviewCommandArguments, Review>);
  command.description =
      "One comment, updated in place, on GitHub, GitLab or Gitea; a status at "
      "the branch's head;\nannotations on lines. The token comes from "
      "GITHUB_TOKEN, GITLAB_TOKEN or GITEA_TOKEN, the base\nURL from the host "
      "file. With PLAN, nothing of the repository is needed. Ends as `plan` "
      "does.";
  command.examples = {
      "writ review --merge-base origin/main --env production",
      "writ review plan.json                  # in a job without the code",
      "writ review plan.json --host gitlab --repository acme/shop --pr 7",
  };
  return command;
}

}  // namespace writ::reconciler
