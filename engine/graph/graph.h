// The dependency graph of resources, on Boost.Graph's compressed sparse rows:
// an edge from the user to what it refers to. Vertices are numbered in the
// order of the addresses given, so that every answer is deterministic.
//
// Immutable once built; const access is safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schema/diagnostic.h"
#include "schema/resource.h"
#include "schema/resource_id.h"

namespace writ::engine {

class Graph {
 public:
  using Vertex = std::uint32_t;
  using Edge = std::pair<Vertex, Vertex>;  // user, used

  // Edges may repeat; loops are kept and are cycles.
  Graph(std::uint32_t vertices, std::vector<Edge> edges);
  ~Graph();
  Graph(Graph&&) noexcept;
  Graph& operator=(Graph&&) noexcept;

  std::uint32_t size() const;
  // What v refers to, and who refers to v; sorted.
  std::vector<Vertex> Dependencies(Vertex v) const;
  std::vector<Vertex> Dependents(Vertex v) const;
  // All that v depends on (or that depends on it), v left out; sorted.
  std::vector<Vertex> TransitiveDependencies(Vertex v) const;
  std::vector<Vertex> TransitiveDependents(Vertex v) const;

  // Dependencies before dependents; among those free to go, the lowest number
  // first. Empty when there is a cycle and size() > 0.
  std::vector<Vertex> Order() const;
  // One shortest cycle of each strongly connected part, starting at its lowest
  // vertex; sorted.
  std::vector<std::vector<Vertex>> Cycles() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A reference that found its resource.
struct ResolvedReference {
  const Reference* reference = nullptr;  // of the user's Resource
  ResourceId target;
};

// Looks a reference up (language.md): an address as it is; a name under the
// user's own parent, then in that parent's workspace. `workspace_of` gives the
// workspace an app or project belongs to ("App/order-service" → "acme"), empty
// when unknown; `exists` says whether an address is declared.
// Returns every address that was tried when none exists.
struct Lookup {
  std::optional<ResourceId> found;
  std::vector<ResourceId> tried;
};
Lookup ResolveReference(
    const Resource& user, const Reference& reference,
    const std::function<std::string(const ResourceId& parent)>& workspace_of,
    const std::function<bool(const ResourceId&)>& exists);

}  // namespace writ::engine
