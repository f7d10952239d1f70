// Counts of events without the events: what a copy of a state keeps beside it,
// so that a plan can tell what deleting an app would lose (T-12).
//
// One thread. Blocks on disk. Errors: those of OpenEventDatabase.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "schema/result.h"

namespace writ::reconciler {

// Makes events.db in the folder where there is none; its counts, by app's uid,
// are these from here on.
Status KeepTotals(const std::string& folder,
                  const std::map<std::string, std::int64_t>& totals);

}  // namespace writ::reconciler
