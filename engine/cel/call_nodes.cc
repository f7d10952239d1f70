// Calls of functions: the first overload whose parameters take the arguments'
// kinds runs.
#include <array>
#include <utility>

#include "engine/cel/plan_nodes.h"
#include "engine/cel/regex.h"

namespace writ::engine::cel {
namespace {

constexpr std::uint16_t Bit(Kind kind) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind));
}

constexpr std::uint16_t kAnyKind = 0xFFFF & ~Bit(Kind::kError);

std::uint16_t KindsOf(const Type& type) {
  switch (type.kind()) {
    case Type::Kind::kDyn:
    case Type::Kind::kParameter:
      return kAnyKind;
    case Type::Kind::kNull:
      return Bit(Kind::kNull);
    case Type::Kind::kBool:
      return Bit(Kind::kBool);
    case Type::Kind::kInt:
      return Bit(Kind::kInt);
    case Type::Kind::kUint:
      return Bit(Kind::kUint);
    case Type::Kind::kDouble:
      return Bit(Kind::kDouble);
    case Type::Kind::kString:
      return Bit(Kind::kString);
    case Type::Kind::kBytes:
      return Bit(Kind::kBytes);
    case Type::Kind::kTimestamp:
      return Bit(Kind::kTimestamp);
    case Type::Kind::kDuration:
      return Bit(Kind::kDuration);
    case Type::Kind::kList:
      return Bit(Kind::kList);
    case Type::Kind::kMap:
    case Type::Kind::kObject:
      return Bit(Kind::kMap);
    case Type::Kind::kType:
      return Bit(Kind::kType);
    case Type::Kind::kOptional:
      return Bit(Kind::kOptional);
    case Type::Kind::kOpaque:
      return Bit(Kind::kOpaque);
  }
  return 0;
}

struct Candidate {
  struct Parameter {
    std::uint16_t kinds;
    std::string opaque;  // the name of an opaque type
  };
  std::vector<Parameter> parameters;
  Function run = nullptr;
  bool lenient = false;

  bool Takes(std::span<const Value> arguments) const {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const Value& argument = arguments[i];
      if ((parameters[i].kinds & Bit(argument.kind())) == 0) return false;
      if (argument.Is(Kind::kOpaque) && !parameters[i].opaque.empty() &&
          argument.opaque().type_name() != parameters[i].opaque) {
        return false;
      }
    }
    return true;
  }
};

Candidate MakeCandidate(const Overload& overload) {
  Candidate candidate;
  candidate.run = overload.run;
  candidate.lenient = overload.strictness == Strictness::kLenient;
  for (const Type& type : overload.parameters) {
    std::uint16_t kinds = KindsOf(type);
    if (candidate.lenient && !candidate.parameters.empty()) {
      kinds |= Bit(Kind::kError);
    }
    candidate.parameters.push_back(
        {kinds, type.Is(Type::Kind::kOpaque) ? type.name() : std::string()});
  }
  return candidate;
}

class CallNode : public Node {
 public:
  CallNode(ExprId id, std::string name, std::vector<Candidate> candidates,
           std::vector<NodePtr> arguments)
      : Node(id),
        name_(std::move(name)),
        candidates_(std::move(candidates)),
        arguments_(std::move(arguments)) {
    for (const Candidate& candidate : candidates_) {
      lenient_ = lenient_ || candidate.lenient;
    }
  }

  Value Run(Frame& frame) const override {
    std::vector<Value> values(arguments_.size());
    return RunInto(frame, values);
  }

 protected:
  // REQUIRES: room for the arguments' values.
  Value RunInto(Frame& frame, std::span<Value> values) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = arguments_[i]->Run(frame);
      if (values[i].IsError() && (!lenient_ || i == 0)) [[unlikely]] {
        return std::move(values[i]);
      }
    }
    for (const Candidate& candidate : candidates_) {
      if (!candidate.Takes(values)) continue;
      Value result = Located(candidate.run(frame.evaluation, values));
      if (frame.evaluation.meter().exhausted()) [[unlikely]] {
        frame.Charge(1, id());
      }
      return result;
    }
    return Mismatch(values);
  }

 private:
  Value Mismatch(std::span<Value> values) const {
    std::string message = "no such overload: " + name_ + "(";
    const char* separator = "";
    for (const Value& value : values) {
      if (value.IsError()) return value;
      message += separator;
      message += TypeName(value);
      separator = ", ";
    }
    return Value::Error(message + ")", id());
  }

  const std::string name_;
  const std::vector<Candidate> candidates_;
  const std::vector<NodePtr> arguments_;
  bool lenient_ = false;
};

// With the arguments on the stack.
template <std::size_t kCount>
class SmallCallNode final : public CallNode {
 public:
  using CallNode::CallNode;
  Value Run(Frame& frame) const override {
    std::array<Value, kCount> values;
    return RunInto(frame, values);
  }
};

class MatchesNode final : public Condition {
 public:
  MatchesNode(ExprId id, NodePtr text, std::unique_ptr<const Regex> regex)
      : Condition(id), text_(std::move(text)), regex_(std::move(regex)) {}
  Truth Test(Frame& frame, Value& rest) const override {
    Value text = text_->Run(frame);
    if (text.Is(Kind::kString)) [[likely]] {
      if (frame.evaluation.ChargeBytes(text.text().size())) {
        return TruthOf(regex_->Matches(text.text()));
      }
      rest = Evaluation::Spent();
    } else {
      rest = text.IsError() ? std::move(text)
                            : Located(NoSuchOverload("matches", {&text}));
    }
    return Truth::kNeither;
  }

 private:
  const NodePtr text_;
  const std::unique_ptr<const Regex> regex_;
};

}  // namespace

NodePtr MakeCall(ExprId id, std::string name,
                 const std::vector<const Overload*>& overloads,
                 std::vector<NodePtr> arguments) {
  std::vector<Candidate> candidates;
  for (const Overload* overload : overloads) {
    candidates.push_back(MakeCandidate(*overload));
  }
  switch (arguments.size()) {
    case 0:
      return std::make_unique<SmallCallNode<0>>(
          id, std::move(name), std::move(candidates), std::move(arguments));
    case 1:
      return std::make_unique<SmallCallNode<1>>(
          id, std::move(name), std::move(candidates), std::move(arguments));
    case 2:
      return std::make_unique<SmallCallNode<2>>(
          id, std::move(name), std::move(candidates), std::move(arguments));
    case 3:
      return std::make_unique<SmallCallNode<3>>(
          id, std::move(name), std::move(candidates), std::move(arguments));
    default:
      return std::make_unique<CallNode>(
          id, std::move(name), std::move(candidates), std::move(arguments));
  }
}

NodePtr MakeMatches(ExprId id, NodePtr text,
                    std::unique_ptr<const Regex> regex) {
  return std::make_unique<MatchesNode>(id, std::move(text), std::move(regex));
}

}  // namespace writ::engine::cel
