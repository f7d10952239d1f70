// What plans are made of. For the planner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/operators.h"
#include "engine/cel/plan.h"
#include "engine/cel/regex.h"

namespace writ::engine::cel {

// access_nodes.cc
// `folded`, if any, is what yielded the value and what it borrows from.
NodePtr MakeConstant(ExprId id, Value value, NodePtr folded = nullptr);
NodePtr MakeFailure(ExprId id, std::string message);
NodePtr MakeVariable(ExprId id, Slot slot);
NodePtr MakeLocal(ExprId id, std::size_t local);
// Field after field, each with the id of its select.
struct PathStep {
  ExprId id;
  std::string_view field;
};
NodePtr MakeSlotPath(Slot slot, std::vector<PathStep> steps);
NodePtr MakeLocalPath(std::size_t local, std::vector<PathStep> steps);
NodePtr MakeSelect(ExprId id, Access access, NodePtr operand,
                   std::string_view field);
NodePtr MakeHas(ExprId id, NodePtr operand, std::string_view field);
NodePtr MakeIndex(ExprId id, Access access, NodePtr container, NodePtr key);

// logic_nodes.cc
NodePtr MakeAnd(ExprId id, std::vector<NodePtr> terms);
NodePtr MakeOr(ExprId id, std::vector<NodePtr> terms);
NodePtr MakeConditional(ExprId id, NodePtr condition, NodePtr yes, NodePtr no);

// operator_nodes.cc. REQUIRES: an operator of that name.
bool IsBinaryOperator(std::string_view name);
NodePtr MakeUnary(ExprId id, std::string_view name, NodePtr operand);
NodePtr MakeBinary(ExprId id, std::string_view name, NodePtr left,
                   NodePtr right);
// a + b + c, with the id of each sum. REQUIRES: kMostTerms terms or less.
constexpr std::size_t kMostTerms = 16;
NodePtr MakeSum(std::vector<NodePtr> terms, std::vector<ExprId> ids);

// call_nodes.cc
NodePtr MakeCall(ExprId id, std::string name,
                 const std::vector<const Overload*>& overloads,
                 std::vector<NodePtr> arguments);
NodePtr MakeMatches(ExprId id, NodePtr text,
                    std::unique_ptr<const Regex> regex);

// literal_nodes.cc
struct ListItem {
  NodePtr value;
  bool optional;
};
struct MapItem {
  NodePtr key;
  NodePtr value;
  bool optional;
};
NodePtr MakeList(ExprId id, std::vector<ListItem> items);
NodePtr MakeMap(ExprId id, std::vector<MapItem> items);

// loop_nodes.cc
struct LoopParts {
  Loop::Kind kind = Loop::Kind::kAll;
  std::size_t local = 0;
  std::optional<std::size_t> local2;
  NodePtr range;
  NodePtr condition;       // may be null
  NodePtr body;            // null: the element itself
  std::uint64_t cost = 1;  // steps a round
};
NodePtr MakeLoop(ExprId id, LoopParts parts);
struct LetItem {
  std::size_t local;
  NodePtr value;
};
NodePtr MakeLet(ExprId id, std::vector<LetItem> items, NodePtr body);

// Records what another node yields.
NodePtr MakeTraced(NodePtr inner);

}  // namespace writ::engine::cel
