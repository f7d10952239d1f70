#include "engine/cel/plan.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "engine/cel/plan_nodes.h"
#include "engine/cel/regex.h"

namespace writ::engine::cel {
namespace {

// What folding a constant may cost.
constexpr std::uint64_t kFoldingSteps = 10'000;

class Planner {
 public:
  Planner(const Environment& environment, PlanMode mode)
      : environment_(environment), mode_(mode) {}

  Plan Make(const Expr& root) {
    Plan plan;
    plan.root = Node(root);
    plan.locals = locals_;
    std::sort(variables_.begin(), variables_.end());
    variables_.erase(std::unique(variables_.begin(), variables_.end()),
                     variables_.end());
    plan.variables = std::move(variables_);
    return plan;
  }

 private:
  struct Local {
    std::string_view name;
    std::size_t place;
  };
  // The variable or type that a prefix of a qualified name stands for.
  struct Root {
    NodePtr constant;  // a type
    std::optional<Slot> slot;
    std::optional<std::size_t> local;
    std::size_t fields = 0;  // how many remain
  };

  NodePtr Node(const Expr& expr);
  NodePtr Untraced(const Expr& expr);
  NodePtr Name(const Expr& expr);
  NodePtr Field(const Expr& expr, const Select& select);
  NodePtr Path(const Expr& expr);
  std::optional<Root> FindRoot(ExprId id, const Ident& ident,
                               const std::vector<const Expr*>& selects);
  NodePtr CallOf(const Expr& expr, const Call& call);
  NodePtr OperatorOf(const Expr& expr, const Call& call);
  NodePtr Junction(const Expr& expr, const Call& call);
  NodePtr Sum(const Expr& expr);
  NodePtr FunctionCall(const Expr& expr, const std::string& name,
                       const std::vector<const Expr*>& arguments, Style style);
  std::optional<std::string> NamespacedFunction(const Call& call) const;
  NodePtr ListOf(const Expr& expr, const ListLiteral& list);
  NodePtr MapOf(const Expr& expr, const MapLiteral& map);
  NodePtr LoopOf(const Expr& expr, const Loop& loop);
  NodePtr LetOf(const Expr& expr, const Let& let);

  std::size_t Declare(std::string_view name) {
    scope_.push_back({name, scope_.size()});
    locals_ = std::max(locals_, scope_.size());
    return scope_.back().place;
  }
  std::optional<std::size_t> FindLocal(std::string_view name) const {
    for (auto local = scope_.rbegin(); local != scope_.rend(); ++local) {
      if (local->name == name) return local->place;
    }
    return std::nullopt;
  }
  bool Fast() const { return mode_ == PlanMode::kFast; }

  // The value in place of a node whose parts are all constant.
  NodePtr Folded(NodePtr node, bool constant) const {
    if (!constant || !Fast()) return node;
    Bindings bindings(environment_);
    Evaluation evaluation(kFoldingSteps);
    Frame frame{bindings, evaluation, nullptr};
    Value value = node->Run(frame);
    // An error arises when the expression runs, if it ever gets there.
    if (value.IsError() || evaluation.meter().exhausted()) return node;
    const ExprId id = node->id();
    return MakeConstant(id, std::move(value), std::move(node));
  }

  const Environment& environment_;
  const PlanMode mode_;
  std::vector<Local> scope_;
  std::size_t locals_ = 0;
  std::vector<Slot> variables_;
};

bool IsConstant(const NodePtr& node) { return node->constant() != nullptr; }

bool AreConstant(const std::vector<NodePtr>& nodes) {
  return std::all_of(nodes.begin(), nodes.end(), IsConstant);
}

const Call* AsOperator(const Expr& expr, std::string_view function) {
  const auto* call = expr.As<Call>();
  return call != nullptr && call->target == nullptr &&
                 call->function == function
             ? call
             : nullptr;
}

// How many expressions an expression is made of.
std::uint64_t CountOf(const Expr* root) {
  std::uint64_t count = 0;
  std::vector<const Expr*> open;
  if (root != nullptr) open.push_back(root);
  while (!open.empty()) {
    const Expr* next = open.back();
    open.pop_back();
    ++count;
    AppendChildren(*next, open);
  }
  return count;
}

NodePtr Planner::Node(const Expr& expr) {
  NodePtr node = Untraced(expr);
  if (Fast() || expr.As<Literal>() != nullptr) return node;
  return MakeTraced(std::move(node));
}

NodePtr Planner::Untraced(const Expr& expr) {
  if (const auto* literal = expr.As<Literal>()) {
    return MakeConstant(expr.id, literal->value.Borrowed());
  }
  if (const auto* select = expr.As<Select>()) return Field(expr, *select);
  if (const auto* call = expr.As<Call>()) return CallOf(expr, *call);
  if (const auto* list = expr.As<ListLiteral>()) return ListOf(expr, *list);
  if (const auto* map = expr.As<MapLiteral>()) return MapOf(expr, *map);
  if (const auto* loop = expr.As<Loop>()) return LoopOf(expr, *loop);
  if (const auto* let = expr.As<Let>()) return LetOf(expr, *let);
  return Name(expr);
}

NodePtr Planner::Name(const Expr& expr) {
  if (NodePtr path = Path(expr)) return path;
  return MakeFailure(
      expr.id, "undeclared reference to \"" + expr.As<Ident>()->name + "\"");
}

NodePtr Planner::Field(const Expr& expr, const Select& select) {
  if (!select.test && !select.optional) {
    if (NodePtr path = Path(expr)) return path;
  }
  NodePtr operand = Node(*select.operand);
  const bool constant = IsConstant(operand);
  if (select.test) {
    return Folded(MakeHas(expr.id, std::move(operand), select.field), constant);
  }
  const Access access = select.optional ? Access::kOptional : Access::kPlain;
  return Folded(MakeSelect(expr.id, access, std::move(operand), select.field),
                constant);
}

// a.b.c as a variable and fields; null where it is no such chain.
NodePtr Planner::Path(const Expr& expr) {
  std::vector<const Expr*> selects;
  const Expr* at = &expr;
  while (const auto* select = at->As<Select>()) {
    if (select->test || select->optional) return nullptr;
    selects.push_back(at);
    at = select->operand;
  }
  const auto* ident = at->As<Ident>();
  if (ident == nullptr) return nullptr;
  std::reverse(selects.begin(), selects.end());
  auto root = FindRoot(expr.id, *ident, selects);
  if (!root) return nullptr;

  const std::size_t used = selects.size() - root->fields;
  const ExprId root_id = used == 0 ? at->id : selects[used - 1]->id;
  // Where steps are recorded, each select is a node of its own.
  if (!Fast() && root->fields > 0) return nullptr;
  if (root->fields == 0 || root->constant) {
    NodePtr node = std::move(root->constant);
    if (!node) {
      node = root->local ? MakeLocal(root_id, *root->local)
                         : MakeVariable(root_id, *root->slot);
    }
    for (std::size_t i = used; i < selects.size(); ++i) {
      node = MakeSelect(selects[i]->id, Access::kPlain, std::move(node),
                        selects[i]->As<Select>()->field);
    }
    return node;
  }
  std::vector<PathStep> steps;
  for (std::size_t i = used; i < selects.size(); ++i) {
    steps.push_back({selects[i]->id, selects[i]->As<Select>()->field});
  }
  return root->local ? MakeLocalPath(*root->local, std::move(steps))
                     : MakeSlotPath(*root->slot, std::move(steps));
}

std::optional<Planner::Root> Planner::FindRoot(
    ExprId id, const Ident& ident, const std::vector<const Expr*>& selects) {
  if (const auto local = FindLocal(ident.name)) {
    return Root{nullptr, std::nullopt, local, selects.size()};
  }
  std::vector<std::string> prefixes = {ident.name};
  for (const Expr* select : selects) {
    prefixes.push_back(prefixes.back() + "." + select->As<Select>()->field);
  }
  for (std::size_t used = prefixes.size(); used-- > 0;) {
    const std::size_t fields = selects.size() - used;
    for (const std::string& name : environment_.Candidates(prefixes[used])) {
      if (const auto slot = environment_.FindVariable(name)) {
        variables_.push_back(*slot);
        return Root{nullptr, slot, std::nullopt, fields};
      }
      if (const auto type = environment_.FindType(name)) {
        return Root{MakeConstant(id, Value::TypeNamed(*type)), std::nullopt,
                    std::nullopt, fields};
      }
    }
  }
  return std::nullopt;
}

NodePtr Planner::CallOf(const Expr& expr, const Call& call) {
  if (call.target == nullptr) {
    if (NodePtr node = OperatorOf(expr, call)) return node;
  }
  std::vector<const Expr*> arguments(call.arguments.begin(),
                                     call.arguments.end());
  if (call.target == nullptr) {
    for (const std::string& name : environment_.Candidates(call.function)) {
      if (environment_.FindFunction(name) != nullptr) {
        return FunctionCall(expr, name, arguments, Style::kFunction);
      }
    }
    return MakeFailure(expr.id,
                       "undeclared function \"" + call.function + "\"");
  }
  if (const auto name = NamespacedFunction(call)) {
    return FunctionCall(expr, *name, arguments, Style::kFunction);
  }
  arguments.insert(arguments.begin(), call.target);
  return FunctionCall(expr, call.function, arguments, Style::kMethod);
}

// The function that a.b.f(x) calls where one has that name.
std::optional<std::string> Planner::NamespacedFunction(const Call& call) const {
  const std::string qualified = QualifiedName(*call.target);
  if (qualified.empty()) return std::nullopt;
  if (FindLocal(std::string_view(qualified).substr(0, qualified.find('.')))) {
    return std::nullopt;
  }
  for (std::string& name :
       environment_.Candidates(qualified + "." + call.function)) {
    if (environment_.FindFunction(name) != nullptr) return std::move(name);
  }
  return std::nullopt;
}

NodePtr Planner::OperatorOf(const Expr& expr, const Call& call) {
  const std::string& name = call.function;
  if (name == "_&&_" || name == "_||_") return Junction(expr, call);
  if (name == "_?_:_") {
    NodePtr condition = Node(*call.arguments[0]);
    if (Fast() && IsConstant(condition) &&
        condition->constant()->Is(Kind::kBool)) {
      return Node(*call.arguments[condition->constant()->AsBool() ? 1 : 2]);
    }
    NodePtr yes = Node(*call.arguments[1]);
    return MakeConditional(expr.id, std::move(condition), std::move(yes),
                           Node(*call.arguments[2]));
  }
  if (name == "_[_]" || name == "_[?_]") {
    NodePtr container = Node(*call.arguments[0]);
    NodePtr key = Node(*call.arguments[1]);
    const bool constant = IsConstant(container) && IsConstant(key);
    const Access access = name == "_[_]" ? Access::kPlain : Access::kOptional;
    return Folded(
        MakeIndex(expr.id, access, std::move(container), std::move(key)),
        constant);
  }
  if (name == "_+_") {
    if (NodePtr sum = Sum(expr)) return sum;
  }
  if (call.arguments.size() == 1 && (name == "!_" || name == "-_")) {
    NodePtr operand = Node(*call.arguments[0]);
    const bool constant = IsConstant(operand);
    return Folded(MakeUnary(expr.id, name, std::move(operand)), constant);
  }
  if (!IsBinaryOperator(name) || call.arguments.size() != 2) return nullptr;
  NodePtr left = Node(*call.arguments[0]);
  NodePtr right = Node(*call.arguments[1]);
  const bool constant = IsConstant(left) && IsConstant(right);
  return Folded(MakeBinary(expr.id, name, std::move(left), std::move(right)),
                constant);
}

// The balanced tree of a chain becomes one node.
NodePtr Planner::Junction(const Expr& expr, const Call& call) {
  std::vector<const Expr*> open = {&expr};
  std::vector<const Expr*> leaves;
  while (!open.empty()) {
    const Expr* next = open.back();
    open.pop_back();
    if (const Call* same = AsOperator(*next, call.function)) {
      open.push_back(same->arguments[1]);
      open.push_back(same->arguments[0]);
    } else {
      leaves.push_back(next);
    }
  }
  std::vector<NodePtr> terms;
  terms.reserve(leaves.size());
  for (const Expr* leaf : leaves) terms.push_back(Node(*leaf));
  const bool constant = AreConstant(terms);
  return Folded(call.function == "_&&_" ? MakeAnd(expr.id, std::move(terms))
                                        : MakeOr(expr.id, std::move(terms)),
                constant);
}

// A chain of + in which a string is written becomes one node; else null.
NodePtr Planner::Sum(const Expr& expr) {
  if (!Fast()) return nullptr;
  std::vector<const Expr*> leaves;
  std::vector<ExprId> ids;
  bool text = false;
  const Expr* at = &expr;
  const auto add = [&](const Expr* leaf) {
    const auto* literal = leaf->As<Literal>();
    text = text || (literal != nullptr && literal->value.Is(Kind::kString));
    leaves.push_back(leaf);
  };
  while (const Call* sum = AsOperator(*at, "_+_")) {
    ids.push_back(at->id);
    add(sum->arguments[1]);
    at = sum->arguments[0];
  }
  add(at);
  if (!text || leaves.size() < 3 || leaves.size() > kMostTerms) return nullptr;
  std::reverse(leaves.begin(), leaves.end());
  std::reverse(ids.begin(), ids.end());
  std::vector<NodePtr> terms;
  terms.reserve(leaves.size());
  for (const Expr* leaf : leaves) terms.push_back(Node(*leaf));
  const bool constant = AreConstant(terms);
  return Folded(MakeSum(std::move(terms), std::move(ids)), constant);
}

NodePtr Planner::FunctionCall(const Expr& expr, const std::string& name,
                              const std::vector<const Expr*>& arguments,
                              Style style) {
  std::vector<NodePtr> nodes;
  nodes.reserve(arguments.size());
  for (const Expr* argument : arguments) nodes.push_back(Node(*argument));
  std::vector<const Overload*> overloads;
  if (const auto* known = environment_.FindFunction(name)) {
    for (const Overload& overload : *known) {
      if (overload.style == style && overload.run != nullptr &&
          overload.parameters.size() == nodes.size()) {
        overloads.push_back(&overload);
      }
    }
  }
  const bool constant = AreConstant(nodes);
  if (name == "matches" && nodes.size() == 2 && IsConstant(nodes[1]) &&
      nodes[1]->constant()->Is(Kind::kString)) {
    std::string mistake;
    auto regex =
        Regex::Compile(nodes[1]->constant()->text(), RegexUse::kOften, mistake);
    if (regex) {
      return Folded(MakeMatches(expr.id, std::move(nodes[0]), std::move(regex)),
                    constant);
    }
  }
  return Folded(MakeCall(expr.id, name, overloads, std::move(nodes)), constant);
}

NodePtr Planner::ListOf(const Expr& expr, const ListLiteral& list) {
  std::vector<ListItem> items;
  items.reserve(list.elements.size());
  bool constant = true;
  for (const ListLiteral::Element& element : list.elements) {
    items.push_back({Node(*element.value), element.optional});
    constant = constant && IsConstant(items.back().value);
  }
  return Folded(MakeList(expr.id, std::move(items)), constant);
}

NodePtr Planner::MapOf(const Expr& expr, const MapLiteral& map) {
  std::vector<MapItem> items;
  items.reserve(map.entries.size());
  bool constant = true;
  for (const MapLiteral::Entry& entry : map.entries) {
    NodePtr key = Node(*entry.key);
    items.push_back({std::move(key), Node(*entry.value), entry.optional});
    constant = constant && IsConstant(items.back().key) &&
               IsConstant(items.back().value);
  }
  return Folded(MakeMap(expr.id, std::move(items)), constant);
}

NodePtr Planner::LoopOf(const Expr& expr, const Loop& loop) {
  LoopParts parts;
  parts.kind = loop.kind;
  parts.cost = CountOf(loop.condition) + CountOf(loop.body);
  parts.range = Node(*loop.range);
  const std::size_t outside = scope_.size();
  parts.local = Declare(loop.variable);
  if (!loop.variable2.empty()) parts.local2 = Declare(loop.variable2);
  if (loop.condition != nullptr) parts.condition = Node(*loop.condition);
  const auto* element = loop.body->As<Ident>();
  const bool keeps = loop.kind == Loop::Kind::kList && !parts.local2 &&
                     element != nullptr && element->name == loop.variable;
  if (!keeps) parts.body = Node(*loop.body);
  scope_.resize(outside);
  return MakeLoop(expr.id, std::move(parts));
}

NodePtr Planner::LetOf(const Expr& expr, const Let& let) {
  const std::size_t outside = scope_.size();
  std::vector<LetItem> items;
  for (const Let::Binding& binding : let.bindings) {
    // The name is not visible to its own value, but its place is taken.
    NodePtr value = Node(*binding.value);
    items.push_back({Declare(binding.name), std::move(value)});
  }
  NodePtr body = Node(*let.body);
  scope_.resize(outside);
  return MakeLet(expr.id, std::move(items), std::move(body));
}

}  // namespace

Plan MakePlan(const Ast& ast, const Environment& environment, PlanMode mode) {
  return Planner(environment, mode).Make(ast.root());
}

}  // namespace writ::engine::cel
