#include <utility>

#include "schema/validator.h"

namespace writ {

Reporter::Reporter(const SourceFiles& files, Excerpt excerpt,
                   Diagnostics& diagnostics)
    : files_(files), excerpt_(std::move(excerpt)), diagnostics_(diagnostics) {}

void Reporter::Error(std::string_view code, const SourceRange& range,
                     std::string summary, std::string hint) {
  ++errors_;
  Add(Severity::kError, code, range, std::move(summary), std::move(hint));
}

void Reporter::Warning(std::string_view code, const SourceRange& range,
                       std::string summary, std::string hint) {
  Add(Severity::kWarning, code, range, std::move(summary), std::move(hint));
}

void Reporter::Add(Severity severity, std::string_view code,
                   const SourceRange& range, std::string summary,
                   std::string hint) {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = code;
  diagnostic.summary = std::move(summary);
  diagnostic.hint = std::move(hint);
  Location location;
  if (range.file < files_.size()) location.file = files_[range.file];
  location.line = range.line;
  location.column = range.column;
  location.length = range.length;
  diagnostic.locations.push_back(std::move(location));
  if (excerpt_ && range.line > 0) {
    diagnostic.excerpt = excerpt_(range.file, range.line);
  }
  diagnostics_.Add(std::move(diagnostic));
}

}  // namespace writ
