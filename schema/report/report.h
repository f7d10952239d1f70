// Diagnostics for people, for programs, and for a pull request's files view.
// Everything that users wrote is escaped for its output (escape.h).
//
//   text    one block a diagnostic, a blank line between, a newline at the end:
//
//             error: unknown field "requird" in EventSchema/shop/order.placed
//               --> manifests/events.yaml:14:37
//                |
//             14 |     - {name: orderId, type: string, requird: true}
//                |                                     ^^^^^^^ did you mean …?
//
//   json    one document: {"format_version": "1.0", "exit_code", "errors",
//           "warnings", "diagnostics": [{"severity", "code", "summary", "hint",
//           "locations": [{"file", "line", "column", "length", "label"}]}]}
//   github  one workflow command a diagnostic: ::error file=…,line=…::…
//
// In the order given (Diagnostics::Sort). Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "schema/diagnostic.h"
#include "schema/error.h"

namespace writ {

enum class ReportFormat : std::uint8_t { kText, kJson, kGithub };

struct ReportOptions {
  ReportFormat format = ReportFormat::kText;
  ExitCode exit_code = ExitCode::kDone;  // what JSON says as "exit_code"
  bool color = false;                    // ANSI colours; text only
  // Columns that an excerpt may take, the line's number included; longer lines
  // are cut around the caret.
  std::size_t excerpt_width = 100;
  // "deploy/": before each file; github only, which wants files as the
  // repository has them.
  std::string path_prefix = {};
};

std::string RenderDiagnostics(const Diagnostics& diagnostics,
                              const ReportOptions& options);

}  // namespace writ
