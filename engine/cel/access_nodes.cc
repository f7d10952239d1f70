// Constants, variables, fields, elements.
#include <utility>

#include "engine/cel/frozen_value.h"
#include "engine/cel/plan_nodes.h"
#include "engine/cel/short_text.h"

namespace writ::engine::cel {
namespace {

class ConstantNode final : public Node {
 public:
  ConstantNode(ExprId id, Value value, NodePtr folded)
      : Node(id), folded_(std::move(folded)), value_(std::move(value)) {}
  Value Run(Frame&) const override { return value_.value().Borrowed(); }
  const Value* constant() const override { return &value_.value(); }

 private:
  const NodePtr folded_;  // the value may borrow from its constants
  const FrozenValue value_;
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

using Path = std::vector<PathStep>;

// Where the path leads through maps of trees, without a value in between. Null
// as well where that is not all there is to it: FollowPath knows then.
const writ::Value* FindInTree(const Value& root, const Path& path) {
  constexpr std::size_t kFree = 64;  // of a lookup's costs
  const writ::Value::Map* map = root.document_map();
  const writ::Value* found = nullptr;
  for (const PathStep& step : path) {
    if (map == nullptr || map->size() >= kFree) return nullptr;
    found = FindEntry(*map, step.field);
    if (found == nullptr) return nullptr;
    map = found->IsMap() ? &found->AsMap() : nullptr;
  }
  return found;
}

Value FollowPath(Frame& frame, const Value& root, const Path& path) {
  Value at = root.Borrowed();
  for (const PathStep& step : path) {
    at = SelectField(frame.evaluation, Access::kPlain, at, step.field);
    if (at.IsError()) [[unlikely]] {
      at.LocateError(step.id);
      return at;
    }
  }
  return at;
}

class SlotPathNode final : public Node {
 public:
  SlotPathNode(Slot slot, Path path)
      : Node(path.back().id), slot_(slot), path_(std::move(path)) {}
  Value Run(Frame& frame) const override {
    if (const Value* root = frame.bindings.Find(slot_)) [[likely]] {
      if (const writ::Value* found = FindInTree(*root, path_)) [[likely]] {
        return Value::Document(*found);
      }
    }
    Value root = frame.bindings.Get(slot_);
    if (root.IsError()) return Located(std::move(root));
    return FollowPath(frame, root, path_);
  }

 private:
  const Slot slot_;
  const Path path_;
};

class LocalPathNode final : public Node {
 public:
  LocalPathNode(std::size_t local, Path path)
      : Node(path.back().id), local_(local), path_(std::move(path)) {}
  Value Run(Frame& frame) const override {
    const Value& root = frame.locals[local_];
    if (const writ::Value* found = FindInTree(root, path_)) [[likely]] {
      return Value::Document(*found);
    }
    if (root.IsError()) return root;
    return FollowPath(frame, root, path_);
  }

 private:
  const std::size_t local_;
  const Path path_;
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
