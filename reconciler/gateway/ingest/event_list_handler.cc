#include "reconciler/gateway/ingest/event_list_handler.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "reconciler/gateway/request_path.h"
#include "schema/event/iso_date.h"
#include "schema/json.h"

namespace writ::reconciler::gateway {
namespace {

constexpr int kMaxPage = 100;

tl::unexpected<VelaError> BadQuery(const std::string& message) {
  return tl::unexpected<VelaError>(VelaError{400, message});
}

// '+' is a space in forms, and nobody writes one into an offset encoded.
std::optional<Timestamp> ParseTime(std::string value) {
  std::replace(value.begin(), value.end(), ' ', '+');
  return ParseIsoInstant(value);
}

// What is wrong, or nothing.
std::string TakeParameter(std::string_view name, std::string value,
                          EventQuery& query) {
  if (name == "level") {
    query.level = std::move(value);
  } else if (name == "type") {
    query.event = std::move(value);
  } else if (name == "cursor") {
    query.cursor = std::move(value);
  } else if (name == "from" || name == "to") {
    const auto at = ParseTime(std::move(value));
    if (!at) return "is not a time like 2026-06-01T12:00:00Z";
    (name == "from" ? query.from : query.to) = at;
  } else if (name == "limit") {
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, query.limit);
    if (read.ec != std::errc() || read.ptr != end || query.limit < 1 ||
        query.limit > kMaxPage) {
      return "is not a number of 1 to 100";
    }
  } else {
    return "is no parameter: level, type, from, to, limit and cursor are";
  }
  return {};
}

std::string PrintPage(const EventPage& page) {
  std::string body = "{\"items\":[";
  for (const StoredEvent& event : page.events) {
    if (body.back() != '[') body += ',';
    AppendEvent(event, body);
  }
  body += "],\"nextCursor\":";
  if (page.next_cursor.empty()) {
    body += "null";
  } else {
    AppendQuotedJson(page.next_cursor, body);
  }
  return body + "}";
}

}  // namespace

tl::expected<EventQuery, VelaError> ParseEventQuery(std::string_view text) {
  const auto parameters = ReadQuery(text);
  if (!parameters) return BadQuery(parameters.error().message);
  EventQuery query;
  for (const auto& [name, value] : *parameters) {
    const std::string wrong = TakeParameter(name, value, query);
    if (!wrong.empty()) return BadQuery("\"" + name + "\" " + wrong);
  }
  return query;
}

void EventListHandler::Handle(const HttpRequest& request, Respond respond) {
  auto caller = uses_.access.Admit(request, "clientSecret");
  if (!caller) {
    respond(VelaErrorResponse(caller.error(), request, uses_.access.Now()));
    return;
  }
  auto who = *std::move(caller);
  const bool submitted = uses_.desk.Submit(
      [this, &request, who, respond] { respond(List(request, *who)); });
  if (submitted) return;
  VelaError error{503, "too much is waiting"};
  error.headers.push_back({"Retry-After", "1"});
  respond(VelaErrorResponse(error, request, uses_.access.Now()));
}

HttpResponse EventListHandler::List(const HttpRequest& request,
                                    const Principal& caller) {
  const auto refuse = [&](const VelaError& error) {
    return VelaErrorResponse(error, request, uses_.access.Now());
  };
  auto query = ParseEventQuery(request.query);
  if (!query) return refuse(query.error());
  // Where the state can't be read, what was read last holds.
  (void)uses_.catalog.Refresh();
  const auto catalog = uses_.catalog.Get();
  const CatalogApp* app = catalog->Find(request.Param("app"));
  if (app == nullptr || app->workspace_uid != caller.rights.parent_uid) {
    return refuse(VelaError{404, "there is no such app"});
  }
  query->app_uid = app->uid;
  const Result<EventPage> page = ReadPage(*query);
  if (!page) {
    const int status = page.error().code == ErrorCode::kInvalidArgument
                           ? 400
                           : ToHttpStatus(page.error().code);
    return refuse(VelaError{
        status, status < 500 ? page.error().message : "events can't be read"});
  }
  HttpResponse response;
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = PrintPage(*page);
  return response;
}

Result<EventPage> EventListHandler::ReadPage(const EventQuery& query) {
  if (!reader_) reader_ = TRY(EventReader::Open(uses_.folder));
  return reader_->List(query);
}

}  // namespace writ::reconciler::gateway
