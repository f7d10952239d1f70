#include "engine/plan/actions.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "engine/diff/content_path.h"
#include "engine/diff/diff.h"
#include "schema/check.h"
#include "schema/json.h"
#include "schema/kind.h"
#include "schema/validator.h"

namespace writ::engine {
namespace {

// What an older table wrote, as this one sees it. Bytes that don't parse count
// as nothing: then everything desired is written again.
Value ReadContent(const Kind* kind, const std::string& json) {
  Result<Value> content = ParseJson(json);
  if (!content || !content->IsMap()) return Value(Value::Map{});
  return kind == nullptr ? *std::move(content)
                         : NormalizeContent(*kind, *std::move(content));
}

bool HasCause(const std::vector<FieldChange>& fields, Cause cause) {
  return std::any_of(
      fields.begin(), fields.end(),
      [&](const FieldChange& field) { return field.cause == cause; });
}

// Git if any field is; else drift if any is; else what carried it along.
Cause CauseOf(const std::vector<FieldChange>& fields, Cause otherwise) {
  if (HasCause(fields, Cause::kGit)) return Cause::kGit;
  if (HasCause(fields, Cause::kDrift)) return Cause::kDrift;
  return otherwise;
}

bool MayAdopt(const Lifecycle& lifecycle, const LiveResource& live) {
  if (live.owner) return lifecycle.adopt_from == *live.owner;
  return lifecycle.adopt || !lifecycle.adopt_from.empty();
}

Guard ForeignGuard(const Resource& resource, const LiveResource& live) {
  Guard guard;
  guard.subject = resource.id;
  if (live.owner) {
    guard.kind = GuardKind::kForeignOwner;
    guard.message = resource.id.address() + " belongs to the repository " +
                    *live.owner + "; lifecycle.adopt: {from: " + *live.owner +
                    "} or writ state transfer hands it over";
  } else {
    guard.kind = GuardKind::kUnmanaged;
    guard.message = resource.id.address() +
                    " is live and no repository manages it; "
                    "lifecycle.adopt: true takes it over";
  }
  return guard;
}

}  // namespace

Change Actions::Start(const Resource& resource) const {
  Change change;
  change.id = resource.id;
  change.after = resource.content;
  change.desired_digest = resource.digest;
  change.suspended = resource.lifecycle.suspend;
  change.written_at = pairing_.At(resource.range);
  change.patches = resource.patches;
  return change;
}

void Actions::AddLive(const LiveResource& live, Change& change) const {
  change.carried_to = moves_.CarriedAddress(live);
  change.generation = live.generation;
  change.status = live.status;
  change.provenance = live.provenance;
}

void Actions::Create(const Resource& resource) {
  Change change = Start(resource);
  change.action = Action::kCreate;
  change.reason = resource.implied ? Reason::kImpliedByApp : Reason::kNotLive;
  change.cause = resource.implied ? Cause::kDependency : Cause::kGit;
  changes_.push_back(std::move(change));
}

// The parent's field may change where the resource moves to another parent or
// its parent moves away under it.
std::vector<std::string> Actions::Movable(const Resource& resource,
                                          const LiveResource& live,
                                          bool moves) const {
  std::vector<std::string> paths;
  if (!moves && !moves_.ParentMoves(resource, live)) return paths;
  for (const Reference& reference : resource.references) {
    if (reference.is_parent) paths.push_back(reference.path);
  }
  return paths;
}

// The action, reason and cause that follow from the fields.
void Actions::Settle(const Resource& resource, const LiveResource& live,
                     std::uint32_t desired, Change& change) const {
  const bool ours = live.owner && *live.owner == pairing_.input().owner;
  const bool replaces = change.action == Action::kReplace;
  if (!ours) {
    if (!replaces) change.action = Action::kAdopt;
    change.reason =
        replaces ? Reason::kImmutableChanged : Reason::kAdoptRequested;
    change.cause = Cause::kGit;
    if (!MayAdopt(resource.lifecycle, live)) {
      change.guards.push_back(ForeignGuard(resource, live));
    }
    return;
  }
  const bool moves = moves_.From(desired) != kNone;
  const bool carried = moves && moves_.IsCarried(desired);
  change.cause = CauseOf(change.fields,
                         carried || !moves ? Cause::kDependency : Cause::kGit);
  if (moves) change.moved_from = live.id;
  if (replaces) {
    change.reason = Reason::kImmutableChanged;
  } else if (moves) {
    change.action = Action::kMove;
    change.reason = carried ? Reason::kParentMoved : Reason::kRenamed;
  } else {
    change.action = Action::kUpdate;
    change.reason = change.cause == Cause::kGit     ? Reason::kManifestChanged
                    : change.cause == Cause::kDrift ? Reason::kDrifted
                                                    : Reason::kParentMoved;
  }
  if (resource.implied && change.cause == Cause::kGit) {
    change.cause = Cause::kDependency;
  }
}

void Actions::Compare(std::uint32_t desired, std::uint32_t at) {
  const Resource& resource = pairing_.desired(desired);
  const LiveResource& live = pairing_.live(at);
  const bool moves = moves_.From(desired) != kNone;
  const bool ours = pairing_.IsOurs(at);
  CHECK(resource.kind != nullptr);

  auto before =
      std::make_shared<const Value>(ReadContent(resource.kind, live.content));
  std::optional<Value> applied;
  if (!live.applied.empty()) {
    applied = ReadContent(resource.kind, live.applied);
  }
  DiffOptions options;
  options.ignore = resource.lifecycle.ignore;
  options.movable = Movable(resource, live, moves);
  options.files = pairing_.input().files;
  const Value* last = !ours ? nullptr : applied ? &*applied : before.get();
  ContentDiff diff =
      DiffContents(*resource.kind, *before, *resource.content, last, options);
  if (ours && pairing_.options().leave_drift &&
      HasCause(diff.fields, Cause::kDrift)) {
    LeaveDrift(resource, live, before, diff);
    options.ignore = {"metadata", "lifecycle", "spec"};
    diff =
        DiffContents(*resource.kind, *before, *resource.content, last, options);
  }
  if (diff.fields.empty() && ours && !moves) {
    Remember(live);
    return;
  }
  const bool released = moves && diff.replaces && !moves_.IsCarried(desired);
  if (released) {
    // A new identity is no move: the old one goes, the new one comes.
    notices_.push_back(resource.id.address() + " can't stay what " +
                       live.id.address() +
                       " was, for a field that can't change does; it is "
                       "created and the old one deleted");
    Create(resource);
    DecideLeaving(at);
    return;
  }

  Change change = Start(resource);
  AddLive(live, change);
  change.action = diff.replaces ? Action::kReplace : Action::kNoOp;
  change.before = std::move(before);
  change.fields = std::move(diff.fields);
  change.after = std::make_shared<const Value>(std::move(diff.merged));
  const bool by_parent = moves_.ParentMoves(resource, live);
  for (FieldChange& field : change.fields) {
    if (by_parent && IsAnyAtOrBelow(field.path, options.movable)) {
      field.cause = Cause::kDependency;
    }
  }
  if (HasCause(change.fields, Cause::kDrift)) {
    change.drifted_by = live.changed_by;
    change.drifted_at = live.changed_at;
  }
  Settle(resource, live, desired, change);
  changes_.push_back(std::move(change));
}

void Actions::DecideDesired(std::uint32_t desired) {
  const Resource& resource = pairing_.desired(desired);
  const std::uint32_t same = pairing_.LiveOf(desired);
  if (same != kNone) {
    const LiveResource& live = pairing_.live(same);
    if (pairing_.IsOurs(same) && live.content_digest == resource.digest) {
      Remember(live);
    } else {
      Compare(desired, same);
    }
    return;
  }
  const std::uint32_t former = moves_.From(desired);
  if (former != kNone) {
    Compare(desired, former);
  } else {
    Create(resource);
  }
}

void Actions::LeaveDrift(const Resource& resource, const LiveResource& live,
                         const std::shared_ptr<const Value>& before,
                         const ContentDiff& diff) {
  Change change = Start(resource);
  AddLive(live, change);
  change.action = Action::kUpdate;
  change.reason = Reason::kDrifted;
  change.cause = Cause::kDrift;
  change.before = before;
  std::copy_if(
      diff.fields.begin(), diff.fields.end(), std::back_inserter(change.fields),
      [](const FieldChange& field) { return field.cause == Cause::kDrift; });
  change.drifted_by = live.changed_by;
  change.drifted_at = live.changed_at;
  left_drift_.push_back(std::move(change));
}

// Status is not spec: it is told, never healed.
void Actions::Remember(const LiveResource& live) {
  if (live.status.empty()) return;
  notices_.push_back(live.id.address() + " is " + live.status +
                     ", still declared: rotate it, or take it out of its "
                     "manifest");
}

void Actions::DecideLeaving(std::uint32_t at) {
  const LiveResource& live = pairing_.live(at);
  const PlanOptions& options = pairing_.options();
  const bool destroys = options.mode == PlanMode::kDestroy;
  if (!destroys && !options.prune) {
    ++not_pruned_;
    return;
  }
  Change change;
  change.id = live.id;
  AddLive(live, change);
  change.written_at = pairing_.At(live);
  change.before = std::make_shared<const Value>(
      ReadContent(FindKind(live.id.kind()), live.content));
  change.action = live.forget_on_delete ? Action::kForget : Action::kDelete;
  if (destroys) {
    change.reason = Reason::kDestroyRequested;
  } else if (live.implied) {
    change.cause = Cause::kDependency;
    change.reason = pairing_.IsDeclared(live.parent.address())
                        ? Reason::kSupersededByToken
                        : Reason::kNotDeclared;
  } else {
    change.reason = Reason::kNotDeclared;
  }
  if (change.action == Action::kForget) {
    change.reason = Reason::kForgetOnDelete;
  }
  changes_.push_back(std::move(change));
}

// What was changed outside git, whatever git says now.
void Actions::DecideDrift(std::uint32_t at) {
  const LiveResource& live = pairing_.live(at);
  const Kind* kind = FindKind(live.id.kind());
  if (!pairing_.IsOurs(at) || live.applied.empty() || kind == nullptr) return;
  auto before = std::make_shared<const Value>(ReadContent(kind, live.content));
  const Value applied = ReadContent(kind, live.applied);
  DiffOptions options;
  const std::uint32_t desired = pairing_.DesiredOf(at);
  if (desired != kNone) {
    options.ignore = pairing_.desired(desired).lifecycle.ignore;
  }
  ContentDiff diff = DiffContents(*kind, *before, applied, &applied, options);
  if (diff.fields.empty()) return;
  Change change;
  change.id = live.id;
  AddLive(live, change);
  change.action = diff.replaces ? Action::kReplace : Action::kUpdate;
  change.reason = Reason::kDrifted;
  change.cause = Cause::kDrift;
  change.fields = std::move(diff.fields);
  change.before = std::move(before);
  change.after = std::make_shared<const Value>(std::move(diff.merged));
  change.written_at = desired == kNone
                          ? pairing_.At(live)
                          : pairing_.At(pairing_.desired(desired).range);
  change.drifted_by = live.changed_by;
  change.drifted_at = live.changed_at;
  changes_.push_back(std::move(change));
}

std::vector<Change> Actions::Decide() {
  if (pairing_.options().mode == PlanMode::kRefreshOnly) {
    for (std::uint32_t i = 0; i < pairing_.live_size(); ++i) DecideDrift(i);
    return std::move(changes_);
  }
  // A first plan changes everything, and growing would hold it twice.
  if (pairing_.live_size() == 0) changes_.reserve(pairing_.desired_size());
  for (std::uint32_t i = 0; i < pairing_.desired_size(); ++i) {
    DecideDesired(i);
  }
  for (std::uint32_t i = 0; i < pairing_.live_size(); ++i) {
    if (pairing_.Leaves(i) && moves_.To(i) == kNone) DecideLeaving(i);
  }
  if (not_pruned_ > 0) {
    const bool one = not_pruned_ == 1;
    notices_.push_back(std::to_string(not_pruned_) +
                       (one ? " live resource is" : " live resources are") +
                       " not declared any more and stay" + (one ? "s" : "") +
                       ": pruning is off");
  }
  std::sort(notices_.begin(), notices_.end());
  const auto by_address = [](const Change& a, const Change& b) {
    return a.id < b.id;
  };
  if (!std::is_sorted(changes_.begin(), changes_.end(), by_address)) {
    std::sort(changes_.begin(), changes_.end(), by_address);
  }
  return std::move(changes_);
}

}  // namespace writ::engine
