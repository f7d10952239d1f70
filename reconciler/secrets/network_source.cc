#include "reconciler/secrets/network_source.h"

#include <algorithm>
#include <utility>

#include "reconciler/egress/aws_signature.h"
#include "reconciler/egress/encoding.h"
#include "reconciler/egress/secret_json.h"
#include "reconciler/host/host_file.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

// "a b/c" as path segments; empty where one would climb.
std::string EncodePath(const std::string& path) {
  std::string encoded;
  std::size_t from = 0;
  while (from <= path.size()) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    const std::string segment = path.substr(from, end - from);
    if (segment == "." || segment == "..") return {};
    if (!segment.empty()) encoded += "/" + PercentEncode(segment);
    from = end + 1;
  }
  return encoded;
}

Result<SecretJson> Ask(HttpClient& http, const HttpRequest& request,
                       const std::string& what) {
  const HttpResult answered = http.Send(request);
  if (!answered) return tl::unexpected<Error>(answered.error().error);
  const std::string status = std::to_string(answered->status);
  switch (answered->status) {
    case 200:
      break;
    case 401:
    case 403:
      return Fail(ErrorCode::kPermission,
                  what + " refuses the credential (" + status + ")");
    case 404:
      return Fail(ErrorCode::kNotFound, what + " has no such secret (404)");
    default:
      return Fail(ErrorCode::kIo, what + " answered " + status);
  }
  auto parsed = ParseJson(answered->body.Reveal());
  if (answered->cut || !parsed) {
    return Fail(ErrorCode::kIo, what + " answered with no JSON");
  }
  return SecretJson(*std::move(parsed));
}

// A member that isn't there, isn't a value, is an error of who declared it.
Result<SecretValue> TextOf(const Value* value, const std::string& what,
                           const std::string& field) {
  if (value == nullptr || value->IsNull()) {
    return Fail(ErrorCode::kNotFound,
                what + " has no field \"" + field + "\" there");
  }
  if (value->IsString()) return SecretValue::Copy(value->AsString());
  return SecretValue::Take(CompactJson(*value));
}

std::string HostOf(std::string_view url) {
  std::string_view origin = OriginOf(url);
  origin.remove_prefix(std::min(origin.find("://") + 3, origin.size()));
  return std::string(origin);
}

bool IsRegion(std::string_view region) {
  return !region.empty() &&
         std::all_of(region.begin(), region.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

// AWS tells a missing secret and a refusal with a 400 and a type.
Result<SecretValue> AwsText(const AwsValue& place, const SecretJson& answer,
                            const std::string& what) {
  const Value* whole =
      answer.Find(place.is_parameter ? "Parameter.Value" : "SecretString");
  if (place.field.empty()) return TextOf(whole, what, "SecretString");
  const SecretValue text = TRY(TextOf(whole, what, "SecretString"));
  auto parsed = ParseJson(text.Reveal());
  if (!parsed) {
    return Fail(ErrorCode::kInvalidArgument,
                what + " holds no JSON object there, which `field` wants");
  }
  const SecretJson fields(*std::move(parsed));
  return TextOf(fields.value().Find(place.field), what, place.field);
}

}  // namespace

Result<SecretValue> ReadVaultField(HttpClient& http, const VaultField& field,
                                   const SecretValue& token) {
  const std::string mount = EncodePath(field.mount);
  const std::string path = EncodePath(field.path);
  if (mount.empty() || path.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + field.mount + "\" and \"" + field.path +
                    "\" are no mount and path of Vault");
  }
  std::string base = field.address;
  while (base.ends_with('/')) base.pop_back();
  HttpRequest request;
  request.url = base + "/v1" + mount + "/data" + path;
  request.credential_origin = OriginOf(field.address);
  request.AddHeader("X-Vault-Request", "true");
  request.AddHeader("X-Vault-Token", token.Reveal());
  if (!field.space.empty()) {
    request.AddHeader("X-Vault-Namespace", field.space);
  }
  const SecretJson answer = TRY(Ask(http, request, "Vault"));
  // A deleted version answers with metadata alone.
  const Value* fields = answer.Find("data.data");
  return TextOf(fields == nullptr ? nullptr : fields->Find(field.field),
                "Vault", field.field);
}

Result<SecretValue> ReadAwsValue(HttpClient& http, const AwsValue& value,
                                 const AwsCredential& credential,
                                 Timestamp now) {
  if (!IsRegion(value.region)) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + value.region + "\" is no region of AWS");
  }
  const std::string service = value.is_parameter ? "ssm" : "secretsmanager";
  const std::string what =
      value.is_parameter ? "AWS Parameter Store" : "AWS Secrets Manager";
  const std::string base =
      value.base_url.empty()
          ? "https://" + service + "." + value.region + ".amazonaws.com"
          : value.base_url;
  JsonObject body;
  body.Add(value.is_parameter ? "Name" : "SecretId", value.name);
  if (value.is_parameter) body.AddFlag("WithDecryption", true);

  HttpRequest request;
  request.method = "POST";
  request.url = base + "/";
  request.credential_origin = OriginOf(base);
  request.body = body.Finish();
  AwsRequest to_sign;
  to_sign.method = request.method;
  to_sign.region = value.region;
  to_sign.service = service;
  to_sign.headers = {
      {"host", HostOf(base)},
      {"content-type", "application/x-amz-json-1.1"},
      {"x-amz-target", value.is_parameter ? "AmazonSSM.GetParameter"
                                          : "secretsmanager.GetSecretValue"}};
  const AwsSignature signature =
      SignAws(to_sign, request.body.Reveal(),
              {std::string(credential.access_key_id.Reveal()),
               credential.secret_key.Clone(), credential.session_token.Clone()},
              now);
  for (const auto& [name, text] : to_sign.headers) {
    if (name != "host") request.AddHeader(name, text);
  }
  request.AddHeader("x-amz-date", signature.date);
  request.AddHeader("authorization", signature.authorization);
  if (!credential.session_token.empty()) {
    request.AddHeader(kAwsSessionHeader, credential.session_token.Reveal());
  }
  const SecretJson answer = TRY(Ask(http, request, what));
  return AwsText(value, answer, what);
}

}  // namespace writ::reconciler
