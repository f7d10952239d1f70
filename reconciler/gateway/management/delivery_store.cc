#include "reconciler/gateway/management/delivery_store.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "reconciler/gateway/request_path.h"
#include "reconciler/notify/replay.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {
namespace {

using engine::DeliveryState;

constexpr int kPage = 25;
constexpr int kLargestPage = 100;
constexpr std::size_t kMostIds = 100;
constexpr std::size_t kNotificationDigits = 32;
constexpr char kDestinationKind[] = "Destination";

// The contract's word for a dead letter is failed.
std::string_view StatusOf(DeliveryState state) {
  return state == DeliveryState::kDead ? "failed" : engine::Name(state);
}

// "1764547200000000.dlv_…"
std::string CursorOf(const OutboxDelivery& delivery) {
  return std::to_string(delivery.created_at.time_since_epoch().count()) + "." +
         delivery.standing.id;
}

std::optional<DeliveryFilter::After> ParseCursor(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot + 1 == text.size()) return {};
  std::int64_t count = 0;
  const char* end = text.data() + dot;
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc() || read.ptr != end) return {};
  return DeliveryFilter::After{Timestamp(Timestamp::duration(count)),
                               std::string(text.substr(dot + 1))};
}

Value AttemptsToValue(const std::vector<DeliveryAttempt>& attempts) {
  Value::List list;
  for (const DeliveryAttempt& attempt : attempts) {
    Value each;
    each.Set("at", FormatTimestamp(attempt.at));
    each.Set("outcome", attempt.outcome);
    each.Set("status", attempt.status);
    each.Set("durationMs", attempt.duration_ms);
    each.Set("response", attempt.response);
    list.push_back(std::move(each));
  }
  return list;
}

Value SummaryOf(const DeliveryTotals& totals) {
  Value summary;
  summary.Set("total", totals.pending + totals.delivered + totals.dead);
  summary.Set("pending", totals.pending);
  summary.Set("delivered", totals.delivered);
  summary.Set("failed", totals.dead);
  return summary;
}

tl::unexpected<Error> Wrong(const std::string& name, const char* why) {
  return Fail(ErrorCode::kInvalidArgument, "\"" + name + "\" " + why);
}

// Says that it is a test, in the words of an event.
Message TestMessage(const engine::LiveResource& destination, std::string id,
                    Timestamp now) {
  engine::NotifyEvent event;
  event.id = "evt_test";
  event.app = std::string(destination.id.parent());
  event.event = "writ.test";
  event.data.Set("message", "This is a test of the destination.");
  event.at = now;
  event.taken_at = now;
  Message message;
  message.id = std::move(id);
  message.rule =
      ResourceId("NotificationRule", destination.id.parent(), "writ-test");
  message.events = 1;
  message.fresh = 1;
  message.samples = {std::move(event)};
  message.destinations = {std::string(destination.id.name())};
  message.at = now;
  return message;
}

}  // namespace

Result<Outbox*> DeliveryStore::Events() {
  if (!outbox_) {
    EventDatabaseOptions options;
    options.folder = store_.folder();
    options.mode = EventDatabaseMode::kMigrate;
    database_ = TRY(OpenEventDatabase(options));
    outbox_.emplace(*database_);
  }
  return &*outbox_;
}

Status DeliveryStore::TakeParameter(const Row& app, const std::string& name,
                                    const std::string& value,
                                    DeliveryFilter& filter) {
  if (name == "status") {
    for (const auto state : {DeliveryState::kPending, DeliveryState::kDelivered,
                             DeliveryState::kDead}) {
      if (StatusOf(state) == value) filter.state = state;
    }
    if (!filter.state) return Wrong(name, "is pending, delivered or failed");
  } else if (name == "destinationId") {
    // One that is gone still has deliveries.
    const auto found =
        scope_.FindChild(app.id, kDestinationKind, value, "destination");
    filter.destination =
        found ? found->id.address()
              : ResourceId(kDestinationKind, app.id.name(), value).address();
  } else if (name == "ruleId") {
    const auto found =
        scope_.FindChild(app.id, "NotificationRule", value, "rule");
    filter.rule =
        found ? found->id.address()
              : ResourceId("NotificationRule", app.id.name(), value).address();
  } else if (name == "cursor") {
    filter.after = ParseCursor(value);
    if (!filter.after) return Wrong(name, "is none that a page gave");
  } else if (name == "limit") {
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, filter.limit);
    if (read.ec != std::errc() || read.ptr != end || filter.limit < 1 ||
        filter.limit > kLargestPage) {
      return Wrong(name, "is a number of 1 to 100");
    }
  } else {
    return Wrong(name,
                 "is no parameter: ruleId, destinationId, status, limit and "
                 "cursor are");
  }
  return {};
}

Result<Value> DeliveryStore::ToValue(Outbox& outbox,
                                     const OutboxDelivery& delivery) {
  Value value;
  value.Set("id", delivery.standing.id);
  value.Set("notificationId", delivery.notification);
  const auto name_of = [](const std::string& address) {
    const auto id = ResourceId::Parse(address);
    return id ? std::string(id->name()) : address;
  };
  value.Set("rule", name_of(delivery.rule));
  value.Set("destination", name_of(delivery.destination));
  value.Set("status", StatusOf(delivery.standing.state));
  value.Set("reason", delivery.reason);
  value.Set("priority", delivery.critical ? "critical" : "normal");
  value.Set("createdAt", FormatTimestamp(delivery.created_at));
  value.Set("dueAt", delivery.standing.state == DeliveryState::kPending
                         ? Value(FormatTimestamp(delivery.standing.due))
                         : Value());
  value.Set("settledAt", delivery.settled_at
                             ? Value(FormatTimestamp(*delivery.settled_at))
                             : Value());
  value.Set("attempts",
            AttemptsToValue(TRY(outbox.Attempts(delivery.standing.id))));
  return value;
}

Result<Value> DeliveryStore::ListBy(const Principal& caller,
                                    const HttpRequest& request,
                                    std::optional<DeliveryState> only) {
  const Row app = TRY(scope_.FindApp(caller, request.Param("app")));
  DeliveryFilter filter;
  filter.limit = kPage;
  filter.app = std::string(app.id.name());
  for (const auto& [name, value] : TRY(ReadQuery(request.query))) {
    TRY(TakeParameter(app, name, value, filter));
  }
  if (only) filter.state = only;
  Outbox& outbox = *TRY(Events());
  const int asked = filter.limit++;
  auto deliveries = TRY(outbox.List(filter));
  const bool has_more = deliveries.size() > static_cast<std::size_t>(asked);
  if (has_more) deliveries.pop_back();
  Value::List items;
  for (const OutboxDelivery& delivery : deliveries) {
    items.push_back(TRY(ToValue(outbox, delivery)));
  }
  Value page;
  page.Set("items", std::move(items));
  page.Set("nextCursor",
           has_more ? Value(CursorOf(deliveries.back())) : Value());
  page.Set("summary", SummaryOf(TRY(outbox.Totals(filter.app))));
  return page;
}

Result<Value> DeliveryStore::List(const Principal& caller,
                                  const HttpRequest& request) {
  return ListBy(caller, request, std::nullopt);
}

Result<Value> DeliveryStore::ListDead(const Principal& caller,
                                      const HttpRequest& request) {
  return ListBy(caller, request, DeliveryState::kDead);
}

Result<Value> DeliveryStore::Replay(const Principal& caller,
                                    const std::string& app, const Value& body) {
  static constexpr std::string_view kKeys[] = {"ids", "destinationId",
                                               "enable"};
  TRY(CheckKeys(body, kKeys));
  const Row row = TRY(scope_.FindApp(caller, app));
  DeliveryFilter filter;
  filter.app = std::string(row.id.name());
  if (body.Find("destinationId") != nullptr) {
    const std::string wanted = TRY(TextAt(body, "destinationId"));
    filter.destination =
        TRY(scope_.FindChild(row.id, kDestinationKind, wanted, "destination"))
    .id.address();
  }
  const Value* enable = body.Find("enable");
  if (enable != nullptr && !enable->IsBoolean()) {
    return Wrong("enable", "is true or false");
  }
  std::vector<std::string> ids = {""};  // none named: all dead letters
  if (const Value* list = body.Find("ids")) {
    ids.clear();
    if (!list->IsList() || list->AsList().empty() ||
        list->AsList().size() > kMostIds) {
      return Wrong("ids", "is a list of 1 to 100 deliveries");
    }
    for (const Value& id : list->AsList()) {
      if (!id.IsString() || id.AsString().empty()) {
        return Wrong("ids", "is a list of 1 to 100 deliveries");
      }
      ids.push_back(id.AsString());
    }
  }
  Outbox& outbox = *TRY(Events());
  const Authorship by{clock_.Now(), scope_.AuthorOf(caller).actor};
  ReplayResult all;
  for (const std::string& id : ids) {
    filter.id = id;
    const ReplayResult one = TRY(ReplayDeliveries(
        store_, outbox, filter, enable != nullptr && enable->AsBoolean(), by));
    all.replayed += one.replayed;
    all.disabled += one.disabled;
  }
  Value done;
  done.Set("replayed", all.replayed);
  done.Set("disabled", all.disabled);
  return done;
}

Status DeliveryStore::AuditTest(const Principal& caller,
                                const std::string& address) {
  AuditEntry entry;
  entry.at = clock_.Now();
  entry.actor = scope_.AuthorOf(caller).actor;
  entry.action = "destination.test";
  entry.subject = address;
  entry.details = "{}";
  auto transaction = TRY(store_.BeginWrite(""));
  TRY(transaction->AppendAudit(entry));
  return transaction->Commit();
}

Result<Value> DeliveryStore::Test(const Principal& caller,
                                  const std::string& app,
                                  const std::string& destination) {
  const Row row = TRY(scope_.FindApp(caller, app));
  const Row found = TRY(
      scope_.FindChild(row.id, kDestinationKind, destination, "destination"));
  const std::string address = found.id.address();
  Outbox& outbox = *TRY(Events());
  const auto health = TRY(outbox.ReadHealth(address));
  if (health && !health->health.disabled.empty()) {
    return Fail(ErrorCode::kConflict,
                "the destination is switched off: " + health->health.disabled);
  }
  Outbox::Evaluated evaluated;
  evaluated.now = clock_.Now();
  evaluated.messages = {TestMessage(
      found, "ntf_" + random_.Hex(kNotificationDigits), evaluated.now)};
  TRY(AuditTest(caller, address));
  TRY(outbox.Commit(evaluated));
  Value done;
  done.Set("status", "ok");
  done.Set("message",
           "on its way; notification-delivery-attempts says what became of it");
  done.Set("deliveryId", DeliveryIdOf(evaluated.messages[0].id, address));
  return done;
}

}  // namespace writ::reconciler::gateway
