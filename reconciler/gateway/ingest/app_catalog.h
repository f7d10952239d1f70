// The apps of a state and what they ask of events, as ingest needs them: by
// uid, name and slug, with compiled schemas. Made anew when the state's serial
// moves; schemas that stayed are taken over as they are.
//
// A catalog is immutable and safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "reconciler/events/event_records.h"
#include "reconciler/store/state_store.h"
#include "schema/event/event_validator.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {

enum class UnplannedEvents : std::uint8_t { kAllow, kWarn, kBlock };

struct CatalogSchema {
  std::string uid;
  std::int64_t generation = 0;
  std::shared_ptr<const EventValidator> validator;
};

struct CatalogApp {
  std::string name;
  std::string slug;
  std::string uid;
  std::string workspace_uid;
  UnplannedEvents unplanned = UnplannedEvents::kBlock;
  Duration retention{};
  std::map<std::string, CatalogSchema, std::less<>> schemas;  // by event

  const CatalogSchema* FindSchema(std::string_view event) const;
};

struct AppCatalog {
  std::int64_t serial = -1;
  std::map<std::string, CatalogApp, std::less<>> apps;  // by uid
  // Of deleted apps that may come back (T-12), by uid.
  std::map<std::string, Duration> deleted;

  const CatalogApp* FindByUid(std::string_view uid) const;
  // By name, slug or uid.
  const CatalogApp* Find(std::string_view app) const;
};

// Events of apps that nobody knows any more go after that.
inline constexpr std::chrono::hours kUnknownAppRetention{90 * 24};

RetentionPlan PlanRetention(const AppCatalog& catalog, Timestamp now);

// `previous` may be null.
Result<std::shared_ptr<const AppCatalog>> ReadCatalog(
    StateStore& store, const AppCatalog* previous);

// The newest catalog, and its own way to the state. Safe from any thread;
// Refresh blocks on disk, Get doesn't.
class CatalogSource {
 public:
  // No state is opened yet: what apps there are is known after a Refresh.
  explicit CatalogSource(std::string folder) : folder_(std::move(folder)) {}

  std::shared_ptr<const AppCatalog> Get() const;
  // Reads the catalog where the serial has moved; keeps the last one where the
  // state can't be read.
  Status Refresh();

 private:
  Status ReadAnew();

  const std::string folder_;
  mutable std::mutex mutex_;  // of current_
  std::shared_ptr<const AppCatalog> current_ = std::make_shared<AppCatalog>();
  std::mutex reading_;  // of store_
  std::unique_ptr<StateStore> store_;
};

}  // namespace writ::reconciler::gateway
