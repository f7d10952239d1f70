#include "engine/plan/attribution.h"

#include <algorithm>
#include <unordered_map>

namespace writ::engine {
namespace {

bool SameField(const FieldChange& a, const FieldChange& b) {
  return a.path == b.path && a.before == b.before && a.after == b.after &&
         a.sensitive == b.sensitive;
}

// Nothing that the branch brings is in it: the same step to the same content.
bool SameStep(const Change& a, const Change& b) {
  return a.action == b.action && a.moved_from == b.moved_from &&
         a.desired_digest == b.desired_digest &&
         std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(),
                    b.fields.end(), SameField);
}

}  // namespace

void AttributeChanges(const Plan* before, Plan& merged) {
  std::unordered_map<ResourceId, const Change*> known;
  if (before != nullptr) {
    for (const Change& change : before->changes) known[change.id] = &change;
  }
  for (Change& change : merged.changes) {
    const auto found = known.find(change.id);
    if (change.cause == Cause::kSchedule) {
      change.origin = Origin::kSchedule;
    } else if (change.cause == Cause::kDrift) {
      change.origin = Origin::kDrift;
    } else if (found != known.end() && SameStep(change, *found->second)) {
      change.origin = Origin::kMerged;
    } else {
      change.origin = Origin::kBranch;
    }
  }
  for (Change& change : merged.scheduled) change.origin = Origin::kSchedule;
}

}  // namespace writ::engine
