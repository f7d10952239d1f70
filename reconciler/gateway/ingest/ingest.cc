#include "reconciler/gateway/ingest/ingest.h"

#include <optional>
#include <utility>

#include "reconciler/gateway/ingest/app_catalog.h"
#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/ingest/event_list_handler.h"
#include "reconciler/gateway/ingest/ingest_handler.h"
#include "reconciler/gateway/ingest/vela_access.h"
#include "schema/check.h"

namespace writ::reconciler::gateway {

// In the order in which one uses the other; destroyed from the end. The store
// calls back into the handler until it has ended, so that goes first.
struct Ingest::Parts {
  explicit Parts(const IngestOptions& options)
      : clock(*options.clock),
        access(*options.authenticator, options.uses, clock),
        catalog(options.store.folder) {}

  ~Parts() {
    desk.reset();
    store.reset();
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  void Start(const IngestOptions& options, std::unique_ptr<EventStore> opened) {
    store = std::move(opened);
    // A state that isn't there yet is looked for again every round.
    (void)catalog.Refresh();
    desk = std::make_unique<Desk>([this] { Round(); }, kCatalogPeriod);
    handler = std::make_unique<IngestHandler>(
        IngestHandler::Uses{access, catalog, *store, *desk});
    lister = std::make_unique<EventListHandler>(
        EventListHandler::Uses{access, catalog, *desk, options.store.folder});
  }

  // On the desk.
  void Round() {
    const bool known = catalog.Refresh().has_value();
    const Timestamp now = clock.Now();
    if (!known || (purged_at && now - *purged_at < kPurgePeriod)) return;
    purged_at = now;
    store->Purge(PlanRetention(*catalog.Get(), now), [](const auto&) {});
  }

  const Clock& clock;
  VelaAccess access;
  CatalogSource catalog;
  std::unique_ptr<IngestHandler> handler;
  std::unique_ptr<EventListHandler> lister;
  std::unique_ptr<EventStore> store;
  std::optional<Timestamp> purged_at;  // the desk's
  std::unique_ptr<Desk> desk;
};

Ingest::Ingest(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Ingest::~Ingest() = default;

Result<std::unique_ptr<Ingest>> Ingest::Open(const IngestOptions& options) {
  CHECK(options.authenticator != nullptr && options.clock != nullptr);
  auto store = TRY(EventStore::Open(options.store));
  auto parts = std::make_unique<Parts>(options);
  parts->Start(options, std::move(store));
  return std::unique_ptr<Ingest>(new Ingest(std::move(parts)));
}

std::vector<Route> Ingest::routes() {
  return {Route{"POST", "/v1/ingest", parts_->handler.get(),
                "Takes one event or a batch of up to 100."},
          Route{"GET", "/v1/apps/{app}/events", parts_->lister.get(),
                "Lists an app's events, newest first."}};
}

EventStore& Ingest::store() { return *parts_->store; }

IngestCounts Ingest::counts() const { return parts_->handler->counts(); }

}  // namespace writ::reconciler::gateway
