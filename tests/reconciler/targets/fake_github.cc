// Secrets of GitHub Actions (targets.md, section 1).
#include "tests/reconciler/targets/fake_github.h"

#include <sodium.h>

#include "reconciler/egress/encoding.h"

namespace writ::reconciler::testing {
namespace {

template <typename T>
std::string Text(const T& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Value Message(const char* text) { return Value::Map{{"message", {}, text}}; }

}  // namespace

FakeGithub::FakeGithub(Kind kind) : kind_(kind) { ChangeKey(); }

void FakeGithub::ChangeKey() {
  ++key_number_;
  crypto_box_keypair(public_key_.data(), private_key_.data());
}

std::string FakeGithub::Place() const {
  switch (kind_) {
    case Kind::kRepository:
      return "/api/v3/repos/acme/shop/actions/secrets";
    case Kind::kEnvironment:
      return "/api/v3/repos/acme/shop/environments/eu%2Fprod/secrets";
    case Kind::kOrganization:
      return "/api/v3/orgs/acme/actions/secrets";
  }
  return "";
}

std::optional<std::string> FakeGithub::Unseal(const std::string& box) const {
  const auto bytes = ParseBase64(box);
  if (!bytes || bytes->size() < crypto_box_SEALBYTES) return std::nullopt;
  std::string value(bytes->size() - crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal_open(
          reinterpret_cast<unsigned char*>(value.data()),
          reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size(),
          public_key_.data(), private_key_.data()) != 0) {
    return std::nullopt;
  }
  return value;
}

ScriptedResponse FakeGithub::Put(const std::string& name,
                                 const ReceivedRequest& request) {
  const auto body = ParseJson(request.body);
  const auto value =
      body ? Unseal(std::string(body->FindString("encrypted_value")))
           : std::nullopt;
  if (!value || body->FindString("key_id") != std::to_string(key_number_)) {
    return Json(422, Message("stale key"));
  }
  const bool present = secrets.count(name) > 0;
  Secret& secret = secrets[name];
  secret.value = *value;
  secret.updated = ++writes_;
  if (kind_ == Kind::kOrganization) {
    secret.visibility = body->FindString("visibility");
    if (secret.visibility.empty()) return Json(422, Message("visibility?"));
    secret.repositories.clear();
    if (const Value* ids = body->Find("selected_repository_ids")) {
      for (const Value& id : ids->AsList()) {
        secret.repositories.push_back(id.AsInteger());
      }
    }
  }
  return present ? ScriptedResponse{.status = 204} : Json(201, Value::Map{});
}

ScriptedResponse FakeGithub::Show(const std::string& name) const {
  const auto found = secrets.find(name);
  if (found == secrets.end()) return Json(404, Message("Not Found"));
  Value body =
      Value::Map{{"name", {}, name},
                 {"updated_at",
                  {},
                  "2026-12-01T00:00:" + std::to_string(found->second.updated)}};
  if (kind_ == Kind::kOrganization) {
    body.Set("visibility", found->second.visibility);
  }
  return Json(200, body);
}

std::optional<ScriptedResponse> FakeGithub::Elsewhere(
    const std::string& path) const {
  const auto list = [](const std::vector<std::string>& texts, const char* key) {
    Value::List items;
    for (const std::string& text : texts) {
      items.push_back(Value::Map{{key, {}, text}});
    }
    return items;
  };
  if (path == "/api/v3/repos/acme/shop/environments") {
    return Json(200,
                Value::Map{{"environments", {}, list(environments, "name")}});
  }
  if (path == "/api/v3/orgs/acme/repos") {
    return Json(200, Value(list(repositories, "full_name")));
  }
  if (path.starts_with(Place() + "/")) return std::nullopt;
  const std::string below = path.substr(std::string("/api/v3").size());
  if (narrower.contains(below)) return Json(200, Message("there"));
  return Json(narrower_status, Message("Not Found"));
}

ScriptedResponse FakeGithub::Answer(const ReceivedRequest& request) {
  if (request.Header("authorization") != std::string("Bearer ") + kToken ||
      request.Header("user-agent").empty() ||
      request.Header("x-github-api-version") != "2022-11-28") {
    return Json(401, Message("Bad credentials"));
  }
  const std::string path = request.path();
  if (const auto other = Elsewhere(path)) return *other;
  std::string name = path.substr(Place().size() + 1);
  if (name == "public-key") {
    const Value key = Value::Map{{"key_id", {}, std::to_string(key_number_)},
                                 {"key", {}, Base64(Text(public_key_))}};
    if (std::exchange(change_key_once, false)) ChangeKey();
    return Json(200, key);
  }
  if (name.ends_with("/repositories")) {
    name = name.substr(0, name.find('/'));
    Value::List list;
    for (const std::int64_t id : secrets[name].repositories) {
      list.push_back(Value::Map{{"id", {}, id}});
    }
    return Json(200, Value::Map{{"repositories", {}, list}});
  }
  if (request.method == "PUT") return Put(name, request);
  if (request.method == "DELETE") {
    return secrets.erase(name) > 0 ? ScriptedResponse{.status = 204}
                                   : Json(404, Message("Not Found"));
  }
  return Show(name);
}

Value FakeGithub::Spec(const std::string&) const {
  Value block =
      Value::Map{{"token",
                  {},
                  Value::Map{{"secretRef",
                              {},
                              Value::Map{{"project", {}, "platform"},
                                         {"key", {}, "GITHUB_TOKEN"}}}}}};
  if (kind_ == Kind::kOrganization) {
    block.Set("organization", "acme");
    block.Set("visibility", "selected");
  } else {
    block.Set("repository", "acme/shop");
  }
  if (kind_ == Kind::kEnvironment) block.Set("environment", "eu/prod");
  return Value::Map{{"type", {}, "githubActions"},
                    {"githubActions", {}, block}};
}

std::optional<std::string> FakeGithub::Holds() const {
  const auto found = secrets.find(kName);
  if (found == secrets.end()) return std::nullopt;
  return found->second.value;
}

void FakeGithub::Plant(const std::string& value) {
  secrets[kName].value = value;
  secrets[kName].updated = ++writes_;
}

std::optional<std::string> FakeGithub::Other() const {
  return secrets.at("OTHER").value;
}

std::unique_ptr<FakeApi> MakeFakeGithub() {
  return std::make_unique<FakeGithub>(FakeGithub::Kind::kRepository);
}
std::unique_ptr<FakeApi> MakeFakeGithubEnvironment() {
  return std::make_unique<FakeGithub>(FakeGithub::Kind::kEnvironment);
}
std::unique_ptr<FakeApi> MakeFakeGithubOrganization() {
  return std::make_unique<FakeGithub>(FakeGithub::Kind::kOrganization);
}

}  // namespace writ::reconciler::testing
