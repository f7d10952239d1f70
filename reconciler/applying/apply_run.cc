#include "reconciler/applying/apply_run.h"

#include <string_view>
#include <utility>

#include "engine/plan/plan_words.h"
#include "manifests/source/revision.h"
#include "reconciler/applying/audit_anchor.h"
#include "reconciler/applying/rotation_run.h"
#include "reconciler/host/host_file.h"
#include "reconciler/rotation/round.h"

namespace writ::reconciler {
namespace {

// Before anybody is asked; the store itself refuses writers.
Status RefuseCopyForPlans(const PlanRun& run) {
  if (run.store == nullptr || !TRY(run.store->ReadFacts()).for_plan) return {};
  return Fail(ErrorCode::kPermission,
              "the state in " + run.state_folder +
                  " is a copy for plans; nothing can be applied to it",
              "name the state itself: --state sqlite:FOLDER");
}

// T-05: whoever signed it may.
Status RefuseUntrusted(const engine::Plan& plan) {
  if (plan.untrusted.empty()) return {};
  std::string why = plan.untrusted.front();
  if (plan.untrusted.size() > 1) {
    why += ", and " +
           engine::Counted(static_cast<std::int64_t>(plan.untrusted.size()) - 1,
                           "more reason", "more reasons");
  }
  return Fail(ErrorCode::kUntrusted, "not trusted: " + why,
              "nothing was applied; see all of it with `writ plan`");
}

void NoteForRotations(const ChangeReport& report,
                      std::vector<ResourceId>& changed) {
  if (report.outcome != ChangeOutcome::kDone) return;
  const std::string_view kind = report.change->id.kind();
  if (kind == "Token" || kind == "RotationSchedule") {
    changed.push_back(report.change->id);
  }
}

}  // namespace

Status ApplyRun::CheckDigest() const {
  const engine::Plan& plan = run_->planned.plan;
  const auto& expected = request_.expected.digest;
  if (!expected || *expected == plan.digest) return {};
  return Fail(ErrorCode::kStale,
              "this is not the plan that was approved: it comes to " +
                  plan.digest.Hex() + " now, not " + expected->Hex(),
              "manifests, flags or the live state moved: look at it again "
              "with `writ plan`");
}

// T-03: only what the environment's ref holds may be applied.
Status ApplyRun::CheckReachable() const {
  const HostFile host = TRY(ReadHostFile(request_.host_file));
  const auto apply_from = host.apply_from.find(run_->environment);
  const std::string ref = apply_from != host.apply_from.end()
                              ? apply_from->second
                              : request_.expected.ref;
  const Commit& commit = run_->source->commit();
  if (ref.empty()) return {};
  if (run_->request.working_tree || commit.id.empty()) {
    if (apply_from == host.apply_from.end()) return {};
    return Fail(ErrorCode::kUntrusted,
                "the host file lets " + run_->environment +
                    " be applied from " + ref +
                    " only, and this is no commit of it");
  }
  const bool reachable =
      TRY(manifests::IsAncestor(run_->request.path, commit.id, ref));
  if (reachable) return {};
  return Fail(ErrorCode::kUntrusted,
              "commit " + ShortRevision(commit) + " is not part of " + ref +
                  ", from which " + run_->environment + " is applied",
              "merge it first");
}

Result<bool> ApplyRun::Plan(Diagnostics& diagnostics) {
  run_ = TRY(MakePlanRun(effects_, request_.planning, diagnostics));
  if (!run_) return false;
  if (!IsElsewhere()) TRY(RefuseCopyForPlans(*run_));
  TRY(CheckReachable());
  TRY(RefuseUntrusted(plan()));
  TRY(CheckDigest());
  return true;
}

Status ApplyRun::CheckApplicable() const {
  const engine::Plan& plan = run_->planned.plan;
  if (plan.denied()) {
    return Fail(ErrorCode::kDenied, "policies deny this plan",
                "see what they say above, and why: writ policy explain POLICY");
  }
  if (!plan.unsafe()) return {};
  return Fail(ErrorCode::kUnsafe, "the plan is not safe to apply",
              "see what stands in the way above");
}

Result<std::optional<LeaseRecord>> ApplyRun::ReadLease() const {
  // A replica knows of no lease.
  if (IsElsewhere() && request_.elsewhere.read_lease) {
    return request_.elsewhere.read_lease();
  }
  if (run_->store == nullptr) return std::optional<LeaseRecord>();
  return run_->store->ReadLease();
}

Error ApplyRun::Foremost(Error error) const {
  const ExitCode exit_code = ToExitCode(error.code);
  const bool comes_after =
      exit_code != ExitCode::kLocked &&
      Worse(exit_code, ExitCode::kLocked) == ExitCode::kLocked;
  if (!comes_after || !run_) return error;
  const auto lease = ReadLease();
  if (!lease || !*lease) return error;
  return Error{ErrorCode::kLocked,
               (*lease)->holder + " holds the state's lease for " +
                   (*lease)->operation + "; besides, " + error.message,
               "wait for it to end, then plan again; if it's gone for good: "
               "writ lock break " +
                   (*lease)->token + " --reason TEXT",
               {}};
}

Result<bool> ApplyRun::CatchUp(StateStore& store, Diagnostics& diagnostics) {
  const StateFacts facts = TRY(store.ReadFacts());
  if (facts.restored) {
    return Fail(ErrorCode::kUnsafe,
                "this state was restored from a backup and is not accepted yet",
                "compare with `writ plan`, then: writ state restore --accept");
  }
  const engine::Snapshot& seen = run_->planned.live;
  const bool created = run_->store == nullptr && facts.serial == 0;
  if (created ||
      (facts.lineage == seen.lineage && facts.serial == seen.serial)) {
    TRY(JudgeAgain());
    return true;
  }
  const Digest before = run_->planned.plan.digest;
  auto planned = TRY(PlanAgain(*run_, store, diagnostics));
  if (!planned) return false;
  run_->planned = std::move(*planned);
  TRY(RefuseUntrusted(plan()));
  TRY(CheckDigest());
  if (run_->planned.plan.digest != before && !request_.is_approved) {
    return Fail(ErrorCode::kStale,
                "the live state moved while this plan was looked at",
                "look at it again: writ apply");
  }
  TRY(CheckApplicable());
  return true;
}

Status ApplyRun::JudgeAgain() {
  Planned& planned = run_->planned;
  // A time that was given stands for the clock.
  if (planned.policing == nullptr || request_.planning.now) return {};
  Judge(*planned.policing, effects_.clock.Now(), planned.plan);
  TRY(CheckDigest());
  return CheckApplicable();
}

Result<bool> ApplyRun::IsUnchanged() {
  const Planned& planned = run_->planned;
  if (!planned.plan.changes.empty()) return false;
  if (run_->store == nullptr) return true;
  if (TRY(IsAnyRotationDue(*run_->store, effects_.clock.Now()))) return false;
  return planned.path == PlanPath::kUnchanged;
}

Status ApplyRun::Anchor(const AuditHead& head) const {
  if (request_.audit_anchor.empty()) return {};
  return AppendAuditAnchor(request_.audit_anchor, run_->environment, head);
}

// The head is reported and anchored by every apply, so that a tail that was cut
// off since the last one is missed (T-11).
Result<ApplyResult> ApplyRun::EndUnchanged() {
  ApplyResult result;
  if (run_->store == nullptr) return result;
  const StateFacts facts = TRY(run_->store->ReadFacts());
  result.report.serial_before = facts.serial;
  result.report.serial_after = facts.serial;
  result.report.audit_head = TRY(run_->store->ReadAuditHead());
  TRY(Anchor(result.report.audit_head));
  return result;
}

struct ApplyRun::Held {
  std::unique_ptr<StateStore> store;
  std::unique_ptr<LeaseKeeper> lease;
};

Result<ApplyRun::Held> ApplyRun::TakeLease(OpenMode mode) {
  OpenOptions options;
  options.folder = run_->state_folder;
  options.mode = mode;
  options.environment = run_->environment;
  options.clock = &effects_.clock;
  options.random = &effects_.random;
  Held held;
  held.store = TRY(StateStore::Open(options));
  options.mode = OpenMode::kReadWrite;
  held.lease = TRY(LeaseKeeper::Take(
      options, effects_.actor(), request_.operation, request_.lock_timeout));
  return held;
}

Result<MovedRotations> ApplyRun::MoveOn(const Held& held, const KeyRing* keys,
                                        const std::vector<ResourceId>& changed,
                                        bool begins_due) {
  StateStore& store = *held.store;
  MovedRotations moved;
  const bool is_due = TRY(IsAnyRotationDue(store, effects_.clock.Now()));
  if (keys == nullptr) {
    moved.lacks_key = is_due;
    return moved;
  }
  std::vector<ResourceId> touched;
  for (const ResourceId& id : changed) {
    for (ResourceId& token : TRY(TokensTouchedBy(store, id))) {
      touched.push_back(std::move(token));
    }
  }
  if (!is_due && touched.empty()) return moved;
  HostFile host = TRY(ReadHostFile(request_.host_file));
  RotationRun rotations(effects_, store, *keys, std::move(host),
                        {run_->planned.desired.environment.secret_environment,
                         request_.host_file, held.lease->token()});
  moved.round = TRY(rotations.Round(std::move(touched), begins_due));
  return moved;
}

Result<MovedRotations> ApplyRun::MoveRotations(bool begins_due) {
  const Held held = TRY(TakeLease(OpenMode::kReadWrite));
  const FoundKeys keys = TRY(effects_.find_keys(*held.store));
  return MoveOn(held, keys.ring.get(), {}, begins_due);
}

Result<std::optional<ApplyResult>> ApplyRun::Apply(const ApplyWatcher& watcher,
                                                   Diagnostics& diagnostics) {
  if (TRY(IsUnchanged())) return TRY(EndUnchanged());
  if (IsElsewhere()) {
    auto applied = request_.elsewhere.apply(*run_, watcher);
    if (!applied) {
      return tl::unexpected<Error>(Foremost(std::move(applied.error())));
    }
    ApplyResult result = *std::move(applied);
    TRY(Anchor(result.report.audit_head));
    return result;
  }
  const Held held = TRY(TakeLease(OpenMode::kMigrate));
  if (!TRY(CatchUp(*held.store, diagnostics))) return std::nullopt;
  return TRY(ApplyUnder(held, watcher));
}

Result<ApplyResult> ApplyRun::ApplyUnder(const Held& held,
                                         const ApplyWatcher& watcher) {
  StateStore& store = *held.store;
  // Keys and the place for values, before anything is applied: a wrong key or
  // a place that can't be written is an error by then.
  const FoundKeys keys = TRY(effects_.find_keys(store));
  std::unique_ptr<TokenSink> sink;
  if (request_.open_sink) sink = TRY(request_.open_sink());
  TokenIssuing tokens(effects_, keys, std::move(sink));
  const engine::Plan& plan = run_->planned.plan;
  if (watcher.begin) watcher.begin(plan, held.lease->holder());
  std::vector<ResourceId> changed;
  ApplyOptions apply;
  apply.lease_token = held.lease->token();
  apply.actor = effects_.actor();
  apply.plan_digest = plan.has_digest ? plan.digest.Hex() : "";
  apply.allowances = request_.planning.allowances;
  apply.override_reason = request_.planning.reason;
  apply.keys = keys.ring.get();
  apply.progress = [&](const ChangeReport& report) {
    if (watcher.progress) watcher.progress(report);
    tokens.Note(report);
    NoteForRotations(report, changed);
  };
  apply.stop = effects_.stop;
  ApplyResult result;
  result.report = TRY(
      ApplyPlan(store, run_->planned, apply, effects_.clock, effects_.random));
  if (watcher.before_tokens) watcher.before_tokens();
  result.tokens = TRY(tokens.Issue(store, held.lease->token()));
  result.rotations =
      TRY(MoveOn(held, keys.ring.get(), changed, /*begins_due=*/true));
  result.report.audit_head = TRY(store.ReadAuditHead());
  TRY(Anchor(result.report.audit_head));
  return result;
}

}  // namespace writ::reconciler
