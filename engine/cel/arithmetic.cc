// + - * / % and the sign: whole numbers within 64 bits, doubles as IEEE 754
// has them, texts and lists joined, moments and lengths of time.
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "engine/cel/operators.h"
#include "engine/cel/time_value.h"

namespace writ::engine::cel {
namespace {

Value Overflow(const char* what) {
  return Value::Error(std::string("overflow of ") + what);
}

Value Mismatch(const char* function, const Value& a, const Value& b) {
  return NoSuchOverload(function, {&a, &b});
}

Value Join(Evaluation& evaluation, const Value& a, const Value& b) {
  const std::size_t size = a.text().size() + b.text().size();
  if (!evaluation.ChargeBytes(size)) return Evaluation::Spent();
  if (size > std::numeric_limits<std::uint32_t>::max()) {
    return Value::Error("the text becomes too long");
  }
  return Value::Concatenated(a.kind(), a.text(), b.text());
}

Value JoinLists(Evaluation& evaluation, const Value& a, const Value& b) {
  const std::size_t first = a.ListSize();
  const std::size_t second = b.ListSize();
  if (!evaluation.Charge(first + second)) return Evaluation::Spent();
  std::vector<Value> items;
  items.reserve(first + second);
  for (std::size_t i = 0; i < first; ++i) items.push_back(a.ListAt(i));
  for (std::size_t i = 0; i < second; ++i) items.push_back(b.ListAt(i));
  return Value::List(std::move(items));
}

Value AddSame(Evaluation& evaluation, const Value& a, const Value& b) {
  switch (a.kind()) {
    case Kind::kInt: {
      std::int64_t sum = 0;
      if (__builtin_add_overflow(a.AsInt(), b.AsInt(), &sum)) {
        return Overflow("int");
      }
      return Value::Int(sum);
    }
    case Kind::kUint: {
      std::uint64_t sum = 0;
      if (__builtin_add_overflow(a.AsUint(), b.AsUint(), &sum)) {
        return Overflow("uint");
      }
      return Value::Uint(sum);
    }
    case Kind::kDouble:
      return Value::Double(a.AsDouble() + b.AsDouble());
    case Kind::kString:
    case Kind::kBytes:
      return Join(evaluation, a, b);
    case Kind::kList:
      return JoinLists(evaluation, a, b);
    case Kind::kDuration: {
      std::int64_t sum = 0;
      if (__builtin_add_overflow(a.AsDuration(), b.AsDuration(), &sum)) {
        return Overflow("duration: it is out of range");
      }
      return Value::Duration(sum);
    }
    case Kind::kError:
    case Kind::kNull:
    case Kind::kBool:
    case Kind::kTimestamp:
    case Kind::kType:
    case Kind::kMap:
    case Kind::kOptional:
    case Kind::kOpaque:
      break;
  }
  return Mismatch("_+_", a, b);
}

Value DivideInts(const Value& a, const Value& b) {
  if (b.AsInt() == 0) return Value::Error("division by zero");
  if (b.AsInt() == -1 &&
      a.AsInt() == std::numeric_limits<std::int64_t>::min()) {
    return Overflow("int");
  }
  return Value::Int(a.AsInt() / b.AsInt());
}

Value RemainderOfInts(const Value& a, const Value& b) {
  if (b.AsInt() == 0) return Value::Error("modulus by zero");
  if (b.AsInt() == -1) {
    if (a.AsInt() == std::numeric_limits<std::int64_t>::min()) {
      return Overflow("int");
    }
    return Value::Int(0);
  }
  return Value::Int(a.AsInt() % b.AsInt());
}

}  // namespace

Value Add(Evaluation& evaluation, const Value& a, const Value& b) {
  if (a.kind() == b.kind()) return AddSame(evaluation, a, b);
  if (a.Is(Kind::kTimestamp) && b.Is(Kind::kDuration)) {
    return Later(a, b.AsDuration());
  }
  if (a.Is(Kind::kDuration) && b.Is(Kind::kTimestamp)) {
    return Later(b, a.AsDuration());
  }
  return Mismatch("_+_", a, b);
}

Value Subtract(Evaluation&, const Value& a, const Value& b) {
  if (a.Is(Kind::kTimestamp)) {
    if (b.Is(Kind::kDuration)) return Earlier(a, b.AsDuration());
    if (b.Is(Kind::kTimestamp)) return TimeBetween(b, a);
  }
  if (a.kind() != b.kind()) return Mismatch("_-_", a, b);
  if (a.Is(Kind::kInt) || a.Is(Kind::kDuration)) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(a.AsInt(), b.AsInt(), &difference)) {
      return Overflow(a.Is(Kind::kInt) ? "int"
                                       : "duration: it is out of range");
    }
    return a.Is(Kind::kInt) ? Value::Int(difference)
                            : Value::Duration(difference);
  }
  if (a.Is(Kind::kUint)) {
    std::uint64_t difference = 0;
    if (__builtin_sub_overflow(a.AsUint(), b.AsUint(), &difference)) {
      return Overflow("uint");
    }
    return Value::Uint(difference);
  }
  if (a.Is(Kind::kDouble)) return Value::Double(a.AsDouble() - b.AsDouble());
  return Mismatch("_-_", a, b);
}

Value Multiply(Evaluation&, const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return Mismatch("_*_", a, b);
  if (a.Is(Kind::kInt)) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a.AsInt(), b.AsInt(), &product)) {
      return Overflow("int");
    }
    return Value::Int(product);
  }
  if (a.Is(Kind::kUint)) {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(a.AsUint(), b.AsUint(), &product)) {
      return Overflow("uint");
    }
    return Value::Uint(product);
  }
  if (a.Is(Kind::kDouble)) return Value::Double(a.AsDouble() * b.AsDouble());
  return Mismatch("_*_", a, b);
}

Value Divide(Evaluation&, const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return Mismatch("_/_", a, b);
  if (a.Is(Kind::kInt)) return DivideInts(a, b);
  if (a.Is(Kind::kUint)) {
    if (b.AsUint() == 0) return Value::Error("division by zero");
    return Value::Uint(a.AsUint() / b.AsUint());
  }
  if (a.Is(Kind::kDouble)) return Value::Double(a.AsDouble() / b.AsDouble());
  return Mismatch("_/_", a, b);
}

Value Modulo(Evaluation&, const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return Mismatch("_%_", a, b);
  if (a.Is(Kind::kInt)) return RemainderOfInts(a, b);
  if (a.Is(Kind::kUint)) {
    if (b.AsUint() == 0) return Value::Error("modulus by zero");
    return Value::Uint(a.AsUint() % b.AsUint());
  }
  return Mismatch("_%_", a, b);
}

Value Negate(Evaluation&, const Value& value) {
  if (value.Is(Kind::kInt)) {
    std::int64_t opposite = 0;
    if (__builtin_sub_overflow(std::int64_t{0}, value.AsInt(), &opposite)) {
      return Overflow("int");
    }
    return Value::Int(opposite);
  }
  if (value.Is(Kind::kDouble)) return Value::Double(-value.AsDouble());
  return NoSuchOverload("-_", {&value});
}

Value Not(Evaluation&, const Value& value) {
  if (value.Is(Kind::kBool)) return Value::Bool(!value.AsBool());
  return NoSuchOverload("!_", {&value});
}

}  // namespace writ::engine::cel
