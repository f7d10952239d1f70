// GitHub's workflow commands. Runners show ten of each level a step, so the
// order of reading counts.
#include "engine/report/remark.h"
#include "engine/report/renderers.h"
#include "schema/report/report.h"

namespace writ::engine {

std::string RenderAnnotations(const ReportInput& input) {
  Diagnostics notes;
  for (Remark& remark : RemarksOf(input)) {
    Diagnostic note;
    note.severity = remark.severity;
    note.code = std::move(remark.rule);
    note.summary = std::move(remark.message);
    const std::string address = remark.subject.address();
    if (!remark.subject.empty() &&
        note.summary.find(address) == std::string::npos) {
      note.summary.insert(0, address + ": ");
    }
    if (!remark.at.file.empty()) note.locations.push_back(remark.at);
    notes.Add(std::move(note));
  }
  ReportOptions options;
  options.format = ReportFormat::kGithub;
  return RenderDiagnostics(notes, options);
}

}  // namespace writ::engine
