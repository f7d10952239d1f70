// Operators of one and two operands, and sums of many.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "engine/cel/plan_nodes.h"
#include "engine/cel/short_text.h"

namespace writ::engine::cel {
namespace {

using UnaryOperator = Value (*)(Evaluation&, const Value&);
using BinaryOperator = Value (*)(Evaluation&, const Value&, const Value&);

// A node, or the value that it always has.
class Operand {
 public:
  explicit Operand(NodePtr node)
      : node_(std::move(node)), constant_(node_->constant()) {}

  // In `room` where it is made by running.
  const Value& Get(Frame& frame, Value& room) const {
    if (constant_ != nullptr) return *constant_;
    room = node_->Run(frame);
    return room;
  }

 private:
  const NodePtr node_;
  const Value* const constant_;
};

bool IsConstantText(const Node& node) {
  return node.constant() != nullptr && node.constant()->Is(Kind::kString);
}

template <UnaryOperator kOperator>
class UnaryNode final : public Node {
 public:
  UnaryNode(ExprId id, NodePtr operand)
      : Node(id), operand_(std::move(operand)) {}
  Value Run(Frame& frame) const override {
    Value value = operand_->Run(frame);
    if (value.IsError()) [[unlikely]]
      return value;
    return Located(kOperator(frame.evaluation, value));
  }

 private:
  const NodePtr operand_;
};

class NotNode final : public Condition {
 public:
  NotNode(ExprId id, NodePtr operand)
      : Condition(id), operand_(std::move(operand)) {}
  Truth Test(Frame& frame, Value& rest) const override {
    const Truth truth = operand_->Test(frame, rest);
    if (truth != Truth::kNeither) [[likely]]
      return TruthOf(truth == Truth::kFalse);
    if (!rest.IsError()) rest = Located(Not(frame.evaluation, rest));
    return Truth::kNeither;
  }

 private:
  const NodePtr operand_;
};

template <BinaryOperator kOperator>
class BinaryNode final : public Node {
 public:
  BinaryNode(ExprId id, NodePtr left, NodePtr right)
      : Node(id), left_(std::move(left)), right_(std::move(right)) {}
  Value Run(Frame& frame) const override {
    std::array<Value, 2> rooms;
    const Value& left = left_.Get(frame, rooms[0]);
    if (left.IsError()) [[unlikely]]
      return left;
    const Value& right = right_.Get(frame, rooms[1]);
    if (right.IsError()) [[unlikely]]
      return right;
    return Located(kOperator(frame.evaluation, left, right));
  }

 private:
  const Operand left_;
  const Operand right_;
};

// Compared with a constant string.
template <bool kEqual>
class EqualTextNode final : public Condition {
 public:
  EqualTextNode(ExprId id, NodePtr operand, const Value& text)
      : Condition(id), operand_(std::move(operand)), text_(text.text()) {}
  Truth Test(Frame& frame, Value& rest) const override {
    Value value = operand_->Run(frame);
    if (value.IsError()) [[unlikely]] {
      rest = std::move(value);
      return Truth::kNeither;
    }
    const bool equal = value.Is(Kind::kString) && SameText(value.text(), text_);
    return TruthOf(equal == kEqual);
  }

 private:
  const NodePtr operand_;
  const std::string text_;
};

// A constant list whose elements could be keys is looked up as a map.
class InKeysNode final : public Condition {
 public:
  InKeysNode(ExprId id, NodePtr element, NodePtr list, Value keys)
      : Condition(id),
        element_(std::move(element)),
        list_(std::move(list)),
        keys_(std::move(keys)) {}
  Truth Test(Frame& frame, Value& rest) const override {
    Value element = element_->Run(frame);
    if (element.IsError()) [[unlikely]] {
      rest = std::move(element);
      return Truth::kNeither;
    }
    if (!element.Is(Kind::kDouble)) return TruthOf(keys_.MapHas(element));
    // Elements are compared as doubles, keys exactly.
    return TruthOf(
        IsIn(frame.evaluation, element, *list_->constant()).AsBool());
  }

 private:
  const NodePtr element_;
  const NodePtr list_;  // the keys may borrow from it
  const Value keys_;
};

// Texts are joined at once, anything else term by term.
template <std::size_t kMostRun>
class SumNode final : public Node {
 public:
  SumNode(std::vector<NodePtr> terms, std::vector<ExprId> ids)
      : Node(ids.back()), ids_(std::move(ids)) {
    for (NodePtr& term : terms) {
      terms_.emplace_back(std::move(term));
      constant_size_ += terms_.back().text.size();
    }
  }

  Value Run(Frame& frame) const override {
    std::array<Value, kMostRun> values;
    std::size_t size = constant_size_;
    Value* next = values.data();
    for (const Term& term : terms_) {
      if (term.constant) continue;
      *next = term.node->Run(frame);
      if (!next->Is(Kind::kString)) [[unlikely]] {
        return AddUp(frame, values, &term);
      }
      size += next->text().size();
      ++next;
    }
    if (!frame.evaluation.ChargeBytes(size)) return Evaluation::Spent();
    if (size > std::numeric_limits<std::uint32_t>::max()) {
      return Value::Error("the text becomes too long", id());
    }
    return Joined(values, size);
  }

 private:
  struct Term {
    explicit Term(NodePtr term) : node(std::move(term)) {
      if (!IsConstantText(*node)) return;
      text = node->constant()->text();
      constant = true;
    }
    NodePtr node;
    std::string_view text;  // of a constant
    bool constant = false;
  };

  Value Joined(std::span<const Value> values, std::size_t size) const {
    char* room = nullptr;
    Value sum = Value::StringOfSize(size, room);
    auto next = values.begin();
    for (const Term& term : terms_) {
      room = CopyText(term.constant ? term.text : next++->text(), room);
    }
    return sum;
  }

  // `known` are the values of terms that ran, up to `last` and with it.
  Value AddUp(Frame& frame, std::span<Value> known, const Term* last) const {
    auto next = known.begin();
    Value sum;
    for (const Term& term : terms_) {
      const bool ran = !term.constant && &term <= last;
      Value value = ran ? std::move(*next++) : term.node->Run(frame);
      if (value.IsError()) return value;
      const auto index = &term - terms_.data();
      if (index == 0) {
        sum = std::move(value);
        continue;
      }
      sum = Add(frame.evaluation, sum, value);
      if (sum.IsError()) {
        sum.LocateError(ids_[static_cast<std::size_t>(index) - 1]);
        return sum;
      }
    }
    return sum;
  }

  std::vector<Term> terms_;
  std::size_t constant_size_ = 0;
  const std::vector<ExprId> ids_;
};

template <BinaryOperator kOperator>
NodePtr Binary(ExprId id, NodePtr left, NodePtr right) {
  return std::make_unique<BinaryNode<kOperator>>(id, std::move(left),
                                                 std::move(right));
}

struct BinaryRow {
  std::string_view name;
  NodePtr (*make)(ExprId, NodePtr, NodePtr);
};

constexpr std::array kBinary = {
    BinaryRow{"_==_", Binary<AreEqual>},
    BinaryRow{"_!=_", Binary<AreUnequal>},
    BinaryRow{"_<_", Binary<IsLess>},
    BinaryRow{"_<=_", Binary<IsLessOrEqual>},
    BinaryRow{"_>_", Binary<IsGreater>},
    BinaryRow{"_>=_", Binary<IsGreaterOrEqual>},
    BinaryRow{"@in", Binary<IsIn>},
    BinaryRow{"_+_", Binary<Add>},
    BinaryRow{"_-_", Binary<Subtract>},
    BinaryRow{"_*_", Binary<Multiply>},
    BinaryRow{"_/_", Binary<Divide>},
    BinaryRow{"_%_", Binary<Modulo>},
};

NodePtr MakeEqualText(ExprId id, bool equal, NodePtr operand,
                      const Value& text) {
  if (equal) {
    return std::make_unique<EqualTextNode<true>>(id, std::move(operand), text);
  }
  return std::make_unique<EqualTextNode<false>>(id, std::move(operand), text);
}

// The elements as keys of a map, where all of them could be that.
std::optional<Value> KeysOf(const Value& list) {
  MapBuilder keys;
  for (std::size_t i = 0; i < list.ListSize(); ++i) {
    const auto outcome = keys.Insert(list.ListAt(i), Value());
    if (outcome == MapBuilder::Outcome::kBadKey) return std::nullopt;
  }
  return keys.Build();
}

}  // namespace

bool IsBinaryOperator(std::string_view name) {
  return std::any_of(kBinary.begin(), kBinary.end(),
                     [name](const BinaryRow& row) { return row.name == name; });
}

NodePtr MakeUnary(ExprId id, std::string_view name, NodePtr operand) {
  if (name == "!_") {
    return std::make_unique<NotNode>(id, std::move(operand));
  }
  return std::make_unique<UnaryNode<Negate>>(id, std::move(operand));
}

NodePtr MakeBinary(ExprId id, std::string_view name, NodePtr left,
                   NodePtr right) {
  if (name == "_==_" || name == "_!=_") {
    const bool equal = name == "_==_";
    if (IsConstantText(*right)) {
      return MakeEqualText(id, equal, std::move(left), *right->constant());
    }
    if (IsConstantText(*left)) {
      return MakeEqualText(id, equal, std::move(right), *left->constant());
    }
  }
  if (name == "@in" && right->constant() != nullptr &&
      right->constant()->Is(Kind::kList)) {
    if (auto keys = KeysOf(*right->constant())) {
      return std::make_unique<InKeysNode>(id, std::move(left), std::move(right),
                                          *std::move(keys));
    }
  }
  for (const BinaryRow& row : kBinary) {
    if (row.name == name)
      return row.make(id, std::move(left), std::move(right));
  }
  return nullptr;
}

NodePtr MakeSum(std::vector<NodePtr> terms, std::vector<ExprId> ids) {
  const auto constant =
      std::count_if(terms.begin(), terms.end(),
                    [](const NodePtr& term) { return IsConstantText(*term); });
  const std::size_t run = terms.size() - static_cast<std::size_t>(constant);
  constexpr std::size_t kFew = 4;
  if (run <= kFew) {
    return std::make_unique<SumNode<kFew>>(std::move(terms), std::move(ids));
  }
  return std::make_unique<SumNode<kMostTerms>>(std::move(terms),
                                               std::move(ids));
}

}  // namespace writ::engine::cel
