#include "engine/graph/render.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "engine/graph/graph.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::engine {
namespace {

// The nodes that a view shows, by address, with references among them alone.
class Selection {
 public:
  Selection(const std::vector<GraphNode>& nodes, const GraphView& view);

  std::size_t size() const { return ids_.size(); }
  const ResourceId& id(std::size_t i) const { return ids_[i]; }
  const std::vector<std::size_t>& references(std::size_t i) const {
    return references_[i];
  }
  const std::vector<std::size_t>& dependents(std::size_t i) const {
    return dependents_[i];
  }

 private:
  std::vector<ResourceId> ids_;
  std::vector<std::vector<std::size_t>> references_;
  std::vector<std::vector<std::size_t>> dependents_;
};

using Index = std::map<ResourceId, std::uint32_t>;

std::vector<Graph::Edge> EdgesOf(const std::vector<GraphNode>& nodes,
                                 const Index& index) {
  std::vector<Graph::Edge> edges;
  for (const GraphNode& node : nodes) {
    for (const ResourceId& to : node.references) {
      const auto target = index.find(to);
      if (target == index.end()) continue;
      edges.emplace_back(index.at(node.id), target->second);
    }
  }
  return edges;
}

std::vector<bool> Around(const Graph& graph, const Index& index,
                         const GraphView& view) {
  std::vector<bool> shown(graph.size(), !view.around.has_value());
  if (!view.around) return shown;
  const auto center = index.find(*view.around);
  if (center == index.end()) return shown;
  shown[center->second] = true;
  for (auto v : graph.TransitiveDependencies(center->second)) shown[v] = true;
  for (auto v : graph.TransitiveDependents(center->second)) shown[v] = true;
  return shown;
}

Selection::Selection(const std::vector<GraphNode>& nodes,
                     const GraphView& view) {
  Index index;
  for (const GraphNode& node : nodes) index.emplace(node.id, 0);
  std::uint32_t next = 0;
  for (auto& [id, number] : index) number = next++;
  const Graph graph(next, EdgesOf(nodes, index));
  const std::vector<bool> shown = Around(graph, index, view);

  std::vector<std::size_t> place(graph.size());
  for (const auto& [id, number] : index) {
    if (!shown[number]) continue;
    place[number] = ids_.size();
    ids_.push_back(id);
  }
  references_.resize(ids_.size());
  dependents_.resize(ids_.size());
  for (Graph::Vertex v = 0; v < graph.size(); ++v) {
    if (!shown[v]) continue;
    for (Graph::Vertex to : graph.Dependencies(v)) {
      if (!shown[to]) continue;
      references_[place[v]].push_back(place[to]);
      dependents_[place[to]].push_back(place[v]);
    }
  }
}

// The app, project or workspace that a resource stands below in a tree. Only
// these contain, and only a workspace contains an app or project, so that
// there is no way round in circles.
std::size_t ContainerOf(const Selection& selection, std::size_t node) {
  const ResourceId& id = selection.id(node);
  for (std::size_t to : selection.references(node)) {
    const ResourceId& target = selection.id(to);
    const bool is_workspace = target.kind() == "Workspace";
    const bool contains =
        is_workspace || target.kind() == "App" || target.kind() == "Project";
    if (id.parent().empty() ? is_workspace && id.kind() != "Workspace"
                            : contains && target.name() == id.parent()) {
      return to;
    }
  }
  return selection.size();
}

class Tree {
 public:
  Tree(const Selection& selection, std::size_t max_lines)
      : selection_(selection), max_lines_(max_lines) {
    children_.resize(selection.size() + 1);
    for (std::size_t i = 0; i < selection.size(); ++i) {
      container_.push_back(ContainerOf(selection, i));
      children_[container_.back()].push_back(i);
    }
  }

  std::string Print() {
    for (std::size_t root : children_.back()) Add(root, "", "");
    if (left_out_ > 0) {
      out_ += "… and " + std::to_string(left_out_) + " more\n";
    }
    return std::move(out_);
  }

 private:
  // `first` stands before the resource, `rest` before what is below it.
  void Add(std::size_t node, const std::string& first,
           const std::string& rest) {
    AddLine(node, first);
    const std::vector<std::size_t>& below = children_[node];
    for (std::size_t i = 0; i < below.size(); ++i) {
      const bool last = i + 1 == below.size();
      Add(below[i], rest + (last ? "└─ " : "├─ "),
          rest + (last ? "   " : "│  "));
    }
  }

  void AddLine(std::size_t node, const std::string& prefix) {
    if (max_lines_ > 0 && lines_ == max_lines_) {
      ++left_out_;
      return;
    }
    ++lines_;
    out_ += prefix + selection_.id(node).address();
    std::string_view separator = "  → ";
    for (std::size_t to : selection_.references(node)) {
      if (to == container_[node]) continue;
      out_.append(separator).append(selection_.id(to).address());
      separator = ", ";
    }
    out_ += "\n";
  }

  const Selection& selection_;
  const std::size_t max_lines_;
  std::vector<std::size_t> container_;
  std::vector<std::vector<std::size_t>> children_;
  std::string out_;
  std::size_t lines_ = 0;
  std::size_t left_out_ = 0;
};

std::string DotQuoted(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// Mermaid takes text in quotes for HTML and, in backticks, for Markdown; "#35;"
// is a character by its number.
std::string MermaidQuoted(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || kPlain.find(c) != std::string_view::npos) {
      quoted += c;
    } else {
      quoted += "#" + std::to_string(byte) + ";";
    }
  }
  return quoted + "\"";
}

Value::List Addresses(const Selection& selection,
                      const std::vector<std::size_t>& nodes) {
  Value::List list;
  for (std::size_t node : nodes)
    list.emplace_back(selection.id(node).address());
  return list;
}

}  // namespace

std::string RenderGraphTree(const std::vector<GraphNode>& nodes,
                            const GraphView& view) {
  const Selection selection(nodes, view);
  return Tree(selection, view.max_lines).Print();
}

std::string RenderGraphDot(const std::vector<GraphNode>& nodes,
                           const GraphView& view) {
  const Selection selection(nodes, view);
  std::string out = "digraph writ {\n  rankdir=LR;\n  node [shape=box];\n";
  for (std::size_t i = 0; i < selection.size(); ++i) {
    out += "  " + DotQuoted(selection.id(i).address()) + ";\n";
  }
  for (std::size_t i = 0; i < selection.size(); ++i) {
    for (std::size_t to : selection.references(i)) {
      out += "  " + DotQuoted(selection.id(i).address()) + " -> " +
             DotQuoted(selection.id(to).address()) + ";\n";
    }
  }
  return out + "}\n";
}

std::string RenderGraphMermaid(const std::vector<GraphNode>& nodes,
                               const GraphView& view) {
  const Selection selection(nodes, view);
  std::string out = "flowchart LR\n";
  for (std::size_t i = 0; i < selection.size(); ++i) {
    out += "  n" + std::to_string(i) + "[" +
           MermaidQuoted(selection.id(i).address()) + "]\n";
  }
  for (std::size_t i = 0; i < selection.size(); ++i) {
    for (std::size_t to : selection.references(i)) {
      out += "  n" + std::to_string(i) + " --> n" + std::to_string(to) + "\n";
    }
  }
  return out;
}

std::string RenderGraphJson(const std::vector<GraphNode>& nodes,
                            const GraphView& view) {
  const Selection selection(nodes, view);
  Value::List list;
  for (std::size_t i = 0; i < selection.size(); ++i) {
    Value node;
    node.Set("address", selection.id(i).address());
    node.Set("references", Addresses(selection, selection.references(i)));
    node.Set("dependents", Addresses(selection, selection.dependents(i)));
    list.push_back(std::move(node));
  }
  Value document;
  document.Set("format_version", "1.0");
  document.Set("nodes", std::move(list));
  document.Set("exit_code", 0);
  return PrettyJson(document) + "\n";
}

}  // namespace writ::engine
