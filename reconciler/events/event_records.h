// What lies in events.db of events: rows as values.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schema/digest.h"
#include "schema/time.h"

namespace writ::reconciler {

// An event that was judged and may be stored.
struct NewEvent {
  std::string app;      // its name
  std::string app_uid;  // whose it is, whatever the name becomes
  std::string event;
  std::string level;
  std::optional<std::string> customer_id;
  std::string data = "{}";      // JSON, defaults set
  std::string metadata = "{}";  // JSON
  std::optional<Timestamp> timestamp;
  std::int64_t schema_generation = 0;  // 0: no schema judged it
  std::optional<std::string> own_id;
};

struct StoredEvent {
  std::int64_t sequence = 0;
  std::string id;  // "evt_…"
  std::string app;
  std::string app_uid;
  std::string event;
  std::string level;
  std::optional<std::string> customer_id;
  std::string data;
  std::string metadata;
  Timestamp timestamp;
  Timestamp ingested_at;
  std::int64_t schema_generation = 0;
  std::optional<std::string> own_id;
  bool duplicate = false;  // it was there before
};

// T-19: the same key of the same credential on the same route answers the
// same, and nothing else than the same body may come with it.
struct IdempotencyKey {
  std::string credential;
  std::string route;
  std::string key;
  Digest body;
};

struct NewDeadLetter {
  std::string app;
  std::string app_uid;
  std::string event;
  std::string body;        // the event as JSON
  std::string violations;  // JSON: [{code, instancePath, schemaPath, message}]
  std::int64_t schema_generation = 0;
};

struct DeadLetter {
  std::int64_t id = 0;
  NewDeadLetter letter;
  Timestamp first_at;
  Timestamp last_at;
  std::int64_t times = 0;
};

// One request's; all or nothing.
struct NewBatch {
  std::vector<NewEvent> events;
  std::optional<IdempotencyKey> key;
  std::vector<NewDeadLetter> dead_letters;
  // One that these events come from: it goes when they are stored.
  std::optional<std::int64_t> from_dead_letter = std::nullopt;
};

enum class AppendVerdict : std::uint8_t {
  kStored,
  kReplayed,     // the key's answer again
  kKeyReused,    // with another body: nothing stored
  kTooManyKeys,  // kMaxIdempotencyKeys: nothing stored
  kLetterGone,   // replayed by somebody else: nothing stored
};

struct Appended {
  AppendVerdict verdict = AppendVerdict::kStored;
  std::vector<StoredEvent> events;  // in the batch's order
};

// T-20
inline constexpr std::chrono::hours kIdempotencyRetention{24};
inline constexpr std::int64_t kMaxIdempotencyKeys = 50'000;  // a credential's
inline constexpr std::int64_t kMaxDeadLetters = 1'000;       // an app's
inline constexpr std::chrono::hours kDeadLetterRetention{30 * 24};

struct AppTotal {
  std::string app;
  std::string app_uid;
  std::int64_t stored = 0;
  Timestamp last_at;
};

// Which events a listing takes.
struct EventQuery {
  std::string app_uid;
  std::optional<std::string> event;
  std::optional<std::string> level;
  std::optional<Timestamp> from;  // both inclusive, of the event's timestamp
  std::optional<Timestamp> to;
  int limit = 25;  // 1–100
  std::string cursor;
};

struct EventPage {
  std::vector<StoredEvent> events;  // newest timestamp first
  std::string next_cursor;          // empty: this was the last
};

// How long events are kept: from when on, by app; those of apps that aren't in
// the map go by `others_from`.
struct RetentionPlan {
  std::map<std::string, Timestamp> keep_from;
  Timestamp others_from;
  Timestamp now;
};

}  // namespace writ::reconciler
