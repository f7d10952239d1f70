#include "reconciler/targets/aws_client.h"

#include <algorithm>
#include <array>
#include <utility>

namespace writ::reconciler::targets {
namespace {

constexpr int kBadRequest = 400;

// AWS says nearly everything with a 400, and a type.
struct Row {
  std::string_view code;
  FailureClass failure_class;
};
constexpr std::array kErrors = {
    Row{"ThrottlingException", FailureClass::kThrottled},
    Row{"Throttling", FailureClass::kThrottled},
    Row{"TooManyUpdates", FailureClass::kThrottled},
    Row{"TooManyRequestsException", FailureClass::kThrottled},
    Row{"RequestLimitExceeded", FailureClass::kThrottled},
    Row{"AccessDeniedException", FailureClass::kAuth},
    Row{"UnrecognizedClientException", FailureClass::kAuth},
    Row{"InvalidSignatureException", FailureClass::kAuth},
    Row{"IncompleteSignatureException", FailureClass::kAuth},
    Row{"MissingAuthenticationTokenException", FailureClass::kAuth},
    Row{"ExpiredTokenException", FailureClass::kAuth},
    Row{"InvalidClientTokenId", FailureClass::kAuth},
    Row{"DecryptionFailure", FailureClass::kAuth},
    Row{"EncryptionFailure", FailureClass::kAuth},
    Row{"ResourceNotFoundException", FailureClass::kGone},
    Row{"ParameterNotFound", FailureClass::kGone},
    Row{"ParameterVersionNotFound", FailureClass::kGone},
    Row{"ResourceExistsException", FailureClass::kConflict},
    Row{"InternalServiceError", FailureClass::kUnknown},
    Row{"InternalServerError", FailureClass::kUnknown},
};

// "com.amazonaws.x#Code" or "Code".
std::string CodeOf(const ApiReply& reply) {
  std::string code = reply.json.Text("__type");
  return code.substr(code.rfind('#') + 1);
}

bool IsRegion(const std::string& region) {
  return !region.empty() && region.size() <= 40 &&
         std::all_of(region.begin(), region.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

// Of temporary keys; empty: they are for good.
SecretValue SessionTokenOf(const TargetSetup& setup) {
  const auto found = setup.secrets.find("sessionToken");
  return found == setup.secrets.end() ? SecretValue() : found->second.Clone();
}

}  // namespace

Result<AwsClient> AwsClient::Create(TargetSetup& setup, Service service) {
  std::string region = TextOf(setup, "region");
  if (!IsRegion(region)) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + Excerpt(region, {}) + "\" is no region of AWS");
  }
  const std::string usual =
      "https://" + service.name + "." + region +
      (region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
  const std::string base_url = BaseUrlOf(setup, usual);
  return AwsClient(setup, std::move(service), std::move(region), base_url);
}

AwsClient::AwsClient(TargetSetup& setup, Service service, std::string region,
                     const std::string& base_url)
    : service_(std::move(service)),
      region_(std::move(region)),
      keys_{std::string(setup.secrets.find("accessKey")->second.Reveal()),
            setup.secrets.find("secretKey")->second.Clone(),
            SessionTokenOf(setup)},
      clock_(setup.clock),
      api_(setup, {base_url, {}, "AWS"}) {
  const std::string origin(OriginOf(base_url));
  host_ = origin.substr(origin.find("//") + 2);
  path_ = base_url.substr(origin.size()) + "/";
}

TargetResult<ApiReply> AwsClient::Call(std::string_view action,
                                       SecretValue body,
                                       const SecretValue* value) {
  const std::string type = "application/x-amz-json-1.1";
  const std::string target = service_.prefix + "." + std::string(action);
  const AwsSignature signature = SignAws({.method = "POST",
                                          .path = path_,
                                          .headers = {{"content-type", type},
                                                      {"host", host_},
                                                      {"x-amz-target", target}},
                                          .region = region_,
                                          .service = service_.name},
                                         body.Reveal(), keys_, clock_.Now());
  ApiCall call;
  call.method = "POST";
  call.path = "/";
  call.body = std::move(body);
  call.content_type = type;
  call.value = value;
  call.reads = action.starts_with("Get") || action.starts_with("Describe");
  call.headers.push_back({"X-Amz-Target", SecretValue::Copy(target)});
  call.headers.push_back({"X-Amz-Date", SecretValue::Copy(signature.date)});
  call.headers.push_back(
      {"Authorization", SecretValue::Copy(signature.authorization)});
  if (!keys_.session_token.empty()) {
    call.headers.push_back({kAwsSessionHeader, keys_.session_token.Clone()});
  }
  ApiReply reply = TRY_TARGET(api_.Call(call, {kBadRequest}));
  if (reply.status != kBadRequest) return reply;
  const std::string code = CodeOf(reply);
  const auto* row =
      std::find_if(kErrors.begin(), kErrors.end(),
                   [&](const Row& known) { return known.code == code; });
  FailureClass failure_class =
      row == kErrors.end() ? FailureClass::kInvalid : row->failure_class;
  if (failure_class == FailureClass::kUnknown && call.reads) {
    failure_class = FailureClass::kTransient;
  }
  return FailTarget(failure_class, ErrorCode::kIo, api_.Said(reply, value));
}

bool IsAwsError(const TargetFailure& failure, std::string_view code) {
  return failure.error.message.find(code) != std::string::npos;
}

}  // namespace writ::reconciler::targets
