// Workflow commands: a runner turns each into an annotation on the file.
#include <string>
#include <string_view>

#include "schema/report/escape.h"
#include "schema/report/renderers.h"

namespace writ {
namespace {

std::string_view CommandOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "notice";
  }
  return "error";
}

void AppendPlace(const Location& place, const std::string& path_prefix,
                 std::string& out) {
  if (place.file.empty()) return;
  out += "file=" + EscapeGithubProperty(path_prefix + place.file);
  if (place.line > 0) {
    out += ",line=" + std::to_string(place.line);
    if (place.column > 0) {
      out += ",col=" + std::to_string(place.column);
      // The last column marked, not the one after it.
      const std::uint32_t beyond = place.length > 0 ? place.length - 1 : 0;
      out += ",endColumn=" + std::to_string(place.column + beyond);
    }
  }
  out += ",";
}

std::string MessageOf(const Diagnostic& diagnostic,
                      const std::string& path_prefix) {
  std::string message = diagnostic.summary;
  if (!diagnostic.hint.empty()) message += "\n" + diagnostic.hint;
  if (diagnostic.locations.size() < 2) return message;
  for (const Location& place : diagnostic.locations) {
    message += "\n" + path_prefix + place.file + ":" +
               std::to_string(place.line) + ":" + std::to_string(place.column);
    if (!place.label.empty()) message += " " + place.label;
  }
  return message;
}

}  // namespace

std::string RenderGithub(const Diagnostics& diagnostics,
                         const std::string& path_prefix) {
  std::string out;
  for (const Diagnostic& item : diagnostics.items()) {
    out += "::";
    out += CommandOf(item.severity);
    out += " ";
    if (!item.locations.empty()) {
      AppendPlace(item.locations.front(), path_prefix, out);
    }
    out += "title=" + EscapeGithubProperty(item.code);
    out += "::" + EscapeGithubData(MessageOf(item, path_prefix)) + "\n";
  }
  return out;
}

}  // namespace writ
