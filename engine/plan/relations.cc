#include "engine/plan/relations.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace writ::engine {
namespace {

constexpr std::size_t kDependentsShown = 20;

bool Goes(const Change& change) {
  return change.action == Action::kDelete || change.action == Action::kForget;
}

// The address that the live resource of a change has now.
const ResourceId& LiveId(const Change& change) {
  return change.moved_from ? *change.moved_from : change.id;
}

bool IsContainer(const ResourceId& id) {
  return id.kind() == "App" || id.kind() == "Project" ||
         id.kind() == "Workspace";
}

void SortUnique(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

void SortUnique(std::vector<const ResourceId*>& ids) {
  std::sort(ids.begin(), ids.end(),
            [](const auto* a, const auto* b) { return *a < *b; });
  ids.erase(std::unique(ids.begin(), ids.end(),
                        [](const auto* a, const auto* b) { return *a == *b; }),
            ids.end());
}

}  // namespace

Relations::Relations(const Pairing& pairing, const References& references,
                     const std::vector<Change>& changes)
    : pairing_(pairing),
      references_(references),
      by_id_(changes.size()),
      by_live_id_(std::min<std::size_t>(changes.size(), pairing.live_size())),
      targets_(changes.size()),
      after_(changes.size()),
      dependents_(changes.size()),
      children_(changes.size()) {
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    by_id_.Insert(changes[i].id.address(), i);
    if (changes[i].generation != 0 || changes[i].before != nullptr) {
      by_live_id_.Insert(LiveId(changes[i]).address(), i);
    }
  }
  AddDesired(changes);
  AddLive(changes);
  AddChildren(changes);
}

// What the desired contents of changed resources refer to.
void Relations::AddDesired(const std::vector<Change>& changes) {
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    if (Goes(changes[i])) continue;
    const std::uint32_t user = pairing_.FindDesired(changes[i].id.address());
    if (user == kNone) continue;
    const auto [first, last] = references_.Of(user);
    for (const Edge* edge = first; edge != last; ++edge) {
      targets_[i].push_back(edge->target);
      const ResourceId& target = references_.TargetId(edge->target);
      const std::uint32_t other = by_id_.Find(target.address());
      if (other == kNone || other == i || Goes(changes[other])) continue;
      after_[i].push_back(other);
      dependents_[other].push_back(&changes[i].id);
    }
    SortUnique(targets_[i]);
  }
}

// What live resources refer to now. What goes, goes after all that named it;
// who isn't changed, depends on.
void Relations::AddLive(const std::vector<Change>& changes) {
  if (by_live_id_.size() == 0) return;
  for (const LiveReference& reference : pairing_.snapshot().references) {
    const std::uint32_t to = by_live_id_.Find(reference.to.address());
    if (to == kNone) continue;
    const std::uint32_t from = by_live_id_.Find(reference.from.address());
    if (from == kNone) dependents_[to].push_back(&reference.from);
    if (from != kNone && from != to && Goes(changes[to])) {
      after_[to].push_back(from);
    }
    if (reference.is_parent) children_[to].push_back(&reference.from);
  }
}

// Also from the parents that live resources name, for what goes; and what a
// moved parent carries goes after the move.
void Relations::AddChildren(const std::vector<Change>& changes) {
  bool a_parent_goes = false;
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    const Change& change = changes[i];
    a_parent_goes = a_parent_goes || (change.action == Action::kDelete &&
                                      IsContainer(change.id));
    if (!change.carried_to) continue;
    const std::uint32_t live = pairing_.FindLive(LiveId(change).address());
    if (live == kNone) continue;
    const std::uint32_t parent =
        by_live_id_.Find(pairing_.live(live).parent.address());
    if (parent != kNone) after_[i].push_back(parent);
  }
  if (!a_parent_goes) return;
  for (const LiveResource& live : pairing_.snapshot().resources) {
    if (live.parent.empty()) continue;
    const std::uint32_t parent = by_live_id_.Find(live.parent.address());
    if (parent == kNone || changes[parent].action != Action::kDelete) continue;
    children_[parent].push_back(&live.id);
  }
}

void Relations::Fill(std::vector<Change>& changes) const {
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    Change& change = changes[i];
    change.refers_to.reserve(targets_[i].size());
    for (std::uint32_t target : targets_[i]) {
      change.refers_to.push_back(
          {references_.TargetId(target), references_.TargetGeneration(target)});
    }
    std::sort(change.refers_to.begin(), change.refers_to.end());

    std::vector<std::uint32_t> after = after_[i];
    SortUnique(after);  // changes are sorted by address
    change.after_changes.reserve(after.size());
    for (std::uint32_t other : after) {
      change.after_changes.push_back(changes[other].id);
    }

    std::vector<const ResourceId*> dependents = dependents_[i];
    SortUnique(dependents);
    change.dependent_count = static_cast<std::int64_t>(dependents.size());
    dependents.resize(std::min(dependents.size(), kDependentsShown));
    for (const ResourceId* id : dependents) change.dependents.push_back(*id);
  }
}

std::vector<ResourceId> Relations::RemainingChildren(
    const std::vector<Change>& changes, std::uint32_t change) const {
  std::vector<const ResourceId*> children = children_[change];
  SortUnique(children);
  std::vector<ResourceId> remaining;
  for (const ResourceId* id : children) {
    const std::uint32_t own = by_live_id_.Find(id->address());
    const bool leaves = own != kNone && !changes[own].suspended &&
                        (changes[own].action == Action::kDelete ||
                         (changes[own].moved_from.has_value() &&
                          changes[own].id.parent() != id->parent()));
    if (!leaves) remaining.push_back(*id);
  }
  return remaining;
}

namespace {

// The numbers of one half of the changes in the order of apply.
std::vector<std::uint32_t> OrderOf(const std::vector<Change>& changes,
                                   bool goes) {
  std::vector<std::uint32_t> members;
  AddressIndex place(changes.size());
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    if (Goes(changes[i]) != goes) continue;
    place.Insert(changes[i].id.address(),
                 static_cast<std::uint32_t>(members.size()));
    members.push_back(i);
  }
  std::vector<Graph::Edge> edges;
  for (std::uint32_t v = 0; v < members.size(); ++v) {
    for (const ResourceId& earlier : changes[members[v]].after_changes) {
      const std::uint32_t used = place.Find(earlier.address());
      if (used != kNone) edges.emplace_back(v, used);
    }
  }
  const Graph graph(static_cast<std::uint32_t>(members.size()),
                    std::move(edges));
  const std::vector<Graph::Vertex> order = graph.Order();
  // Live references of other owners may go round in circles; then by address.
  if (order.empty()) return members;
  std::vector<std::uint32_t> sorted;
  sorted.reserve(order.size());
  for (Graph::Vertex v : order) sorted.push_back(members[v]);
  return sorted;
}

}  // namespace

void SortForApply(std::vector<Change>& changes) {
  std::vector<std::uint32_t> order = OrderOf(changes, false);
  const std::vector<std::uint32_t> last = OrderOf(changes, true);
  order.insert(order.end(), last.begin(), last.end());
  // In place, a circle of the permutation at a time: changes are large.
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    if (order[i] == i) continue;
    Change first = std::move(changes[i]);
    std::uint32_t at = i;
    while (order[at] != i) {
      const std::uint32_t from = std::exchange(order[at], at);
      changes[at] = std::move(changes[from]);
      at = from;
    }
    changes[at] = std::move(first);
    order[at] = at;
  }
}

}  // namespace writ::engine
