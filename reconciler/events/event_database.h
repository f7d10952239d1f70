// events.db: events, what came of them, and use. It lies beside state.db, and
// no transaction spans the two. Opens, makes and migrates it; whoever has rows
// in it (events, notifications, use) brings their own statements and opens a
// connection for each thread.
//
// The file is 0600 under any umask; a link or another owner is refused (T-15).
// WAL, synchronous=FULL: what was committed survives the loss of power. Calls
// on the Database throw SQLite::Exception (reconciler/store/database.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "reconciler/store/database.h"
#include "schema/result.h"

namespace writ::reconciler {

enum class EventDatabaseMode : std::uint8_t {
  kReadOnly,   // makes and changes nothing
  kReadWrite,  // the newest schema, or kUnsupported
  kMigrate,    // makes the file, brings it up to date
};

struct EventDatabaseOptions {
  std::string folder;  // the state's
  EventDatabaseMode mode = EventDatabaseMode::kReadOnly;
  std::chrono::milliseconds busy_timeout{5000};
};

// "wrev", so that the two files of a state can't be taken for each other.
inline constexpr std::int64_t kEventsApplicationId = 0x77726576;

// kNotFound where there is none (but kMigrate), kUnsupported for a schema that
// this program doesn't know or may not bring up to date, kPermission, kCorrupt,
// kIo, kLocked. An older schema that is brought up to date is copied before, to
// events.db.v<version>.backup.
Result<std::unique_ptr<Database>> OpenEventDatabase(
    const EventDatabaseOptions& options);

// The version that this program writes.
int NewestEventVersion();

}  // namespace writ::reconciler
