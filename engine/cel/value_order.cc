// Equality and order of values.
#include <cmath>
#include <limits>

#include "engine/cel/short_text.h"
#include "engine/cel/value.h"

namespace writ::engine::cel {
namespace {

// 2^63 and 2^64, exact as doubles.
constexpr double kPastInt = 9223372036854775808.0;
constexpr double kPastUint = 18446744073709551616.0;

bool IsNumber(const Value& value) {
  return value.Is(Kind::kInt) || value.Is(Kind::kUint) ||
         value.Is(Kind::kDouble);
}

double ToDouble(const Value& number) {
  if (number.Is(Kind::kInt)) return static_cast<double>(number.AsInt());
  if (number.Is(Kind::kUint)) return static_cast<double>(number.AsUint());
  return number.AsDouble();
}

// Whole numbers exactly; against a double as doubles, as the specification's
// tests have it.
std::partial_ordering CompareNumbers(const Value& a, const Value& b) {
  if (a.Is(Kind::kDouble) || b.Is(Kind::kDouble)) {
    return ToDouble(a) <=> ToDouble(b);
  }
  if (a.kind() == b.kind()) {
    return a.Is(Kind::kInt) ? a.AsInt() <=> b.AsInt()
                            : a.AsUint() <=> b.AsUint();
  }
  if (a.Is(Kind::kInt)) {
    if (a.AsInt() < 0) return std::partial_ordering::less;
  } else if (b.AsInt() < 0) {
    return std::partial_ordering::greater;
  }
  return a.AsUint() <=> b.AsUint();
}

bool EqualLists(const Value& a, const Value& b, Meter& meter) {
  const std::size_t size = a.ListSize();
  if (size != b.ListSize()) return false;
  for (std::size_t i = 0; i < size; ++i) {
    if (!meter.Charge()) return false;
    if (!Equal(a.ListAt(i), b.ListAt(i), meter)) return false;
  }
  return true;
}

bool EqualMaps(const Value& a, const Value& b, Meter& meter) {
  const std::size_t size = a.MapSize();
  if (size != b.MapSize()) return false;
  for (std::size_t i = 0; i < size; ++i) {
    if (!meter.Charge()) return false;
    const Value::Entry entry = a.MapAt(i);
    const auto other = b.MapFind(entry.key);
    if (!other || !Equal(entry.value, *other, meter)) return false;
  }
  return true;
}

bool EqualTexts(const Value& a, const Value& b, Meter& meter) {
  const std::string_view text = a.text();
  if (text.size() != b.text().size()) return false;
  if (text.size() > 64 && !meter.ChargeBytes(text.size())) return false;
  return SameText(text, b.text());
}

bool EqualOpaques(const Value& a, const Value& b) {
  return a.opaque().type_name() == b.opaque().type_name() &&
         a.opaque().Equals(b.opaque());
}

}  // namespace

bool Equal(const Value& a, const Value& b, Meter& meter) {
  if (a.kind() != b.kind()) {
    return IsNumber(a) && IsNumber(b) && CompareNumbers(a, b) == 0;
  }
  switch (a.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDuration:
      return a.AsUint() == b.AsUint();
    case Kind::kDouble:
      return a.AsDouble() == b.AsDouble();
    case Kind::kTimestamp:
      return a.seconds() == b.seconds() && a.nanoseconds() == b.nanoseconds();
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kType:
      return EqualTexts(a, b, meter);
    case Kind::kList:
      return EqualLists(a, b, meter);
    case Kind::kMap:
      return EqualMaps(a, b, meter);
    case Kind::kOptional:
      if (!a.HasValue() || !b.HasValue()) return a.HasValue() == b.HasValue();
      return meter.Charge() &&
             Equal(a.OptionalValue(), b.OptionalValue(), meter);
    case Kind::kOpaque:
      return EqualOpaques(a, b);
    case Kind::kError:
      return false;
  }
  return false;
}

std::optional<std::partial_ordering> Compare(const Value& a, const Value& b) {
  if (IsNumber(a) && IsNumber(b)) return CompareNumbers(a, b);
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::kBool:
      return a.AsUint() <=> b.AsUint();
    case Kind::kDuration:
      return a.AsDuration() <=> b.AsDuration();
    case Kind::kTimestamp:
      if (a.seconds() != b.seconds()) return a.seconds() <=> b.seconds();
      return a.nanoseconds() <=> b.nanoseconds();
    case Kind::kString:
    case Kind::kBytes:
      // Bytes of UTF-8 have the order of the code points.
      return a.text().compare(b.text()) <=> 0;
    case Kind::kError:
    case Kind::kNull:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble:
    case Kind::kType:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kOptional:
    case Kind::kOpaque:
      break;
  }
  return std::nullopt;
}

std::optional<Value> WholeNumber(double value) {
  if (std::trunc(value) != value) return std::nullopt;  // NaN, too
  if (value >= -kPastInt && value < kPastInt) {
    return Value::Int(static_cast<std::int64_t>(value));
  }
  if (value >= 0 && value < kPastUint) {
    return Value::Uint(static_cast<std::uint64_t>(value));
  }
  return std::nullopt;
}

}  // namespace writ::engine::cel
