#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "engine/cel/extension_libraries.h"

namespace writ::engine::cel {
namespace {

constexpr std::string_view kMin = "math.@min";
constexpr std::string_view kMax = "math.@max";

bool IsNumber(const Value& value) {
  return value.Is(Kind::kInt) || value.Is(Kind::kUint) ||
         value.Is(Kind::kDouble);
}

enum class Extreme : std::uint8_t { kLeast, kGreatest };

// The first of equals stays, with its type.
Value Pick(Extreme extreme, Value best, Value other) {
  const auto order = Compare(best, other);
  if (!order) return Value::Error("no such overload: numbers are wanted");
  if (*order == std::partial_ordering::unordered) {
    return Value::Error("NaN values cannot be ordered");
  }
  const bool replace = extreme == Extreme::kLeast
                           ? *order == std::partial_ordering::greater
                           : *order == std::partial_ordering::less;
  return replace ? std::move(other) : std::move(best);
}

Value PickOf(Extreme extreme, Evaluation& evaluation, const Value& list) {
  const std::size_t size = list.ListSize();
  if (size == 0) return Value::Error("of an empty list there is no extreme");
  if (!evaluation.Charge(size)) return Evaluation::Spent();
  Value best;
  for (std::size_t i = 0; i < size; ++i) {
    Value item = list.ListAt(i);
    if (!IsNumber(item)) {
      return Value::Error("no such overload: an element of type " +
                          std::string(TypeName(item)) + " is no number");
    }
    best = i == 0 ? std::move(item)
                  : Pick(extreme, std::move(best), std::move(item));
    if (best.IsError()) return best;
  }
  return best;
}

Value Self(Evaluation&, std::span<Value> arguments) {
  return std::move(arguments[0]);
}
Value LeastOfTwo(Evaluation&, std::span<Value> arguments) {
  return Pick(Extreme::kLeast, std::move(arguments[0]),
              std::move(arguments[1]));
}
Value GreatestOfTwo(Evaluation&, std::span<Value> arguments) {
  return Pick(Extreme::kGreatest, std::move(arguments[0]),
              std::move(arguments[1]));
}
Value LeastOfList(Evaluation& evaluation, std::span<Value> arguments) {
  return PickOf(Extreme::kLeast, evaluation, arguments[0]);
}
Value GreatestOfList(Evaluation& evaluation, std::span<Value> arguments) {
  return PickOf(Extreme::kGreatest, evaluation, arguments[0]);
}

template <double (*kOperation)(double)>
Value Rounded(Evaluation&, std::span<Value> arguments) {
  return Value::Double(kOperation(arguments[0].AsDouble()));
}
double Ceil(double x) { return std::ceil(x); }
double Floor(double x) { return std::floor(x); }
double Round(double x) { return std::round(x); }
double Trunc(double x) { return std::trunc(x); }
double Abs(double x) { return std::fabs(x); }
double Sqrt(double x) { return std::sqrt(x); }
double Sign(double x) {
  if (std::isnan(x)) return x;
  return x > 0 ? 1 : x < 0 ? -1 : 0;
}

Value SqrtInt(Evaluation&, std::span<Value> arguments) {
  return Value::Double(std::sqrt(static_cast<double>(arguments[0].AsInt())));
}
Value SqrtUint(Evaluation&, std::span<Value> arguments) {
  return Value::Double(std::sqrt(static_cast<double>(arguments[0].AsUint())));
}

Value IsInf(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(std::isinf(arguments[0].AsDouble()));
}
Value IsNan(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(std::isnan(arguments[0].AsDouble()));
}
Value IsFinite(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(std::isfinite(arguments[0].AsDouble()));
}

Value AbsInt(Evaluation&, std::span<Value> arguments) {
  const std::int64_t value = arguments[0].AsInt();
  if (value == std::numeric_limits<std::int64_t>::min()) {
    return Value::Error("integer overflow");
  }
  return Value::Int(value < 0 ? -value : value);
}
Value SignInt(Evaluation&, std::span<Value> arguments) {
  const std::int64_t value = arguments[0].AsInt();
  return Value::Int(value > 0 ? 1 : value < 0 ? -1 : 0);
}
Value SignUint(Evaluation&, std::span<Value> arguments) {
  return Value::Uint(arguments[0].AsUint() == 0 ? 0 : 1);
}

// Bits are the same for int and uint; what comes out is what went in.
std::uint64_t Bits(const Value& value) {
  return value.Is(Kind::kInt) ? std::bit_cast<std::uint64_t>(value.AsInt())
                              : value.AsUint();
}
Value OfBits(const Value& like, std::uint64_t bits) {
  return like.Is(Kind::kInt) ? Value::Int(std::bit_cast<std::int64_t>(bits))
                             : Value::Uint(bits);
}

Value BitAnd(Evaluation&, std::span<Value> arguments) {
  return OfBits(arguments[0], Bits(arguments[0]) & Bits(arguments[1]));
}
Value BitOr(Evaluation&, std::span<Value> arguments) {
  return OfBits(arguments[0], Bits(arguments[0]) | Bits(arguments[1]));
}
Value BitXor(Evaluation&, std::span<Value> arguments) {
  return OfBits(arguments[0], Bits(arguments[0]) ^ Bits(arguments[1]));
}
Value BitNot(Evaluation&, std::span<Value> arguments) {
  return OfBits(arguments[0], ~Bits(arguments[0]));
}

// A shift to the right fills with zeros, of ints too.
template <bool kLeft>
Value BitShift(Evaluation&, std::span<Value> arguments) {
  const std::int64_t offset = arguments[1].AsInt();
  if (offset < 0) {
    return Value::Error("negative offset: " + std::to_string(offset));
  }
  if (offset >= 64) return OfBits(arguments[0], 0);
  const std::uint64_t bits = Bits(arguments[0]);
  return OfBits(arguments[0], kLeft ? bits << offset : bits >> offset);
}

constexpr Style kMathFn = Style::kFunction;
constexpr FunctionRow kMathFunctions[] = {
    {kMin, kMathFn, "int", "int", Self},
    {kMin, kMathFn, "uint", "uint", Self},
    {kMin, kMathFn, "double", "double", Self},
    {kMin, kMathFn, "int, int", "int", LeastOfTwo},
    {kMin, kMathFn, "uint, uint", "uint", LeastOfTwo},
    {kMin, kMathFn, "double, double", "double", LeastOfTwo},
    {kMin, kMathFn, "int, uint", "dyn", LeastOfTwo},
    {kMin, kMathFn, "int, double", "dyn", LeastOfTwo},
    {kMin, kMathFn, "uint, int", "dyn", LeastOfTwo},
    {kMin, kMathFn, "uint, double", "dyn", LeastOfTwo},
    {kMin, kMathFn, "double, int", "dyn", LeastOfTwo},
    {kMin, kMathFn, "double, uint", "dyn", LeastOfTwo},
    {kMin, kMathFn, "list(int)", "int", LeastOfList},
    {kMin, kMathFn, "list(uint)", "uint", LeastOfList},
    {kMin, kMathFn, "list(double)", "double", LeastOfList},
    {kMax, kMathFn, "int", "int", Self},
    {kMax, kMathFn, "uint", "uint", Self},
    {kMax, kMathFn, "double", "double", Self},
    {kMax, kMathFn, "int, int", "int", GreatestOfTwo},
    {kMax, kMathFn, "uint, uint", "uint", GreatestOfTwo},
    {kMax, kMathFn, "double, double", "double", GreatestOfTwo},
    {kMax, kMathFn, "int, uint", "dyn", GreatestOfTwo},
    {kMax, kMathFn, "int, double", "dyn", GreatestOfTwo},
    {kMax, kMathFn, "uint, int", "dyn", GreatestOfTwo},
    {kMax, kMathFn, "uint, double", "dyn", GreatestOfTwo},
    {kMax, kMathFn, "double, int", "dyn", GreatestOfTwo},
    {kMax, kMathFn, "double, uint", "dyn", GreatestOfTwo},
    {kMax, kMathFn, "list(int)", "int", GreatestOfList},
    {kMax, kMathFn, "list(uint)", "uint", GreatestOfList},
    {kMax, kMathFn, "list(double)", "double", GreatestOfList},
    {"math.ceil", kMathFn, "double", "double", Rounded<Ceil>},
    {"math.floor", kMathFn, "double", "double", Rounded<Floor>},
    {"math.round", kMathFn, "double", "double", Rounded<Round>},
    {"math.trunc", kMathFn, "double", "double", Rounded<Trunc>},
    {"math.sqrt", kMathFn, "double", "double", Rounded<Sqrt>},
    {"math.sqrt", kMathFn, "int", "double", SqrtInt},
    {"math.sqrt", kMathFn, "uint", "double", SqrtUint},
    {"math.isInf", kMathFn, "double", "bool", IsInf},
    {"math.isNaN", kMathFn, "double", "bool", IsNan},
    {"math.isFinite", kMathFn, "double", "bool", IsFinite},
    {"math.abs", kMathFn, "double", "double", Rounded<Abs>},
    {"math.abs", kMathFn, "int", "int", AbsInt},
    {"math.abs", kMathFn, "uint", "uint", Self},
    {"math.sign", kMathFn, "double", "double", Rounded<Sign>},
    {"math.sign", kMathFn, "int", "int", SignInt},
    {"math.sign", kMathFn, "uint", "uint", SignUint},
    {"math.bitAnd", kMathFn, "int, int", "int", BitAnd},
    {"math.bitAnd", kMathFn, "uint, uint", "uint", BitAnd},
    {"math.bitOr", kMathFn, "int, int", "int", BitOr},
    {"math.bitOr", kMathFn, "uint, uint", "uint", BitOr},
    {"math.bitXor", kMathFn, "int, int", "int", BitXor},
    {"math.bitXor", kMathFn, "uint, uint", "uint", BitXor},
    {"math.bitNot", kMathFn, "int", "int", BitNot},
    {"math.bitNot", kMathFn, "uint", "uint", BitNot},
    {"math.bitShiftLeft", kMathFn, "int, int", "int", BitShift<true>},
    {"math.bitShiftLeft", kMathFn, "uint, int", "uint", BitShift<true>},
    {"math.bitShiftRight", kMathFn, "int, int", "int", BitShift<false>},
    {"math.bitShiftRight", kMathFn, "uint, int", "uint", BitShift<false>},
};

// Whether the text may stand for a number: no other literal does.
bool MayBeNumber(const Expr& expr) {
  if (const Literal* literal = expr.As<Literal>()) {
    return IsNumber(literal->value);
  }
  return expr.As<ListLiteral>() == nullptr && expr.As<MapLiteral>() == nullptr;
}

// Of a list literal each element must be one; it must have some.
bool MayBeNumbers(const Expr& expr) {
  const ListLiteral* list = expr.As<ListLiteral>();
  if (list == nullptr) return MayBeNumber(expr);
  for (const ListLiteral::Element& element : list->elements) {
    if (!MayBeNumber(*element.value)) return false;
  }
  return !list->elements.empty();
}

// math.least(a, …): of one value or list, of two values, of a list of more.
Expr* ExpandExtreme(MacroCall& call, std::string_view function) {
  if (!call.TargetIs("math")) return nullptr;
  const std::vector<Expr*>& arguments = call.arguments;
  if (arguments.empty()) {
    return call.Fail(call.target, "at least one argument is needed");
  }
  for (Expr* argument : arguments) {
    const bool fits = arguments.size() == 1 ? MayBeNumbers(*argument)
                                            : MayBeNumber(*argument);
    if (!fits) return call.Fail(argument, "the argument must be a number");
  }
  if (arguments.size() <= 2) {
    return call.NewCall(std::string(function), arguments);
  }
  ListLiteral list;
  for (Expr* argument : arguments) list.elements.push_back({argument, false});
  return call.NewCall(std::string(function), {call.New(std::move(list))});
}

Expr* ExpandLeast(MacroCall& call) { return ExpandExtreme(call, kMin); }
Expr* ExpandGreatest(MacroCall& call) { return ExpandExtreme(call, kMax); }

constexpr MacroRow kMathMacros[] = {
    {"least", Style::kMethod, -1, ExpandLeast},
    {"greatest", Style::kMethod, -1, ExpandGreatest},
};

}  // namespace

const Library& MathLibrary() {
  static constexpr Library kLibrary = {"math", kMathFunctions, kMathMacros, {}};
  return kLibrary;
}

}  // namespace writ::engine::cel
