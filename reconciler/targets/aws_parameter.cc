// A SecureString parameter of AWS Systems Manager (targets.md, section 7). It
// has versions but no guard: what is there is read just before it's written,
// and not written where it's there already.
#include <utility>

#include "reconciler/targets/aws_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kAwsParameterMaxValue = std::size_t{4} << 10;

struct Parameter {
  std::int64_t version = 0;  // 0: it isn't there
  SecretValue value;
};

class AwsParameterStore final : public Target {
 public:
  AwsParameterStore(AwsClient aws, std::string parameter, std::string key_id)
      : aws_(std::move(aws)),
        parameter_(std::move(parameter)),
        key_id_(std::move(key_id)) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = true;
    can.compares_version = true;
    can.restores = true;
    can.removes = true;
    return can;
  }
  TargetStatus Preflight(const std::string&) override {
    TRY_TARGET(Read(parameter_));
    return {};
  }
  TargetResult<Observation> Observe(const std::string& name) override;
  TargetResult<Written> Put(const PutRequest& request) override;
  TargetStatus Activate(const Delivery&) override { return {}; }
  TargetResult<Health> CheckHealth(const Delivery&) override {
    return Health::kHealthy;
  }
  TargetStatus Remove(const std::string& name) override;
  TargetResult<Written> Restore(const Delivery& delivery,
                                const std::string& version) override;

 private:
  TargetResult<Parameter> Read(const std::string& selector);
  TargetResult<Written> Write(const SecretValue& value);

  AwsClient aws_;
  std::string parameter_;
  std::string key_id_;
};

TargetResult<Parameter> AwsParameterStore::Read(const std::string& selector) {
  auto reply = aws_.Call("GetParameter", JsonObject()
                                             .Add("Name", selector)
                                             .AddFlag("WithDecryption", true)
                                             .Finish());
  Parameter parameter;
  if (!reply) {
    if (IsAwsError(reply.error(), "ParameterNotFound")) return parameter;
    return tl::unexpected(std::move(reply.error()));
  }
  parameter.version = reply->json.Integer("Parameter.Version").value_or(0);
  parameter.value = SecretValue::Take(reply->json.Text("Parameter.Value"));
  return parameter;
}

TargetResult<Written> AwsParameterStore::Write(const SecretValue& value) {
  JsonObject body;
  body.Add("Name", parameter_).AddSecret("Value", value);
  body.Add("Type", "SecureString").AddFlag("Overwrite", true);
  if (!key_id_.empty()) body.Add("KeyId", key_id_);
  const ApiReply reply =
      TRY_TARGET(aws_.Call("PutParameter", body.Finish(), &value));
  const auto version = reply.json.Integer("Version");
  return Written{version ? std::to_string(*version) : ""};
}

TargetResult<Observation> AwsParameterStore::Observe(const std::string&) {
  Parameter parameter = TRY_TARGET(Read(parameter_));
  Observation seen;
  seen.readable = true;
  seen.present = parameter.version > 0;
  seen.value = std::move(parameter.value);
  seen.version = std::to_string(parameter.version);
  return seen;
}

TargetResult<Written> AwsParameterStore::Put(const PutRequest& request) {
  TRY_TARGET(CheckText(request.value, kAwsParameterMaxValue));
  const Parameter parameter = TRY_TARGET(Read(parameter_));
  const std::string version = std::to_string(parameter.version);
  if (parameter.version > 0 && SameSecret(parameter.value, request.value)) {
    return Written{version};
  }
  if (!request.expected_version.empty() &&
      request.expected_version != version) {
    return FailTarget(FailureClass::kConflict, ErrorCode::kConflict,
                      parameter_ + " in AWS is at version " + version +
                          ", not " + request.expected_version);
  }
  return Write(request.value);
}

TargetStatus AwsParameterStore::Remove(const std::string&) {
  auto reply = aws_.Call("DeleteParameter",
                         JsonObject().Add("Name", parameter_).Finish());
  if (reply || IsAwsError(reply.error(), "ParameterNotFound")) return {};
  return tl::unexpected(std::move(reply.error()));
}

TargetResult<Written> AwsParameterStore::Restore(const Delivery&,
                                                 const std::string& version) {
  const Parameter earlier = TRY_TARGET(Read(parameter_ + ":" + version));
  if (earlier.version == 0) {
    return FailTarget(FailureClass::kGone, ErrorCode::kNotFound,
                      "that version of " + parameter_ + " isn't in AWS");
  }
  const Parameter current = TRY_TARGET(Read(parameter_));
  if (current.version > 0 && SameSecret(current.value, earlier.value)) {
    return Written{std::to_string(current.version)};
  }
  return Write(earlier.value);
}

}  // namespace

Made MakeAwsParameterStore(TargetSetup& setup) {
  std::string parameter = TextOf(setup, "name");
  std::string key_id = TextOf(setup, "keyId");
  AwsClient aws = TRY(AwsClient::Create(setup, {"ssm", "AmazonSSM"}));
  return std::make_unique<AwsParameterStore>(
      std::move(aws), std::move(parameter), std::move(key_id));
}

}  // namespace writ::reconciler::targets
