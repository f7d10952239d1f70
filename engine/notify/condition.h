// One condition of a rule, or one matcher of a silence, compiled.
//
// A field is a path in the event's data: a name, dots descend into objects.
// metadata.PATH reads metadata, payload.PATH reads data explicitly, and so does
// data.PATH where data has no member "data". level, event and customer_id are
// the event's own where data has no member of that name (an event about nobody
// has no customer_id).
//
//   operator          holds where the field
//   equals            is of the value's type and the same; 1 is 1.0, never "1"
//   not_equals        does not equal it, or is missing
//   greater_than …    compares so as a number: texts are read as decimals (""
//   less_or_equal     is 0), null is 0, true 1; objects, lists, other texts and
//                     a missing field compare with nothing
//   contains          has it as a part \ of its text: a number or a boolean is
//   starts_with       begins with it    > taken as it is written; objects,
//   matches           has a match      /  lists, null, nothing: never
//   in                equals one of the list
//   exists            is there, whatever it holds; with false: is missing
//
// Pure; immutable; safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/cel/regex.h"
#include "engine/notify/event.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::engine {

enum class ConditionOperator : std::uint8_t {
  kEquals,
  kNotEquals,
  kGreaterThan,
  kLessThan,
  kGreaterOrEqual,
  kLessOrEqual,
  kContains,
  kStartsWith,
  kMatches,
  kIn,
  kExists,
};

std::string_view Name(ConditionOperator op);

// What the path names, in the event or, of its own texts, in `scratch`; null
// where it isn't there.
const Value* FindField(const NotifyEvent& event, std::string_view path,
                       Value& scratch);

class Condition {
 public:
  // `written` is {field, operator, value}. kInvalidArgument.
  static Result<Condition> Parse(const Value& written);

  bool Holds(const NotifyEvent& event) const;

  // Why it doesn't hold, by the field's path and what is asked for; never by
  // what the event holds (T-16). REQUIRES: !Holds(event).
  std::string WhyNot(const NotifyEvent& event) const;

  const std::string& field() const { return field_; }
  ConditionOperator op() const { return op_; }
  const Value& value() const { return value_; }

 private:
  bool HoldsFor(const Value* found) const;

  std::string field_;
  ConditionOperator op_ = ConditionOperator::kEquals;
  Value value_;
  std::shared_ptr<const cel::Regex> pattern_;
};

}  // namespace writ::engine
