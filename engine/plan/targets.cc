#include "engine/plan/targets.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace writ::engine {
namespace {

// Every address that matters, and what must be there before it: references of
// desired resources and the order of changes.
class Closure {
 public:
  Closure(const Pairing& pairing, const References& references,
          const std::vector<Change>& changes)
      : index_(pairing.desired_size() + pairing.live_size()) {
    for (std::uint32_t i = 0; i < pairing.desired_size(); ++i) {
      Number(pairing.desired(i).id);
    }
    for (std::uint32_t i = 0; i < pairing.live_size(); ++i) {
      Number(pairing.live(i).id);
    }
    for (const Edge& edge : references.edges()) {
      edges_.emplace_back(Number(pairing.desired(edge.user).id),
                          Number(references.TargetId(edge.target)));
    }
    for (const Change& change : changes) {
      for (const ResourceId& earlier : change.after_changes) {
        edges_.emplace_back(Number(change.id), Number(earlier));
      }
    }
  }

  bool Knows(const ResourceId& id) const {
    return index_.Find(id.address()) != kNone;
  }

  // Marks the addresses and all that they need, or all that needs them.
  std::vector<bool> Reach(const std::vector<ResourceId>& from,
                          bool backwards) const {
    const Graph graph(static_cast<std::uint32_t>(index_.size()), edges_);
    std::vector<bool> reached(index_.size());
    for (const ResourceId& id : from) {
      const std::uint32_t v = index_.Find(id.address());
      if (v == kNone) continue;
      reached[v] = true;
      const auto more = backwards ? graph.TransitiveDependents(v)
                                  : graph.TransitiveDependencies(v);
      for (Graph::Vertex other : more) reached[other] = true;
    }
    return reached;
  }

  std::uint32_t Find(const ResourceId& id) const {
    return index_.Find(id.address());
  }

 private:
  std::uint32_t Number(const ResourceId& id) {
    const auto next = static_cast<std::uint32_t>(index_.size());
    return index_.Insert(id.address(), next) ? next : index_.Find(id.address());
  }

  AddressIndex index_;
  std::vector<Graph::Edge> edges_;
};

void ReportUnknown(const Closure& closure, const std::vector<ResourceId>& ids,
                   const char* flag, Diagnostics& diagnostics) {
  for (const ResourceId& id : ids) {
    if (closure.Knows(id)) continue;
    Diagnostic diagnostic;
    diagnostic.code = "unknown-target";
    diagnostic.summary = std::string(flag) + " " + id.address() +
                         " names nothing that is declared or live";
    diagnostics.Add(std::move(diagnostic));
  }
}

void Keep(std::vector<Change>& changes, const Closure& closure,
          const std::vector<bool>& marked, bool wanted) {
  changes.erase(std::remove_if(changes.begin(), changes.end(),
                               [&](const Change& change) {
                                 const std::uint32_t v =
                                     closure.Find(change.id);
                                 return marked[v] != wanted;
                               }),
                changes.end());
}

void DropAbsent(std::vector<Change>& changes) {
  AddressIndex left(changes.size());
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    left.Insert(changes[i].id.address(), i);
  }
  for (Change& change : changes) {
    auto& after = change.after_changes;
    after.erase(std::remove_if(after.begin(), after.end(),
                               [&](const ResourceId& id) {
                                 return left.Find(id.address()) == kNone;
                               }),
                after.end());
  }
}

}  // namespace

void ApplyTargets(const Pairing& pairing, const References& references,
                  std::vector<Change>& changes, Diagnostics& diagnostics) {
  const PlanOptions& options = pairing.options();
  if (options.targets.empty() && options.excludes.empty()) return;
  const Closure closure(pairing, references, changes);
  ReportUnknown(closure, options.targets, "--target", diagnostics);
  ReportUnknown(closure, options.excludes, "--exclude", diagnostics);
  if (!options.targets.empty()) {
    Keep(changes, closure, closure.Reach(options.targets, false), true);
  }
  if (!options.excludes.empty()) {
    Keep(changes, closure, closure.Reach(options.excludes, true), false);
  }
  DropAbsent(changes);
}

}  // namespace writ::engine
