// GET /v1/apps/{app}/events, by a client secret of the app's workspace; the app
// by slug, name or uid. An app of another workspace is as if it weren't there.
//
//   level, type (the event's name), from, to (ISO 8601, inclusive),
//   limit (25, at most 100), cursor
#pragma once

#include <memory>
#include <string>

#include "reconciler/events/event_reader.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/ingest/app_catalog.h"
#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/ingest/vela_access.h"

namespace writ::reconciler::gateway {

class EventListHandler final : public HttpHandler {
 public:
  struct Uses {
    const VelaAccess& access;
    CatalogSource& catalog;
    Desk& desk;
    std::string folder;
  };

  explicit EventListHandler(Uses uses) : uses_(std::move(uses)) {}

  void Handle(const HttpRequest& request, Respond respond) override;

 private:
  // On the desk.
  HttpResponse List(const HttpRequest& request, const Principal& caller);
  Result<EventPage> ReadPage(const EventQuery& query);

  const Uses uses_;
  std::unique_ptr<EventReader> reader_;  // the desk's
};

// The query of a request as a listing takes it, or what is wrong with it.
tl::expected<EventQuery, VelaError> ParseEventQuery(std::string_view query);

}  // namespace writ::reconciler::gateway
