// A graph of resources as people and tools read it: a tree for the terminal,
// Graphviz DOT, Mermaid, JSON.
//
// Pure; safe from any thread. Output is sorted, has no position or time, and
// ends with a newline unless it is empty.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "schema/resource_id.h"

namespace writ::engine {

struct GraphNode {
  ResourceId id;
  std::vector<ResourceId> references;  // what it refers to, parent included
};

struct GraphView {
  // Only this one, what it depends on and what depends on it.
  std::optional<ResourceId> around;
  // Lines of a tree; beyond them it ends with a count. 0: no limit.
  std::size_t max_lines = 0;
};

// Each resource once, below the app, project or workspace it belongs to, with
// what else it refers to behind an arrow.
//   Workspace/acme
//   └─ App/order-service
//      └─ Destination/order-service/pager  → Secret/acme/PAGER_KEY
std::string RenderGraphTree(const std::vector<GraphNode>& nodes,
                            const GraphView& view = {});

// digraph writ { "App/cart" -> "Workspace/acme"; }
std::string RenderGraphDot(const std::vector<GraphNode>& nodes,
                           const GraphView& view = {});

// flowchart LR, with n0["App/cart"] and n0 --> n1: what GitHub, GitLab and many
// wikis draw by themselves.
std::string RenderGraphMermaid(const std::vector<GraphNode>& nodes,
                               const GraphView& view = {});

// {"format_version": "1.0", "nodes": [{"address", "references", "dependents"}]}
std::string RenderGraphJson(const std::vector<GraphNode>& nodes,
                            const GraphView& view = {});

}  // namespace writ::engine
