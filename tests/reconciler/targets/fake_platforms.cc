// Targets.md, sections 3 to 6 and 10.
#include "tests/reconciler/targets/fake_platforms.h"

#include <algorithm>

namespace writ::reconciler::testing {
namespace {

bool HasToken(const ReceivedRequest& request) {
  return request.Header("authorization") == std::string("Bearer ") + kToken;
}

ScriptedResponse Refuse(int status) {
  return Json(status, Value::Map{{"message", {}, "no"}});
}

Value Token() {
  return Value::Map{
      {"secretRef",
       {},
       Value::Map{{"project", {}, "platform"}, {"key", {}, "TOKEN"}}}};
}

std::optional<std::string> At(const std::map<std::string, std::string>& all,
                              const char* name) {
  const auto found = all.find(name);
  if (found == all.end()) return std::nullopt;
  return found->second;
}

}  // namespace

ScriptedResponse FakeRender::Answer(const ReceivedRequest& request) {
  if (!HasToken(request)) return Refuse(401);
  const std::vector<std::string> at = SegmentsOf(request);
  const std::string place = group ? "env-groups" : "services";
  if (at.size() == 4 && at[1] == "services" && at[3] == "deploys") {
    if (request.method == "POST") ++deploys[at[2]];
    return Json(request.method == "POST" ? 201 : 200,
                Value::List{Value::Map{
                    {"deploy", {}, Value::Map{{"status", {}, status}}}}});
  }
  if (at.size() < 3 || at[1] != place || at[2] != "id-1") return Refuse(404);
  if (at.size() == 3) {
    return Json(200,
                Value::Map{{"serviceLinks",
                            {},
                            Value::List{Value::Map{{"id", {}, "srv-a"}},
                                        Value::Map{{"id", {}, "srv-b"}}}}});
  }
  if (at.size() != 5 || at[3] != "env-vars") {
    // The set as a whole.
    variables.clear();
    return Json(200, Value::List{});
  }
  if (request.method == "PUT") {
    variables[at[4]] = ParseJson(request.body)->FindString("value");
  } else if (request.method == "DELETE") {
    return variables.erase(at[4]) > 0 ? ScriptedResponse{.status = 204}
                                      : Refuse(404);
  }
  const auto found = variables.find(at[4]);
  if (found == variables.end()) return Refuse(404);
  return Json(200,
              Value::Map{{"key", {}, at[4]}, {"value", {}, found->second}});
}

Value FakeRender::Spec(const std::string&) const {
  return Value::Map{{"type", {}, "render"},
                    {"render",
                     {},
                     Value::Map{{group ? "envGroup" : "service", {}, "id-1"},
                                {"token", {}, Token()}}}};
}

std::optional<std::string> FakeRender::Holds() const {
  return At(variables, kName);
}
std::optional<std::string> FakeRender::Other() const {
  return At(variables, "OTHER");
}

void FakeFlyio::Set(const std::string& name, const std::string& value) {
  secrets[name].value = value;
  ++secrets[name].version;
}

ScriptedResponse FakeFlyio::Answer(const ReceivedRequest& request) {
  if (!HasToken(request)) return Refuse(401);
  const std::vector<std::string> at = SegmentsOf(request);
  if (at.size() < 4 || at[1] != "apps" || at[2] != "shop") return Refuse(404);
  if (at[3] == "machines") {
    if (at.size() == 6) {
      ++machines[at[4]].restarts;
      return Json(200, Value::Map{{"ok", {}, true}});
    }
    Value::List list;
    for (const auto& [id, machine] : machines) {
      list.push_back(
          Value::Map{{"id", {}, id},
                     {"state", {}, machine.state},
                     {"checks",
                      {},
                      Value::List{Value::Map{{"status", {}, machine.check}}}}});
    }
    return Json(200, list);
  }
  const auto shown = [&](const std::string& name) {
    return Value::Map{
        {"name", {}, name},
        {"digest", {}, "digest-" + std::to_string(secrets[name].version)}};
  };
  if (at.size() == 4) {
    Value::List list;
    for (const auto& [name, secret] : secrets) list.push_back(shown(name));
    return Json(200, Value::Map{{"secrets", {}, list}});
  }
  if (request.method == "DELETE") {
    return secrets.erase(at[4]) > 0 ? Json(200, Value::Map{}) : Refuse(404);
  }
  Set(at[4], std::string(ParseJson(request.body)->FindString("value")));
  return Json(201, shown(at[4]));
}

Value FakeFlyio::Spec(const std::string&) const {
  return Value::Map{
      {"type", {}, "flyio"},
      {"flyio", {}, Value::Map{{"app", {}, "shop"}, {"token", {}, Token()}}}};
}

std::optional<std::string> FakeFlyio::Holds() const {
  const auto found = secrets.find(kName);
  if (found == secrets.end()) return std::nullopt;
  return found->second.value;
}
std::optional<std::string> FakeFlyio::Other() const {
  return secrets.at("OTHER").value;
}

ScriptedResponse FakeRailway::Answer(const ReceivedRequest& request) {
  const auto errors = [](const std::string& text) {
    return Json(
        200, Value::Map{
                 {"errors", {}, Value::List{Value::Map{{"message", {}, text}}}},
                 {"data", {}, Value()}});
  };
  const bool known = project_token
                         ? request.Header("project-access-token") == kToken
                         : HasToken(request);
  if (!known) return errors("Not Authorized");
  const auto body = ParseJson(request.body);
  const std::string query(body->FindString("query"));
  const auto answer = [](const char* name, Value result) {
    return Json(
        200,
        Value::Map{{"data", {}, Value::Map{{name, {}, std::move(result)}}}});
  };
  if (query.find("variables(") != std::string::npos &&
      query.starts_with("query")) {
    Value::Map all;
    for (const auto& [name, value] : variables) {
      all.push_back({name, {}, value});
    }
    return answer("variables", all);
  }
  if (query.find("deployments(") != std::string::npos) {
    const Value node = Value::Map{{"status", {}, status}};
    const Value edge = Value::Map{{"node", {}, node}};
    return answer("deployments", Value::Map{{"edges", {}, Value::List{edge}}});
  }
  if (!error.empty()) return errors(error + request.body);
  if (query.find("serviceInstanceDeployV2") != std::string::npos) {
    ++deploys;
    return answer("serviceInstanceDeployV2", "id");
  }
  const Value* input = body->FindPath("variables.input");
  const std::string name(input->FindString("name"));
  if (input->Find("replace") != nullptr) variables.clear();
  if (query.find("variableDelete") != std::string::npos) {
    variables.erase(name);
    return answer("variableDelete", true);
  }
  variables[name] = *input->Find("value");
  skipped_deploys = *input->Find("skipDeploys") == Value(true);
  return answer("variableUpsert", true);
}

Value FakeRailway::Spec(const std::string&) const {
  return Value::Map{{"type", {}, "railway"},
                    {"railway",
                     {},
                     Value::Map{{"project", {}, "p-1"},
                                {"environment", {}, "e-1"},
                                {"service", {}, "s-1"},
                                {"token", {}, Token()}}}};
}

std::optional<std::string> FakeRailway::Holds() const {
  const auto found = variables.find(kName);
  if (found == variables.end()) return std::nullopt;
  return found->second.AsString();
}
std::optional<std::string> FakeRailway::Other() const {
  const auto found = variables.find("OTHER");
  if (found == variables.end()) return std::nullopt;
  return found->second.AsString();
}

ScriptedResponse FakeVercel::Create(const Value& body) {
  if (!failed.empty()) {
    return Json(
        201,
        Value::Map{{"created", {}, Value()},
                   {"failed", {}, Value::List{failed + CompactJson(body)}}});
  }
  Record made{std::string(body.FindString("key")),
              std::string(body.FindString("value")),
              std::string(body.FindString("type")),
              {},
              1,
              ""};
  for (const Value& target : body.Find("target")->AsList()) {
    made.targets.push_back(target.AsString());
  }
  records["r" + std::to_string(next_++)] = made;
  return Json(201, Value::Map{{"created", {}, Value::Map{}},
                              {"failed", {}, Value::List{}}});
}

ScriptedResponse FakeVercel::List() const {
  Value::List list;
  for (const auto& [id, record] : records) {
    Value::List targets(record.targets.begin(), record.targets.end());
    Value shown = Value::Map{{"id", {}, id},
                             {"key", {}, record.key},
                             {"value", {}, "encrypted:" + id},
                             {"type", {}, record.type},
                             {"target", {}, targets},
                             {"updatedAt", {}, record.updated}};
    if (!record.branch.empty()) shown.Set("gitBranch", record.branch);
    list.push_back(std::move(shown));
  }
  return Json(200, Value::Map{{"envs", {}, list}});
}

ScriptedResponse FakeVercel::Deploy(const Value& body) {
  deployments.push_back(
      {"d" + std::to_string(deployments.size() + 1), "BUILDING",
       std::string(body.Find("meta")->FindString("writRotation"))});
  return Json(200, Value::Map{});
}

ScriptedResponse FakeVercel::Answer(const ReceivedRequest& request) {
  if (!HasToken(request)) return Refuse(403);
  if (request.target.find("slug=acme") == std::string::npos) return Refuse(404);
  const std::vector<std::string> at = SegmentsOf(request);
  const auto body = ParseJson(request.body.empty() ? "{}" : request.body);
  if (at[1] == "deployments") {
    if (request.method == "POST") return Deploy(*body);
    const Deployment& last = deployments.back();
    const Value meta = Value::Map{{"writRotation", {}, last.made_for}};
    return Json(200,
                Value::Map{{"deployments",
                            {},
                            Value::List{Value::Map{{"uid", {}, last.id},
                                                   {"name", {}, "shop"},
                                                   {"state", {}, last.state},
                                                   {"meta", {}, meta}}}}});
  }
  if (at.size() < 4 || at[2] != "shop") return Refuse(404);
  if (at.size() == 4) return request.method == "POST" ? Create(*body) : List();
  const auto found = records.find(at[4]);
  if (found == records.end()) return Refuse(404);
  if (request.method == "DELETE") {
    records.erase(found);
    return Json(200, Value::Map{});
  }
  if (request.method == "PATCH") {
    found->second.value = body->FindString("value");
    ++found->second.updated;
  }
  return Json(200, Value::Map{{"value", {}, found->second.value}});
}

Value FakeVercel::Spec(const std::string&) const {
  return Value::Map{
      {"type", {}, "vercel"},
      {"vercel",
       {},
       Value::Map{{"project", {}, "shop"},
                  {"team", {}, "acme"},
                  {"targets", {}, Value::List{"production", "preview"}},
                  {"sensitive", {}, false},
                  {"token", {}, Token()}}}};
}

std::optional<std::string> FakeVercel::Holds() const {
  std::optional<std::string> held;
  std::size_t targets = 0;
  for (const auto& [id, record] : records) {
    if (record.key != kName || !record.branch.empty()) continue;
    if (held && *held != record.value) return "different ones";
    held = record.value;
    targets += record.targets.size();
  }
  return targets == 2 ? held : std::nullopt;
}

void FakeVercel::Plant(const std::string& value) {
  for (const char* target : {"production", "preview"}) {
    const std::string id = std::string("planted-") + target;
    const int updated = records.count(id) > 0 ? records[id].updated + 1 : 1;
    records[id] = {kName, value, "encrypted", {target}, updated, ""};
  }
}

std::optional<std::string> FakeVercel::Other() const {
  return records.at("r0").value + records.at("r1").value;
}

ScriptedResponse FakeDoppler::Answer(const ReceivedRequest& request) {
  if (!HasToken(request)) return Refuse(401);
  const auto body = ParseJson(request.body.empty() ? "{}" : request.body);
  if (request.method == "POST") {
    if (body->FindString("project") != "shop" ||
        body->FindString("config") != "prd") {
      return Refuse(404);
    }
    for (const Value::Entry& entry : body->Find("secrets")->AsMap()) {
      secrets[entry.key] = entry.value.AsString();
    }
    return Json(200, Value::Map{});
  }
  if (request.target.find("?project=shop&config=prd") == std::string::npos) {
    return Refuse(404);
  }
  const std::size_t name = request.target.find("&name=");
  if (name == std::string::npos) return Json(200, Value::Map{});
  const auto found = secrets.find(request.target.substr(name + 6));
  if (found == secrets.end()) return Refuse(404);
  if (request.method == "DELETE") {
    secrets.erase(found);
    return {.status = 204};
  }
  const Value value = Value::Map{{"raw", {}, found->second}};
  return Json(200, Value::Map{{"value", {}, value}});
}

Value FakeDoppler::Spec(const std::string&) const {
  return Value::Map{{"type", {}, "doppler"},
                    {"doppler",
                     {},
                     Value::Map{{"project", {}, "shop"},
                                {"config", {}, "prd"},
                                {"token", {}, Token()}}}};
}

std::optional<std::string> FakeDoppler::Holds() const {
  return At(secrets, kName);
}
std::optional<std::string> FakeDoppler::Other() const {
  return At(secrets, "OTHER");
}

std::unique_ptr<FakeApi> MakeFakeRender() {
  return std::make_unique<FakeRender>();
}
std::unique_ptr<FakeApi> MakeFakeRenderGroup() {
  auto fake = std::make_unique<FakeRender>();
  fake->group = true;
  return fake;
}
std::unique_ptr<FakeApi> MakeFakeFlyio() {
  return std::make_unique<FakeFlyio>();
}
std::unique_ptr<FakeApi> MakeFakeRailway() {
  return std::make_unique<FakeRailway>();
}
std::unique_ptr<FakeApi> MakeFakeVercel() {
  return std::make_unique<FakeVercel>();
}
std::unique_ptr<FakeApi> MakeFakeDoppler() {
  return std::make_unique<FakeDoppler>();
}

}  // namespace writ::reconciler::testing
