#include "reconciler/cli/report_arguments.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "reconciler/cli/output_file.h"

namespace writ::reconciler {
namespace {

// Less than this holds no heading.
constexpr std::int64_t kLeastReport = 2'000;

std::string KindsToChoose() {
  std::string words;
  for (const std::string& name : engine::ReportKindNames()) {
    words += (words.empty() ? "" : ", ") + name;
  }
  return words;
}

}  // namespace

void DeclareReports(Options& options, ReportArguments& arguments) {
  options.Texts("--report", arguments.requests,
                "Write a report, KIND=FILE (- is stdout): markdown, html, "
                "sarif, junit, github; may be repeated");
  options.Integer("--report-limit", arguments.limit,
                  "What a comment may take, in bytes (65536)");
}

Result<std::vector<RequestedReport>> RequestedReports(
    const ReportArguments& arguments, bool json) {
  if (arguments.limit < kLeastReport) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "--report-limit wants " + std::to_string(kLeastReport) + " or more");
  }
  std::vector<RequestedReport> reports;
  int on_stdout = json ? 1 : 0;
  for (const std::string& request : arguments.requests) {
    const std::size_t sign = request.find('=');
    const auto kind = engine::ParseReportKind(request.substr(0, sign));
    if (!kind || sign == std::string::npos || sign + 1 == request.size()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--report wants KIND=FILE, not \"" + request + "\"",
                  "kinds: " + KindsToChoose() + "; a file \"-\" is stdout");
    }
    reports.push_back({*kind, request.substr(sign + 1)});
    if (reports.back().file == "-") ++on_stdout;
  }
  if (on_stdout > 1) {
    return Fail(ErrorCode::kInvalidArgument,
                "only one of --json and reports can be on stdout",
                "give the others a file");
  }
  return reports;
}

bool TakesStdout(const std::vector<RequestedReport>& reports) {
  return std::any_of(
      reports.begin(), reports.end(), [](const RequestedReport& report) {
        return report.file == "-" && report.kind != engine::ReportKind::kGithub;
      });
}

Result<ExitCode> WriteReports(Session& session,
                              const std::vector<RequestedReport>& reports,
                              const ReportArguments& arguments,
                              engine::ReportInput input) {
  input.limit = static_cast<std::size_t>(arguments.limit);
  ExitCode exit_code = ExitCode::kDone;
  for (const RequestedReport& report : reports) {
    const engine::PlanReport made = engine::RenderReport(report.kind, input);
    if (made.too_large) exit_code = ExitCode::kUnsafe;
    if (report.file == "-") {
      session.out << made.text;
      continue;
    }
    const std::string path = AbsolutePath(session, report.file);
    TRY(WriteOutputFile(path, made.text, "the report"));
  }
  if (exit_code == ExitCode::kUnsafe) {
    session.err << "The plan is too large to be reviewed in a comment: what "
                   "must not be left out doesn't fit --report-limit.\n";
  }
  return exit_code;
}

}  // namespace writ::reconciler
