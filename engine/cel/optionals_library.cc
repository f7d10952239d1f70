#include <string>
#include <utility>
#include <vector>

#include "engine/cel/extension_libraries.h"

namespace writ::engine::cel {
namespace {

constexpr const char* kOptMapTarget = "@optional";

Value None(Evaluation&, std::span<Value>) { return Value::OptionalNone(); }

Value Of(Evaluation&, std::span<Value> arguments) {
  return Value::OptionalOf(std::move(arguments[0]));
}

// What a field of that type would hold when nobody set it.
bool IsZero(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return !value.AsBool();
    case Kind::kInt:
      return value.AsInt() == 0;
    case Kind::kUint:
      return value.AsUint() == 0;
    case Kind::kDouble:
      return value.AsDouble() == 0;
    case Kind::kString:
    case Kind::kBytes:
      return value.text().empty();
    case Kind::kTimestamp:
      return value.seconds() == 0 && value.nanoseconds() == 0;
    case Kind::kDuration:
      return value.AsDuration() == 0;
    case Kind::kList:
      return value.ListSize() == 0;
    case Kind::kMap:
      return value.MapSize() == 0;
    case Kind::kOptional:
      return !value.HasValue();
    case Kind::kType:
    case Kind::kOpaque:
    case Kind::kError:
      return false;
  }
  return false;
}

Value OfNonZeroValue(Evaluation&, std::span<Value> arguments) {
  if (IsZero(arguments[0])) return Value::OptionalNone();
  return Value::OptionalOf(std::move(arguments[0]));
}

Value HasValue(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(arguments[0].HasValue());
}

Value Get(Evaluation&, std::span<Value> arguments) {
  if (!arguments[0].HasValue()) {
    return Value::Error("value() of an optional that has none");
  }
  return arguments[0].OptionalValue();
}

Value Or(Evaluation&, std::span<Value> arguments) {
  return std::move(arguments[arguments[0].HasValue() ? 0 : 1]);
}

Value OrValue(Evaluation&, std::span<Value> arguments) {
  if (arguments[0].HasValue()) return arguments[0].OptionalValue();
  return std::move(arguments[1]);
}

// The values of those elements that have one.
Value Unwrap(Evaluation& evaluation, std::span<Value> arguments) {
  const Value& list = arguments[0];
  if (!evaluation.Charge(list.ListSize())) return Evaluation::Spent();
  std::vector<Value> items;
  for (std::size_t i = 0; i < list.ListSize(); ++i) {
    const Value item = list.ListAt(i);
    if (!item.Is(Kind::kOptional)) {
      return Value::Error("no such overload: an element of type " +
                          std::string(TypeName(item)) + " can't be unwrapped");
    }
    if (item.HasValue()) items.push_back(item.OptionalValue());
  }
  return Value::List(std::move(items));
}

Value First(Evaluation&, std::span<Value> arguments) {
  const Value& list = arguments[0];
  if (list.ListSize() == 0) return Value::OptionalNone();
  return Value::OptionalOf(list.ListAt(0));
}

Value Last(Evaluation&, std::span<Value> arguments) {
  const Value& list = arguments[0];
  if (list.ListSize() == 0) return Value::OptionalNone();
  return Value::OptionalOf(list.ListAt(list.ListSize() - 1));
}

constexpr FunctionRow kOptionalsFunctions[] = {
    {"optional.none", Style::kFunction, "", "optional_type(T)", None},
    {"optional.of", Style::kFunction, "T", "optional_type(T)", Of},
    {"optional.ofNonZeroValue", Style::kFunction, "T", "optional_type(T)",
     OfNonZeroValue},
    {"hasValue", Style::kMethod, "optional_type(T)", "bool", HasValue},
    {"value", Style::kMethod, "optional_type(T)", "T", Get},
    {"or", Style::kMethod, "optional_type(T), optional_type(T)",
     "optional_type(T)", Or, Strictness::kLenient},
    {"orValue", Style::kMethod, "optional_type(T), T", "T", OrValue,
     Strictness::kLenient},
    {"optional.unwrap", Style::kFunction, "list(optional_type(T))", "list(T)",
     Unwrap},
    {"unwrapOpt", Style::kMethod, "list(optional_type(T))", "list(T)", Unwrap},
    {"first", Style::kMethod, "list(T)", "optional_type(T)", First},
    {"last", Style::kMethod, "list(T)", "optional_type(T)", Last},
};

// target.optMap(name, body) is
//   let @optional = target in @optional.hasValue()
//     ? optional.of(let name = @optional.value() in body) : optional.none()
// and optFlatMap the same without optional.of.
Expr* ExpandMap(MacroCall& call, bool wrap) {
  std::string name = call.VariableName(0);
  if (name.empty()) return nullptr;
  const auto target = [&] { return call.NewIdent(kOptMapTarget); };

  Let inner;
  inner.bindings.push_back(
      {std::move(name), call.NewMethodCall(target(), "value", {})});
  inner.body = call.arguments[1];
  Expr* some = call.New(std::move(inner));
  if (wrap) some = call.NewCall("optional.of", {some});

  Let outer;
  outer.bindings.push_back({kOptMapTarget, call.target});
  outer.body =
      call.NewCall("_?_:_", {call.NewMethodCall(target(), "hasValue", {}), some,
                             call.NewCall("optional.none", {})});
  return call.New(std::move(outer));
}

Expr* ExpandOptMap(MacroCall& call) { return ExpandMap(call, true); }
Expr* ExpandOptFlatMap(MacroCall& call) { return ExpandMap(call, false); }

constexpr MacroRow kOptionalsMacros[] = {
    {"optMap", Style::kMethod, 2, ExpandOptMap},
    {"optFlatMap", Style::kMethod, 2, ExpandOptFlatMap},
};

constexpr std::string_view kOptionalsTypes[] = {"optional_type"};

}  // namespace

const Library& OptionalsLibrary() {
  static constexpr Library kLibrary = {"optionals", kOptionalsFunctions,
                                       kOptionalsMacros, kOptionalsTypes};
  return kLibrary;
}

}  // namespace writ::engine::cel
