#include "reconciler/loop/reconcile.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/loop/attempt_memory.h"
#include "reconciler/loop/failure_notice.h"
#include "reconciler/rotation/round.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using engine::SyncAction;
using engine::SyncReason;

bool HasDrift(const engine::Change& change) {
  return std::any_of(change.fields.begin(), change.fields.end(),
                     [](const engine::FieldChange& field) {
                       return field.cause == engine::Cause::kDrift;
                     });
}

class Run {
 public:
  Run(const RunEffects& effects, ReconcileRequest request,
      const ApplyWatcher& watcher)
      : effects_(effects),
        request_(std::move(request)),
        watcher_(watcher),
        apply_(effects, Prepared(request_.apply)) {}

  ReconcileReport Go() {
    const Status done = Steps();
    if (!done) FailWith(done.error());
    Conclude();
    return std::move(report_);
  }

 private:
  static ApplyRequest Prepared(ApplyRequest request) {
    request.operation = "reconcile";
    request.is_approved = true;
    request.planning.follows_sync = true;
    return request;
  }

  // Fails where an operation did; a refusal is put into the report.
  Status Steps() {
    TRY(ReadSettings());
    if (report_.failure) return {};
    if (settings_.suspend) {
      report_.step.reason = SyncReason::kSuspended;
      return {};
    }
    if (!TRY(apply_.Plan(report_.diagnostics))) {
      FailWith(Invalid());
      return {};
    }
    const engine::SyncFacts facts = TRY(Facts());
    report_.step = engine::NextSyncStep(facts);
    switch (report_.step.action) {
      case SyncAction::kNothing:
        break;
      case SyncAction::kMoveRotations:
        TRY(MoveRotations());
        break;
      case SyncAction::kApply:
        TRY(Apply(facts));
        break;
    }
    return NoteRefusal(facts);
  }

  static Error Invalid() {
    return Error{ErrorCode::kInvalidManifest,
                 "the manifests have errors",
                 "see: writ validate",
                 {}};
  }

  Status ReadSettings();
  Result<engine::SyncFacts> Facts();
  Status Apply(const engine::SyncFacts& facts);
  Status MoveRotations();
  Status NoteRefusal(const engine::SyncFacts& facts);
  void NoteRotations(const MovedRotations& rotations);
  void FailWith(Error error) {
    report_.exit_code = ToExitCode(error.code);
    report_.failure = std::move(error);
  }
  void Conclude();
  void LookAgainAt(const std::optional<Timestamp>& at) {
    if (!at) return;
    report_.look_again =
        report_.look_again ? std::min(*report_.look_again, *at) : *at;
  }
  Status Tell();
  Result<std::unique_ptr<StateStore>> OpenToWrite() const;

  const RunEffects& effects_;
  ReconcileRequest request_;
  const ApplyWatcher& watcher_;
  ApplyRun apply_;
  engine::SyncSettings settings_;
  std::string owner_;
  std::string state_folder_;
  std::string secret_environment_;
  ReconcileReport report_;
};

// Before the plan: what sync says holds even where nothing can be planned.
Status Run::ReadSettings() {
  const PlanRequest& planning = request_.apply.planning;
  report_.environment = planning.environment;
  const auto source = TRY(OpenSourceOf(planning));
  report_.commit = source->commit();
  Diagnostics diagnostics;
  const auto repository = TRY(manifests::LoadRepository(*source, diagnostics));
  if (!repository) {
    Complete(diagnostics, *source);
    FailWith(diagnostics.HasErrors() ? Invalid() : NoRepositoryFile());
    report_.diagnostics = std::move(diagnostics);
    return {};
  }
  const auto environment =
      TRY(SelectEnvironment(*repository, planning.environment));
  report_.environment = environment.name;
  owner_ = repository->name;
  secret_environment_ = environment.secret_environment;
  settings_ = TRY(engine::ParseSyncSettings(environment.sync));
  report_.heals = settings_.self_heal;
  state_folder_ = TRY(planning.find_state(environment, source->base_folder()));
  return {};
}

Result<engine::SyncFacts> Run::Facts() {
  PlanRun& run = apply_.run();
  const engine::Plan& plan = run.planned.plan;
  engine::SyncFacts facts;
  facts.settings = settings_;
  facts.now = effects_.clock.Now();
  facts.is_asked = request_.is_asked;
  facts.commit = run.source->commit().id;
  facts.serial = plan.serial;
  facts.changes = static_cast<std::int64_t>(plan.changes.size());
  facts.is_new = plan.changes.empty() && run.planned.next_base.has_value() &&
                 run.planned.path != PlanPath::kUnchanged;
  facts.is_denied = plan.denied();
  facts.is_unsafe = plan.unsafe();
  report_.commit = run.source->commit();
  report_.planned = plan.counts();
  report_.changes = facts.changes;
  report_.drift = plan.left_drift;
  std::copy_if(plan.changes.begin(), plan.changes.end(),
               std::back_inserter(report_.drift), HasDrift);
  if (run.store == nullptr) return facts;
  const StateFacts state = TRY(run.store->ReadFacts());
  facts.clock_behind = state.clock_behind;
  facts.is_restored = state.restored;
  facts.rotations_due = TRY(IsAnyRotationDue(*run.store, effects_.clock.Now()));
  facts.last = TRY(ReadAttempt(*run.store, owner_));
  facts.applied_windows = TRY(ReadAppliedWindows(*run.store, owner_));
  return facts;
}

Status Run::Apply(const engine::SyncFacts& facts) {
  ApplyWatcher watcher = watcher_;
  watcher.progress = [&](const ChangeReport& report) {
    report_.applied_changes.push_back(ChangeReportToValue(report));
    if (watcher_.progress) watcher_.progress(report);
  };
  auto applied = apply_.Apply(watcher, report_.diagnostics);
  if (!applied) return tl::unexpected(apply_.Foremost(applied.error()));
  if (!*applied) {
    FailWith(Invalid());
    return {};
  }
  report_.applied = **std::move(applied);
  const ApplyResult& result = *report_.applied;
  report_.exit_code = result.exit_code();
  NoteRotations(result.rotations);
  if (result.report.failed > 0 || result.report.skipped > 0) {
    const std::int64_t left = result.report.failed + result.report.skipped;
    report_.failure = Error{
        ErrorCode::kPartial,
        engine::Counted(left, "change was", "changes were") + " not applied, " +
            std::to_string(result.report.done) + " were",
        "see why: writ apply --env " + report_.environment,
        {}};
  }
  // Nothing to remember of an apply that had nothing to change, or was stopped.
  const bool stopped = result.report.outcome == ApplyOutcome::kInterrupted;
  if (facts.changes == 0 || stopped) return {};
  auto store = TRY(OpenToWrite());
  engine::SyncAttempt attempt;
  if (facts.last) attempt.told = facts.last->told;
  attempt.commit = facts.commit;
  attempt.serial = facts.serial;
  attempt.at = effects_.clock.Now();
  attempt.exit_code = report_.exit_code;
  if (report_.failure) attempt.failure = report_.failure->message;
  return WriteAttempt(*store, owner_, attempt);
}

Status Run::MoveRotations() {
  ApplyResult result;
  result.rotations = TRY(apply_.MoveRotations(report_.step.begins_rotations));
  NoteRotations(result.rotations);
  report_.exit_code = result.exit_code();
  report_.applied = std::move(result);
  return {};
}

void Run::NoteRotations(const MovedRotations& rotations) {
  if (rotations.round) LookAgainAt(rotations.round->next_at);
  if (rotations.exit_code() == ExitCode::kDone) return;
  report_.failure =
      Error{ErrorCode::kPartial,
            rotations.lacks_key
                ? "rotations wait for the master key"
                : "a rotation couldn't be moved on, or needs a person",
            rotations.lacks_key ? "name its file in WRIT_MASTER_KEY_FILE"
                                : "see: writ rotation list",
            {}};
}

// What keeps changes from being applied, where somebody has to do something.
Status Run::NoteRefusal(const engine::SyncFacts& facts) {
  const SyncReason reason = report_.step.reason;
  if (reason == SyncReason::kDenied || reason == SyncReason::kUnsafe) {
    TRY(apply_.CheckApplicable());
  }
  if (reason == SyncReason::kRestored) {
    return Fail(ErrorCode::kUnsafe,
                "this state was restored from a backup and is not accepted yet",
                "compare with `writ plan`, then: writ state restore --accept");
  }
  if (reason == SyncReason::kTried && facts.last) {
    Error error{ErrorCode::kPartial,
                "this commit was tried at " + FormatSeconds(facts.last->at) +
                    " and failed" +
                    (facts.last->failure.empty() ? std::string()
                                                 : ": " + facts.last->failure),
                "mend it and push, or try again: writ reconcile --force",
                {}};
    report_.exit_code = facts.last->exit_code;
    report_.failure = std::move(error);
  }
  return {};
}

void Run::Conclude() {
  const bool waits_for_window =
      report_.step.reason == SyncReason::kWindowClosed ||
      report_.step.reason == SyncReason::kClockBehind;
  if (waits_for_window) LookAgainAt(report_.step.window_changes);
  if (report_.failure) {
    const ErrorCode code = report_.failure->code;
    const bool again = IsRetryable(code) || code == ErrorCode::kStale;
    report_.outcome.end = again ? RunEnd::kRetry : RunEnd::kTerminal;
    // Somebody else at work is no failure; the next run sees what is left.
    const bool is_told = code != ErrorCode::kLocked &&
                         code != ErrorCode::kStale &&
                         code != ErrorCode::kInterrupted &&
                         report_.step.reason != SyncReason::kTried;
    if (is_told) {
      const Status told = Tell();
      if (!told) report_.not_told = Describe(told.error());
    }
    return;
  }
  if (!report_.look_again) return;
  report_.outcome.end = RunEnd::kRequeueAfter;
  report_.outcome.after = std::max<std::chrono::nanoseconds>(
      *report_.look_again - effects_.clock.Now(), std::chrono::nanoseconds(0));
}

Result<std::unique_ptr<StateStore>> Run::OpenToWrite() const {
  OpenOptions options;
  options.folder = state_folder_;
  options.mode = OpenMode::kReadWrite;
  options.environment = report_.environment;
  options.clock = &effects_.clock;
  options.random = &effects_.random;
  return StateStore::Open(options);
}

Status Run::Tell() {
  if (settings_.notify.empty() || state_folder_.empty()) return {};
  FailureNotice notice;
  notice.destination = settings_.notify;
  notice.environment = report_.environment;
  notice.secret_environment = secret_environment_;
  notice.revision = ShortRevision(report_.commit);
  notice.reason = Name(report_.failure->code);
  notice.failure = report_.failure->message;
  notice.remedy = report_.failure->remedy;
  notice.host_file = request_.apply.host_file;
  auto store = TRY(OpenToWrite());
  auto attempt = TRY(ReadAttempt(*store, owner_));
  const std::string id = IdOf(notice);
  if (attempt && attempt->told == id) return {};
  TRY(TellFailure(*store, effects_, notice));
  report_.told = settings_.notify;
  if (!attempt) {
    attempt.emplace();
    attempt->at = effects_.clock.Now();
  }
  attempt->told = id;
  return WriteAttempt(*store, owner_, *attempt);
}

}  // namespace

ReconcileReport Reconcile(const RunEffects& effects, ReconcileRequest request,
                          const ApplyWatcher& watcher) {
  return Run(effects, std::move(request), watcher).Go();
}

}  // namespace writ::reconciler
