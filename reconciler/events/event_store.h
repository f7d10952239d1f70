// Takes events for good. Requests queue up; one thread writes what has
// gathered in one transaction and only then says so to each (group commit), so
// that an acknowledged event survives whatever comes: a crash at any time
// loses none.
//
//   own ids      unique per app while the event is kept: a repeat answers the
//                first one's id, marked as a duplicate, and stores nothing
//   keys         see IdempotencyKey; 24 h, kMaxIdempotencyKeys a credential
//   disk         below the reserve nothing is written: revocations, the audit
//                and recovery need the rest (T-20)
//   retention    in bounded batches, between the groups; what rules haven't
//                looked at yet stays
//
// Safe from any thread. The destructor writes what is queued, then ends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/events/event_records.h"
#include "schema/result.h"

namespace writ::reconciler {

struct EventStoreOptions {
  std::string folder;  // the state's
  const Clock* clock = nullptr;
  Random* random = nullptr;
  // What the disk has left; empty: the file system is asked.
  std::function<std::uint64_t()> free_bytes;
  std::uint64_t disk_reserve = std::uint64_t{64} << 20U;
  std::size_t max_queued = 4096;  // requests
  std::size_t max_queued_bytes = std::size_t{64} << 20U;
};

class EventStore {
 public:
  using Done = std::function<void(Result<Appended>)>;

  // Makes or migrates events.db; errors of OpenEventDatabase.
  static Result<std::unique_ptr<EventStore>> Open(EventStoreOptions options);
  ~EventStore();
  EventStore(const EventStore&) = delete;
  EventStore& operator=(const EventStore&) = delete;

  // Calls `done` exactly once: on the writer's thread, once it is durable or
  // failed (kIo, kLocked, kCorrupt), or at once where the queue is full
  // (kLocked). `done` must not block.
  void Append(NewBatch batch, Done done);
  // The same, waiting. Not from within a `done`.
  Result<Appended> AppendAndWait(NewBatch batch);

  // Looks at a bounded number of rows and deletes what is past its time; goes
  // on where the last call ended. `done` gets how many events went. Dead
  // letters and keys go as well.
  void Purge(RetentionPlan plan,
             std::function<void(Result<std::int64_t>)> done);
  Result<std::int64_t> PurgeAndWait(RetentionPlan plan);

  // Called on the writer's thread after a group that stored events. Before the
  // first Append.
  void OnStored(std::function<void()> wake);

 private:
  class Writer;
  explicit EventStore(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace writ::reconciler
