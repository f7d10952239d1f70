// --report KIND=FILE, the same for every command that makes a plan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/report/report.h"
#include "reconciler/cli/command.h"
#include "reconciler/cli/session.h"
#include "schema/result.h"

namespace writ::reconciler {

struct ReportArguments {
  std::vector<std::string> requests;  // KIND=FILE
  std::int64_t limit = static_cast<std::int64_t>(engine::kGithubCommentLimit);
};

void DeclareReports(Options& options, ReportArguments& arguments);

struct RequestedReport {
  engine::ReportKind kind = engine::ReportKind::kMarkdown;
  std::string file;  // "-": stdout
};

// kInvalidArgument for what isn't KIND=FILE, and for two things that want to
// be on stdout.
Result<std::vector<RequestedReport>> RequestedReports(
    const ReportArguments& arguments, bool json);

// A report stands on stdout instead of the plan's text. Annotations don't:
// runners find them below it.
bool TakesStdout(const std::vector<RequestedReport>& reports);

// 5 where a report had to say "too large to review" (T-17), else 0. kIo.
Result<ExitCode> WriteReports(Session& session,
                              const std::vector<RequestedReport>& reports,
                              const ReportArguments& arguments,
                              engine::ReportInput input);

}  // namespace writ::reconciler
