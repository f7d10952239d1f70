// Carries a plan out: walks its changes in order, dependencies first, each a
// transaction together with its journal and audit.
//
// Guarantees
//   - A change is applied whole or not at all. Several share one durable
//     commit, which holds SQLite's write lock for at most kMaxLockHold; a
//     change is reported done only after that commit.
//   - A change that fails takes with it those that come after it by reference
//     (skipped); independent ones go on.
//   - Killed anywhere, what was committed stands, and the next plan holds the
//     rest. The base record is gone from the first write until a complete end.
//   - A change that meets a newer generation fails as a conflict and overwrites
//     nothing.
//   - A Token's credentials go with it, and follow what it says
//     (credential_changes.h), in the same transaction.
// REQUIRES: the caller holds the lease whose token it gives (LeaseKeeper).
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "reconciler/clock.h"
#include "reconciler/controller/planning.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

inline constexpr std::chrono::milliseconds kMaxLockHold{50};

enum class ChangeOutcome : std::uint8_t { kDone, kFailed, kSkipped };

struct ChangeReport {
  const engine::Change* change = nullptr;  // of the plan
  ChangeOutcome outcome = ChangeOutcome::kDone;
  std::string message;  // why it failed or was skipped
};

struct ApplyOptions {
  std::string lease_token;
  std::string actor;  // "ana@runner-4"
  std::string plan_digest;
  std::string command;  // kept in the audit with what was allowed
  std::vector<std::string> allowances;  // flags that let guards pass
  std::string override_reason;          // of findings that are overridden
  // Null: what needs the master key fails, change by change.
  const KeyRing* keys = nullptr;
  // Called in plan order once an outcome is durable.
  std::function<void(const ChangeReport&)> progress;
  // True ends the run after the transaction in progress.
  std::function<bool()> stop;
};

struct ApplyReport {
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;  // suspended ones are not counted
  std::int64_t serial_before = 0;
  std::int64_t serial_after = 0;
  AuditHead audit_head;
  ApplyOutcome outcome = ApplyOutcome::kComplete;
};

Result<ApplyReport> ApplyPlan(StateStore& store, const Planned& planned,
                              const ApplyOptions& options, const Clock& clock,
                              Random& random);

}  // namespace writ::reconciler
