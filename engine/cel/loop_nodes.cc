// Macros over lists and maps, and names for values.
#include <algorithm>
#include <utility>

#include "engine/cel/plan_nodes.h"

namespace writ::engine::cel {
namespace {

enum class Next : std::uint8_t { kGoOn, kStop };

// What a round does is Step's: a class per kind of loop, so that a round is
// free of questions about the kind.
template <typename Round>
class LoopNode final : public Node {
 public:
  LoopNode(ExprId id, LoopParts parts) : Node(id), parts_(std::move(parts)) {}

  Value Run(Frame& frame) const override {
    const Value range = parts_.range->Run(frame);
    if (range.IsError()) [[unlikely]]
      return range;
    const bool list = range.Is(Kind::kList);
    if (!list && !range.Is(Kind::kMap)) {
      return Value::Error("no such overload: a value of type " +
                              std::string(TypeName(range)) +
                              " has no elements to go through",
                          id());
    }
    const std::size_t size = list ? range.ListSize() : range.MapSize();
    // The usual case, without a question about it in each round.
    const writ::Value::List* only =
        parts_.local2 ? nullptr : range.document_list();
    Round round(parts_, size);
    for (std::size_t i = 0; i < size; ++i) {
      if (!frame.Charge(parts_.cost, id())) [[unlikely]] {
        return Evaluation::Spent();
      }
      if (only != nullptr) {
        frame.locals[parts_.local] = Value::Document((*only)[i]);
      } else {
        Bind(frame, range, list, i);
      }
      if (round.Step(frame) == Next::kStop) break;
    }
    return Located(round.Result());
  }

 private:
  void Bind(Frame& frame, const Value& range, bool list, std::size_t i) const {
    Value& first = frame.locals[parts_.local];
    if (!parts_.local2) [[likely]] {
      first = list ? range.ListAt(i) : range.MapKeyAt(i);
      return;
    }
    Value& second = frame.locals[*parts_.local2];
    if (list) {
      first = Value::Int(static_cast<std::int64_t>(i));
      second = range.ListAt(i);
    } else {
      Value::Entry entry = range.MapAt(i);
      first = std::move(entry.key);
      second = std::move(entry.value);
    }
  }

  const LoopParts parts_;
};

Value NotBool(const Value& value) {
  return Value::Error("no such overload: a condition of type " +
                      std::string(TypeName(value)));
}

// all stops at a false, exists at a true; errors count where neither came.
template <bool kDecisive>
class Quantifier {
 public:
  Quantifier(const LoopParts& parts, std::size_t) : body_(*parts.body) {}

  Next Step(Frame& frame) {
    Value rest;
    const Truth truth = body_.Test(frame, rest);
    if (truth == TruthOf(kDecisive)) {
      decided_ = true;
      return Next::kStop;
    }
    if (truth == Truth::kNeither && !error_.IsError()) [[unlikely]] {
      error_ = rest.IsError() ? std::move(rest) : NotBool(rest);
    }
    return Next::kGoOn;
  }

  Value Result() {
    if (decided_) return Value::Bool(kDecisive);
    return error_.IsError() ? std::move(error_) : Value::Bool(!kDecisive);
  }

 private:
  const Node& body_;
  Value error_;
  bool decided_ = false;
};

class ExactlyOne {
 public:
  ExactlyOne(const LoopParts& parts, std::size_t) : body_(*parts.body) {}

  Next Step(Frame& frame) {
    Value rest;
    const Truth truth = body_.Test(frame, rest);
    if (truth == Truth::kNeither) [[unlikely]] {
      error_ = rest.IsError() ? std::move(rest) : NotBool(rest);
      return Next::kStop;
    }
    if (truth == Truth::kTrue) ++count_;
    return Next::kGoOn;
  }

  Value Result() {
    if (error_.IsError()) return std::move(error_);
    return Value::Bool(count_ == 1);
  }

 private:
  const Node& body_;
  Value error_;
  std::size_t count_ = 0;
};

// What collects: rounds that a condition may leave out, ended by any error.
class Collector {
 public:
  explicit Collector(const LoopParts& parts) : parts_(parts) {}

 protected:
  // Whether this round takes part; sets the error where that is unknown.
  bool Included(Frame& frame) {
    if (!parts_.condition) return true;
    Value rest;
    const Truth truth = parts_.condition->Test(frame, rest);
    if (truth == Truth::kNeither) [[unlikely]] {
      error_ = rest.IsError() ? std::move(rest) : NotBool(rest);
    }
    return truth == Truth::kTrue;
  }

  const LoopParts& parts_;
  Value error_;
};

class ListCollector : public Collector {
 public:
  ListCollector(const LoopParts& parts, std::size_t size) : Collector(parts) {
    // A filter may keep little.
    constexpr std::size_t kEnough = 256;
    items_.reserve(parts.condition ? std::min(size, kEnough) : size);
  }

  Next Step(Frame& frame) {
    if (!Included(frame)) {
      return error_.IsError() ? Next::kStop : Next::kGoOn;
    }
    if (!parts_.body) {
      items_.push_back(frame.locals[parts_.local]);
      return Next::kGoOn;
    }
    Value value = parts_.body->Run(frame);
    if (value.IsError()) [[unlikely]] {
      error_ = std::move(value);
      return Next::kStop;
    }
    items_.push_back(std::move(value));
    return Next::kGoOn;
  }

  Value Result() {
    if (error_.IsError()) return std::move(error_);
    return Value::List(std::move(items_));
  }

 private:
  std::vector<Value> items_;
};

class MapCollector : public Collector {
 public:
  MapCollector(const LoopParts& parts, std::size_t) : Collector(parts) {}

  Next Step(Frame& frame) {
    if (!Included(frame)) {
      return error_.IsError() ? Next::kStop : Next::kGoOn;
    }
    Value value = parts_.body->Run(frame);
    if (value.IsError()) {
      error_ = std::move(value);
    } else if (parts_.kind == Loop::Kind::kMap) {
      Insert(frame.locals[parts_.local], std::move(value));
    } else {
      Merge(frame, value);
    }
    return error_.IsError() ? Next::kStop : Next::kGoOn;
  }

  Value Result() { return error_.IsError() ? std::move(error_) : map_.Build(); }

 private:
  void Insert(Value key, Value value) {
    if (map_.Insert(std::move(key), std::move(value)) !=
        MapBuilder::Outcome::kInserted) {
      error_ = Value::Error("repeated key in a map");
    }
  }

  void Merge(Frame& frame, const Value& entries) {
    if (!entries.Is(Kind::kMap)) {
      error_ = Value::Error("no such overload: entries of type " +
                            std::string(TypeName(entries)));
      return;
    }
    if (!frame.evaluation.Charge(entries.MapSize())) {
      error_ = Evaluation::Spent();
      return;
    }
    for (std::size_t i = 0; i < entries.MapSize(); ++i) {
      Value::Entry entry = entries.MapAt(i);
      Insert(std::move(entry.key), std::move(entry.value));
    }
  }

  MapBuilder map_;
};

class LetNode final : public Node {
 public:
  LetNode(ExprId id, std::vector<LetItem> items, NodePtr body)
      : Node(id), items_(std::move(items)), body_(std::move(body)) {}

  // Errors are kept like any value: they count where the name is used.
  Value Run(Frame& frame) const override {
    for (const LetItem& item : items_) {
      frame.locals[item.local] = item.value->Run(frame);
    }
    return body_->Run(frame);
  }

 private:
  const std::vector<LetItem> items_;
  const NodePtr body_;
};

}  // namespace

NodePtr MakeLoop(ExprId id, LoopParts parts) {
  switch (parts.kind) {
    case Loop::Kind::kAll:
      return std::make_unique<LoopNode<Quantifier<false>>>(id,
                                                           std::move(parts));
    case Loop::Kind::kExists:
      return std::make_unique<LoopNode<Quantifier<true>>>(id, std::move(parts));
    case Loop::Kind::kExistsOne:
      return std::make_unique<LoopNode<ExactlyOne>>(id, std::move(parts));
    case Loop::Kind::kList:
      return std::make_unique<LoopNode<ListCollector>>(id, std::move(parts));
    case Loop::Kind::kMap:
    case Loop::Kind::kMapEntry:
      return std::make_unique<LoopNode<MapCollector>>(id, std::move(parts));
  }
  return nullptr;
}

NodePtr MakeLet(ExprId id, std::vector<LetItem> items, NodePtr body) {
  return std::make_unique<LetNode>(id, std::move(items), std::move(body));
}

}  // namespace writ::engine::cel
