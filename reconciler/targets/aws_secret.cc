// A secret of AWS Secrets Manager (targets.md, section 7). A new version is
// first kept as AWSPENDING, read back, and only then made AWSCURRENT, away from
// the version that was current when it was read: a lost race is refused by AWS
// itself. A version's id follows from the rotation, so that a retry makes no
// second one.
#include <utility>

#include "reconciler/targets/aws_client.h"
#include "reconciler/targets/types.h"
#include "schema/digest.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kAwsSecretMaxValue = std::size_t{64} << 10;
constexpr char kCurrent[] = "AWSCURRENT";

struct Described {
  std::string current;  // the version id; empty: none
};

// The shape of a UUID, since that's what AWS's own are. Of the version that it
// follows too: AWS takes no other text under an id that it knows, and where
// somebody else wrote in between, the other fields have changed.
std::string VersionIdOf(const Delivery& delivery, const std::string& current) {
  Sha256Stream stream;
  stream.UpdateFramed("writ rotation");
  stream.UpdateFramed(delivery.rotation_id);
  stream.UpdateFramed(std::to_string(delivery.generation));
  stream.UpdateFramed(delivery.name);
  stream.UpdateFramed(current);
  const std::string hex = stream.Finish().Hex();
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) +
         "-" + hex.substr(16, 4) + "-" + hex.substr(20, 12);
}

class AwsSecretsManager final : public Target {
 public:
  AwsSecretsManager(AwsClient aws, std::string secret, std::string field)
      : aws_(std::move(aws)),
        secret_(std::move(secret)),
        field_(std::move(field)) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = true;
    can.compares_version = true;
    can.restores = true;
    return can;
  }
  TargetStatus Preflight(const std::string& name) override;
  TargetResult<Observation> Observe(const std::string& name) override;
  TargetResult<Written> Put(const PutRequest& request) override;
  TargetStatus Activate(const Delivery&) override { return {}; }
  TargetResult<Health> CheckHealth(const Delivery&) override {
    return Health::kHealthy;
  }
  TargetStatus Remove(const std::string&) override {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                      "a secret of AWS isn't removed by writ: it may hold what "
                      "others need");
  }
  TargetResult<Written> Restore(const Delivery& delivery,
                                const std::string& version) override;

 private:
  TargetResult<Described> Describe();
  // The whole secret of a version; nothing where it has none.
  TargetResult<std::optional<SecretValue>> ReadWhole(
      const std::string& version_id);
  // The field of it, or all of it.
  std::optional<SecretValue> PartOf(const SecretValue& whole) const;
  TargetResult<SecretValue> WholeWith(const std::optional<SecretValue>& whole,
                                      const SecretValue& value) const;
  TargetStatus PutVersion(const std::string& version_id,
                          const SecretValue& whole, const SecretValue& value,
                          bool current);
  TargetStatus MoveCurrent(const std::string& to, const std::string& from);

  AwsClient aws_;
  std::string secret_;
  std::string field_;
};

TargetResult<Described> AwsSecretsManager::Describe() {
  const ApiReply reply = TRY_TARGET(aws_.Call(
      "DescribeSecret", JsonObject().Add("SecretId", secret_).Finish()));
  if (reply.json.IsTrue("RotationEnabled")) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kConflict,
                      "AWS rotates " + secret_ + " itself",
                      "switch that rotation off, or take the target away");
  }
  const Value* deleted = reply.json.Find("DeletedDate");
  if (deleted != nullptr && !deleted->IsNull()) {
    return FailTarget(FailureClass::kGone, ErrorCode::kNotFound,
                      secret_ + " is about to be deleted in AWS");
  }
  Described described;
  const Value* versions = reply.json.Find("VersionIdsToStages");
  if (versions == nullptr || !versions->IsMap()) return described;
  for (const Value::Entry& entry : versions->AsMap()) {
    if (!entry.value.IsList()) continue;
    for (const Value& stage : entry.value.AsList()) {
      if (stage == Value(kCurrent)) described.current = entry.key;
    }
  }
  return described;
}

TargetResult<std::optional<SecretValue>> AwsSecretsManager::ReadWhole(
    const std::string& version_id) {
  std::optional<SecretValue> whole;
  if (version_id.empty()) return whole;
  const ApiReply reply =
      TRY_TARGET(aws_.Call("GetSecretValue", JsonObject()
                                                 .Add("SecretId", secret_)
                                                 .Add("VersionId", version_id)
                                                 .Finish()));
  const Value* text = reply.json.Find("SecretString");
  if (text == nullptr || !text->IsString()) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                      secret_ + " in AWS holds bytes, not a text");
  }
  whole = SecretValue::Copy(text->AsString());
  return whole;
}

std::optional<SecretValue> AwsSecretsManager::PartOf(
    const SecretValue& whole) const {
  if (field_.empty()) return whole.Clone();
  auto json = ParseJson(whole.Reveal());
  if (!json) return std::nullopt;
  const SecretJson object(std::move(*json));
  const Value* field = object.value().Find(field_);
  if (field == nullptr) return std::nullopt;
  return field->IsString() ? SecretValue::Copy(field->AsString())
                           : SecretValue::Take(CompactJson(*field));
}

TargetResult<SecretValue> AwsSecretsManager::WholeWith(
    const std::optional<SecretValue>& whole, const SecretValue& value) const {
  if (field_.empty()) return value.Clone();
  auto changed = WithMember(whole ? whole->Reveal() : "{}", field_, value);
  if (changed) return std::move(*changed);
  return FailTarget(
      FailureClass::kInvalid, ErrorCode::kUnsupported,
      secret_ + " in AWS is no JSON object, and has no field " + field_);
}

TargetStatus AwsSecretsManager::PutVersion(const std::string& version_id,
                                           const SecretValue& whole,
                                           const SecretValue& value,
                                           bool current) {
  SecretValue body =
      JsonObject()
          .Add("SecretId", secret_)
          .Add("ClientRequestToken", version_id)
          .AddSecret("SecretString", whole)
          .AddJson("VersionStages",
                   current ? R"(["AWSCURRENT"])" : R"(["AWSPENDING"])")
          .Finish();
  TRY_TARGET(aws_.Call("PutSecretValue", std::move(body), &value));
  return {};
}

TargetStatus AwsSecretsManager::MoveCurrent(const std::string& to,
                                            const std::string& from) {
  auto moved = aws_.Call("UpdateSecretVersionStage",
                         JsonObject()
                             .Add("SecretId", secret_)
                             .Add("VersionStage", kCurrent)
                             .Add("MoveToVersionId", to)
                             .Add("RemoveFromVersionId", from)
                             .Finish());
  if (moved) return {};
  // That is how AWS says that the label isn't where it was.
  if (IsAwsError(moved.error(), "InvalidParameterException")) {
    moved.error().failure_class = FailureClass::kConflict;
    moved.error().error.code = ErrorCode::kConflict;
  }
  return tl::unexpected(std::move(moved.error()));
}

TargetStatus AwsSecretsManager::Preflight(const std::string&) {
  const Described described = TRY_TARGET(Describe());
  const auto whole = TRY_TARGET(ReadWhole(described.current));
  TRY_TARGET(WholeWith(whole, SecretValue::Copy("x")));
  return {};
}

TargetResult<Observation> AwsSecretsManager::Observe(const std::string&) {
  Observation seen;
  seen.readable = true;
  seen.version = TRY_TARGET(Describe()).current;
  const auto whole = TRY_TARGET(ReadWhole(seen.version));
  auto part = whole ? PartOf(*whole) : std::nullopt;
  seen.present = part.has_value();
  if (seen.present) seen.value = std::move(*part);
  return seen;
}

TargetResult<Written> AwsSecretsManager::Put(const PutRequest& request) {
  TRY_TARGET(CheckText(request.value, kAwsSecretMaxValue));
  const std::string current = TRY_TARGET(Describe()).current;
  const auto whole = TRY_TARGET(ReadWhole(current));
  const auto part = whole ? PartOf(*whole) : std::nullopt;
  if (part && SameSecret(*part, request.value)) return Written{current};
  if (!request.expected_version.empty() &&
      request.expected_version != current) {
    return FailTarget(FailureClass::kConflict, ErrorCode::kConflict,
                      secret_ + " in AWS was written since it was looked at");
  }
  const SecretValue next = TRY_TARGET(WholeWith(whole, request.value));
  const std::string version_id = VersionIdOf(request.delivery, current);
  TRY_TARGET(PutVersion(version_id, next, request.value, current.empty()));
  if (current.empty()) return Written{version_id};
  const auto pending = TRY_TARGET(ReadWhole(version_id));
  if (!pending || !SameSecret(*pending, next)) {
    return FailTarget(FailureClass::kConflict, ErrorCode::kConflict,
                      "AWS doesn't hold what was written to " + secret_);
  }
  TRY_TARGET(MoveCurrent(version_id, current));
  return Written{version_id};
}

TargetResult<Written> AwsSecretsManager::Restore(const Delivery&,
                                                 const std::string& version) {
  const std::string current = TRY_TARGET(Describe()).current;
  if (version != current) TRY_TARGET(MoveCurrent(version, current));
  return Written{version};
}

}  // namespace

Made MakeAwsSecretsManager(TargetSetup& setup) {
  std::string secret = TextOf(setup, "secretId");
  std::string field = TextOf(setup, "field");
  AwsClient aws =
      TRY(AwsClient::Create(setup, {"secretsmanager", "secretsmanager"}));
  return std::make_unique<AwsSecretsManager>(std::move(aws), std::move(secret),
                                             std::move(field));
}

}  // namespace writ::reconciler::targets
