// How environments stand, as a table (look.md), as JSON, and as the text that
// node-exporter's textfile collector reads.
//
// Pure but for the file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reconciler/loop/status.h"
#include "schema/result.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::reconciler {

// `width` in columns; 0: lines as long as they are.
std::string RenderStatus(const std::vector<EnvironmentStatus>& all,
                         Timestamp now, bool color, std::size_t width = 0);

Value StatusToValue(const EnvironmentStatus& status);

// Gauges named writ_…, labelled by environment.
std::string PrometheusText(const std::vector<EnvironmentStatus>& all,
                           Timestamp now);

// The file appears whole or stays what it was. kIo.
Status ReplaceFile(const std::string& path, const std::string& text);

}  // namespace writ::reconciler
