// Each report by itself. Internal to engine/report; RenderReport is the way in.
#pragma once

#include <string>

#include "engine/report/report.h"

namespace writ::engine {

PlanReport RenderMarkdown(const ReportInput& input);
std::string RenderHtml(const ReportInput& input);
std::string RenderSarif(const ReportInput& input);
std::string RenderJunit(const ReportInput& input);
std::string RenderAnnotations(const ReportInput& input);

}  // namespace writ::engine
