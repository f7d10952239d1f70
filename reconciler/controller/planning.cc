#include "reconciler/controller/planning.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/policy/exception.h"
#include "reconciler/controller/configured_guards.h"
#include "reconciler/controller/desired_buckets.h"
#include "reconciler/controller/event_replay.h"
#include "reconciler/controller/gather.h"
#include "reconciler/controller/missing_values.h"
#include "reconciler/controller/name_checks.h"
#include "reconciler/controller/policy_facts.h"
#include "reconciler/controller/rule_conditions.h"
#include "reconciler/controller/scheduled_rotations.h"
#include "reconciler/controller/stored_use.h"
#include "reconciler/controller/unread_checks.h"
#include "reconciler/controller/validation.h"
#include "reconciler/version.h"

namespace writ::reconciler {
namespace {

// One consistent view of the state, for as long as it lives.
class ReadScope {
 public:
  static Result<std::unique_ptr<ReadScope>> Begin(StateStore& store) {
    TRY(store.BeginRead());
    return std::make_unique<ReadScope>(store);
  }
  explicit ReadScope(StateStore& store) : store_(store) {}
  ~ReadScope() { store_.EndRead(); }
  ReadScope(const ReadScope&) = delete;
  ReadScope& operator=(const ReadScope&) = delete;

 private:
  StateStore& store_;
};

// Everything that decides what manifests come to, but for the files.
bool Holds(const BaseRecord& base, const manifests::DesiredState& loaded) {
  return base.inputs == loaded.inputs &&
         base.kind_tables == KindTablesFingerprint() &&
         base.writ_version == kVersion && !base.tree_id.empty();
}

bool IsGuardKind(const ResourceId& id) {
  return id.kind() == "Policy" || id.kind() == "PolicyException";
}

Digest DigestOfPolicies(const manifests::DesiredState& desired) {
  Sha256Stream stream;
  for (const std::string& pack : desired.repository.policy_packs) {
    stream.UpdateFramed(pack);
  }
  for (const Resource& resource : desired.resources) {
    if (!IsGuardKind(resource.id)) continue;
    stream.UpdateFramed(resource.id.address());
    stream.Update(resource.digest.Bytes());
  }
  for (const auto& [policy, level] :
       GuardsIn(desired.repository, desired.environment).enforcement) {
    stream.UpdateFramed(policy);
    stream.UpdateFramed(Name(level));
  }
  return stream.Finish();
}

// Whether policies or exceptions aren't what was applied last.
bool GuardsChange(const Gathered& gathered) {
  const auto is_guard = [](const ResourceId& id) { return IsGuardKind(id); };
  if (std::any_of(gathered.undeclared.begin(), gathered.undeclared.end(),
                  is_guard)) {
    return true;
  }
  const std::string& owner = gathered.desired.repository.name;
  return std::any_of(
      gathered.desired.resources.begin(), gathered.desired.resources.end(),
      [&](const Resource& resource) {
        if (!IsGuardKind(resource.id)) return false;
        const engine::LiveResource* row = gathered.live.Find(resource.id);
        return row == nullptr || row->owner != owner ||
               row->content_digest != resource.digest ||
               row->desired_digest != resource.digest;
      });
}

// Policy exceptions that aren't what was applied last.
std::vector<DeclaredException> NewExceptions(
    const manifests::DesiredState& desired, const engine::Snapshot& live) {
  std::vector<DeclaredException> found;
  for (const Resource& resource : desired.resources) {
    if (resource.id.kind() != "PolicyException") continue;
    const engine::LiveResource* row = live.Find(resource.id);
    if (row != nullptr && row->owner == desired.repository.name &&
        row->desired_digest == resource.digest) {
      continue;
    }
    const Value* approver = resource.content->FindPath("spec.approvedBy");
    found.push_back({resource.id.address(),
                     desired.files.at(resource.range.file),
                     approver != nullptr ? approver->AsString() : "",
                     !resource.patches.empty()});
  }
  return found;
}

class Planning {
 public:
  Planning(manifests::Source& source, StateStore* store,
           const PlanningOptions& options, Diagnostics& diagnostics)
      : source_(source),
        store_(store),
        options_(options),
        diagnostics_(diagnostics) {}

  Result<std::optional<Planned>> Run();

 private:
  bool MayUseBase() const {
    return options_.incremental && store_ != nullptr &&
           !source_.commit().tree_id.empty() && options_.plan.prune &&
           options_.plan.mode == engine::PlanMode::kNormal &&
           options_.plan.targets.empty() && options_.plan.excludes.empty();
  }
  Result<std::optional<Planned>> FromBase();
  Result<std::optional<Planned>> Unchanged(manifests::DesiredState loaded,
                                           const BaseRecord& base);
  Result<std::optional<Planned>> Incremental(manifests::DesiredState loaded,
                                             const BaseRecord& base);
  Result<std::optional<Planned>> Complete();
  Status ReadGuards(const manifests::DesiredState& loaded);
  // Whether the commit may be applied. False: its allowed signers are wrong.
  Result<bool> JudgeCommit(const manifests::DesiredState& loaded,
                           std::vector<DeclaredException> new_exceptions,
                           Diagnostics& diagnostics);
  bool AsksForTrust() const {
    return guards_.trust.mode != TrustMode::kNone ||
           (applied_guards_ && applied_guards_->trust.mode != TrustMode::kNone);
  }

  std::optional<engine::Plan> Decide(const manifests::DesiredState& desired,
                                     engine::DesiredInput input,
                                     const engine::Snapshot& live,
                                     Diagnostics& diagnostics) const;
  // Lets policies judge. False: some of them are wrong.
  Result<bool> Police(const manifests::DesiredState& desired,
                      const engine::Snapshot& live, Planned& planned,
                      Diagnostics& diagnostics) const;
  Status FillContext(engine::Plan& plan, std::int64_t desired_count) const;
  std::optional<std::string> NextGuards() const;
  std::optional<BaseRecord> NextBase(const engine::Plan& plan,
                                     const manifests::DesiredState& desired,
                                     const engine::DesiredDigest& digest,
                                     std::int64_t desired_count,
                                     std::int64_t file_count) const;

  manifests::Source& source_;
  StateStore* store_;
  const PlanningOptions& options_;
  Diagnostics& diagnostics_;
  StateFacts facts_;
  // What writ.yaml says of guards, and said at the last complete apply.
  ConfiguredGuards guards_;
  std::optional<KeptGuards> kept_guards_;
  std::optional<ConfiguredGuards> applied_guards_;
  TrustReport trust_;
};

Result<std::optional<Planned>> Planning::Run() {
  std::unique_ptr<ReadScope> scope;
  if (store_ != nullptr) {
    scope = TRY(ReadScope::Begin(*store_));
    facts_ = TRY(store_->ReadFacts());
  }
  if (MayUseBase()) {
    auto planned = TRY(FromBase());
    if (planned) return planned;
  }
  return Complete();
}

Result<std::optional<Planned>> Planning::FromBase() {
  Diagnostics ignored;  // the complete way reports
  auto loaded = TRY(manifests::LoadFiles(source_, options_.load, {}, ignored));
  if (!loaded) return std::nullopt;
  const auto base = TRY(store_->ReadBase(loaded->repository.name));
  if (!base || !Holds(*base, *loaded)) return std::nullopt;
  TRY(ReadGuards(*loaded));
  if (applied_guards_ != guards_) return std::nullopt;
  // Where exceptions are new, the complete way judges.
  if (!TRY(JudgeCommit(*loaded, {}, ignored))) return std::nullopt;
  const bool in_time =
      !base->valid_until || options_.plan.now < *base->valid_until;
  // What isn't settled has something to be told: a token that was revoked.
  if (in_time && base->serial == facts_.serial &&
      base->tree_id == source_.commit().tree_id &&
      TRY(store_->Unsettled(loaded->repository.name)).empty()) {
    return Unchanged(std::move(*loaded), *base);
  }
  return Incremental(std::move(*loaded), *base);
}

Status Planning::ReadGuards(const manifests::DesiredState& loaded) {
  guards_ = GuardsIn(loaded.repository, loaded.environment);
  applied_guards_.reset();
  kept_guards_.reset();
  if (store_ == nullptr) return {};
  const auto kept = TRY(store_->ReadGuards(loaded.repository.name));
  if (kept) kept_guards_ = TRY(ParseKeptGuards(*kept));
  if (kept_guards_) applied_guards_ = kept_guards_->guards;
  return {};
}

Result<bool> Planning::JudgeCommit(
    const manifests::DesiredState& loaded,
    std::vector<DeclaredException> new_exceptions, Diagnostics& diagnostics) {
  trust_ = {};
  if (options_.plan.mode == engine::PlanMode::kRefreshOnly) return true;
  const std::size_t errors_before = diagnostics.error_count();
  trust_ = TRY(
      JudgeTrust({&source_, loaded.environment.name, guards_.trust,
                  kept_guards_, options_.plan.now, std::move(new_exceptions)},
                 options_.trust, diagnostics));
  return diagnostics.error_count() == errors_before;
}

Result<std::optional<Planned>> Planning::Unchanged(
    manifests::DesiredState loaded, const BaseRecord& base) {
  Planned planned;
  planned.path = PlanPath::kUnchanged;
  planned.live.lineage = facts_.lineage;
  planned.live.serial = facts_.serial;
  planned.live.environment = facts_.environment;
  planned.live.existing = base.desired_count;
  engine::DesiredInput input;
  input.complete = false;
  input.desired_count = base.desired_count;
  input.policies_digest = base.policies;
  input.digest = engine::DesiredDigest(base.desired_buckets).Whole();
  loaded.resources.clear();
  auto plan = Decide(loaded, std::move(input), planned.live, diagnostics_);
  if (!plan) return std::nullopt;
  planned.plan = std::move(*plan);
  TRY(FillContext(planned.plan, base.desired_count));
  planned.desired = std::move(loaded);
  planned.next_base = base;
  planned.next_guards = NextGuards();
  return planned;
}

Result<std::optional<Planned>> Planning::Incremental(
    manifests::DesiredState loaded, const BaseRecord& base) {
  auto gathered = TRY(GatherChanged(source_, *store_, facts_, base,
                                    options_.load, std::move(loaded)));
  if (!gathered) return std::nullopt;
  TRY(AddTokenUse(*store_, options_.plan.now, gathered->live));
  TRY(AddStandingCredentials(*store_, gathered->desired.resources,
                             gathered->live));
  manifests::DesiredState& desired = gathered->desired;
  if (GuardsChange(*gathered)) return std::nullopt;
  if (!TRY(UnreadStands({&source_, store_, options_.load, &*gathered,
                         facts_.serial != base.serial}))) {
    return std::nullopt;
  }
  if (!TRY(ConditionsHold(*store_, *gathered))) return std::nullopt;

  const std::string& owner = desired.repository.name;
  const auto digest = TRY(DigestOfChanged(
      *store_, owner, base, desired.resources, gathered->undeclared));
  std::int64_t desired_count = base.desired_count;
  for (const ResourceId& id : gathered->undeclared) {
    const engine::LiveResource* row = gathered->live.Find(id);
    if (row != nullptr && row->owner == owner) --desired_count;
  }
  for (const Resource& resource : desired.resources) {
    const engine::LiveResource* row = gathered->live.Find(resource.id);
    if (row == nullptr || row->owner != owner) ++desired_count;
  }

  Diagnostics diagnostics;
  TRY(CheckNames({&desired, store_, /*complete=*/false, &gathered->undeclared},
                 diagnostics));
  engine::DesiredInput input;
  input.complete = false;
  input.undeclared = std::move(gathered->undeclared);
  input.mentions = &desired.mentions;
  input.desired_count = desired_count;
  input.policies_digest = base.policies;
  input.digest = digest.Whole();
  auto plan = Decide(desired, std::move(input), gathered->live, diagnostics);
  if (!plan || diagnostics.HasErrors()) return std::nullopt;

  Planned planned;
  planned.path = PlanPath::kIncremental;
  planned.plan = std::move(*plan);
  TRY(FillContext(planned.plan, desired_count));
  TRY(FindMissingValues(desired.resources, gathered->live, store_,
                        planned.plan));
  TRY(ReplayRecentEvents(store_, planned.plan));
  if (!TRY(Police(desired, gathered->live, planned, diagnostics))) {
    return std::nullopt;
  }
  planned.next_base =
      NextBase(planned.plan, desired, digest, desired_count, base.file_count);
  planned.next_guards = NextGuards();
  diagnostics_.Append(std::move(diagnostics));
  planned.desired = std::move(desired);
  planned.live = std::move(gathered->live);
  return planned;
}

Result<std::optional<Planned>> Planning::Complete() {
  Diagnostics loading;
  auto desired = TRY(manifests::Load(source_, options_.load, loading));
  if (!desired) {
    // With what only shows among all of them: people mend everything at once.
    TRY(FindAllMistakes(source_, options_.load, store_, diagnostics_));
    // A file that was mended in between.
    if (!diagnostics_.HasErrors()) diagnostics_.Append(std::move(loading));
    return std::nullopt;
  }
  diagnostics_.Append(std::move(loading));
  TRY(ReadGuards(*desired));
  Planned planned;
  planned.live.environment = desired->environment.name;
  if (store_ != nullptr) {
    planned.live = TRY(GatherAll(*store_, facts_, desired->repository.name,
                                 desired->resources));
    TRY(AddTokenUse(*store_, options_.plan.now, planned.live));
    TRY(AddStandingCredentials(*store_, desired->resources, planned.live));
  }
  const bool signers_stand = TRY(JudgeCommit(
      *desired, NewExceptions(*desired, planned.live), diagnostics_));
  const engine::DesiredDigest digest = DigestOfAll(desired->resources);
  const auto desired_count =
      static_cast<std::int64_t>(desired->resources.size());
  engine::DesiredInput input;
  input.desired_count = desired_count;
  input.policies_digest = DigestOfPolicies(*desired);
  input.digest = digest.Whole();
  input.mentions = &desired->mentions;
  const std::size_t errors_before = diagnostics_.error_count();
  TRY(CheckNames({&*desired, store_}, diagnostics_));
  CheckTestNames({&*desired}, diagnostics_);
  CheckRuleConditions(source_, *desired, /*warns=*/false, diagnostics_);
  auto plan = Decide(*desired, std::move(input), planned.live, diagnostics_);
  if (!plan || !signers_stand || diagnostics_.error_count() > errors_before) {
    return std::nullopt;
  }
  planned.plan = std::move(*plan);
  TRY(FillContext(planned.plan, desired_count));
  TRY(FindMissingValues(desired->resources, planned.live, store_,
                        planned.plan));
  TRY(ReplayRecentEvents(store_, planned.plan));
  if (!TRY(Police(*desired, planned.live, planned, diagnostics_))) {
    return std::nullopt;
  }
  planned.next_base = NextBase(planned.plan, *desired, digest, desired_count,
                               static_cast<std::int64_t>(desired->file_count));
  planned.next_guards = NextGuards();
  planned.desired = std::move(*desired);
  return planned;
}

std::optional<engine::Plan> Planning::Decide(
    const manifests::DesiredState& desired, engine::DesiredInput input,
    const engine::Snapshot& live, Diagnostics& diagnostics) const {
  input.owner = desired.repository.name;
  input.environment = desired.environment.name;
  input.files = &desired.files;
  input.resources = &desired.resources;
  input.commit = source_.commit();
  engine::PlanOptions options = options_.plan;
  options.safety = StricterSafety(applied_guards_.value_or(guards_), guards_);
  auto plan = engine::MakePlan(input, live, options, diagnostics);
  if (plan && applied_guards_) {
    plan->alarms = FindWeakened(*applied_guards_, guards_);
  }
  if (plan) {
    plan->alarms.insert(plan->alarms.end(), trust_.alarms.begin(),
                        trust_.alarms.end());
  }
  return plan;
}

Result<bool> Planning::Police(const manifests::DesiredState& desired,
                              const engine::Snapshot& live, Planned& planned,
                              Diagnostics& diagnostics) const {
  const bool judges = !planned.plan.changes.empty() &&
                      options_.plan.mode != engine::PlanMode::kRefreshOnly;
  if (!judges) return true;
  PolicingInput input;
  input.source = &source_;
  input.desired = &desired;
  input.store = store_;
  input.guards = guards_;
  input.applied_guards = applied_guards_;
  const std::size_t errors_before = diagnostics.error_count();
  Policing policing = TRY(CompilePolicies(input, diagnostics));
  if (diagnostics.error_count() > errors_before) return false;
  if (policing.empty()) return true;
  policing.overridden = options_.overridden;
  policing.facts = FactsOf(planned.plan, desired.resources, live);
  Judge(policing, options_.plan.now, planned.plan);
  if (AsksForTrust()) {
    std::map<std::string, std::string> approvers;
    for (const auto& exception : policing.desired.exceptions()) {
      approvers[exception->name] = exception->approved_by;
    }
    TRY(JudgeOwnApprovals(approvers, options_.trust, planned.plan));
  }
  planned.policing = std::make_shared<Policing>(std::move(policing));
  return true;
}

Status Planning::FillContext(engine::Plan& plan,
                             std::int64_t desired_count) const {
  plan.commit = source_.commit();
  plan.signed_by = trust_.signed_by;
  plan.untrusted = trust_.untrusted;
  plan.source_ref = source_.commit().ref;
  plan.source_folder = source_.folder();
  plan.serial = facts_.serial;
  plan.resource_count = desired_count;
  plan.planned_at = options_.plan.now;
  plan.writ_version = std::string(kVersion);
  const bool whole = store_ != nullptr &&
                     options_.plan.mode == engine::PlanMode::kNormal &&
                     options_.plan.targets.empty();
  if (whole) {
    plan.scheduled =
        TRY(FindScheduledRotations(*store_, plan.owner, options_.plan.now));
  }
  return {};
}

std::optional<std::string> Planning::NextGuards() const {
  const bool whole = options_.plan.mode == engine::PlanMode::kNormal &&
                     options_.plan.targets.empty() &&
                     options_.plan.excludes.empty();
  if (!whole) return std::nullopt;
  return ToJson(KeptGuards{guards_, source_.commit().id});
}

std::optional<BaseRecord> Planning::NextBase(
    const engine::Plan& plan, const manifests::DesiredState& desired,
    const engine::DesiredDigest& digest, std::int64_t desired_count,
    std::int64_t file_count) const {
  const bool whole = options_.plan.mode == engine::PlanMode::kNormal &&
                     options_.plan.targets.empty() &&
                     options_.plan.excludes.empty() && options_.plan.prune &&
                     plan.counts().suspended == 0 && plan.left_drift.empty() &&
                     !source_.commit().tree_id.empty();
  if (!whole) return std::nullopt;
  BaseRecord base;
  base.tree_id = source_.commit().tree_id;
  base.commit = source_.commit().id;
  base.inputs = desired.inputs;
  base.kind_tables = KindTablesFingerprint();
  base.writ_version = std::string(kVersion);
  base.policies = plan.policies_digest;
  base.desired_buckets = digest.Serialize();
  base.desired_count = desired_count;
  base.file_count = file_count;
  return base;
}

}  // namespace

Result<std::optional<Planned>> PlanAgainst(manifests::Source& source,
                                           StateStore* store,
                                           const PlanningOptions& options,
                                           Diagnostics& diagnostics) {
  return Planning(source, store, options, diagnostics).Run();
}

}  // namespace writ::reconciler
