// The API server of Kubernetes, as far as a Secret and a Deployment go
// (targets.md, section 9).
#include "tests/reconciler/targets/fake_kubernetes.h"

#include "reconciler/egress/encoding.h"

namespace writ::reconciler::testing {
namespace {

ScriptedResponse Status(int code, const std::string& text) {
  return Json(code, Value::Map{{"kind", {}, "Status"}, {"message", {}, text}});
}

}  // namespace

std::optional<std::string> FakeKubernetes::Text(const std::string& key) const {
  const auto found = keys.find(key);
  if (found == keys.end()) return std::nullopt;
  return ParseBase64(found->second.value);
}

std::optional<std::string> FakeKubernetes::Holds() const { return Text(kName); }

// By kubectl's hand, yet with the field given to writ.
void FakeKubernetes::Plant(const std::string& value) {
  exists = true;
  keys[kName] = {Base64(value), std::string("writ-") + kName};
  ++version;
}

Value FakeKubernetes::Secret() const {
  Value::Map held;
  for (const auto& [name, key] : keys) held.push_back({name, {}, key.value});
  return Value::Map{
      {"immutable", {}, immutable},
      {"metadata",
       {},
       Value::Map{{"resourceVersion", {}, std::to_string(version)}}},
      {"data", {}, held}};
}

ScriptedResponse FakeKubernetes::Apply(const ReceivedRequest& request) {
  const std::size_t at = request.target.find("?fieldManager=");
  if (at == std::string::npos ||
      request.Header("content-type") != "application/apply-patch+yaml") {
    return Status(415, "no server-side apply");
  }
  const std::string manager = request.target.substr(at + 14);
  const auto body = ParseJson(request.body);
  const Value* wanted = body->FindPath("metadata.resourceVersion");
  if (wanted != nullptr && *wanted != Value(std::to_string(version))) {
    return Status(409, "the object has been modified");
  }
  const Value* applied = body->Find("data");
  const Value none = Value::Map{};
  if (applied == nullptr) applied = &none;
  for (const Value::Entry& entry : applied->AsMap()) {
    const auto held = keys.find(entry.key);
    if (held != keys.end() && held->second.manager != manager &&
        held->second.value != entry.value.AsString()) {
      return Status(409, "conflict with \"" + held->second.manager + "\"");
    }
  }
  // What a manager doesn't name any more goes.
  std::erase_if(keys, [&](const auto& key) {
    return key.second.manager == manager && applied->Find(key.first) == nullptr;
  });
  for (const Value::Entry& entry : applied->AsMap()) {
    keys[entry.key] = {entry.value.AsString(), manager};
  }
  exists = true;
  ++version;
  return Json(200, Secret());
}

ScriptedResponse FakeKubernetes::Deployment(const ReceivedRequest& request) {
  if (request.method == "PATCH") {
    const auto body = ParseJson(request.body);
    const Value* annotation =
        body->FindPath("spec.template.metadata.annotations");
    const std::string wanted(annotation->FindString("writ/rotation"));
    if (wanted != restarted_for) {
      restarted_for = wanted;
      ++restarts;
      ++generation;
    }
  }
  return Json(
      200, Value::Map{
               {"metadata", {}, Value::Map{{"generation", {}, generation}}},
               {"spec", {}, Value::Map{{"replicas", {}, 2}}},
               {"status",
                {},
                Value::Map{
                    {"observedGeneration", {}, observed_generation},
                    {"replicas", {}, 2},
                    {"updatedReplicas", {}, updated},
                    {"availableReplicas", {}, 2},
                    {"conditions",
                     {},
                     Value::List{Value::Map{
                         {"type", {}, "Progressing"},
                         {"status", {}, progressing ? "True" : "False"}}}}}}});
}

ScriptedResponse FakeKubernetes::Answer(const ReceivedRequest& request) {
  if (request.Header("authorization") != std::string("Bearer ") + kToken) {
    return Status(401, "Unauthorized");
  }
  const std::string path = request.path();
  if (path == "/api/v1/namespaces/shop") return Json(200, Value::Map{});
  if (path == "/apis/apps/v1/namespaces/shop/deployments/checkout") {
    return Deployment(request);
  }
  if (path != "/api/v1/namespaces/shop/secrets/credentials") {
    return Status(404, "not found");
  }
  if (request.method == "PATCH") return Apply(request);
  return exists ? Json(200, Secret()) : Status(404, "not found");
}

Value FakeKubernetes::Spec(const std::string& url) const {
  return Value::Map{
      {"type", {}, "kubernetes"},
      {"kubernetes",
       {},
       Value::Map{{"server", {}, url},
                  {"namespace", {}, "shop"},
                  {"secret", {}, "credentials"},
                  {"restart", {}, Value::List{"deployment/checkout"}},
                  {"token",
                   {},
                   Value::Map{{"secretRef",
                               {},
                               Value::Map{{"project", {}, "platform"},
                                          {"key", {}, "K8S"}}}}}}}};
}

std::unique_ptr<FakeApi> MakeFakeKubernetes() {
  auto fake = std::make_unique<FakeKubernetes>();
  fake->exists = true;
  fake->keys["OTHER"] = {Base64("kept"), "writ-OTHER"};
  return fake;
}

}  // namespace writ::reconciler::testing
