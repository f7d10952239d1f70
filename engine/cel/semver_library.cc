#include <string>
#include <utility>

#include "engine/cel/extension_libraries.h"
#include "engine/cel/semantic_version.h"

namespace writ::engine::cel {
namespace {

constexpr std::string_view kSemver = "kubernetes.Semver";

class Semver final : public Opaque {
 public:
  explicit Semver(SemanticVersion version) : value(std::move(version)) {}

  std::string_view type_name() const override { return kSemver; }
  bool Equals(const Opaque& other) const override {
    const auto& version = static_cast<const Semver&>(other).value;
    return ComparePrecedence(value, version) == 0;
  }
  std::string ToText() const override { return value.ToText(); }

  const SemanticVersion value;
};

const SemanticVersion& VersionOf(const Value& value) {
  return static_cast<const Semver&>(value.opaque()).value;
}

// Of (text) or (text, normalize).
std::optional<SemanticVersion> Parse(std::span<const Value> arguments) {
  const bool loose = arguments.size() == 2 && arguments[1].AsBool();
  return loose ? ParseLooseVersion(arguments[0].text())
               : ParseSemanticVersion(arguments[0].text());
}

Value Make(Evaluation& evaluation, std::span<Value> arguments) {
  if (!evaluation.ChargeBytes(arguments[0].text().size())) {
    return Evaluation::Spent();
  }
  std::optional<SemanticVersion> version = Parse(arguments);
  if (!version) return Value::Error("the text is no semantic version");
  return Value::OfOpaque(new Semver(*std::move(version)));
}

Value IsSemver(Evaluation& evaluation, std::span<Value> arguments) {
  if (!evaluation.ChargeBytes(arguments[0].text().size())) {
    return Evaluation::Spent();
  }
  return Value::Bool(Parse(arguments).has_value());
}

template <std::int64_t SemanticVersion::*kField>
Value Field(Evaluation&, std::span<Value> arguments) {
  return Value::Int(VersionOf(arguments[0]).*kField);
}

std::strong_ordering Order(std::span<const Value> arguments) {
  return ComparePrecedence(VersionOf(arguments[0]), VersionOf(arguments[1]));
}

Value IsGreaterThan(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(Order(arguments) > 0);
}
Value IsLessThan(Evaluation&, std::span<Value> arguments) {
  return Value::Bool(Order(arguments) < 0);
}
Value CompareTo(Evaluation&, std::span<Value> arguments) {
  const auto order = Order(arguments);
  return Value::Int(order < 0 ? -1 : order > 0 ? 1 : 0);
}

Value ToText(Evaluation&, std::span<Value> arguments) {
  return Value::String(arguments[0].opaque().ToText());
}

constexpr std::string_view kTwo = "kubernetes.Semver, kubernetes.Semver";
constexpr FunctionRow kSemverFunctions[] = {
    {"semver", Style::kFunction, "string", kSemver, Make},
    {"semver", Style::kFunction, "string, bool", kSemver, Make},
    {"isSemver", Style::kFunction, "string", "bool", IsSemver},
    {"isSemver", Style::kFunction, "string, bool", "bool", IsSemver},
    {"major", Style::kMethod, kSemver, "int", Field<&SemanticVersion::major>},
    {"minor", Style::kMethod, kSemver, "int", Field<&SemanticVersion::minor>},
    {"patch", Style::kMethod, kSemver, "int", Field<&SemanticVersion::patch>},
    {"isGreaterThan", Style::kMethod, kTwo, "bool", IsGreaterThan},
    {"isLessThan", Style::kMethod, kTwo, "bool", IsLessThan},
    {"compareTo", Style::kMethod, kTwo, "int", CompareTo},
    {"string", Style::kFunction, kSemver, "string", ToText},
};

constexpr std::string_view kSemverTypes[] = {kSemver};

}  // namespace

const Library& SemverLibrary() {
  static constexpr Library kLibrary = {
      "semver", kSemverFunctions, {}, kSemverTypes};
  return kLibrary;
}

}  // namespace writ::engine::cel
