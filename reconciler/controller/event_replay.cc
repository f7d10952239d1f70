#include "reconciler/controller/event_replay.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/notify/rule_set.h"
#include "reconciler/events/event_reader.h"
#include "schema/event/event_batch.h"
#include "schema/event/event_validator.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using engine::Action;
using engine::Change;
using engine::EventReplay;

constexpr int kRecentEvents = 10'000;
constexpr std::int64_t kMostLooks = 200'000;

bool IsReplayed(const Change& change) {
  const std::string_view kind = change.id.kind();
  const bool is_judge = kind == "EventSchema" || kind == "NotificationRule";
  const bool stands = change.action == Action::kCreate ||
                      change.action == Action::kUpdate ||
                      change.action == Action::kReplace;
  return is_judge && stands && change.after != nullptr;
}

class Replaying {
 public:
  Replaying(StateStore& store, EventReader& reader)
      : store_(store), reader_(reader) {}

  Status Run(engine::Plan& plan) {
    for (Change& change : plan.changes) {
      if (!IsReplayed(change)) continue;
      const auto* events = TRY(EventsOf(change.id.parent()));
      looks_ += static_cast<std::int64_t>(events->size());
      if (looks_ > kMostLooks) return {};
      change.replay = change.id.kind() == "EventSchema"
                          ? Reject(change, *events)
                          : Fire(change, *events);
    }
    return {};
  }

 private:
  // Of the app as it is live; a new one has none.
  Result<const std::vector<StoredEvent>*> EventsOf(std::string_view app) {
    const auto [found, is_new] =
        events_.emplace(std::string(app), std::vector<StoredEvent>());
    if (is_new) {
      const auto stored = TRY(store_.ReadStored(ResourceId("App", app)));
      if (stored) {
        found->second = TRY(reader_.Recent(stored->live.uid, kRecentEvents));
      }
    }
    return &found->second;
  }

  // Nothing where it would only have been counted, or there are no events.
  std::optional<EventReplay> Reject(const Change& change,
                                    const std::vector<StoredEvent>& events) {
    const auto validator = EventValidator::Compile(*change.after);
    if (!validator->enforces()) return std::nullopt;
    EventReplay replay;
    for (const StoredEvent& event : events) {
      if (event.event != change.id.name()) continue;
      const EventBatch* batch =
          parser_.Parse(R"({"event":"replayed","level":"info","data":)" +
                        event.data + R"(,"metadata":)" +
                        (event.metadata.empty() ? "{}" : event.metadata) + "}");
      if (batch == nullptr) continue;
      ++replay.events;
      const ParsedEvent& parsed = batch->events[0];
      validator->Check(*batch->tree, parsed.data, parsed.metadata, verdict_);
      if (!verdict_.valid()) ++replay.affected;
    }
    if (replay.events == 0) return std::nullopt;
    return replay;
  }

  static std::optional<EventReplay> Fire(
      const Change& change, const std::vector<StoredEvent>& events) {
    const Value* spec = change.after->Find("spec");
    if (spec == nullptr || events.empty()) return std::nullopt;
    const engine::RuleSet rules(
        {{change.id, "", std::make_shared<const Value>(*spec)}}, {});
    EventReplay replay;
    for (const StoredEvent& event : events) {
      ++replay.events;
      if (!rules.Match(Told(change, event)).empty()) ++replay.affected;
    }
    return replay;
  }

  static engine::NotifyEvent Told(const Change& change,
                                  const StoredEvent& event) {
    engine::NotifyEvent told;
    told.id = event.id;
    told.app = change.id.parent();
    told.event = event.event;
    told.level = event.level;
    told.customer_id = event.customer_id.value_or("");
    if (auto data = ParseJson(event.data)) told.data = *std::move(data);
    if (auto metadata = ParseJson(event.metadata)) {
      told.metadata = *std::move(metadata);
    }
    told.at = event.timestamp;
    told.taken_at = event.ingested_at;
    return told;
  }

  StateStore& store_;
  EventReader& reader_;
  std::map<std::string, std::vector<StoredEvent>> events_;  // by app
  EventBatchParser parser_;
  EventVerdict verdict_;
  std::int64_t looks_ = 0;
};

}  // namespace

Status ReplayRecentEvents(StateStore* store, engine::Plan& plan) {
  bool is_worth_it = false;
  for (const Change& change : plan.changes) {
    is_worth_it = is_worth_it || IsReplayed(change);
  }
  if (store == nullptr || !is_worth_it) return {};
  auto reader = EventReader::Open(store->folder());
  if (!reader) {
    if (reader.error().code == ErrorCode::kNotFound) return {};
    return tl::unexpected<Error>(reader.error());
  }
  return Replaying(*store, **reader).Run(plan);
}

}  // namespace writ::reconciler
