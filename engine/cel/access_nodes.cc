// Constants, variables, fields, elements.
#include <cstring>
#include <utility>

#include "engine/cel/plan_nodes.h"

namespace writ::engine::cel {
namespace {

class ConstantNode final : public Node {
 public:
  ConstantNode(ExprId id, Value value, NodePtr folded)
      : Node(id), folded_(std::move(folded)), value_(std::move(value)) {}
  // Without a share: counts of what many threads read never change.
  Value Run(Frame&) const override { return value_.Borrowed(); }
  const Value* constant() const override { return &value_; }

 private:
  const NodePtr folded_;  // the value may borrow from its constants
  const Value value_;
};

class FailureNode final : public Node {
 public:
  FailureNode(ExprId id, std::string message)
      : Node(id), message_(std::move(message)) {}
  Value Run(Frame&) const override { return Value::Error(message_, id()); }

 private:
  const std::string message_;
};

class VariableNode final : public Node {
 public:
  VariableNode(ExprId id, Slot slot) : Node(id), slot_(slot) {}
  Value Run(Frame& frame) const override {
    return Located(frame.bindings.Get(slot_));
  }

 private:
  const Slot slot_;
};

class LocalNode final : public Node {
 public:
  LocalNode(ExprId id, std::size_t local) : Node(id), local_(local) {}
  Value Run(Frame& frame) const override { return frame.locals[local_]; }

 private:
  const std::size_t local_;
};

const writ::Value* FindEntry(const writ::Value::Map& map,
                             std::string_view key) {
  for (const writ::Value::Entry& entry : map) {
    if (entry.key.size() == key.size() &&
        std::memcmp(entry.key.data(), key.data(), key.size()) == 0) {
      return &entry.value;
    }
  }
  return nullptr;
}

// Through the tree itself as long as it is one, without a value in between.
Value WalkPath(Frame& frame, const Value& root,
               const std::vector<PathStep>& steps) {
  std::size_t step = 0;
  Value at;
  if (const writ::Value::Map* map = root.document_map()) {
    constexpr std::size_t kFree = 64;
    const writ::Value* found = nullptr;
    while (step < steps.size() && map != nullptr && map->size() < kFree) {
      found = FindEntry(*map, steps[step].field);
      if (found == nullptr) {
        Value error = NoSuchKey(Value::BorrowString(steps[step].field));
        error.LocateError(steps[step].id);
        return error;
      }
      map = found->IsMap() ? &found->AsMap() : nullptr;
      ++step;
    }
    if (step == steps.size()) return Value::Document(*found);
    if (found != nullptr) at = Value::Document(*found);
  }
  if (step == 0) at = root.Borrowed();
  for (; step < steps.size(); ++step) {
    at = SelectField(frame.evaluation, Access::kPlain, at, steps[step].field);
    if (at.IsError()) [[unlikely]] {
      at.LocateError(steps[step].id);
      return at;
    }
  }
  return at;
}

class SlotPathNode final : public Node {
 public:
  SlotPathNode(Slot slot, std::vector<PathStep> steps)
      : Node(steps.back().id), slot_(slot), steps_(std::move(steps)) {}
  Value Run(Frame& frame) const override {
    Value root = frame.bindings.Get(slot_);
    if (root.IsError()) [[unlikely]]
      return Located(std::move(root));
    return WalkPath(frame, root, steps_);
  }

 private:
  const Slot slot_;
  const std::vector<PathStep> steps_;
};

class LocalPathNode final : public Node {
 public:
  LocalPathNode(std::size_t local, std::vector<PathStep> steps)
      : Node(steps.back().id), local_(local), steps_(std::move(steps)) {}
  Value Run(Frame& frame) const override {
    const Value& root = frame.locals[local_];
    if (root.IsError()) [[unlikely]]
      return root;
    return WalkPath(frame, root, steps_);
  }

 private:
  const std::size_t local_;
  const std::vector<PathStep> steps_;
};

class SelectNode final : public Node {
 public:
  SelectNode(ExprId id, Access access, NodePtr operand, std::string_view field)
      : Node(id),
        access_(access),
        operand_(std::move(operand)),
        field_(field) {}
  Value Run(Frame& frame) const override {
    Value container = operand_->Run(frame);
    if (container.IsError()) [[unlikely]]
      return container;
    return Located(SelectField(frame.evaluation, access_, container, field_));
  }

 private:
  const Access access_;
  const NodePtr operand_;
  const std::string_view field_;
};

class HasNode final : public Node {
 public:
  HasNode(ExprId id, NodePtr operand, std::string_view field)
      : Node(id), operand_(std::move(operand)), field_(field) {}
  Value Run(Frame& frame) const override {
    Value container = operand_->Run(frame);
    if (container.IsError()) [[unlikely]]
      return container;
    return Located(HasField(frame.evaluation, container, field_));
  }

 private:
  const NodePtr operand_;
  const std::string_view field_;
};

class IndexNode final : public Node {
 public:
  IndexNode(ExprId id, Access access, NodePtr container, NodePtr key)
      : Node(id),
        access_(access),
        container_(std::move(container)),
        key_(std::move(key)) {}
  Value Run(Frame& frame) const override {
    Value container = container_->Run(frame);
    if (container.IsError()) [[unlikely]]
      return container;
    Value key = key_->Run(frame);
    if (key.IsError()) [[unlikely]]
      return key;
    return Located(Index(frame.evaluation, access_, container, key));
  }

 private:
  const Access access_;
  const NodePtr container_;
  const NodePtr key_;
};

class TracedNode final : public Node {
 public:
  explicit TracedNode(NodePtr inner)
      : Node(inner->id()), inner_(std::move(inner)) {}
  Value Run(Frame& frame) const override {
    Value value = inner_->Run(frame);
    if (frame.trace != nullptr &&
        frame.trace->steps.size() < frame.trace->max_steps) {
      frame.trace->steps.push_back({id(), value});
    }
    return value;
  }
  const Value* constant() const override { return inner_->constant(); }

 private:
  const NodePtr inner_;
};

}  // namespace

NodePtr MakeConstant(ExprId id, Value value, NodePtr folded) {
  return std::make_unique<ConstantNode>(id, std::move(value),
                                        std::move(folded));
}

NodePtr MakeFailure(ExprId id, std::string message) {
  return std::make_unique<FailureNode>(id, std::move(message));
}

NodePtr MakeVariable(ExprId id, Slot slot) {
  return std::make_unique<VariableNode>(id, slot);
}

NodePtr MakeLocal(ExprId id, std::size_t local) {
  return std::make_unique<LocalNode>(id, local);
}

NodePtr MakeSlotPath(Slot slot, std::vector<PathStep> steps) {
  return std::make_unique<SlotPathNode>(slot, std::move(steps));
}

NodePtr MakeLocalPath(std::size_t local, std::vector<PathStep> steps) {
  return std::make_unique<LocalPathNode>(local, std::move(steps));
}

NodePtr MakeSelect(ExprId id, Access access, NodePtr operand,
                   std::string_view field) {
  return std::make_unique<SelectNode>(id, access, std::move(operand), field);
}

NodePtr MakeHas(ExprId id, NodePtr operand, std::string_view field) {
  return std::make_unique<HasNode>(id, std::move(operand), field);
}

NodePtr MakeIndex(ExprId id, Access access, NodePtr container, NodePtr key) {
  return std::make_unique<IndexNode>(id, access, std::move(container),
                                     std::move(key));
}

NodePtr MakeTraced(NodePtr inner) {
  return std::make_unique<TracedNode>(std::move(inner));
}

}  // namespace writ::engine::cel
