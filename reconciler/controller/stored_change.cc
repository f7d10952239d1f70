#include "reconciler/controller/stored_change.h"

#include <algorithm>
#include <utility>

#include "schema/check.h"
#include "schema/json.h"
#include "schema/kind.h"

namespace writ::reconciler {
namespace {

using engine::Action;
using engine::Change;
using engine::LiveResource;

constexpr std::size_t kUidDigits = 32;
constexpr std::size_t kWorkspaceIdDigits = 24;

const Resource* FindDesired(const Planned& planned, const ResourceId& id) {
  const auto& all = planned.desired.resources;
  const auto found =
      std::lower_bound(all.begin(), all.end(), id,
                       [](const Resource& r, const ResourceId& wanted) {
                         return r.id < wanted;
                       });
  return found == all.end() || found->id != id ? nullptr : &*found;
}

// Gives the computed fields that nobody has given a value yet theirs.
void FillComputed(const Kind& kind, Value& content, Random& random) {
  Value* spec = content.Find("spec");
  if (spec == nullptr) return;
  for (const Field& field : kind.spec.fields) {
    if (!field.computed || spec->Find(field.name) != nullptr) continue;
    // The only computed format there is; another needs its maker here.
    CHECK(field.format == Format::kWorkspaceId);
    spec->Set(field.name, random.Hex(kWorkspaceIdDigits));
  }
}

engine::Provenance ProvenanceOf(const engine::Plan& plan,
                                const Change& change) {
  const Commit& commit = plan.commit;
  engine::Provenance provenance;
  provenance.commit = commit.id;
  provenance.subject = commit.subject;
  if (!commit.author_name.empty()) {
    provenance.author = commit.author_name + " <" + commit.author_email + ">";
  }
  provenance.file = change.written_at.file;
  provenance.line = change.written_at.line;
  provenance.column = change.written_at.column;
  return provenance;
}

// The row that a change is about: at the address it was planned at, or where
// its parent's move, earlier in this plan, has carried it. That move gave it a
// generation of its own.
Result<StoredResource> ReadCurrent(StateStore& store, const Change& change,
                                   const Planned& planned) {
  const ResourceId& planned_at =
      change.moved_from ? *change.moved_from : change.id;
  const LiveResource* before = planned.live.Find(planned_at);
  auto stored = TRY(
      store.ReadStored(change.carried_to ? *change.carried_to : planned_at));
  const bool same =
      stored && before != nullptr && stored->live.uid == before->uid &&
      (change.carried_to || stored->live.generation == change.generation);
  if (!same) {
    return Fail(ErrorCode::kConflict,
                planned_at.address() + " was changed meanwhile");
  }
  return std::move(*stored);
}

Status WriteMove(WriteTransaction& transaction, StateStore& store,
                 const Change& change, const Planned& planned,
                 const std::string& actor, Timestamp now, Random& random) {
  StoredResource stored =
      MakeStored(change, planned, planned.live.Find(*change.moved_from), actor,
                 now, random);
  const StoredResource current = TRY(ReadCurrent(store, change, planned));
  stored.live.generation = current.live.generation;
  if (current.live.id != change.id) {
    TRY(transaction.Rename(current.live.id, change.id,
                           current.live.generation));
    ++stored.live.generation;
  }
  return change.fields.empty()
             ? transaction.Touch(stored)
             : transaction.Put(stored, stored.live.generation);
}

Status WriteDelete(WriteTransaction& transaction, StateStore& store,
                   const Change& change, const Planned& planned) {
  const StoredResource going = TRY(ReadCurrent(store, change, planned));
  return transaction.Delete(going.live.id, going.live.generation);
}

Status WriteForget(WriteTransaction& transaction, StateStore& store,
                   const Change& change, const Planned& planned) {
  StoredResource stored = TRY(ReadCurrent(store, change, planned));
  stored.live.owner.reset();
  stored.live.protect = false;
  stored.settled = true;
  return transaction.Put(stored, stored.live.generation);
}

// Of a resource of which something else changes.
bool LeavesDrift(const Planned& planned, const ResourceId& id) {
  const std::vector<Change>& left = planned.plan.left_drift;  // by address
  const auto found =
      std::lower_bound(left.begin(), left.end(), id,
                       [](const Change& one, const ResourceId& other) {
                         return one.id < other;
                       });
  return found != left.end() && found->id == id;
}

}  // namespace

StoredResource MakeStored(const Change& change, const Planned& planned,
                          const LiveResource* before, const std::string& actor,
                          Timestamp now, Random& random) {
  CHECK(change.after != nullptr);
  const Resource* desired = FindDesired(planned, change.id);
  CHECK(desired != nullptr);
  StoredResource stored;
  LiveResource& live = stored.live;
  live.id = change.id;
  live.parent = desired->parent;
  const bool same = before != nullptr && change.action != Action::kReplace;
  live.uid = same ? before->uid : random.Hex(kUidDigits);
  if (same) live.status = before->status;
  live.owner = planned.plan.owner;
  Value content = *change.after;
  FillComputed(*desired->kind, content, random);
  live.content = CanonicalJson(content);
  live.content_digest = Sha256(live.content);
  // Drift that is left alone is merged into the content; that git didn't say so
  // must be known, or its next word would be none.
  const bool leaves_drift =
      before != nullptr && LeavesDrift(planned, change.id);
  if (!desired->lifecycle.ignore.empty() || leaves_drift) {
    live.applied = CanonicalJson(*desired->content);
  }
  live.desired_digest = change.desired_digest;
  live.protect = desired->lifecycle.protect;
  live.forget_on_delete = desired->lifecycle.forget_on_delete;
  live.implied = desired->implied;
  live.provenance = ProvenanceOf(planned.plan, change);
  live.changed_by = leaves_drift ? before->changed_by : actor;
  live.changed_at = leaves_drift ? before->changed_at : now;
  // What a person did to it is told by each plan (Change::status).
  stored.settled = live.status.empty() && !leaves_drift;
  stored.file = live.provenance.file;
  stored.time_edges = desired->time_edges;
  for (const engine::Touched& touched : change.refers_to) {
    if (touched.id != live.parent) stored.references.push_back(touched.id);
  }
  return stored;
}

Status WriteChange(WriteTransaction& transaction, StateStore& store,
                   const Change& change, const Planned& planned,
                   const std::string& actor, Timestamp now, Random& random) {
  const LiveResource* before = planned.live.Find(change.id);
  switch (change.action) {
    case Action::kNoOp:
    case Action::kRotate:
      return {};
    case Action::kDelete:
      return WriteDelete(transaction, store, change, planned);
    case Action::kForget:
      return WriteForget(transaction, store, change, planned);
    case Action::kMove:
      return WriteMove(transaction, store, change, planned, actor, now, random);
    case Action::kReplace:
      TRY(WriteDelete(transaction, store, change, planned));
      return transaction.Put(
          MakeStored(change, planned, before, actor, now, random), 0);
    case Action::kCreate:
    case Action::kUpdate:
    case Action::kAdopt:
      return transaction.Put(
          MakeStored(change, planned, before, actor, now, random),
          change.generation);
  }
  return {};
}

}  // namespace writ::reconciler
