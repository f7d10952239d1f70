// A plan as reports for a review: what people and programs around a pull
// request read. One plan gives all of them:
//
//   markdown  a comment: what is dangerous first, details folded, cut to the
//             host's limit
//   html      one page that needs nothing else, readable without its script
//   sarif     SARIF 2.1.0: findings with their places, for code scanning
//   junit     JUnit XML: a case for each change and each policy
//   github    workflow commands, which runners turn into annotations
//
// Everything that others wrote is escaped for its output, and no sensitive
// value is in a plan's words (T-16, T-17). Nothing is ever read back from a
// report. Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.h"
#include "schema/diagnostic.h"

namespace writ::engine {

enum class ReportKind : std::uint8_t {
  kMarkdown,
  kHtml,
  kSarif,
  kJunit,
  kGithub
};

// "markdown", "html", …; in that order.
std::string_view Name(ReportKind kind);
std::optional<ReportKind> ParseReportKind(std::string_view name);
std::vector<std::string> ReportKindNames();

// What GitHub takes of a comment, in characters.
inline constexpr std::size_t kGithubCommentLimit = 65'536;

struct ReportInput {
  // Null: nothing was planned, for the manifests are wrong.
  const Plan* plan = nullptr;
  // What is wrong, or worth a word; sorted. May be null.
  const Diagnostics* diagnostics = nullptr;
  // What applies this very plan; empty: `writ apply` in its environment.
  std::string apply_command;
  // Of Markdown, in bytes, which are never fewer than characters.
  std::size_t limit = kGithubCommentLimit;
  std::string writ_version;
  // From the repository's root to the source's, "" or "deploy": hosts want
  // files as the repository has them.
  std::string folder;
};

struct PlanReport {
  std::string text;
  // What has to be told doesn't fit the limit (T-17): the report says so, and
  // the plan is not to be applied on its strength.
  bool too_large = false;
};

PlanReport RenderReport(ReportKind kind, const ReportInput& input);

}  // namespace writ::engine
