#include "reconciler/loop/status.h"

#include <algorithm>
#include <utility>

#include "engine/plan/plan_words.h"
#include "manifests/source/revision.h"
#include "reconciler/events/event_database.h"
#include "reconciler/loop/attempt_memory.h"
#include "reconciler/notify/outbox.h"
#include "reconciler/store/live_spec.h"

namespace writ::reconciler {
namespace {

using engine::Cause;
using engine::Change;

// So many applies back the last complete one is looked for.
constexpr int kAppliesLookedAt = 50;
constexpr std::size_t kShownMissing = 5;

bool IsAllDrift(const Change& change) { return change.cause == Cause::kDrift; }

bool TouchesDrift(const Change& change) {
  return std::any_of(change.fields.begin(), change.fields.end(),
                     [](const engine::FieldChange& field) {
                       return field.cause == Cause::kDrift;
                     });
}

bool IsDenied(const Change& change) {
  return std::any_of(
      change.findings.begin(), change.findings.end(),
      [](const engine::Finding& finding) { return finding.denies(); });
}

class StatusReading {
 public:
  StatusReading(const RunEffects& effects, const PlanRequest& request)
      : effects_(effects), request_(request) {}

  Result<EnvironmentStatus> Read() {
    Diagnostics diagnostics;
    auto run = TRY(MakePlanRun(effects_, request_, diagnostics));
    if (!run) {
      TRY(ReadWithoutPlan());
      Problem("the manifests have errors", "writ validate");
      return std::move(status_);
    }
    status_.environment = run->environment;
    status_.head = run->source->commit();
    status_.sync =
        TRY(engine::ParseSyncSettings(run->planned.desired.environment.sync));
    secret_environment_ = run->planned.desired.environment.secret_environment;
    CountChanges(run->planned.plan);
    if (run->store == nullptr) {
      TRY(LookAtWindows({}));
      return std::move(status_);
    }
    TRY(ReadState(*run->store, run->planned.desired.repository.name));
    TRY(CountCommits());
    TRY(ReadDeliveries(run->state_folder));
    return std::move(status_);
  }

 private:
  // The command names the environment: another is the default, perhaps.
  void Problem(std::string text, std::string command) {
    if (!status_.environment.empty()) {
      command += " --env " + status_.environment;
    }
    status_.problems.push_back({std::move(text), std::move(command)});
  }

  // What writ.yaml says, where nothing else can be planned.
  Status ReadWithoutPlan() {
    const auto source = TRY(OpenSourceOf(request_));
    Diagnostics ignored;
    const auto repository = TRY(manifests::LoadRepository(*source, ignored));
    status_.head = source->commit();
    status_.environment = request_.environment;
    if (!repository) return {};
    const auto environment =
        TRY(SelectEnvironment(*repository, request_.environment));
    status_.environment = environment.name;
    status_.sync = TRY(engine::ParseSyncSettings(environment.sync));
    return LookAtWindows({});
  }

  void CountChanges(const engine::Plan& plan) {
    for (const Change& change : plan.changes) {
      if (!IsAllDrift(change)) ++status_.changes;
      if (TouchesDrift(change)) ++status_.drifted;
      if (IsDenied(change)) ++status_.denied;
    }
    if (plan.denied() && status_.denied == 0) status_.denied = 1;
    status_.in_sync = status_.changes == 0;
    status_.rotations_due = static_cast<std::int64_t>(plan.scheduled.size());
    const auto count = [&](const std::vector<engine::Guard>& guards) {
      status_.unsafe += std::count_if(
          guards.begin(), guards.end(),
          [](const engine::Guard& guard) { return !guard.allowed; });
    };
    count(plan.guards);
    for (const Change& change : plan.changes) count(change.guards);
  }

  Status ReadState(StateStore& store, const std::string& owner) {
    const StateFacts facts = TRY(store.ReadFacts());
    if (facts.restored) {
      Problem("the state was restored from a backup and isn't accepted yet",
              "writ state restore --accept");
    }
    if (facts.clock_behind) {
      Problem(
          "this machine's clock is behind the state's: nothing happens by "
          "schedule",
          "writ doctor");
    }
    const auto base = TRY(store.ReadBase(owner));
    if (base) status_.applied = base->commit;
    for (const ApplyRecord& apply : TRY(store.ReadApplies(kAppliesLookedAt))) {
      if (apply.owner != owner) continue;
      if (!status_.last_applied_at) status_.last_applied_at = apply.started_at;
      if (apply.outcome != ApplyOutcome::kComplete) continue;
      if (status_.applied.empty()) status_.applied = apply.commit;
      break;
    }
    const auto attempt = TRY(ReadAttempt(store, owner));
    const bool failed = attempt && attempt->exit_code != ExitCode::kDone &&
                        attempt->commit == status_.head.id &&
                        status_.changes > 0;
    if (failed) {
      Problem("the last attempt, at " + FormatSeconds(attempt->at) +
                  ", failed: " + attempt->failure,
              "writ reconcile --force");
    }
    const auto windows = TRY(ReadAppliedWindows(store, owner));
    TRY(LookAtWindows(windows));
    TRY(ReadRotations(store));
    return ReadMissingValues(store);
  }

  Status LookAtWindows(const std::vector<engine::Window>& applied) {
    const Timestamp now = effects_.clock.Now();
    const auto& windows = status_.sync.windows;
    status_.window_open =
        engine::IsAllowed(windows, now) && engine::IsAllowed(applied, now);
    status_.window_changes = engine::NextChange(windows, now);
    const auto other = engine::NextChange(applied, now);
    if (other &&
        (!status_.window_changes || *other < *status_.window_changes)) {
      status_.window_changes = other;
    }
    return {};
  }

  Status ReadRotations(StateStore& store) {
    for (const RotationRecord& record :
         TRY(store.rotations().ReadAll(/*all=*/false))) {
      ++status_.rotations[record.phase];
      const bool waits_for_person =
          record.phase == "PAUSED" || record.phase == "NEEDS_HUMAN";
      if (!waits_for_person) continue;
      Problem(
          "the rotation of " + record.token.address() + " is " + record.phase,
          "writ rotation show " + record.token.address());
    }
    return {};
  }

  Status ReadMissingValues(StateStore& store) {
    std::vector<std::string> missing;
    for (const engine::LiveResource& live : TRY(store.ReadKind("Secret"))) {
      const Value spec = TRY(SpecOf(live));
      const Value* required = spec.Find("required");
      const Value* source = spec.Find("source");
      const bool is_managed = source == nullptr || !source->IsMap() ||
                              source->AsMap().empty() ||
                              source->AsMap().front().key == "managed";
      const Value* environments = spec.Find("environments");
      const bool is_here =
          environments == nullptr || !environments->IsList() ||
          std::any_of(environments->AsList().begin(),
                      environments->AsList().end(), [&](const Value& name) {
                        return name == Value("all") ||
                               name == Value(secret_environment_);
                      });
      const bool wanted = is_here && required != nullptr &&
                          required->IsBoolean() && required->AsBoolean() &&
                          is_managed;
      if (!wanted) continue;
      if (!TRY(HasValue(store, live.uid))) {
        missing.push_back(live.id.address());
      }
    }
    for (std::size_t i = 0; i < std::min(missing.size(), kShownMissing); ++i) {
      Problem(missing[i] + " is required and has no value",
              "writ secrets set " + missing[i]);
    }
    if (missing.size() > kShownMissing) {
      Problem(engine::Counted(
                  static_cast<std::int64_t>(missing.size() - kShownMissing),
                  "more secret", "more secrets") +
                  " without a value",
              "writ secrets list");
    }
    return {};
  }

  Result<bool> HasValue(StateStore& store, const std::string& uid) {
    const auto pointer =
        TRY(store.secrets().FindPointer(uid, secret_environment_));
    return pointer && pointer->version > 0;
  }

  Status CountCommits() {
    if (status_.in_sync && status_.applied.empty()) return {};
    if (status_.applied.empty() || status_.head.id.empty()) return {};
    const auto count = manifests::CountCommitsBetween(
        request_.source.path, status_.applied, status_.head.id);
    if (count) status_.behind = *count;
    return {};
  }

  Status ReadDeliveries(const std::string& folder) {
    auto database =
        OpenEventDatabase({folder, EventDatabaseMode::kReadOnly, {}});
    // No events, or of an older version: nothing is known of deliveries.
    if (!database) return {};
    Outbox outbox(**database);
    for (const std::string& destination : TRY(outbox.PendingDestinations())) {
      TRY(LookAt(outbox, destination));
    }
    return {};
  }

  Status LookAt(Outbox& outbox, const std::string& destination) {
    const auto health = TRY(outbox.ReadHealth(destination));
    const bool fails = health && (health->health.failing_since ||
                                  !health->health.disabled.empty());
    if (!fails) return {};
    FailingDeliveries failing;
    failing.destination = destination;
    failing.since = health->health.failing_since;
    failing.disabled = health->health.disabled;
    failing.next_try = TRY(outbox.NextDue(destination));
    DeliveryFilter filter;
    filter.state = engine::DeliveryState::kPending;
    filter.destination = destination;
    filter.limit = 1000;
    const auto pending = TRY(outbox.List(filter));
    failing.pending = static_cast<std::int64_t>(pending.size());
    for (const OutboxDelivery& delivery : pending) {
      if (delivery.standing.attempts == 0) continue;
      const auto attempts = TRY(outbox.Attempts(delivery.standing.id));
      if (attempts.empty()) continue;
      const DeliveryAttempt& last = attempts.back();
      failing.last_outcome =
          last.status > 0 ? std::to_string(last.status) : last.outcome;
      break;
    }
    status_.failing.push_back(std::move(failing));
    return {};
  }

  const RunEffects& effects_;
  const PlanRequest& request_;
  std::string secret_environment_;
  EnvironmentStatus status_;
};

}  // namespace

Result<EnvironmentStatus> ReadStatus(const RunEffects& effects,
                                     const PlanRequest& request) {
  return StatusReading(effects, request).Read();
}

}  // namespace writ::reconciler
