#include "reconciler/secrets/secret_reader.h"

#include "reconciler/secrets/host_source.h"
#include "reconciler/secrets/network_source.h"
#include "reconciler/secrets/value_check.h"

namespace writ::reconciler {
namespace {

// A Vault token in Vault whose token is in AWS is plausible; more is a circle.
constexpr int kMaxDepth = 4;

}  // namespace

Result<SecretValue> SecretReader::Read(const SecretResource& secret,
                                       const std::string& environment) {
  TRY(CheckEnvironment(secret, environment));
  if (secret.is_managed()) {
    if (managed_ == nullptr) {
      return Fail(ErrorCode::kPermission,
                  "reading " + secret.id.address() + " needs the master key",
                  "name its file: WRIT_MASTER_KEY_FILE=FILE");
    }
    return std::move(TRY(managed_->Reveal(secret, environment)).value);
  }
  const std::string place = secret.uid + " " + environment;
  const auto now = access_.clock.Monotonic();
  const auto kept = kept_.find(place);
  if (kept != kept_.end() && now < kept->second.until) {
    return kept->second.value.Clone();
  }
  if (kept != kept_.end()) kept_.erase(kept);
  SecretValue value =
      TRY(While(ReadOutside(secret, environment),
                "reading " + secret.id.address() + " from " + secret.source));
  TRY(While(CheckSecretValue(secret.type, value),
            "reading " + secret.id.address() + " from " + secret.source));
  if (secret.cache_for > Duration(0)) {
    kept_.insert_or_assign(place, Kept{value.Clone(), now + secret.cache_for});
  }
  return value;
}

Result<SecretValue> SecretReader::ReadFor(const ResourceId& user,
                                          const ResourceId& secret,
                                          const std::string& environment) {
  const SecretResource found = TRY(ReadSecret(store_, secret));
  TRY(MayUse(found, user));
  return Read(found, environment);
}

Result<SecretValue> SecretReader::ReadReferred(const SecretResource& secret,
                                               std::string_view field,
                                               const std::string& environment) {
  const Value* reference = secret.source_spec.Find(field);
  if (reference != nullptr) reference = reference->Find("secretRef");
  if (reference == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                secret.source + " wants " + std::string(field) +
                    ": {secretRef: {project, key}}");
  }
  if (depth_ >= kMaxDepth) {
    return Fail(ErrorCode::kLimit,
                "the credential of a source comes from a source, more than " +
                    std::to_string(kMaxDepth) + " deep");
  }
  ++depth_;
  auto value = ReadFor(secret.id,
                       ResourceId("Secret", reference->FindString("project"),
                                  reference->FindString("key")),
                       environment);
  --depth_;
  return value;
}

Result<SecretValue> SecretReader::ReadVault(const SecretResource& secret,
                                            const std::string& environment) {
  const Value& spec = secret.source_spec;
  const VaultField field = {std::string(spec.FindString("address")),
                            std::string(spec.FindString("namespace")),
                            std::string(spec.FindString("mount")),
                            std::string(spec.FindString("path")),
                            std::string(spec.FindString("field"))};
  // Before the token is read: it goes nowhere that isn't granted.
  TRY(access_.host.MaySendTo("vault", field.address));
  const SecretValue token = TRY(ReadReferred(secret, "token", environment));
  return ReadVaultField(access_.http, field, token);
}

Result<SecretValue> SecretReader::ReadAws(const SecretResource& secret,
                                          const std::string& environment) {
  const Value& spec = secret.source_spec;
  AwsValue place;
  place.is_parameter = secret.source == "awsParameterStore";
  place.region = spec.FindString("region");
  place.name = spec.FindString(place.is_parameter ? "name" : "secretId");
  place.field = spec.FindString("field");
  place.base_url = access_.host.BaseUrl(secret.source).value_or("");
  const SecretValue id = TRY(ReadReferred(secret, "accessKey", environment));
  const SecretValue key = TRY(ReadReferred(secret, "secretKey", environment));
  SecretValue session;
  if (spec.Find("sessionToken") != nullptr) {
    session = TRY(ReadReferred(secret, "sessionToken", environment));
  }
  return ReadAwsValue(access_.http, place, {id, key, session},
                      access_.clock.Now());
}

Result<SecretValue> SecretReader::ReadOutside(const SecretResource& secret,
                                              const std::string& environment) {
  const Value& spec = secret.source_spec;
  if (secret.source == "env") {
    return ReadVariableSource(access_.host, access_.variable,
                              std::string(spec.FindString("name")));
  }
  if (secret.source == "file") {
    return ReadFileSource(access_.host, std::string(spec.FindString("path")));
  }
  if (secret.source == "exec") return ReadProgramSource(access_.host, spec);
  if (secret.source == "vault") return ReadVault(secret, environment);
  return ReadAws(secret, environment);
}

}  // namespace writ::reconciler
