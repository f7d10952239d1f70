// The second step of a plan: what every desired resource refers to, and what is
// wrong with that: nothing there, a circle, a secret that doesn't admit its
// user (T-02).
//
// Immutable once built; borrows the pairing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/plan/pairing.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"
#include "schema/value.h"

namespace writ::engine {

// What a reference found. Desired resources come first, then live ones: a
// target below desired_size() is a desired one.
struct Edge {
  std::uint32_t user = 0;  // desired
  std::uint32_t target = 0;
  const Reference* reference = nullptr;
};

class References {
 public:
  // Resolves everything; dangling references and secrets that don't admit
  // their user go to `diagnostics`. Mentions make no edge, loose references
  // aren't looked up.
  References(const Pairing& pairing, Diagnostics& diagnostics);

  const std::vector<Edge>& edges() const { return edges_; }  // by user
  // The edges of one user.
  std::pair<const Edge*, const Edge*> Of(std::uint32_t user) const;

  const ResourceId& TargetId(std::uint32_t target) const;
  // As normalised. Of an unchanged live resource whose content wasn't gathered,
  // what is declared, which is the same.
  std::optional<Value> TargetSpec(std::uint32_t target) const;
  // Of the live resource at the target's address; 0 where nothing is live.
  std::int64_t TargetGeneration(std::uint32_t target) const;

  // Every circle, as the path of references with their positions.
  void ReportCycles(Diagnostics& diagnostics) const;

 private:
  void Resolve(std::uint32_t user, Diagnostics& diagnostics);
  void ResolveConfigured(Diagnostics& diagnostics);
  // A number as Edge::target has it, or kNone.
  std::uint32_t Lookup(const Resource& user, const Reference& reference);
  std::string_view WorkspaceOf(const ResourceId& parent) const;
  bool Admits(std::uint32_t secret, const Resource& user) const;
  bool MayComeFromElsewhere(const Reference& reference) const;
  bool MeansRefused(const Resource& user, const Reference& reference);
  void ReportDangling(const Resource& user, const std::string& said_by,
                      const Reference& reference, Diagnostics& diagnostics);
  void ReportLeftBehind(Diagnostics& diagnostics) const;
  void ReportNotAdmitted(const Edge& edge, Diagnostics& diagnostics) const;
  std::vector<Graph::Edge> GraphEdges() const;
  Location StepAt(std::uint32_t from, std::uint32_t to) const;

  const Pairing& pairing_;
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> first_;  // of each user, and one past the last
  std::string buffer_;
  int suggestions_left_ = 100;  // each looks at everything declared
};

}  // namespace writ::engine
