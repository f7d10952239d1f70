#include "reconciler/controller/scheduled_rotations.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "reconciler/store/live_spec.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

using engine::Change;
using engine::LiveReference;
using engine::LiveResource;
using engine::RotationOutlook;

// More at once than anybody reads; a round takes as many.
constexpr int kMostDue = 20'000;

struct DueToken {
  Timestamp since;
  std::vector<std::string> hints;  // of what will be revoked
};

Result<std::map<ResourceId, DueToken>> ReadDueTokens(StateStore& store,
                                                     Timestamp now) {
  std::map<ResourceId, DueToken> due;
  const auto records = TRY(store.credentials().ReadDue(now, kMostDue));
  if (records.empty()) return due;
  std::set<ResourceId> rotating;
  for (const RotationRecord& open : TRY(store.rotations().ReadAll(false))) {
    rotating.insert(open.token);
  }
  for (const CredentialRecord& record : records) {
    if (rotating.count(record.token) > 0) continue;
    DueToken& token = due[record.token];
    const bool first = token.hints.empty();
    token.since =
        first ? *record.rotate_at : std::min(token.since, *record.rotate_at);
    token.hints.push_back(record.hint);
  }
  return due;
}

void FillSchedule(const Value& schedule, RotationOutlook& outlook) {
  outlook.evidence = schedule.FindString("evidence");
  outlook.quiet_for = schedule.FindString("quietFor");
  if (schedule.FindString("strategy") == "immediate") outlook.evidence.clear();
  const std::string_view canary = schedule.FindString("canary");
  std::stable_partition(
      outlook.targets.begin(), outlook.targets.end(),
      [&](const std::string& target) { return target == canary; });
}

Change MakeChange(const LiveResource& live, const DueToken& due) {
  Change change;
  change.id = live.id;
  change.action = engine::Action::kRotate;
  change.reason = engine::Reason::kRotationDue;
  change.cause = engine::Cause::kSchedule;
  change.generation = live.generation;
  change.provenance = live.provenance;
  change.written_at.file = live.provenance.file;
  change.written_at.line = live.provenance.line;
  change.written_at.column = live.provenance.column;
  change.rotation.emplace();
  change.rotation->due_since = due.since;
  change.rotation->revokes = due.hints;
  return change;
}

}  // namespace

Result<std::vector<Change>> FindScheduledRotations(StateStore& store,
                                                   const std::string& owner,
                                                   Timestamp now) {
  std::vector<Change> changes;
  const auto due = TRY(ReadDueTokens(store, now));
  if (due.empty()) return changes;
  std::vector<ResourceId> tokens;
  for (const auto& [id, token] : due) tokens.push_back(id);
  std::map<ResourceId, std::vector<ResourceId>> references;
  for (LiveReference& reference : TRY(store.ReferencesFrom(tokens))) {
    references[reference.from].push_back(std::move(reference.to));
  }
  std::map<ResourceId, Value> schedules;
  for (const LiveResource& live : TRY(store.ReadResources(tokens))) {
    if (live.owner != owner) continue;
    Change change = MakeChange(live, due.at(live.id));
    std::optional<ResourceId> schedule;
    for (const ResourceId& to : references[live.id]) {
      if (to.kind() == "DeployTarget") {
        change.rotation->targets.emplace_back(to.name());
      }
      if (to.kind() == "RotationSchedule") schedule = to;
    }
    if (schedule) {
      change.rotation->schedule = schedule->name();
      auto known = schedules.find(*schedule);
      if (known == schedules.end()) {
        known =
            schedules.emplace(*schedule, TRY(ReadSpec(store, *schedule))).first;
      }
      FillSchedule(known->second, *change.rotation);
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace writ::reconciler
