#include "engine/notify/condition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "schema/json.h"

namespace writ::engine {
namespace {

using Op = ConditionOperator;

constexpr std::array<std::string_view, 11> kNames = {"equals",
                                                     "not_equals",
                                                     "greater_than",
                                                     "less_than",
                                                     "greater_or_equal",
                                                     "less_or_equal",
                                                     "contains",
                                                     "starts_with",
                                                     "matches",
                                                     "in",
                                                     "exists"};

const Value* Descend(const Value& from, std::string_view path) {
  const Value* at = &from;
  while (at != nullptr) {
    const std::size_t dot = path.find('.');
    at = at->Find(path.substr(0, dot));
    if (dot == std::string_view::npos) return at;
    path.remove_prefix(dot + 1);
  }
  return nullptr;
}

bool TakePrefix(std::string_view& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  path.remove_prefix(prefix.size());
  return true;
}

// The whole text as a decimal, white space around it aside.
std::optional<double> NumberIn(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return 0.0;
  text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  // from_chars takes "inf" and "nan", which are no decimals.
  if (!whole || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> AsNumber(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return 0.0;
    case Value::Type::kBoolean:
      return value.AsBoolean() ? 1.0 : 0.0;
    case Value::Type::kInteger:
      return static_cast<double>(value.AsInteger());
    case Value::Type::kNumber:
      return value.AsNumber();
    case Value::Type::kString:
      return NumberIn(value.AsString());
    case Value::Type::kList:
    case Value::Type::kMap:
      break;
  }
  return std::nullopt;
}

std::optional<std::string> AsText(const Value& value) {
  if (value.IsString()) return value.AsString();
  if (value.IsBoolean() || value.IsInteger() || value.IsNumber()) {
    return CanonicalJson(value);
  }
  return std::nullopt;
}

bool IsNumeric(const Value& value) {
  return value.IsInteger() || value.IsNumber();
}

bool Same(const Value& a, const Value& b) {
  if (a.IsInteger() && b.IsInteger()) return a.AsInteger() == b.AsInteger();
  if (IsNumeric(a) && IsNumeric(b)) return *AsNumber(a) == *AsNumber(b);
  if (a.IsList() || a.IsMap()) return false;
  return a.type() == b.type() && a == b;
}

bool Compares(Op op, double left, double right) {
  if (op == Op::kGreaterThan) return left > right;
  if (op == Op::kLessThan) return left < right;
  if (op == Op::kGreaterOrEqual) return left >= right;
  return left <= right;
}

}  // namespace

std::string_view Name(ConditionOperator op) {
  return kNames[static_cast<std::size_t>(op)];
}

const Value* FindField(const NotifyEvent& event, std::string_view path,
                       Value& scratch) {
  if (TakePrefix(path, "metadata.")) return Descend(event.metadata, path);
  if (TakePrefix(path, "payload.")) return Descend(event.data, path);
  if (event.data.Find("data") == nullptr) TakePrefix(path, "data.");
  if (const Value* found = Descend(event.data, path)) return found;
  if (path == "level") {
    scratch = Value(event.level);
  } else if (path == "event") {
    scratch = Value(event.event);
  } else if (path == "customer_id" && !event.customer_id.empty()) {
    scratch = Value(event.customer_id);
  } else {
    return nullptr;
  }
  return &scratch;
}

Result<Condition> Condition::Parse(const Value& written) {
  Condition condition;
  condition.field_ = written.FindString("field");
  const std::string_view op = written.FindString("operator");
  const auto named = std::find(kNames.begin(), kNames.end(), op);
  if (condition.field_.empty() || named == kNames.end()) {
    return Fail(ErrorCode::kInvalidArgument,
                "a condition lacks a field or an operator that there is");
  }
  condition.op_ = static_cast<Op>(named - kNames.begin());
  const Value* value = written.Find("value");
  condition.value_ = value == nullptr ? Value(true) : *value;
  if (condition.op_ == Op::kMatches) {
    std::string mistake = "it is no text";
    if (condition.value_.IsString()) {
      condition.pattern_ = cel::Regex::Compile(condition.value_.AsString(),
                                               cel::RegexUse::kOften, mistake);
    }
    if (condition.pattern_ == nullptr) {
      return Fail(ErrorCode::kInvalidArgument,
                  "a pattern can't be read: " + mistake);
    }
  }
  return condition;
}

bool Condition::HoldsFor(const Value* found) const {
  switch (op_) {
    case Op::kEquals:
      return found != nullptr && Same(*found, value_);
    case Op::kNotEquals:
      return found == nullptr || !Same(*found, value_);
    case Op::kGreaterThan:
    case Op::kLessThan:
    case Op::kGreaterOrEqual:
    case Op::kLessOrEqual: {
      if (found == nullptr) return false;
      const auto left = AsNumber(*found);
      const auto right = AsNumber(value_);
      return left && right && Compares(op_, *left, *right);
    }
    case Op::kContains:
    case Op::kStartsWith:
    case Op::kMatches: {
      const auto text = found == nullptr ? std::nullopt : AsText(*found);
      if (!text) return false;
      if (op_ == Op::kMatches) return pattern_->Matches(*text);
      const std::string part = AsText(value_).value_or("");
      return op_ == Op::kContains ? text->find(part) != std::string::npos
                                  : text->starts_with(part);
    }
    case Op::kIn:
      return found != nullptr && value_.IsList() &&
             std::any_of(value_.AsList().begin(), value_.AsList().end(),
                         [&](const Value& one) { return Same(*found, one); });
    case Op::kExists:
      return (found != nullptr) == (value_ != Value(false));
  }
  return false;
}

bool Condition::Holds(const NotifyEvent& event) const {
  Value scratch;
  return HoldsFor(FindField(event, field_, scratch));
}

std::string Condition::WhyNot(const NotifyEvent& event) const {
  if (op_ == Op::kExists) {
    return field_ + (value_ == Value(false) ? " is there" : " isn't there");
  }
  const std::string asked =
      std::string(Name(op_)) + " " + CompactJson(value_) + " doesn't hold";
  Value scratch;
  const bool there = FindField(event, field_, scratch) != nullptr;
  return field_ + (there ? " " + asked : " isn't there, so " + asked);
}

}  // namespace writ::engine
