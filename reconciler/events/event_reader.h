// Reads events.db while others write it. One thread; open another for another
// thread. Blocks on disk, for a bounded number of rows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/events/event_records.h"
#include "schema/result.h"

namespace writ::reconciler {

class Database;

class EventReader {
 public:
  // kNotFound where there are no events yet; else as OpenEventDatabase.
  static Result<std::unique_ptr<EventReader>> Open(const std::string& folder);
  ~EventReader();
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  // Newest timestamp first, then the one that came last. A page may hold fewer
  // events than its limit, none even, and have a next one: it ends after so
  // many rows that were looked at. kInvalidArgument for a cursor that no page
  // gave.
  Result<EventPage> List(const EventQuery& query);
  // Newest timestamp first.
  Result<std::vector<StoredEvent>> Recent(const std::string& app_uid,
                                          int limit);
  Result<std::optional<StoredEvent>> Read(const std::string& id);

  // By app's uid.
  Result<std::vector<AppTotal>> Totals();

  // Of one app, or of all where `app_uid` is empty; newest first, those before
  // `before` (0: all).
  Result<std::vector<DeadLetter>> DeadLetters(const std::string& app_uid,
                                              std::int64_t before, int limit);
  // Oldest first, those after `after`.
  Result<std::vector<DeadLetter>> DeadLettersAfter(const std::string& app_uid,
                                                   std::int64_t after,
                                                   int limit);

 private:
  explicit EventReader(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace writ::reconciler
