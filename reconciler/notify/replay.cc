#include "reconciler/notify/replay.h"

#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

Status AuditReplay(StateStore& store, const DeliveryFilter& filter, bool enable,
                   const Authorship& by) {
  Value details{Value::Map{}};
  if (!filter.id.empty()) details.Set("delivery", filter.id);
  if (!filter.app.empty()) details.Set("app", filter.app);
  if (!filter.rule.empty()) details.Set("rule", filter.rule);
  details.Set("since", FormatTimestamp(*filter.since));
  details.Set("enable", enable);
  AuditEntry entry;
  entry.at = by.at;
  entry.actor = by.actor;
  entry.action = "deliveries.replay";
  entry.subject = filter.destination;
  entry.details = CanonicalJson(details);
  auto transaction = TRY(store.BeginWrite(""));
  TRY(transaction->AppendAudit(entry));
  return transaction->Commit();
}

}  // namespace

Result<ReplayResult> ReplayDeliveries(StateStore& store, Outbox& outbox,
                                      DeliveryFilter filter, bool enable,
                                      const Authorship& by) {
  filter.limit = kMostReplayed;
  if (filter.id.empty()) filter.state = engine::DeliveryState::kDead;
  const Timestamp reach = by.at - kReplayReach;
  if (!filter.since || *filter.since < reach) filter.since = reach;
  TRY(AuditReplay(store, filter, enable, by));
  return outbox.Replay(filter, enable, by.at);
}

}  // namespace writ::reconciler
