// Lists and maps as they are written.
#include <utility>

#include "engine/cel/plan_nodes.h"

namespace writ::engine::cel {
namespace {

Value NoOptional(const Value& value) {
  return Value::Error("an optional belongs behind ?, not a value of type " +
                      std::string(TypeName(value)));
}

class ListNode final : public Node {
 public:
  ListNode(ExprId id, std::vector<ListItem> items)
      : Node(id), items_(std::move(items)) {}

  Value Run(Frame& frame) const override {
    if (!frame.Charge(items_.size(), id())) return Evaluation::Spent();
    std::vector<Value> values;
    values.reserve(items_.size());
    for (const ListItem& item : items_) {
      Value value = item.value->Run(frame);
      if (value.IsError()) return value;
      if (!item.optional) {
        values.push_back(std::move(value));
      } else if (!value.Is(Kind::kOptional)) {
        return Located(NoOptional(value));
      } else if (value.HasValue()) {
        values.push_back(value.OptionalValue());
      }
    }
    return Value::List(std::move(values));
  }

 private:
  const std::vector<ListItem> items_;
};

class MapNode final : public Node {
 public:
  MapNode(ExprId id, std::vector<MapItem> items)
      : Node(id), items_(std::move(items)) {}

  Value Run(Frame& frame) const override {
    if (!frame.Charge(items_.size(), id())) return Evaluation::Spent();
    MapBuilder map;
    map.Reserve(items_.size());
    for (const MapItem& item : items_) {
      Value key = item.key->Run(frame);
      if (key.IsError()) return key;
      Value value = item.value->Run(frame);
      if (value.IsError()) return value;
      if (item.optional) {
        if (!value.Is(Kind::kOptional)) return Located(NoOptional(value));
        if (!value.HasValue()) continue;
        value = Value(value.OptionalValue());
      }
      const Value borrowed = key.Borrowed();
      const auto outcome = map.Insert(key, std::move(value));
      if (outcome != MapBuilder::Outcome::kInserted) {
        return Located(Refused(outcome, borrowed));
      }
    }
    return map.Build();
  }

 private:
  static Value Refused(MapBuilder::Outcome outcome, const Value& key) {
    if (outcome == MapBuilder::Outcome::kRepeated) {
      return Value::Error("repeated key in a map");
    }
    return Value::Error("unsupported key type: " + std::string(TypeName(key)));
  }

  const std::vector<MapItem> items_;
};

}  // namespace

NodePtr MakeList(ExprId id, std::vector<ListItem> items) {
  return std::make_unique<ListNode>(id, std::move(items));
}

NodePtr MakeMap(ExprId id, std::vector<MapItem> items) {
  return std::make_unique<MapNode>(id, std::move(items));
}

}  // namespace writ::engine::cel
