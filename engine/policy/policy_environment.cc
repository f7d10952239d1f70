#include "engine/policy/policy_environment.h"

#include <chrono>
#include <string>
#include <utility>

#include "engine/cel/library.h"
#include "engine/policy/kind_types.h"
#include "schema/time.h"

namespace writ::engine {
namespace {

using cel::Type;
using Kind = Type::Kind;

// What may be null and is no object has no type that says so.
Type Nullable() { return {}; }

Type ChangeType(const Type& resource) {
  const Type texts = Type::List(Kind::kString);
  const Type usage =
      ObjectOf("usage", {{"count7d", Kind::kInt}, {"lastUsedAt", Nullable()}});
  const Type compatibility = ObjectOf(
      "compatibility", {{"breaking", Kind::kBool}, {"reasons", texts}});
  return ObjectOf("change",
                  {{"address", Kind::kString},
                   {"kind", Kind::kString},
                   {"name", Kind::kString},
                   {"parent", Kind::kString},
                   {"action", Kind::kString},
                   {"cause", Kind::kString},
                   {"reason", Kind::kString},
                   {"paths", texts},
                   {"before", resource},
                   {"after", resource},
                   {"labels", Type::Map(Kind::kString, Kind::kString)},
                   {"usage", usage},
                   {"compatibility", compatibility},
                   {"missingValues", Nullable()}});
}

Type PlanType() {
  const Type counts = ObjectOf("counts", {{"create", Kind::kInt},
                                          {"update", Kind::kInt},
                                          {"replace", Kind::kInt},
                                          {"delete", Kind::kInt},
                                          {"forget", Kind::kInt},
                                          {"adopt", Kind::kInt},
                                          {"move", Kind::kInt},
                                          {"rotate", Kind::kInt}});
  return ObjectOf("plan",
                  {{"changes", Type::List(ChangeType(ResourceType({})))},
                   {"counts", counts}});
}

cel::Value Span(cel::Evaluation&, std::span<cel::Value> arguments) {
  const auto length = ParseDuration(arguments[0].text());
  if (!length) {
    return cel::Value::Error("span(\"" + std::string(arguments[0].text()) +
                             "\") is no length of time such as 90d or 1h30m");
  }
  return cel::Value::Duration(
      std::chrono::duration_cast<std::chrono::nanoseconds>(*length).count());
}

// The facts that every policy sees; the libraries are read once.
const cel::Environment& PlanFactsEnvironment() {
  static const cel::Environment kBase = [] {
    cel::Environment environment;
    environment.AddFunction(
        "span",
        {cel::Style::kFunction, {Kind::kString}, Kind::kDuration, Span});
    environment.AddVariable("now", Kind::kTimestamp);
    environment.AddVariable("environment", Kind::kString);
    environment.AddVariable("commit",
                            ObjectOf("commit", {{"id", Nullable()},
                                                {"author", Nullable()},
                                                {"signedBy", Nullable()}}));
    environment.AddVariable("params", {});
    environment.AddVariable("plan", PlanType());
    return environment;
  }();
  return kBase;
}

}  // namespace

cel::Environment MakePolicyEnvironment(PolicyScope scope,
                                       const std::vector<std::string>& kinds,
                                       const Value& params) {
  cel::Environment environment = PlanFactsEnvironment();
  environment.AddVariable("params", TypeOfValue(params, "params"));
  if (scope == PolicyScope::kPlan) return environment;
  const Type resource = ResourceType(kinds);
  const Type addresses = Type::List(Kind::kString);
  environment.AddVariable("graph",
                          ObjectOf("graph", {{"dependents", addresses},
                                             {"references", addresses}}));
  environment.AddVariable("resource", resource);
  environment.AddVariable("change", ChangeType(resource));
  return environment;
}

}  // namespace writ::engine
