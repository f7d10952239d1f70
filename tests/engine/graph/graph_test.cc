#include "engine/graph/graph.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace writ::engine {
namespace {

using Vertex = Graph::Vertex;
using Edges = std::vector<Graph::Edge>;

// reaches[a] has bit b: a path of at least one edge leads from a to b.
std::vector<std::uint32_t> Closure(std::uint32_t size, const Edges& edges) {
  std::vector<std::uint32_t> reaches(size);
  for (const auto& [from, to] : edges) reaches[from] |= 1U << to;
  for (std::uint32_t k = 0; k < size; ++k) {
    for (std::uint32_t i = 0; i < size; ++i) {
      if ((reaches[i] >> k) & 1U) reaches[i] |= reaches[k];
    }
  }
  return reaches;
}

std::vector<Vertex> Bits(std::uint32_t mask, Vertex without) {
  std::vector<Vertex> bits;
  for (Vertex v = 0; v < 32; ++v) {
    if (v != without && ((mask >> v) & 1U)) bits.push_back(v);
  }
  return bits;
}

std::uint32_t Transposed(const std::vector<std::uint32_t>& reaches, Vertex v) {
  std::uint32_t mask = 0;
  for (Vertex u = 0; u < reaches.size(); ++u) {
    if ((reaches[u] >> v) & 1U) mask |= 1U << u;
  }
  return mask;
}

void ExpectReach(const Graph& graph,
                 const std::vector<std::uint32_t>& reaches) {
  for (Vertex v = 0; v < graph.size(); ++v) {
    ASSERT_EQ(graph.TransitiveDependencies(v), Bits(reaches[v], v));
    ASSERT_EQ(graph.TransitiveDependents(v), Bits(Transposed(reaches, v), v));
  }
}

// Every vertex once, what is used before who uses it, and no free vertex of a
// lower number passed over.
void ExpectOrder(const Graph& graph, const Edges& edges) {
  const std::vector<Vertex> order = graph.Order();
  ASSERT_EQ(order.size(), graph.size());
  std::vector<std::size_t> place(graph.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  for (const auto& [user, used] : edges) ASSERT_LT(place[used], place[user]);
  std::set<Vertex> done;
  for (Vertex chosen : order) {
    for (Vertex v = 0; v < chosen; ++v) {
      const auto uses = graph.Dependencies(v);
      ASSERT_TRUE(done.count(v) > 0 ||
                  !std::all_of(uses.begin(), uses.end(), [&](Vertex used) {
                    return done.count(used) > 0;
                  }));
    }
    done.insert(chosen);
  }
}

// Each cycle's steps are edges, and each strongly connected part that has a
// cycle is named once, from its lowest vertex.
void ExpectCycles(const Graph& graph, const Edges& edges,
                  const std::vector<std::uint32_t>& reaches) {
  std::set<Vertex> lowest;
  for (Vertex v = 0; v < graph.size(); ++v) {
    if (!((reaches[v] >> v) & 1U)) continue;
    const std::uint32_t both = reaches[v] & Transposed(reaches, v);
    lowest.insert(Bits(both, 99).front());
  }
  const auto cycles = graph.Cycles();
  std::set<Vertex> found;
  for (const auto& cycle : cycles) {
    ASSERT_FALSE(cycle.empty());
    found.insert(cycle.front());
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const Graph::Edge step(cycle[i], cycle[(i + 1) % cycle.size()]);
      ASSERT_NE(std::find(edges.begin(), edges.end(), step), edges.end());
    }
  }
  ASSERT_EQ(found, lowest);
  ASSERT_EQ(cycles.size(), lowest.size());
  ASSERT_TRUE(std::is_sorted(cycles.begin(), cycles.end()));
}

// All 65,536 graphs of four vertices, loops among them.
TEST(Graph, HoldsItsLawsForEveryGraphOfFour) {
  constexpr std::uint32_t kSize = 4;
  for (std::uint32_t mask = 0; mask < 1U << (kSize * kSize); ++mask) {
    Edges edges;
    for (std::uint32_t i = 0; i < kSize * kSize; ++i) {
      if ((mask >> i) & 1U) edges.emplace_back(i / kSize, i % kSize);
    }
    const Graph graph(kSize, edges);
    const auto reaches = Closure(kSize, edges);
    ExpectReach(graph, reaches);
    ExpectCycles(graph, edges, reaches);
    if (graph.Cycles().empty()) {
      ExpectOrder(graph, edges);
    } else {
      ASSERT_TRUE(graph.Order().empty());
    }
    if (HasFatalFailure()) FAIL() << "graph " << mask;
  }
}

// All graphs of five vertices whose edges go from a lower to a higher one,
// under each direction of numbering.
TEST(Graph, OrdersEveryAcyclicGraphOfFive) {
  constexpr Vertex kSize = 5;
  Edges possible;
  for (Vertex a = 0; a < kSize; ++a) {
    for (Vertex b = a + 1; b < kSize; ++b) possible.emplace_back(a, b);
  }
  for (std::uint32_t mask = 0; mask < 1U << possible.size(); ++mask) {
    for (bool downwards : {false, true}) {
      Edges edges;
      for (std::size_t i = 0; i < possible.size(); ++i) {
        if (!((mask >> i) & 1U)) continue;
        const auto [a, b] = possible[i];
        edges.push_back(downwards ? Graph::Edge(b, a) : Graph::Edge(a, b));
      }
      const Graph graph(kSize, edges);
      ASSERT_TRUE(graph.Cycles().empty());
      ExpectOrder(graph, edges);
      ExpectReach(graph, Closure(kSize, edges));
      if (HasFatalFailure()) FAIL() << "graph " << mask;
    }
  }
}

TEST(Graph, EmptyHasNoOrderAndNoCycle) {
  const Graph graph(0, {});
  EXPECT_EQ(graph.size(), 0U);
  EXPECT_TRUE(graph.Order().empty());
  EXPECT_TRUE(graph.Cycles().empty());
}

TEST(Graph, CountsARepeatedEdgeOnce) {
  const Graph graph(2, {{1, 0}, {1, 0}, {1, 0}});
  EXPECT_EQ(graph.Dependencies(1), (std::vector<Vertex>{0}));
  EXPECT_EQ(graph.Dependents(0), (std::vector<Vertex>{1}));
  EXPECT_EQ(graph.Order(), (std::vector<Vertex>{0, 1}));
}

TEST(Graph, NamesTheShortestCycleOfAPart) {
  // 0 → 1 → 2 → 3 → 0, with a short cut 1 → 0.
  const Graph graph(4, {{0, 1}, {1, 2}, {2, 3}, {3, 0}, {1, 0}});
  EXPECT_EQ(graph.Cycles(), (std::vector<std::vector<Vertex>>{{0, 1}}));
}

TEST(Graph, MovesWithoutItsAnswersChanging) {
  Graph graph(2, {{0, 1}});
  Graph moved = std::move(graph);
  EXPECT_EQ(moved.Order(), (std::vector<Vertex>{1, 0}));
  moved = Graph(1, {});
  EXPECT_EQ(moved.size(), 1U);
}

TEST(Graph, ALongChainNeedsNoStack) {
  constexpr std::uint32_t kSize = 200'000;
  Edges edges;
  for (Vertex v = 1; v < kSize; ++v) edges.emplace_back(v, v - 1);
  const Graph chain(kSize, edges);
  EXPECT_EQ(chain.Order().size(), kSize);
  EXPECT_TRUE(chain.Cycles().empty());
  edges.emplace_back(0, kSize - 1);
  const auto cycles = Graph(kSize, edges).Cycles();
  ASSERT_EQ(cycles.size(), 1U);
  EXPECT_EQ(cycles[0].size(), kSize);
}

RC_GTEST_PROP(Graph, AnswersDoNotDependOnTheOrderOfEdges, ()) {
  const std::uint32_t size = *rc::gen::inRange(1U, 20U);
  const auto vertex = rc::gen::inRange(0U, size);
  const Edges edges = *rc::gen::container<Edges>(rc::gen::pair(vertex, vertex));
  Edges shuffled = edges;
  const std::size_t by = *rc::gen::inRange<std::size_t>(0, edges.size() + 1);
  std::rotate(shuffled.begin(),
              shuffled.begin() + static_cast<std::ptrdiff_t>(by),
              shuffled.end());
  const Graph a(size, edges);
  const Graph b(size, shuffled);
  RC_ASSERT(a.Order() == b.Order());
  RC_ASSERT(a.Cycles() == b.Cycles());
  for (Vertex v = 0; v < size; ++v) {
    RC_ASSERT(a.Dependencies(v) == b.Dependencies(v));
    RC_ASSERT(a.Dependents(v) == b.Dependents(v));
  }
}

}  // namespace
}  // namespace writ::engine
