#include <cstdint>
#include <string>
#include <utility>

#include "schema/json.h"
#include "schema/report/renderers.h"
#include "schema/value.h"

namespace writ {
namespace {

// Minor: what older readers may ignore was added. Major: all else.
constexpr char kFormatVersion[] = "1.0";

const char* SeverityWord(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
  }
  return "error";
}

Value ToValue(const Location& location) {
  Value value;
  value.Set("file", location.file);
  value.Set("line", std::int64_t{location.line});
  value.Set("column", std::int64_t{location.column});
  value.Set("length", std::int64_t{location.length});
  value.Set("label", location.label);
  return value;
}

Value ToValue(const Diagnostic& diagnostic) {
  Value::List locations;
  for (const Location& location : diagnostic.locations) {
    locations.push_back(ToValue(location));
  }
  Value value;
  value.Set("severity", SeverityWord(diagnostic.severity));
  value.Set("code", diagnostic.code);
  value.Set("summary", diagnostic.summary);
  value.Set("hint", diagnostic.hint);
  value.Set("locations", std::move(locations));
  return value;
}

}  // namespace

std::string RenderJson(const Diagnostics& diagnostics,
                       const ReportOptions& options) {
  Value::List items;
  for (const Diagnostic& item : diagnostics.items()) {
    items.push_back(ToValue(item));
  }
  Value report;
  report.Set("format_version", kFormatVersion);
  report.Set("exit_code", static_cast<int>(options.exit_code));
  report.Set("errors", static_cast<std::int64_t>(diagnostics.error_count()));
  report.Set("warnings",
             static_cast<std::int64_t>(diagnostics.warning_count()));
  report.Set("diagnostics", std::move(items));
  return PrettyJson(report) + "\n";
}

}  // namespace writ
