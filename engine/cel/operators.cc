// Comparison, membership, access; arithmetic.cc has the rest.
#include "engine/cel/operators.h"

#include <utility>

namespace writ::engine::cel {
namespace {

Value Fields(const Value& container) {
  return Value::Error("type " + std::string(TypeName(container)) +
                      " has no fields");
}

Value Shaped(Access access, Value value) {
  if (access == Access::kPlain) return value;
  return Value::OptionalOf(std::move(value));
}

// A map lying where it was read has no index: looking something up costs its
// size. Small maps are free.
bool ChargeLookup(Evaluation& evaluation, const Value& map) {
  const std::size_t size = map.MapSize();
  return size < 64 || evaluation.Charge(size / 16);
}

// Where in the list `key` points; empty where it is no whole number.
std::optional<Value> WholeIndex(const Value& key) {
  if (key.Is(Kind::kInt) || key.Is(Kind::kUint)) return key;
  if (key.Is(Kind::kDouble)) return WholeNumber(key.AsDouble());
  return std::nullopt;
}

Value IndexList(Access access, const Value& list, const Value& key) {
  const auto index = WholeIndex(key);
  if (!index) return NoSuchOverload("_[_]", {&list, &key});
  // A negative index is beyond the end as well, as its bits are read.
  if (index->AsUint() >= list.ListSize()) {
    if (access == Access::kOptional) return Value::OptionalNone();
    return Value::Error("index out of bounds: " +
                        (index->Is(Kind::kInt)
                             ? std::to_string(index->AsInt())
                             : std::to_string(index->AsUint())));
  }
  return Shaped(access, list.ListAt(static_cast<std::size_t>(index->AsUint())));
}

Value IndexMap(Evaluation& evaluation, Access access, const Value& map,
               const Value& key) {
  if (!ChargeLookup(evaluation, map)) return Evaluation::Spent();
  auto found = map.MapFind(key);
  if (found) return Shaped(access, *std::move(found));
  if (access == Access::kOptional) return Value::OptionalNone();
  return NoSuchKey(key);
}

template <typename Holds>
Value Ordered(const char* function, const Value& a, const Value& b,
              Evaluation& evaluation, Holds holds) {
  if (a.Is(Kind::kInt) && b.Is(Kind::kInt)) {
    return Value::Bool(holds(std::partial_ordering(a.AsInt() <=> b.AsInt())));
  }
  if ((a.Is(Kind::kString) || a.Is(Kind::kBytes)) && a.text().size() > 64 &&
      !evaluation.ChargeBytes(a.text().size())) {
    return Evaluation::Spent();
  }
  const auto order = Compare(a, b);
  if (!order) return NoSuchOverload(function, {&a, &b});
  return Value::Bool(holds(*order));
}

}  // namespace

Value NoSuchOverload(std::string_view function,
                     std::initializer_list<const Value*> arguments) {
  std::string message = "no such overload: " + std::string(function) + "(";
  const char* separator = "";
  for (const Value* argument : arguments) {
    message += separator;
    message += TypeName(*argument);
    separator = ", ";
  }
  return Value::Error(message + ")");
}

Value NoSuchKey(const Value& key) {
  constexpr std::size_t kShown = 64;
  std::string text;
  if (key.Is(Kind::kString)) {
    text = key.text().size() <= kShown ? "\"" + std::string(key.text()) + "\""
                                       : "a long string";
  } else if (key.Is(Kind::kInt)) {
    text = std::to_string(key.AsInt());
  } else if (key.Is(Kind::kUint)) {
    text = std::to_string(key.AsUint());
  } else if (key.Is(Kind::kBool)) {
    text = key.AsBool() ? "true" : "false";
  } else {
    text = "of type " + std::string(TypeName(key));
  }
  return Value::Error("no such key: " + text);
}

Value AreEqual(Evaluation& evaluation, const Value& a, const Value& b) {
  return Value::Bool(Equal(a, b, evaluation.meter()));
}

Value AreUnequal(Evaluation& evaluation, const Value& a, const Value& b) {
  return Value::Bool(!Equal(a, b, evaluation.meter()));
}

Value IsLess(Evaluation& evaluation, const Value& a, const Value& b) {
  return Ordered("_<_", a, b, evaluation,
                 [](std::partial_ordering order) { return order < 0; });
}

Value IsLessOrEqual(Evaluation& evaluation, const Value& a, const Value& b) {
  return Ordered("_<=_", a, b, evaluation,
                 [](std::partial_ordering order) { return order <= 0; });
}

Value IsGreater(Evaluation& evaluation, const Value& a, const Value& b) {
  return Ordered("_>_", a, b, evaluation,
                 [](std::partial_ordering order) { return order > 0; });
}

Value IsGreaterOrEqual(Evaluation& evaluation, const Value& a, const Value& b) {
  return Ordered("_>=_", a, b, evaluation,
                 [](std::partial_ordering order) { return order >= 0; });
}

Value IsIn(Evaluation& evaluation, const Value& element, const Value& range) {
  if (range.Is(Kind::kMap)) {
    if (!ChargeLookup(evaluation, range)) return Evaluation::Spent();
    return Value::Bool(range.MapHas(element));
  }
  if (!range.Is(Kind::kList)) {
    return NoSuchOverload("@in", {&element, &range});
  }
  const std::size_t size = range.ListSize();
  if (!evaluation.Charge(size / 4)) return Evaluation::Spent();
  for (std::size_t i = 0; i < size; ++i) {
    if (Equal(element, range.ListAt(i), evaluation.meter())) {
      return Value::Bool(true);
    }
  }
  return Value::Bool(false);
}

Value Index(Evaluation& evaluation, Access access, const Value& container,
            const Value& key) {
  if (container.Is(Kind::kList)) return IndexList(access, container, key);
  if (container.Is(Kind::kMap)) {
    return IndexMap(evaluation, access, container, key);
  }
  if (container.Is(Kind::kOptional)) {
    if (!container.HasValue()) return Value::OptionalNone();
    const Value inner = container.OptionalValue();
    if (inner.Is(Kind::kOptional)) {
      return NoSuchOverload("_[_]", {&inner, &key});
    }
    return Index(evaluation, Access::kOptional, inner, key);
  }
  return NoSuchOverload("_[_]", {&container, &key});
}

Value SelectField(Evaluation& evaluation, Access access, const Value& container,
                  std::string_view field) {
  if (container.Is(Kind::kMap)) {
    return IndexMap(evaluation, access, container, Value::BorrowString(field));
  }
  if (container.Is(Kind::kOptional)) {
    if (!container.HasValue()) return Value::OptionalNone();
    const Value& inner = container.OptionalValue();
    if (!inner.Is(Kind::kMap)) return Fields(inner);
    return IndexMap(evaluation, Access::kOptional, inner,
                    Value::BorrowString(field));
  }
  return Fields(container);
}

Value HasField(Evaluation& evaluation, const Value& container,
               std::string_view field) {
  const Value* map = &container;
  if (container.Is(Kind::kOptional)) {
    if (!container.HasValue()) return Value::Bool(false);
    map = &container.OptionalValue();
  }
  if (!map->Is(Kind::kMap)) return Fields(*map);
  if (!ChargeLookup(evaluation, *map)) return Evaluation::Spent();
  return Value::Bool(map->MapHas(Value::BorrowString(field)));
}

}  // namespace writ::engine::cel
