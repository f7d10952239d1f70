// What of the gateway takes and shows events: POST /v1/ingest and GET
// /v1/apps/{app}/events. Owns the event store and a thread that follows the
// state's apps and schemas and deletes what is past its retention.
//
// A body that would be refused by what the app declares is judged again by what
// is declared at that moment: after `writ apply` returned, no event is refused
// by the schema before. What is taken may be judged by one that is at most
// kCatalogPeriod old.
//
// Safe from any thread. The authenticator, the uses and the clock outlive it,
// and no request is handled when it is destroyed.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/events/event_store.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

inline constexpr std::chrono::milliseconds kCatalogPeriod{200};
inline constexpr std::chrono::seconds kPurgePeriod{10};

struct IngestOptions {
  EventStoreOptions store;  // with the state's folder
  Authenticator* authenticator = nullptr;
  UseSink* uses = nullptr;  // may be null
  const Clock* clock = nullptr;
};

// Since it was opened.
struct IngestCounts {
  std::uint64_t accepted = 0;    // events
  std::uint64_t duplicates = 0;  // of them, there before
  std::uint64_t rejected = 0;    // events, by what their app declares
  std::uint64_t warned = 0;      // violations of events that were taken
  std::uint64_t refused = 0;     // requests, for any reason
};

class Ingest {
 public:
  // REQUIRES: authenticator and clock. Errors of EventStore::Open; apps are
  // read once, and where they can't be, later.
  static Result<std::unique_ptr<Ingest>> Open(const IngestOptions& options);
  ~Ingest();
  Ingest(const Ingest&) = delete;
  Ingest& operator=(const Ingest&) = delete;

  // Live as long as this does.
  std::vector<Route> routes();

  // For whoever looks at new events: see EventStore::OnStored.
  EventStore& store();
  IngestCounts counts() const;

 private:
  struct Parts;
  explicit Ingest(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace writ::reconciler::gateway
