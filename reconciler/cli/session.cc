#include "reconciler/cli/session.h"

#include <filesystem>
#include <ostream>
#include <utility>

#include "schema/json.h"
#include "schema/report/escape.h"
#include "schema/report/report.h"
#include "schema/value.h"

namespace writ::reconciler {

std::string AbsolutePath(const Session& session, const std::string& path) {
  return (std::filesystem::path(session.cwd) / path)
      .lexically_normal()
      .string();
}

std::optional<OutputFormat> ParseOutputFormat(const std::string& text) {
  if (text == "text") return OutputFormat::kText;
  if (text == "json") return OutputFormat::kJson;
  if (text == "github") return OutputFormat::kGithub;
  return std::nullopt;
}

ExitCode ReportError(Session& session, const Error& error,
                     OutputFormat format) {
  const ExitCode exit_code = ToExitCode(error.code);
  if (format == OutputFormat::kJson) {
    Value details;
    details.Set("code", Name(error.code));
    details.Set("message", Describe(error));
    details.Set("remedy", error.remedy);
    Value value;
    value.Set("format_version", "1.0");
    value.Set("error", std::move(details));
    value.Set("exit_code", static_cast<int>(exit_code));
    session.out << PrettyJson(value) << "\n";
  }
  session.err << "error: " << EscapeTerminal(Describe(error)) << "\n";
  if (!error.remedy.empty()) {
    session.err << "  help: " << EscapeTerminal(error.remedy) << "\n";
  }
  return exit_code;
}

ExitCode PrintResult(Session& session, Value found, ExitCode exit_code) {
  Value result;
  result.Set("format_version", "1.0");
  for (Value::Entry& entry : found.MutableMap()) {
    result.Set(entry.key, std::move(entry.value));
  }
  result.Set("exit_code", static_cast<int>(exit_code));
  session.out << PrettyJson(result) << "\n";
  return exit_code;
}

void ReportDiagnostics(Session& session, const Diagnostics& diagnostics,
                       OutputFormat format, ExitCode exit_code, bool as_result,
                       const std::string& folder) {
  const bool json = format == OutputFormat::kJson;
  if (diagnostics.empty() && !json) return;
  ReportOptions options;
  options.exit_code = exit_code;
  options.color = session.color && format == OutputFormat::kText;
  options.excerpt_width = static_cast<std::size_t>(session.width);
  if (!folder.empty()) options.path_prefix = folder + "/";
  if (json) options.format = ReportFormat::kJson;
  if (format == OutputFormat::kGithub) options.format = ReportFormat::kGithub;
  std::ostream& out = as_result ? session.out : session.err;
  out << RenderDiagnostics(diagnostics, options);
  if (format == OutputFormat::kText) out << "\n";
}

}  // namespace writ::reconciler
