#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/cel/extension_libraries.h"

namespace writ::engine::cel {
namespace {

constexpr const char* kSortByKeys = "@sortByAssociatedKeys";
constexpr const char* kSortByTarget = "@sortBy";

Value Slice(Evaluation& evaluation, std::span<Value> arguments) {
  const Value& list = arguments[0];
  const std::int64_t begin = arguments[1].AsInt();
  const std::int64_t end = arguments[2].AsInt();
  const auto size = static_cast<std::int64_t>(list.ListSize());
  if (begin < 0 || begin > end || end > size) {
    return Value::Error("cannot slice(" + std::to_string(begin) + ", " +
                        std::to_string(end) + ") a list of " +
                        std::to_string(size));
  }
  const auto count = static_cast<std::size_t>(end - begin);
  if (!evaluation.Charge(count)) return Evaluation::Spent();
  std::vector<Value> items;
  items.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    items.push_back(list.ListAt(static_cast<std::size_t>(begin) + i));
  }
  return Value::List(std::move(items));
}

// How deep a list may be flattened: deeper than any that can be written, and
// far from where the stack ends.
constexpr std::int64_t kMaxFlattening = 1'000;

bool Flatten(Evaluation& evaluation, const Value& list, std::int64_t depth,
             std::vector<Value>& items) {
  if (!evaluation.Charge(list.ListSize())) return false;
  for (std::size_t i = 0; i < list.ListSize(); ++i) {
    Value item = list.ListAt(i);
    if (depth == 0 || !item.Is(Kind::kList)) {
      items.push_back(std::move(item));
    } else if (!Flatten(evaluation, item, depth - 1, items)) {
      return false;
    }
  }
  return true;
}

Value FlattenTo(Evaluation& evaluation, const Value& list, std::int64_t depth) {
  std::vector<Value> items;
  if (!Flatten(evaluation, list, std::min(depth, kMaxFlattening), items)) {
    return Evaluation::Spent();
  }
  return Value::List(std::move(items));
}

Value FlattenOnce(Evaluation& evaluation, std::span<Value> arguments) {
  return FlattenTo(evaluation, arguments[0], 1);
}

Value FlattenDepth(Evaluation& evaluation, std::span<Value> arguments) {
  const std::int64_t depth = arguments[1].AsInt();
  if (depth < 0) {
    return Value::Error("flatten() to a negative depth: " +
                        std::to_string(depth));
  }
  return FlattenTo(evaluation, arguments[0], depth);
}

Value Range(Evaluation& evaluation, std::span<Value> arguments) {
  const std::int64_t size = arguments[0].AsInt();
  if (size < 0) {
    return Value::Error("lists.range() of a negative size: " +
                        std::to_string(size));
  }
  if (!evaluation.Charge(static_cast<std::uint64_t>(size))) {
    return Evaluation::Spent();
  }
  std::vector<Value> items;
  items.reserve(static_cast<std::size_t>(size));
  for (std::int64_t i = 0; i < size; ++i) items.push_back(Value::Int(i));
  return Value::List(std::move(items));
}

Value Reverse(Evaluation& evaluation, std::span<Value> arguments) {
  const Value& list = arguments[0];
  const std::size_t size = list.ListSize();
  if (!evaluation.Charge(size)) return Evaluation::Spent();
  std::vector<Value> items;
  items.reserve(size);
  for (std::size_t i = size; i > 0; --i) items.push_back(list.ListAt(i - 1));
  return Value::List(std::move(items));
}

// Remembers what was seen: in a map what can be a key, else in a list.
class Seen {
 public:
  explicit Seen(Evaluation& evaluation) : evaluation_(evaluation) {}

  // False where an equal value was added before.
  bool Add(const Value& value) {
    if (const Value key = Key(value); !key.IsError()) {
      if (key.Is(Kind::kString) &&
          !evaluation_.ChargeBytes(key.text().size())) {
        return false;
      }
      return keys_.Insert(key, Value()) != MapBuilder::Outcome::kRepeated;
    }
    for (const Value& other : others_) {
      if (!evaluation_.Charge()) return false;
      if (Equal(other, value, evaluation_.meter())) return false;
    }
    others_.push_back(value);
    return true;
  }

 private:
  // A whole double equals the int that it is.
  static Value Key(const Value& value) {
    switch (value.kind()) {
      case Kind::kBool:
      case Kind::kInt:
      case Kind::kUint:
      case Kind::kString:
        return value;
      case Kind::kDouble:
        return WholeNumber(value.AsDouble()).value_or(Value::Error(""));
      case Kind::kError:
      case Kind::kNull:
      case Kind::kBytes:
      case Kind::kTimestamp:
      case Kind::kDuration:
      case Kind::kType:
      case Kind::kList:
      case Kind::kMap:
      case Kind::kOptional:
      case Kind::kOpaque:
        break;
    }
    return Value::Error("");
  }

  Evaluation& evaluation_;
  MapBuilder keys_;
  std::vector<Value> others_;
};

Value Distinct(Evaluation& evaluation, std::span<Value> arguments) {
  const Value& list = arguments[0];
  if (!evaluation.Charge(list.ListSize())) return Evaluation::Spent();
  Seen seen(evaluation);
  std::vector<Value> items;
  for (std::size_t i = 0; i < list.ListSize(); ++i) {
    Value item = list.ListAt(i);
    if (seen.Add(item)) items.push_back(std::move(item));
    if (evaluation.meter().exhausted()) return Evaluation::Spent();
  }
  return Value::List(std::move(items));
}

struct Keyed {
  Value key;
  std::size_t index = 0;
};

// What keeps the keys from having an order, or null.
Value CheckKeys(const std::vector<Keyed>& keyed) {
  for (const Keyed& k : keyed) {
    if (!k.key.Is(keyed.front().key.kind())) {
      return Value::Error("elements to sort by must have the same type, not " +
                          std::string(TypeName(keyed.front().key)) + " and " +
                          std::string(TypeName(k.key)));
    }
    const auto order = Compare(k.key, k.key);
    if (!order) {
      return Value::Error("values of type " + std::string(TypeName(k.key)) +
                          " can't be sorted");
    }
    if (*order == std::partial_ordering::unordered) {
      return Value::Error("NaN values cannot be ordered");
    }
  }
  return Value::Null();
}

// n·log n comparisons; of texts each may read all of them.
bool ChargeSorting(Evaluation& evaluation, const std::vector<Keyed>& keyed) {
  std::uint64_t size = keyed.size();
  if (keyed.front().key.Is(Kind::kString) ||
      keyed.front().key.Is(Kind::kBytes)) {
    for (const Keyed& k : keyed) size += k.key.text().size() / 16;
  }
  const auto rounds = static_cast<std::uint64_t>(std::bit_width(keyed.size()));
  return evaluation.Charge(size * rounds);
}

Value SortedBy(Evaluation& evaluation, const Value& list, const Value& keys) {
  const std::size_t size = list.ListSize();
  if (size == 0) return list;
  if (!evaluation.Charge(size)) return Evaluation::Spent();
  std::vector<Keyed> keyed;
  keyed.reserve(size);
  for (std::size_t i = 0; i < size; ++i) keyed.push_back({keys.ListAt(i), i});
  if (Value error = CheckKeys(keyed); error.IsError()) return error;
  if (!ChargeSorting(evaluation, keyed)) return Evaluation::Spent();
  std::stable_sort(
      keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
        return Compare(a.key, b.key) == std::partial_ordering::less;
      });
  std::vector<Value> items;
  items.reserve(size);
  for (const Keyed& k : keyed) items.push_back(list.ListAt(k.index));
  return Value::List(std::move(items));
}

Value Sort(Evaluation& evaluation, std::span<Value> arguments) {
  return SortedBy(evaluation, arguments[0], arguments[0]);
}

Value SortByKeys(Evaluation& evaluation, std::span<Value> arguments) {
  return SortedBy(evaluation, arguments[0], arguments[1]);
}

constexpr Style kListsM = Style::kMethod;
constexpr FunctionRow kListsFunctions[] = {
    {"slice", kListsM, "list(T), int, int", "list(T)", Slice},
    {"flatten", kListsM, "list(list(T))", "list(T)", FlattenOnce},
    {"flatten", kListsM, "list(dyn), int", "list(dyn)", FlattenDepth},
    {"lists.range", Style::kFunction, "int", "list(int)", Range},
    {"reverse", kListsM, "list(T)", "list(T)", Reverse},
    {"distinct", kListsM, "list(T)", "list(T)", Distinct},
    {"sort", kListsM, "list(int)", "list(int)", Sort},
    {"sort", kListsM, "list(uint)", "list(uint)", Sort},
    {"sort", kListsM, "list(double)", "list(double)", Sort},
    {"sort", kListsM, "list(bool)", "list(bool)", Sort},
    {"sort", kListsM, "list(google.protobuf.Duration)",
     "list(google.protobuf.Duration)", Sort},
    {"sort", kListsM, "list(google.protobuf.Timestamp)",
     "list(google.protobuf.Timestamp)", Sort},
    {"sort", kListsM, "list(string)", "list(string)", Sort},
    {"sort", kListsM, "list(bytes)", "list(bytes)", Sort},
    {kSortByKeys, kListsM, "list(T), list(int)", "list(T)", SortByKeys},
    {kSortByKeys, kListsM, "list(T), list(uint)", "list(T)", SortByKeys},
    {kSortByKeys, kListsM, "list(T), list(double)", "list(T)", SortByKeys},
    {kSortByKeys, kListsM, "list(T), list(bool)", "list(T)", SortByKeys},
    {kSortByKeys, kListsM, "list(T), list(google.protobuf.Duration)", "list(T)",
     SortByKeys},
    {kSortByKeys, kListsM, "list(T), list(google.protobuf.Timestamp)",
     "list(T)", SortByKeys},
    {kSortByKeys, kListsM, "list(T), list(string)", "list(T)", SortByKeys},
    {kSortByKeys, kListsM, "list(T), list(bytes)", "list(T)", SortByKeys},
};

// list.sortBy(e, key) is
//   let @sortBy = list in @sortBy.@sortByAssociatedKeys(@sortBy.map(e, key))
Expr* ExpandSortBy(MacroCall& call) {
  Loop keys;
  keys.kind = Loop::Kind::kList;
  keys.variable = call.VariableName(0);
  if (keys.variable.empty()) return nullptr;
  keys.range = call.NewIdent(kSortByTarget);
  keys.body = call.arguments[1];

  Let let;
  let.bindings.push_back({kSortByTarget, call.target});
  let.body = call.NewMethodCall(call.NewIdent(kSortByTarget), kSortByKeys,
                                {call.New(std::move(keys))});
  return call.New(std::move(let));
}

constexpr MacroRow kListsMacros[] = {
    {"sortBy", Style::kMethod, 2, ExpandSortBy},
};

}  // namespace

const Library& ListsLibrary() {
  static constexpr Library kLibrary = {
      "lists", kListsFunctions, kListsMacros, {}};
  return kLibrary;
}

}  // namespace writ::engine::cel
