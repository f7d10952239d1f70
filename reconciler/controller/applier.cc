#include "reconciler/controller/applier.h"
#include "reconciler/controller/configured_guards.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <unordered_set>
#include <utility>

#include "reconciler/controller/credential_changes.h"
#include "reconciler/controller/stored_change.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using engine::Action;
using engine::Change;

constexpr std::size_t kMaxBatch = 2'000;
constexpr std::chrono::hours kTrashRetention{7 * 24};
constexpr int kPurgeBatch = 1'000;
constexpr std::size_t kApplyIdDigits = 16;

// Errors that concern one change; any other ends the run.
bool IsOfOneChange(ErrorCode code) {
  return code == ErrorCode::kConflict || code == ErrorCode::kNotFound ||
         code == ErrorCode::kPermission;
}

// But for the commit that said so.
bool SameGuards(const std::string& a, const std::string& b) {
  const auto one = ParseKeptGuards(a);
  const auto other = ParseKeptGuards(b);
  return one && other && one->guards == other->guards;
}

class Applier {
 public:
  Applier(StateStore& store, const Planned& planned,
          const ApplyOptions& options, const Clock& clock, Random& random)
      : store_(store),
        planned_(planned),
        options_(options),
        clock_(clock),
        random_(random),
        credentials_(store, options.keys, clock, random) {}

  Result<ApplyReport> Run();

 private:
  Status Begin();
  Status ApplyChanges();
  // Applies changes from `next` on until time or size ends the batch; one
  // durable commit. Returns the first change after it.
  Result<std::size_t> ApplyBatch(std::size_t next);
  Status ApplyOne(WriteTransaction& transaction, const Change& change,
                  ChangeReport& report);
  Status Record(WriteTransaction& transaction, const Change& change);
  Status SettleRest();
  Status End();
  Status AuditOverrides(WriteTransaction& transaction) const;
  Status AuditGuards(WriteTransaction& transaction) const;

  // The message where something this change comes after wasn't applied.
  std::string BlockedBy(const Change& change) const;
  bool Stopped() const { return options_.stop && options_.stop(); }

  StateStore& store_;
  const Planned& planned_;
  const ApplyOptions& options_;
  const Clock& clock_;
  Random& random_;
  Credentials credentials_;
  ApplyRecord record_;
  ApplyReport report_;
  std::unordered_set<std::string> not_applied_;  // failed or skipped
  bool stopped_ = false;
};

Result<ApplyReport> Applier::Run() {
  report_.serial_before = TRY(store_.ReadFacts())
  .serial;
  report_.serial_after = report_.serial_before;
  TRY(While(Begin(), "starting the apply"));
  TRY(ApplyChanges());
  TRY(While(End(), "ending the apply"));
  report_.audit_head = TRY(store_.ReadAuditHead());
  return report_;
}

Status Applier::Begin() {
  const engine::Plan& plan = planned_.plan;
  record_.id = random_.Hex(kApplyIdDigits);
  record_.plan_digest = options_.plan_digest;
  record_.owner = plan.owner;
  record_.commit = plan.commit.id;
  record_.actor = options_.actor;
  record_.started_at = clock_.Now();
  record_.planned = static_cast<std::int64_t>(plan.changes.size());
  if (plan.changes.empty()) return {};
  auto transaction = TRY(store_.BeginWrite(options_.lease_token));
  TRY(transaction->WriteBase(plan.owner, std::nullopt));
  TRY(transaction->WriteApply(record_));
  Value details;
  details.Set("apply", record_.id);
  details.Set("changes", record_.planned);
  details.Set("commit", record_.commit);
  details.Set("plan", record_.plan_digest);
  if (!options_.allowances.empty()) {
    Value::List allowed(options_.allowances.begin(), options_.allowances.end());
    details.Set("allowed", std::move(allowed));
  }
  TRY(transaction->AppendAudit({0,
                                record_.started_at,
                                options_.actor,
                                "apply.start",
                                plan.environment,
                                CanonicalJson(details),
                                {},
                                {}}));
  TRY(AuditOverrides(*transaction));
  TRY(transaction->PurgeDeleted(record_.started_at - kTrashRetention,
                                kPurgeBatch));
  return transaction->Commit();
}

// Who let which policy pass, for what, and why.
Status Applier::AuditOverrides(WriteTransaction& transaction) const {
  const engine::Plan& plan = planned_.plan;
  std::map<std::string, Value::List> subjects;
  const auto look = [&](const std::vector<engine::Finding>& findings,
                        const std::string& subject) {
    for (const engine::Finding& finding : findings) {
      if (finding.overridden) subjects[finding.policy].emplace_back(subject);
    }
  };
  look(plan.findings, "plan");
  for (const Change& change : plan.changes) {
    look(change.findings, change.id.address());
  }
  for (auto& [policy, list] : subjects) {
    Value details;
    details.Set("apply", record_.id);
    details.Set("commit", record_.commit);
    details.Set("plan", record_.plan_digest);
    details.Set("reason", options_.override_reason);
    details.Set("subjects", std::move(list));
    TRY(transaction.AppendAudit({0,
                                 record_.started_at,
                                 options_.actor,
                                 "policy.override",
                                 "Policy/" + policy,
                                 CanonicalJson(details),
                                 {},
                                 {}}));
  }
  return {};
}

Status Applier::ApplyChanges() {
  std::size_t next = 0;
  while (next < planned_.plan.changes.size()) {
    if (Stopped()) {
      stopped_ = true;
      return {};
    }
    next = TRY(ApplyBatch(next));
  }
  return {};
}

Result<std::size_t> Applier::ApplyBatch(std::size_t next) {
  const std::vector<Change>& changes = planned_.plan.changes;
  const std::size_t end = std::min(changes.size(), next + kMaxBatch);
  std::vector<ChangeReport> reports;
  auto transaction = TRY(store_.BeginWrite(options_.lease_token));
  const auto started = clock_.Monotonic();
  while (next < end) {
    const Change& change = changes[next++];
    if (!change.suspended) {
      ChangeReport report{&change, ChangeOutcome::kDone, {}};
      TRY(While(ApplyOne(*transaction, change, report),
                "applying " + change.id.address()));
      if (report.outcome != ChangeOutcome::kDone) {
        not_applied_.insert(change.id.address());
      }
      reports.push_back(std::move(report));
    }
    // Half of what is allowed: the commit's own time comes on top.
    if (clock_.Monotonic() - started > kMaxLockHold / 2) break;
  }
  const std::int64_t serial = transaction->serial();
  TRY(transaction->Commit());
  report_.serial_after = serial;
  for (const ChangeReport& report : reports) {
    if (report.outcome == ChangeOutcome::kDone) ++report_.done;
    if (report.outcome == ChangeOutcome::kFailed) ++report_.failed;
    if (report.outcome == ChangeOutcome::kSkipped) ++report_.skipped;
    if (options_.progress) options_.progress(report);
  }
  return next;
}

std::string Applier::BlockedBy(const Change& change) const {
  if (not_applied_.empty()) return {};
  for (const ResourceId& earlier : change.after_changes) {
    if (not_applied_.count(earlier.address()) > 0) {
      return "comes after " + earlier.address() + ", which was not applied";
    }
  }
  return {};
}

Status Applier::ApplyOne(WriteTransaction& transaction, const Change& change,
                         ChangeReport& report) {
  if (std::string blocked = BlockedBy(change); !blocked.empty()) {
    report.outcome = ChangeOutcome::kSkipped;
    report.message = std::move(blocked);
    return {};
  }
  TRY(transaction.Mark());
  Status written = WriteChange(transaction, store_, change, planned_,
                               options_.actor, clock_.Now(), random_);
  if (written) {
    written = FollowChange(transaction, store_, credentials_, change, planned_,
                           options_.actor, clock_.Now());
  }
  if (!written && IsOfOneChange(written.error().code)) {
    report.outcome = ChangeOutcome::kFailed;
    report.message = Describe(written.error());
    return transaction.RollbackToMark();
  }
  TRY(written);
  TRY(Record(transaction, change));
  return transaction.ReleaseMark();
}

Status Applier::Record(WriteTransaction& transaction, const Change& change) {
  JournalEntry entry;
  entry.apply_id = record_.id;
  entry.serial = transaction.serial();
  entry.at = clock_.Now();
  entry.address = change.id.address();
  entry.action = std::string(engine::Name(change.action));
  entry.reason = std::string(engine::Name(change.reason));
  entry.actor = options_.actor;
  entry.provenance.commit = planned_.plan.commit.id;
  entry.provenance.subject = planned_.plan.commit.subject;
  entry.provenance.author = planned_.plan.commit.author_name;
  entry.provenance.file = change.written_at.file;
  entry.provenance.line = change.written_at.line;
  entry.provenance.column = change.written_at.column;
  TRY(transaction.AppendJournal(entry));
  const bool versioned = change.id.kind() == "EventSchema" &&
                         change.after != nullptr &&
                         change.action != Action::kDelete;
  if (versioned) {
    TRY(transaction.AddSchemaVersion(change.id, CanonicalJson(*change.after)));
  }
  Value details;
  details.Set("apply", record_.id);
  details.Set("cause", engine::Name(change.cause));
  details.Set("commit", planned_.plan.commit.id);
  details.Set("reason", engine::Name(change.reason));
  if (change.moved_from) details.Set("from", change.moved_from->address());
  return transaction.AppendAudit({0,
                                  entry.at,
                                  options_.actor,
                                  "apply." + entry.action,
                                  entry.address,
                                  CanonicalJson(details),
                                  {},
                                  {}});
}

// Resources without a change whose place in the files moved, and those that
// were looked at because somebody had touched them.
Status Applier::SettleRest() {
  const auto unsettled = TRY(store_.Unsettled(planned_.plan.owner));
  const std::unordered_set<ResourceId> touched(unsettled.begin(),
                                               unsettled.end());
  std::vector<const Resource*> rest;
  for (const Resource& resource : planned_.desired.resources) {
    const engine::LiveResource* live = planned_.live.Find(resource.id);
    if (live == nullptr || live->owner != planned_.plan.owner) continue;
    const std::string& file = planned_.desired.files[resource.range.file];
    const bool moved = live->provenance.file != file ||
                       live->provenance.line != resource.range.line ||
                       live->provenance.column != resource.range.column;
    if (moved || live->desired_digest != resource.digest ||
        touched.count(resource.id) > 0) {
      rest.push_back(&resource);
    }
  }
  for (std::size_t next = 0; next < rest.size();) {
    auto transaction = TRY(store_.BeginWrite(options_.lease_token));
    const auto started = clock_.Monotonic();
    while (next < rest.size() &&
           clock_.Monotonic() - started < kMaxLockHold / 2) {
      const Resource& resource = *rest[next++];
      auto stored = TRY(store_.ReadStored(resource.id));
      if (!stored) continue;
      stored->file = planned_.desired.files[resource.range.file];
      stored->live.provenance.file = stored->file;
      stored->live.provenance.line = resource.range.line;
      stored->live.provenance.column = resource.range.column;
      stored->live.applied = CanonicalJson(*resource.content);
      stored->live.desired_digest = resource.digest;
      stored->time_edges = resource.time_edges;
      stored->settled = stored->live.status.empty();
      TRY(transaction->Touch(*stored));
    }
    TRY(transaction->Commit());
  }
  return {};
}

Status Applier::AuditGuards(WriteTransaction& transaction) const {
  return transaction.AppendAudit({0,
                                  clock_.Now(),
                                  options_.actor,
                                  "apply.guards",
                                  planned_.plan.environment,
                                  *planned_.next_guards,
                                  {},
                                  {}});
}

Status Applier::End() {
  const std::string& owner = planned_.plan.owner;
  const bool complete =
      !stopped_ && report_.failed == 0 && report_.skipped == 0;
  report_.outcome = stopped_   ? ApplyOutcome::kInterrupted
                    : complete ? ApplyOutcome::kComplete
                               : ApplyOutcome::kPartial;
  if (complete && planned_.next_base) TRY(SettleRest());
  const bool keeps_base =
      complete && planned_.next_base && TRY(store_.CountOwned(owner))
  == planned_.next_base->desired_count;
  const auto guards = TRY(store_.ReadGuards(owner));
  const bool keeps_guards =
      complete && planned_.next_guards && guards != planned_.next_guards;
  if (planned_.plan.changes.empty() && !keeps_base && !keeps_guards) return {};

  auto transaction = TRY(store_.BeginWrite(options_.lease_token));
  if (keeps_guards) {
    TRY(transaction->WriteGuards(owner, *planned_.next_guards));
    if (guards && !SameGuards(*guards, *planned_.next_guards)) {
      TRY(AuditGuards(*transaction));
    }
  }
  if (keeps_base) {
    BaseRecord base = *planned_.next_base;
    base.serial = transaction->serial();
    base.valid_until = TRY(store_.NextTimeEdge(owner, clock_.Now()));
    TRY(transaction->WriteBase(owner, base));
  }
  if (!planned_.plan.changes.empty()) {
    record_.finished_at = clock_.Now();
    record_.outcome = report_.outcome;
    record_.done = report_.done;
    record_.failed = report_.failed;
    record_.skipped = report_.skipped;
    TRY(transaction->WriteApply(record_));
    Value details;
    details.Set("apply", record_.id);
    details.Set("done", report_.done);
    details.Set("failed", report_.failed);
    details.Set("serial", report_.serial_after);
    details.Set("skipped", report_.skipped);
    TRY(transaction->AppendAudit({0,
                                  *record_.finished_at,
                                  options_.actor,
                                  "apply.end",
                                  planned_.plan.environment,
                                  CanonicalJson(details),
                                  {},
                                  {}}));
  }
  return transaction->Commit();
}

}  // namespace

Result<ApplyReport> ApplyPlan(StateStore& store, const Planned& planned,
                              const ApplyOptions& options, const Clock& clock,
                              Random& random) {
  return Applier(store, planned, options, clock, random).Run();
}

}  // namespace writ::reconciler
