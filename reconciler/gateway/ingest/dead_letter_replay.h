// Dead letters once more: after a mend of the schema, what it takes now is
// stored as if it came in now (with the time at which it first came, where the
// sender named none), and the letter goes in the same transaction. What is
// still refused stays.
//
// Blocks on disk. Two replays at once store each event once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reconciler/events/event_reader.h"
#include "reconciler/events/event_store.h"
#include "reconciler/gateway/ingest/app_catalog.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct ReplayedLetter {
  std::int64_t id = 0;
  std::string app;
  std::string event;
  std::string event_id;    // empty: still refused
  std::string violations;  // JSON; why it is
};

struct ReplayOptions {
  std::string app_uid;  // empty: of every app
  // Judges without storing; what would be taken has the event id "-".
  bool dry_run = false;
};

// Oldest first. Letters of apps that are gone stay.
Result<std::vector<ReplayedLetter>> ReplayDeadLetters(
    EventReader& reader, EventStore& store, const AppCatalog& catalog,
    const ReplayOptions& options);

}  // namespace writ::reconciler::gateway
