#include "schema/kinds/rules.h"

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

void CheckCondition(const Value& condition, std::string_view path,
                    Reporter& reporter) {
  const Value* value = condition.Find("value");
  if (value == nullptr) return;
  const std::string_view op = condition.FindString("operator");
  if (value->IsList() || value->IsMap() || value->IsNull()) {
    Violate(reporter, "wrong-type", *value, Join(path, "value"),
            "is not a text, a number or a boolean");
  } else if ((op == "greater_than" || op == "less_than") && !NumberOf(*value)) {
    Violate(reporter, "wrong-type", *value, Join(path, "value"),
            std::string("is not a number, which ")
                .append(op)
                .append(" compares with"));
  } else if ((op == "contains" || op == "starts_with") && !value->IsString()) {
    Violate(
        reporter, "wrong-type", *value, Join(path, "value"),
        std::string("is not a text, which ").append(op).append(" looks for"),
        "put it between quotes");
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
