#include "engine/report/report.h"

#include <algorithm>
#include <array>

#include "engine/report/renderers.h"
#include "schema/check.h"

namespace writ::engine {
namespace {

constexpr std::array<std::string_view, 5> kKindNames = {
    "markdown", "html", "sarif", "junit", "github"};

}  // namespace

std::string_view Name(ReportKind kind) {
  return kKindNames.at(static_cast<std::size_t>(kind));
}

std::optional<ReportKind> ParseReportKind(std::string_view name) {
  const auto* found = std::find(kKindNames.begin(), kKindNames.end(), name);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<ReportKind>(found - kKindNames.begin());
}

std::vector<std::string> ReportKindNames() {
  return {kKindNames.begin(), kKindNames.end()};
}

PlanReport RenderReport(ReportKind kind, const ReportInput& input) {
  switch (kind) {
    case ReportKind::kMarkdown:
      return RenderMarkdown(input);
    case ReportKind::kHtml:
      return {RenderHtml(input), false};
    case ReportKind::kSarif:
      return {RenderSarif(input), false};
    case ReportKind::kJunit:
      return {RenderJunit(input), false};
    case ReportKind::kGithub:
      return {RenderAnnotations(input), false};
  }
  return {};
}

}  // namespace writ::engine
