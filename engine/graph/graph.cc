#include "engine/graph/graph.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <queue>

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>

#include "schema/check.h"

namespace writ::engine {
namespace {

using Csr =
    boost::compressed_sparse_row_graph<boost::directedS, boost::no_property,
                                       boost::no_property, boost::no_property,
                                       Graph::Vertex, std::uint32_t>;

constexpr Graph::Vertex kNone = std::numeric_limits<Graph::Vertex>::max();

Csr MakeCsr(const std::vector<Graph::Edge>& sorted, std::uint32_t vertices) {
  return Csr(boost::edges_are_sorted, sorted.begin(), sorted.end(), vertices);
}

template <typename Visit>
void ForEachNext(const Csr& csr, Graph::Vertex v, Visit visit) {
  const auto [first, last] = boost::out_edges(v, csr);
  for (auto edge = first; edge != last; ++edge) {
    visit(boost::target(*edge, csr));
  }
}

std::vector<Graph::Vertex> Next(const Csr& csr, Graph::Vertex v) {
  std::vector<Graph::Vertex> next;
  ForEachNext(csr, v, [&](Graph::Vertex to) { next.push_back(to); });
  return next;
}

std::vector<Graph::Vertex> Reach(const Csr& csr, Graph::Vertex start) {
  std::vector<bool> seen(boost::num_vertices(csr));
  std::vector<Graph::Vertex> reached;
  std::vector<Graph::Vertex> open{start};
  seen[start] = true;
  while (!open.empty()) {
    const Graph::Vertex v = open.back();
    open.pop_back();
    ForEachNext(csr, v, [&](Graph::Vertex to) {
      if (seen[to]) return;
      seen[to] = true;
      reached.push_back(to);
      open.push_back(to);
    });
  }
  std::sort(reached.begin(), reached.end());
  return reached;
}

// The shortest way from `start` back to it inside its component; of several
// the one found first by ascending vertices.
std::vector<Graph::Vertex> ShortestCycle(
    const Csr& csr, const std::vector<std::uint32_t>& component,
    Graph::Vertex start) {
  std::vector<Graph::Vertex> came_from(component.size(), kNone);
  std::queue<Graph::Vertex> open;
  open.push(start);
  while (!open.empty()) {
    const Graph::Vertex v = open.front();
    open.pop();
    bool closed = false;
    ForEachNext(csr, v, [&](Graph::Vertex to) {
      if (to == start) closed = true;
      if (to == start || component[to] != component[start] ||
          came_from[to] != kNone) {
        return;
      }
      came_from[to] = v;
      open.push(to);
    });
    if (!closed) continue;
    std::vector<Graph::Vertex> cycle;
    for (Graph::Vertex at = v; at != start; at = came_from[at]) {
      cycle.push_back(at);
    }
    cycle.push_back(start);
    std::reverse(cycle.begin(), cycle.end());
    return cycle;
  }
  return {};
}

}  // namespace

struct Graph::Impl {
  Csr used;   // from user to what it refers to
  Csr users;  // the same, reversed
};

Graph::Graph(std::uint32_t vertices, std::vector<Edge> edges) {
  for (const auto& [user, used] : edges) {
    CHECK(user < vertices && used < vertices);
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  Csr forward = MakeCsr(edges, vertices);
  for (Edge& edge : edges) std::swap(edge.first, edge.second);
  std::sort(edges.begin(), edges.end());
  impl_ = std::make_unique<Impl>(
      Impl{std::move(forward), MakeCsr(edges, vertices)});
}

Graph::~Graph() = default;
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;

std::uint32_t Graph::size() const { return boost::num_vertices(impl_->used); }

std::vector<Graph::Vertex> Graph::Dependencies(Vertex v) const {
  CHECK(v < size());
  return Next(impl_->used, v);
}

std::vector<Graph::Vertex> Graph::Dependents(Vertex v) const {
  CHECK(v < size());
  return Next(impl_->users, v);
}

std::vector<Graph::Vertex> Graph::TransitiveDependencies(Vertex v) const {
  CHECK(v < size());
  return Reach(impl_->used, v);
}

std::vector<Graph::Vertex> Graph::TransitiveDependents(Vertex v) const {
  CHECK(v < size());
  return Reach(impl_->users, v);
}

std::vector<Graph::Vertex> Graph::Order() const {
  std::vector<std::size_t> waits_for(size());
  std::priority_queue<Vertex, std::vector<Vertex>, std::greater<>> free;
  for (Vertex v = 0; v < size(); ++v) {
    waits_for[v] = boost::out_degree(v, impl_->used);
    if (waits_for[v] == 0) free.push(v);
  }
  std::vector<Vertex> order;
  order.reserve(size());
  while (!free.empty()) {
    const Vertex v = free.top();
    free.pop();
    order.push_back(v);
    ForEachNext(impl_->users, v, [&](Vertex user) {
      if (--waits_for[user] == 0) free.push(user);
    });
  }
  if (order.size() != size()) order.clear();
  return order;
}

std::vector<std::vector<Graph::Vertex>> Graph::Cycles() const {
  std::vector<std::uint32_t> component(size());
  if (component.empty()) return {};
  const auto index = boost::get(boost::vertex_index, impl_->used);
  const auto map = boost::make_iterator_property_map(component.begin(), index);
  const std::uint32_t count = boost::strong_components(impl_->used, map);

  std::vector<Vertex> lowest(count, kNone);
  for (Vertex v = 0; v < size(); ++v) {
    lowest[component[v]] = std::min(lowest[component[v]], v);
  }
  // A component is a cycle where it has a second vertex or a loop.
  std::vector<bool> cyclic(count);
  for (Vertex v = 0; v < size(); ++v) {
    if (lowest[component[v]] != v) cyclic[component[v]] = true;
    ForEachNext(impl_->used, v, [&](Vertex to) {
      if (to == v) cyclic[component[v]] = true;
    });
  }
  std::sort(lowest.begin(), lowest.end());
  std::vector<std::vector<Vertex>> cycles;
  for (Vertex v : lowest) {
    if (!cyclic[component[v]]) continue;
    cycles.push_back(ShortestCycle(impl_->used, component, v));
  }
  return cycles;
}

}  // namespace writ::engine
