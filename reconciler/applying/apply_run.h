// One apply from its request to its report: plans, checks that this is the plan
// and the commit that may be applied, takes the lease, plans again where the
// state moved meanwhile, applies, issues tokens, moves rotations on. `writ
// apply`, `writ reconcile` and the gateway apply by this and by nothing else.
//
//   ApplyRun run(effects, std::move(request));
//   if (!TRY(run.Plan(diagnostics))) → the manifests have errors
//   … show run.plan(), ask …
//   TRY(run.CheckApplicable());
//   auto result = TRY(run.Apply(watcher, diagnostics));
//
// Talks to nobody but the watcher. An error of any step is passed through
// Foremost before it is reported. Belongs to one thread; blocks on disk, on the
// lease, and on the targets that rotations deliver to.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/plan/plan.h"
#include "reconciler/applying/apply_result.h"
#include "reconciler/applying/plan_run.h"
#include "reconciler/applying/run_effects.h"
#include "reconciler/controller/applier.h"
#include "reconciler/controller/lease_keeper.h"
#include "reconciler/credentials/token_sink.h"
#include "schema/diagnostic.h"
#include "schema/digest.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// What the plan must come to; none: whatever it comes to, once approved.
struct Expectation {
  std::optional<Digest> digest;
  std::string ref;  // that the commit must be part of (T-03); empty: any
};

// Where a state is behind a gateway, which plans again and applies itself.
// Both empty: applies happen here.
struct ApplyElsewhere {
  // Known once there is a plan.
  std::function<bool()> is_wanted;
  std::function<Result<ApplyResult>(PlanRun&, const struct ApplyWatcher&)>
      apply;
  // Who holds the lease there.
  std::function<Result<std::optional<LeaseRecord>>()> read_lease;
};

struct ApplyRequest {
  PlanRequest planning;
  Expectation expected;
  // Approved whatever the plan comes to by the time the lease is held
  // (--auto-approve); else it must be the one that Plan made.
  bool is_approved = false;
  std::string host_file;            // --host-config; empty: the default one
  Duration lock_timeout{0};         // how long to wait for the lease
  std::string operation = "apply";  // as others see who holds the lease
  std::string audit_anchor;         // a file; empty: none
  // Where tokens go that are shown once. Empty, or null: nowhere.
  std::function<Result<std::unique_ptr<TokenSink>>()> open_sink;
  ApplyElsewhere elsewhere;
};

// Told while an apply goes on. Members may be empty.
struct ApplyWatcher {
  // The lease is held, and this plan is about to be applied.
  std::function<void(const engine::Plan&, const std::string& lease_holder)>
      begin;
  // A change's outcome is durable.
  std::function<void(const ChangeReport&)> progress;
  // Before tokens are issued.
  std::function<void()> before_tokens;
};

class ApplyRun {
 public:
  ApplyRun(RunEffects effects, ApplyRequest request)
      : effects_(std::move(effects)), request_(std::move(request)) {}
  ApplyRun(const ApplyRun&) = delete;
  ApplyRun& operator=(const ApplyRun&) = delete;

  // False: `diagnostics` has errors. kUntrusted for a commit that may not be
  // applied, kStale for another plan than the one expected, kPermission for a
  // copy that plans alone may read. What is denied or unsafe is planned, so
  // that it can be shown.
  Result<bool> Plan(Diagnostics& diagnostics);

  // REQUIRES of all below: Plan was true.
  PlanRun& run() { return *run_; }
  engine::Plan& plan() { return run_->planned.plan; }

  // kDenied, kUnsafe.
  Status CheckApplicable() const;

  // Applies what was planned; where there is nothing to do it takes no lease
  // and writes nothing but the anchor. Absent: `diagnostics` has errors.
  // kLocked, kStale, kDenied and kUnsafe by what holds once the lease is held;
  // kUnsafe for a restored state that isn't accepted.
  Result<std::optional<ApplyResult>> Apply(const ApplyWatcher& watcher,
                                           Diagnostics& diagnostics);

  // What Apply does for rotations, and nothing else. `begins_due` false: those
  // under way go on, and none begins by schedule. REQUIRES: there is a state.
  Result<MovedRotations> MoveRotations(bool begins_due);

  // A lease that somebody holds comes before what is wrong with the plan
  // (design, section 4: 7 before 6, 4 and 5).
  Error Foremost(Error error) const;

 private:
  bool IsElsewhere() const {
    return request_.elsewhere.is_wanted && request_.elsewhere.is_wanted();
  }
  Result<std::optional<LeaseRecord>> ReadLease() const;
  Status CheckReachable() const;
  Status CheckDigest() const;
  Result<bool> IsUnchanged();
  Result<ApplyResult> EndUnchanged();
  // False: `diagnostics` has errors.
  Result<bool> CatchUp(StateStore& store, Diagnostics& diagnostics);
  // Policies as of now: an exception may have ended meanwhile.
  Status JudgeAgain();
  struct Held;  // a store and its lease
  Result<Held> TakeLease(OpenMode mode);
  Result<MovedRotations> MoveOn(const Held& held, const KeyRing* keys,
                                const std::vector<ResourceId>& changed,
                                bool begins_due);
  // REQUIRES: the plan may be applied, and is what the state says.
  Result<ApplyResult> ApplyUnder(const Held& held, const ApplyWatcher& watcher);
  Status Anchor(const AuditHead& head) const;

  RunEffects effects_;
  ApplyRequest request_;
  std::optional<PlanRun> run_;
};

}  // namespace writ::reconciler
