// What a run of the loop tells people and programs.
#pragma once

#include <string>
#include <vector>

#include "engine/schedule/window.h"
#include "reconciler/cli/session.h"
#include "reconciler/loop/reconcile.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::reconciler {

// "Mon 06:00 CET", as the clocks of the windows' zone show it; with
// its day where that is a week or more away.
std::string MomentInZone(Timestamp at, const std::vector<engine::Window>& zones,
                         Timestamp now);

// A line for the environment, drift and failure below it.
std::string ReportInLines(const ReconcileReport& report, Timestamp now,
                          bool color);

// "1 drifted field is left as it is (changed by ana@runner-4, 2 h ago)".
std::string DriftInWords(const engine::Change& change, bool heals,
                         Timestamp now);

// {"address", "fields", "changed_by", "changed_at"}.
Value DriftToValue(const engine::Change& change);
Value ReportToValue(const ReconcileReport& report);

}  // namespace writ::reconciler
