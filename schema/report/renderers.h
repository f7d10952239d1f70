// The three renderers behind RenderDiagnostics (report.h).
#pragma once

#include <string>

#include "schema/diagnostic.h"
#include "schema/report/report.h"

namespace writ {

std::string RenderText(const Diagnostics& diagnostics,
                       const ReportOptions& options);
std::string RenderJson(const Diagnostics& diagnostics,
                       const ReportOptions& options);
std::string RenderGithub(const Diagnostics& diagnostics,
                         const std::string& path_prefix);

}  // namespace writ
