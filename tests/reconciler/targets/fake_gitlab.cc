// CI/CD variables of GitLab (targets.md, section 2).
#include "tests/reconciler/targets/fake_gitlab.h"

#include <algorithm>

namespace writ::reconciler::testing {
namespace {

Value Shown(const FakeGitlab::Variable& variable) {
  return Value::Map{
      {"key", {}, variable.key},
      {"value", {}, variable.hidden ? Value() : Value(variable.value)},
      {"environment_scope", {}, variable.scope},
      {"masked", {}, variable.masked},
      {"hidden", {}, variable.hidden}};
}

void Change(FakeGitlab::Variable& variable, const Value& body) {
  variable.value = body.FindString("value");
  if (const Value* masked = body.Find("masked")) {
    variable.masked = masked->AsBoolean();
  }
  if (const Value* raw = body.Find("raw")) variable.raw = raw->AsBoolean();
}

}  // namespace

FakeGitlab::Variable* FakeGitlab::Find(const std::string& key,
                                       const std::string& scope) {
  const auto found = std::find_if(
      variables.begin(), variables.end(), [&](const Variable& variable) {
        return variable.key == key && variable.scope == scope;
      });
  return found == variables.end() ? nullptr : &*found;
}

ScriptedResponse FakeGitlab::Answer(const ReceivedRequest& request) {
  const Value missing = Value::Map{{"message", {}, "404 Not Found"}};
  if (request.Header("private-token") != kToken) {
    return Json(401, Value::Map{{"message", {}, "401 Unauthorized"}});
  }
  constexpr char kProject[] = "/api/v4/projects/acme%2Fshop";
  std::string path = request.path();
  if (path == kProject) return Json(200, Value::Map{});
  const std::string list = std::string(kProject) + "/variables";
  if (!path.starts_with(list)) return Json(404, missing);
  const auto body = ParseJson(request.body.empty() ? "{}" : request.body);
  if (request.method == "POST") {
    Variable made{std::string(body->FindString("key")),
                  std::string(body->FindString("environment_scope")),
                  "",
                  false,
                  false,
                  false};
    if (Find(made.key, made.scope) != nullptr) {
      return Json(400, Value::Map{{"message", {}, "taken"}});
    }
    Change(made, *body);
    variables.push_back(made);
    return Json(201, Shown(made));
  }
  // Without a filter, any of them is hit.
  const std::size_t filter =
      request.target.find("?filter%5Benvironment_scope%5D=");
  if (filter == std::string::npos) return Json(200, Shown(variables[0]));
  Variable* found = Find(path.substr(list.size() + 1),
                         PercentDecode(request.target.substr(filter + 31)));
  if (found == nullptr) return Json(404, missing);
  if (request.method == "DELETE") {
    variables.erase(variables.begin() + (found - variables.data()));
    return {.status = 204};
  }
  if (request.method == "PUT") Change(*found, *body);
  return Json(200, Shown(*found));
}

Value FakeGitlab::Spec(const std::string&) const {
  return Value::Map{
      {"type", {}, "gitlab"},
      {"gitlab",
       {},
       Value::Map{{"project", {}, "acme/shop"},
                  {"environmentScope", {}, "prod/*"},
                  {"masked", {}, true},
                  {"token",
                   {},
                   Value::Map{{"secretRef",
                               {},
                               Value::Map{{"project", {}, "platform"},
                                          {"key", {}, "GITLAB"}}}}}}}};
}

std::optional<std::string> FakeGitlab::Holds() const {
  for (const Variable& variable : variables) {
    if (variable.key == kName && variable.scope == "prod/*") {
      return variable.value;
    }
  }
  return std::nullopt;
}

void FakeGitlab::Plant(const std::string& value) {
  if (Variable* found = Find(kName, "prod/*")) {
    found->value = value;
  } else {
    variables.push_back({kName, "prod/*", value, false, false, false});
  }
}

// The same key in another scope.
std::optional<std::string> FakeGitlab::Other() const {
  for (const Variable& variable : variables) {
    if (variable.scope == "staging") return variable.value;
  }
  return std::nullopt;
}

std::unique_ptr<FakeApi> MakeFakeGitlab() {
  return std::make_unique<FakeGitlab>();
}

}  // namespace writ::reconciler::testing
