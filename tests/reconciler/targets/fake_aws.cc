// AWS Secrets Manager and Parameter Store (targets.md, section 7).
#include "tests/reconciler/targets/fake_aws.h"

namespace writ::reconciler::testing {
namespace {

ScriptedResponse Refuse(const std::string& code, const std::string& text) {
  return Json(400, Value::Map{{"__type", {}, "com.amazonaws#" + code},
                              {"message", {}, text}});
}

constexpr char kSession[] = "session-token-Wv52";

bool IsSigned(const ReceivedRequest& request, const std::string& service,
              bool session = false) {
  if (request.Header("x-amz-security-token") != (session ? kSession : "")) {
    return false;
  }
  const std::string authorization = request.Header("authorization");
  return authorization.starts_with(
             "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261201/eu-central-1/" +
             service +
             "/aws4_request, SignedHeaders=content-type;host;x-amz-date;" +
             (session ? "x-amz-security-token;" : "") +
             "x-amz-target, Signature=") &&
         request.Header("x-amz-date") == "20261201T000000Z" &&
         request.Header("content-type") == "application/x-amz-json-1.1";
}

Value Reference(const char* key) {
  return Value::Map{
      {"secretRef",
       {},
       Value::Map{{"project", {}, "platform"}, {"key", {}, key}}}};
}

std::string ActionOf(const ReceivedRequest& request) {
  const std::string target = request.Header("x-amz-target");
  return target.substr(target.find('.') + 1);
}

bool Changes(const ReceivedRequest& request) {
  const std::string action = ActionOf(request);
  return !action.starts_with("Get") && !action.starts_with("Describe");
}

}  // namespace

FakeSecretsManager::FakeSecretsManager(bool takes_sessions)
    : session(takes_sessions) {
  versions["v0"] = R"({"port": 5432, "ratio": 1.50})";
  labels["AWSCURRENT"] = "v0";
}

std::map<std::string, std::string> FakeSecretsManager::Secrets() const {
  std::map<std::string, std::string> secrets = {{"accessKey", "AKIDEXAMPLE"},
                                                {"secretKey", kToken}};
  if (session) secrets["sessionToken"] = kSession;
  return secrets;
}

Value FakeSecretsManager::Spec(const std::string&) const {
  Value block = Value::Map{{"region", {}, "eu-central-1"},
                           {"secretId", {}, "shop/db"},
                           {"field", {}, "password"},
                           {"accessKey", {}, Reference("AWS_ID")},
                           {"secretKey", {}, Reference("AWS_KEY")}};
  if (session) block.Set("sessionToken", Reference("AWS_SESSION"));
  return Value::Map{{"type", {}, "awsSecretsManager"},
                    {"awsSecretsManager", {}, block}};
}

bool FakeSecretsManager::IsWrite(const ReceivedRequest& request) const {
  return Changes(request);
}

void FakeSecretsManager::MakeCurrent(const std::string& id) {
  if (labels["AWSCURRENT"] != id) labels["AWSPREVIOUS"] = labels["AWSCURRENT"];
  labels["AWSCURRENT"] = id;
  if (labels["AWSPENDING"] == id) labels.erase("AWSPENDING");
}

ScriptedResponse FakeSecretsManager::Put(const Value& body) {
  const std::string id(body.FindString("ClientRequestToken"));
  const std::string text(body.FindString("SecretString"));
  if (id.size() < 32 || id.size() > 64) {
    return Refuse("InvalidParameterException", "token");
  }
  const auto known = versions.find(id);
  if (known != versions.end() && known->second != text) {
    return Refuse("ResourceExistsException", "another text");
  }
  versions[id] = text;
  const std::string label = body.Find("VersionStages")->AsList()[0].AsString();
  if (label == "AWSCURRENT") {
    MakeCurrent(id);
  } else {
    labels[label] = id;
  }
  return Json(200, Value::Map{{"VersionId", {}, id}});
}

ScriptedResponse FakeSecretsManager::Move(const Value& body) {
  if (body.FindString("RemoveFromVersionId") != labels["AWSCURRENT"]) {
    return Refuse("InvalidParameterException", "the label isn't there");
  }
  const std::string to(body.FindString("MoveToVersionId"));
  if (versions.count(to) == 0) {
    return Refuse("ResourceNotFoundException", "no such version");
  }
  MakeCurrent(to);
  return Json(200, Value::Map{});
}

ScriptedResponse FakeSecretsManager::Describe() const {
  std::map<std::string, Value::List> stages;
  for (const auto& [label, id] : labels) stages[id].push_back(label);
  Value::Map by_id;
  for (const auto& [id, list] : stages) by_id.push_back({id, {}, list});
  return Json(200, Value::Map{{"RotationEnabled", {}, rotates},
                              {"VersionIdsToStages", {}, by_id}});
}

ScriptedResponse FakeSecretsManager::Answer(const ReceivedRequest& request) {
  if (!IsSigned(request, "secretsmanager", session)) {
    return Refuse("InvalidSignatureException", "no");
  }
  const auto body = ParseJson(request.body);
  const std::string action = ActionOf(request);
  if (!body || body->FindString("SecretId") != "shop/db") {
    return Refuse("ResourceNotFoundException", "no such secret");
  }
  if (action == "PutSecretValue") return Put(*body);
  if (action == "UpdateSecretVersionStage") return Move(*body);
  if (action == "DescribeSecret") return Describe();
  const auto version =
      versions.find(std::string(body->FindString("VersionId")));
  if (version == versions.end()) {
    return Refuse("ResourceNotFoundException", "no such version");
  }
  return Json(200, Value::Map{{"SecretString", {}, version->second}});
}

std::optional<std::string> FakeSecretsManager::Holds() const {
  const auto json = ParseJson(versions.at(labels.at("AWSCURRENT")));
  const Value* field = json ? json->Find("password") : nullptr;
  if (field == nullptr) return std::nullopt;
  return field->AsString();
}

void FakeSecretsManager::Plant(const std::string& value) {
  const std::string id = "planted-" + std::to_string(++plants);
  versions[id] = R"({"port": 5432, "ratio": 1.50,"password":")" + value + "\"}";
  MakeCurrent(id);
}

// As it's written, white space and all.
std::optional<std::string> FakeSecretsManager::Other() const {
  const std::string& text = versions.at(labels.at("AWSCURRENT"));
  return text.substr(0, std::string(R"({"port": 5432, "ratio": 1.50)").size());
}

std::map<std::string, std::string> FakeParameterStore::Secrets() const {
  return {{"accessKey", "AKIDEXAMPLE"}, {"secretKey", kToken}};
}

Value FakeParameterStore::Spec(const std::string&) const {
  return Value::Map{{"type", {}, "awsParameterStore"},
                    {"awsParameterStore",
                     {},
                     Value::Map{{"region", {}, "eu-central-1"},
                                {"name", {}, "/shop/token"},
                                {"keyId", {}, "alias/shop"},
                                {"accessKey", {}, Reference("AWS_ID")},
                                {"secretKey", {}, Reference("AWS_KEY")}}}};
}

bool FakeParameterStore::IsWrite(const ReceivedRequest& request) const {
  return Changes(request);
}

ScriptedResponse FakeParameterStore::Answer(const ReceivedRequest& request) {
  if (!IsSigned(request, "ssm")) {
    return Refuse("InvalidSignatureException", "no");
  }
  const auto body = ParseJson(request.body);
  const std::string action = ActionOf(request);
  std::string selector(body->FindString("Name"));
  std::size_t number = versions.size();
  if (const std::size_t colon = selector.find(':');
      colon != std::string::npos) {
    number = static_cast<std::size_t>(std::stoi(selector.substr(colon + 1)));
    selector.resize(colon);
  }
  const bool known = selector == "/shop/token";
  if (action == "PutParameter") {
    if (!known || body->FindString("Type") != "SecureString" ||
        body->FindString("KeyId") != "alias/shop" ||
        *body->Find("Overwrite") != Value(true)) {
      return Refuse("ValidationException", "no");
    }
    versions.push_back(std::string(body->FindString("Value")));
    return Json(200,
                Value::Map{{"Version", {}, static_cast<int>(versions.size())}});
  }
  if (!known || number == 0 || number > versions.size()) {
    return Refuse("ParameterNotFound", "");
  }
  if (action == "DeleteParameter") {
    versions.clear();
    return Json(200, Value::Map{});
  }
  return Json(
      200, Value::Map{{"Parameter",
                       {},
                       Value::Map{{"Value", {}, versions[number - 1]},
                                  {"Version", {}, static_cast<int>(number)}}}});
}

std::optional<std::string> FakeParameterStore::Holds() const {
  if (versions.empty()) return std::nullopt;
  return versions.back();
}

std::unique_ptr<FakeApi> MakeFakeSecretsManager() {
  return std::make_unique<FakeSecretsManager>();
}
std::unique_ptr<FakeApi> MakeFakeSecretsManagerSession() {
  return std::make_unique<FakeSecretsManager>(/*takes_sessions=*/true);
}
std::unique_ptr<FakeApi> MakeFakeParameterStore() {
  return std::make_unique<FakeParameterStore>();
}

}  // namespace writ::reconciler::testing
