// Vault's KV version 2 (targets.md, section 8): one mount, versions, merge
// patches, compare-and-set.
#include "tests/reconciler/targets/fake_vault.h"
#include "tests/reconciler/targets/fake_api.h"

namespace writ::reconciler::testing {

Value FakeVault::Metadata(int version) const {
  return Value::Map{{"version", {}, version}, {"destroyed", {}, false}};
}

ScriptedResponse FakeVault::Errors(int status, const std::string& text) {
  Value::List errors;
  if (!text.empty()) errors.push_back(text);
  return Json(status, Value::Map{{"errors", {}, errors}});
}

ScriptedResponse FakeVault::Read(const ReceivedRequest& request) const {
  const std::size_t query = request.target.find("?version=");
  const std::size_t number = query == std::string::npos
                                 ? versions.size()
                                 : static_cast<std::size_t>(std::stoi(
                                       request.target.substr(query + 9)));
  if (number == 0 || number > versions.size()) return Errors(404, "");
  return Json(
      200,
      Value::Map{
          {"data",
           {},
           Value::Map{{"data", {}, versions[number - 1]},
                      {"metadata", {}, Metadata(static_cast<int>(number))}}}});
}

ScriptedResponse FakeVault::Write(const ReceivedRequest& request) {
  const bool patch = request.method == "PATCH";
  if (patch && !may_patch) return Errors(403, "permission denied");
  if (patch &&
      request.Header("content-type") != "application/merge-patch+json") {
    return Errors(415, "not a merge patch");
  }
  if (patch && versions.empty()) return Errors(404, "");
  const auto body = ParseJson(request.body);
  const Value* cas = body ? body->FindPath("options.cas") : nullptr;
  if (cas == nullptr) {
    return Errors(400, "check-and-set parameter required for this call");
  }
  if (*cas != Value(static_cast<int>(versions.size()))) {
    return Errors(400,
                  "check-and-set parameter did not match the current version");
  }
  Value next = patch ? versions.back() : Value(Value::Map{});
  for (const Value::Entry& entry : body->Find("data")->AsMap()) {
    if (patch && entry.value.IsNull()) {
      next.Erase(entry.key);
    } else {
      next.Set(entry.key, entry.value);
    }
  }
  versions.push_back(std::move(next));
  return Json(
      200,
      Value::Map{{"data", {}, Metadata(static_cast<int>(versions.size()))}});
}

ScriptedResponse FakeVault::Answer(const ReceivedRequest& request) {
  if (request.Header("x-vault-token") != kToken) {
    return Errors(403, "permission denied");
  }
  if (request.Header("x-vault-namespace") != space) {
    return Errors(404, "no handler for route");
  }
  const std::string path = request.path();
  if (path == "/v1/sys/internal/ui/mounts/secret") {
    return Json(
        200,
        Value::Map{{"data",
                    {},
                    Value::Map{{"options",
                                {},
                                Value::Map{{"version", {}, mount_version}}}}}});
  }
  if (path != "/v1/secret/data/team%20a/app") {
    return Errors(404, "no handler for route");
  }
  return request.method == "GET" ? Read(request) : Write(request);
}

Value FakeVault::Spec(const std::string& url) const {
  Value block = Value::Map{{"address", {}, url},
                           {"mount", {}, "secret"},
                           {"path", {}, "team a/app"},
                           {"field", {}, "token"},
                           {"token",
                            {},
                            Value::Map{{"secretRef",
                                        {},
                                        Value::Map{{"project", {}, "platform"},
                                                   {"key", {}, "VAULT"}}}}}};
  if (!space.empty()) block.Set("namespace", space);
  return Value::Map{{"type", {}, "vault"}, {"vault", {}, block}};
}

std::optional<std::string> FakeVault::Holds() const {
  if (versions.empty()) return std::nullopt;
  const Value* field = versions.back().Find("token");
  if (field == nullptr) return std::nullopt;
  return field->AsString();
}

void FakeVault::Plant(const std::string& value) {
  Value next = versions.empty() ? Value(Value::Map{}) : versions.back();
  next.Set("token", value);
  versions.push_back(std::move(next));
}

std::optional<std::string> FakeVault::Other() const {
  return CompactJson(*versions.back().Find("other"));
}

std::unique_ptr<FakeApi> MakeFakeVault() {
  return std::make_unique<FakeVault>();
}

std::unique_ptr<FakeApi> MakeFakeVaultNamespace() {
  auto vault = std::make_unique<FakeVault>();
  vault->space = "team-a/checkout";
  return vault;
}

}  // namespace writ::reconciler::testing
