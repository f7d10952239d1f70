// The operators on values, for the evaluator's nodes and the library's table
// alike. Errors come back as values. Arguments are no errors themselves.
#pragma once

#include <initializer_list>
#include <string_view>

#include "engine/cel/library.h"
#include "engine/cel/value.h"

namespace writ::engine::cel {

// "no such overload: _+_(int, string)"
Value NoSuchOverload(std::string_view function,
                     std::initializer_list<const Value*> arguments);
Value NoSuchKey(const Value& key);

Value Add(Evaluation& evaluation, const Value& a, const Value& b);
Value Subtract(Evaluation& evaluation, const Value& a, const Value& b);
Value Multiply(Evaluation& evaluation, const Value& a, const Value& b);
Value Divide(Evaluation& evaluation, const Value& a, const Value& b);
Value Modulo(Evaluation& evaluation, const Value& a, const Value& b);
Value Negate(Evaluation& evaluation, const Value& value);
Value Not(Evaluation& evaluation, const Value& value);

Value AreEqual(Evaluation& evaluation, const Value& a, const Value& b);
Value AreUnequal(Evaluation& evaluation, const Value& a, const Value& b);
Value IsLess(Evaluation& evaluation, const Value& a, const Value& b);
Value IsLessOrEqual(Evaluation& evaluation, const Value& a, const Value& b);
Value IsGreater(Evaluation& evaluation, const Value& a, const Value& b);
Value IsGreaterOrEqual(Evaluation& evaluation, const Value& a, const Value& b);

// element in list, key in map
Value IsIn(Evaluation& evaluation, const Value& element, const Value& range);

// container[key], of a list, a map or an optional of one. kOptional: what is
// not there is an empty optional, what is there the value of one.
enum class Access : std::uint8_t { kPlain, kOptional };
Value Index(Evaluation& evaluation, Access access, const Value& container,
            const Value& key);
// container.field, the same way.
Value SelectField(Evaluation& evaluation, Access access, const Value& container,
                  std::string_view field);
// has(container.field)
Value HasField(Evaluation& evaluation, const Value& container,
               std::string_view field);

}  // namespace writ::engine::cel
