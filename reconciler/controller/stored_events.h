// What deleting an app would lose (T-12): how many events it has, from
// events.db beside the state. Where there is none, there are no events.
//
// Blocks on disk.
#pragma once

#include <string>

#include "engine/state/snapshot.h"
#include "schema/result.h"

namespace writ::reconciler {

// Fills `stored_items` of apps. Errors of OpenEventDatabase: what can't be
// read is no absence.
Status AddStoredEvents(const std::string& folder, engine::Snapshot& live);

}  // namespace writ::reconciler
