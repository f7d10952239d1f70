#include "engine/cel/regex_table.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <map>
#include <utility>

#include "engine/cel/regex_syntax.h"

namespace writ::engine::cel {

// The subsets of a graph's nodes that a run can be in, one a row.
class RegexTableBuilder {
 public:
  explicit RegexTableBuilder(const RegexGraph& graph) : graph_(graph) {}

  std::optional<RegexTable> Build() {
    AssignColumns();
    table_.start_ = StateOf(Closed({graph_.start}, true, false), true);
    while (built_ < rows_.size()) {
      if (rows_.size() * width_ > kMaxCells) return std::nullopt;
      BuildRow(*rows_[built_++]);
    }
    return std::move(table_);
  }

 private:
  using Kind = RegexGraph::Kind;
  using State = RegexTable::State;
  using Nodes = std::vector<std::uint32_t>;  // sorted
  // What a run can be at, and whether that is in front of the text.
  using Row = std::pair<Nodes, bool>;

  static constexpr std::size_t kMaxCells = 8'000;

  // Two characters differ where some set has only one of them.
  void AssignColumns() {
    std::map<std::vector<bool>, std::uint8_t> known;
    for (std::size_t c = 0; c < AsciiSet().size(); ++c) {
      std::vector<bool> within;
      for (const RegexGraph::Node& node : graph_.nodes) {
        if (node.kind == Kind::kCharacter) within.push_back(node.set.test(c));
      }
      const auto next = static_cast<std::uint8_t>(RegexTable::kFirstColumn +
                                                  representatives_.size());
      const auto [column, is_new] = known.try_emplace(std::move(within), next);
      if (is_new) representatives_.push_back(c);
      table_.columns_[c] = column->second;
    }
    width_ = RegexTable::kFirstColumn + representatives_.size();
  }

  // With all that is reached without a character.
  Nodes Closed(Nodes open, bool at_begin, bool at_end) const {
    std::vector<bool> seen(graph_.nodes.size());
    while (!open.empty()) {
      const std::uint32_t id = open.back();
      open.pop_back();
      if (seen[id]) continue;
      seen[id] = true;
      const RegexGraph::Node& node = graph_.nodes[id];
      const bool passes = node.kind == Kind::kFork ||
                          (node.kind == Kind::kBegin && at_begin) ||
                          (node.kind == Kind::kEnd && at_end);
      if (passes) open.push_back(node.next);
      if (node.kind == Kind::kFork) open.push_back(node.other);
    }
    Nodes nodes;
    for (std::uint32_t id = 0; id < seen.size(); ++id) {
      const Kind kind = graph_.nodes[id].kind;
      if (!seen[id] || kind == Kind::kFork) continue;
      // Where the text begins, all that it leads to is here already.
      if (kind != Kind::kBegin) nodes.push_back(id);
    }
    return nodes;
  }

  bool HasMatch(const Nodes& nodes) const {
    return std::any_of(nodes.begin(), nodes.end(), [&](std::uint32_t id) {
      return graph_.nodes[id].kind == Kind::kMatch;
    });
  }

  State StateOf(Nodes nodes, bool at_begin) {
    if (HasMatch(nodes)) return RegexTable::kMatched;
    if (nodes.empty()) return RegexTable::kFailed;
    const std::size_t row = rows_.size();
    const auto [found, is_new] =
        numbers_.try_emplace({std::move(nodes), at_begin}, row);
    if (is_new) rows_.push_back(&found->first);
    return static_cast<State>(RegexTable::kFirstRow + found->second * width_);
  }

  void BuildRow(const Row& row) {
    const auto& [nodes, at_begin] = row;
    std::vector<State>& next = table_.next_;
    next.push_back(RegexTable::kForeign);
    next.push_back(HasMatch(Closed(nodes, at_begin, true))
                       ? RegexTable::kMatched
                       : RegexTable::kFailed);
    for (const std::size_t c : representatives_) {
      Nodes reached = {graph_.start};  // a match may begin anywhere
      for (const std::uint32_t id : nodes) {
        const RegexGraph::Node& node = graph_.nodes[id];
        if (node.kind == Kind::kCharacter && node.set.test(c)) {
          reached.push_back(node.next);
        }
      }
      next.push_back(StateOf(Closed(std::move(reached), false, false), false));
    }
  }

  const RegexGraph& graph_;
  RegexTable table_;
  std::size_t width_ = 0;
  std::size_t built_ = 0;
  std::vector<std::size_t> representatives_;  // a character of each column
  std::map<Row, std::size_t> numbers_;
  std::vector<const Row*> rows_;
};

std::optional<RegexTable> RegexTable::Make(std::string_view pattern) {
  const auto graph = ParsePlainRegex(pattern);
  if (!graph) return std::nullopt;
  return RegexTableBuilder(*graph).Build();
}

std::optional<bool> RegexTable::Matches(std::string_view text) const {
  std::size_t state = start_;
  for (const char c : text) {
    if (state < kFirstRow) break;
    state = next_[state - kFirstRow + columns_[static_cast<std::uint8_t>(c)]];
  }
  if (state >= kFirstRow) state = next_[state - kFirstRow + kEndColumn];
  if (state == kForeign) return std::nullopt;
  return state == kMatched;
}

}  // namespace writ::engine::cel
