// What the rules of kinds have in common: reading a spec that may be badly
// typed anywhere, and saying what is wrong in one form. Used by the kinds'
// check functions alone.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schema/kind.h"
#include "schema/time.h"
#include "schema/validator.h"
#include "schema/value.h"

namespace writ::kinds {

// "spec.endsAt of Silence/a/b PROBLEM", at the value's place.
void Violate(Reporter& reporter, std::string_view code, const Value& at,
             std::string_view path, std::string_view problem,
             std::string hint = {});

// path.member, path[member]
std::string Join(std::string_view path, std::string_view member);
std::string Indexed(std::string_view path, std::string_view key);
std::string Indexed(std::string_view path, std::size_t index);

// Empty where the field is absent or of another type.
std::optional<Duration> DurationAt(const Value& spec, std::string_view field);
std::optional<Timestamp> TimestampAt(const Value& spec, std::string_view field);
std::optional<double> NumberOf(const Value& value);

// `did you mean "x"?`, or nothing.
std::string DidYouMean(std::string_view written,
                       std::span<const std::string_view> candidates);

// Whether a text has the format (schema/format_check.h).
bool Matches(Format format, std::string_view text);

// The rules of [{field, operator, value}]: a value that fits its operator.
void CheckConditions(const Value& spec, std::string_view list,
                     Reporter& reporter);

}  // namespace writ::kinds
