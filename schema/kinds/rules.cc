#include "schema/kinds/rules.h"

#include <algorithm>
#include <utility>

#include "schema/format_check.h"

namespace writ::kinds {

void Violate(Reporter& reporter, std::string_view code, const Value& at,
             std::string_view path, std::string_view problem,
             std::string hint) {
  std::string summary(path);
  summary.append(" of ").append(reporter.subject());
  summary.append(" ").append(problem);
  reporter.Error(code, at.range(), std::move(summary), std::move(hint));
}

std::string Join(std::string_view path, std::string_view member) {
  return std::string(path).append(".").append(member);
}

std::string Indexed(std::string_view path, std::string_view key) {
  return std::string(path).append("[").append(key).append("]");
}

std::string Indexed(std::string_view path, std::size_t index) {
  return Indexed(path, std::string_view(std::to_string(index)));
}

std::optional<Duration> DurationAt(const Value& spec, std::string_view field) {
  return ParseDuration(spec.FindString(field));
}

std::optional<Timestamp> TimestampAt(const Value& spec,
                                     std::string_view field) {
  return ParseTimestamp(spec.FindString(field));
}

std::optional<double> NumberOf(const Value& value) {
  if (value.IsNumber()) return value.AsNumber();
  if (value.IsInteger()) return static_cast<double>(value.AsInteger());
  return std::nullopt;
}

std::string DidYouMean(std::string_view written,
                       std::span<const std::string_view> candidates) {
  const std::optional<std::string_view> nearest = Suggest(written, candidates);
  if (!nearest) return {};
  return std::string("did you mean \"").append(*nearest).append("\"?");
}

bool Matches(Format format, std::string_view text) {
  return MatchesFormat(format, text);
}

namespace {

bool IsScalar(const Value& value) {
  return !value.IsList() && !value.IsMap() && !value.IsNull();
}

struct Problem {
  std::string text;
  std::string hint;
};

// What is wrong with the value, or nothing.
std::optional<Problem> ProblemOf(std::string_view op, const Value& value) {
  const std::string name(op);
  if (op == "in") {
    const bool fits =
        value.IsList() && !value.AsList().empty() &&
        std::all_of(value.AsList().begin(), value.AsList().end(), IsScalar);
    if (fits) return std::nullopt;
    return Problem{"is not a list of texts, numbers or booleans",
                   "write it like [a, b]"};
  }
  if (!IsScalar(value)) {
    return Problem{"is not a text, a number or a boolean", ""};
  }
  if (op == "exists" && !value.IsBoolean()) {
    return Problem{"is neither true nor false", ""};
  }
  const bool counts = op == "greater_than" || op == "less_than" ||
                      op == "greater_or_equal" || op == "less_or_equal";
  if (counts && !NumberOf(value)) {
    return Problem{"is not a number, which " + name + " compares with", ""};
  }
  const bool reads = op == "contains" || op == "starts_with" || op == "matches";
  if (reads && !value.IsString()) {
    return Problem{"is not a text, which " + name + " looks for",
                   "put it between quotes"};
  }
  if (op == "matches" && !Matches(Format::kRegex, value.AsString())) {
    return Problem{"is not a regular expression", ""};
  }
  return std::nullopt;
}

void CheckCondition(const Value& condition, std::string_view path,
                    Reporter& reporter) {
  const Value* value = condition.Find("value");
  const std::string_view op = condition.FindString("operator");
  if (value == nullptr) {
    if (op.empty() || op == "exists") return;
    Violate(reporter, "missing-field", condition, path,
            std::string("lacks value, which ").append(op).append(" wants"));
    return;
  }
  if (auto problem = ProblemOf(op, *value)) {
    Violate(reporter, "wrong-type", *value, Join(path, "value"), problem->text,
            std::move(problem->hint));
  }
}

}  // namespace

void CheckConditions(const Value& spec, std::string_view list,
                     Reporter& reporter) {
  const Value* conditions = spec.Find(list);
  if (conditions == nullptr || !conditions->IsList()) return;
  const std::string path = Join("spec", list);
  for (std::size_t i = 0; i < conditions->AsList().size(); ++i) {
    CheckCondition(conditions->AsList()[i], Indexed(path, i), reporter);
  }
}

}  // namespace writ::kinds
