#include "schema/report/report.h"

#include "schema/report/renderers.h"

namespace writ {

std::string RenderDiagnostics(const Diagnostics& diagnostics,
                              const ReportOptions& options) {
  switch (options.format) {
    case ReportFormat::kText:
      return RenderText(diagnostics, options);
    case ReportFormat::kJson:
      return RenderJson(diagnostics, options);
    case ReportFormat::kGithub:
      return RenderGithub(diagnostics, options.path_prefix);
  }
  return {};
}

}  // namespace writ
