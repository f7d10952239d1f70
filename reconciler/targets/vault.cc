// A field of a secret in Vault or OpenBao, KV version 2 (targets.md, section
// 8). Writes are compare-and-set against the version that was read, and change
// one field: by PATCH where the token may, else by writing the whole map back
// under the same guard. A version's number is what Observation calls it.
#include <charconv>
#include <system_error>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

// "a b/c" as path segments; empty where one would climb.
std::string EncodePath(const std::string& path) {
  std::string encoded;
  std::size_t from = 0;
  while (from <= path.size()) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    const std::string segment = path.substr(from, end - from);
    if (segment == "." || segment == "..") return {};
    if (!segment.empty()) {
      if (!encoded.empty()) encoded += '/';
      encoded += PercentEncode(segment);
    }
    from = end + 1;
  }
  return encoded;
}

struct Version {
  std::int64_t version = 0;  // 0: never written
  bool present = false;      // the version isn't deleted
  std::optional<SecretValue> field;
  SecretValue body;  // as the server sent it
};

class Vault final : public Target {
 public:
  Vault(TargetSetup& setup, ApiClient::Options options, std::string mount,
        std::string path)
      : mount_(std::move(mount)),
        path_("/v1/" + mount_ + "/data/" + std::move(path)),
        field_(TextOf(setup, "field")),
        api_(setup, std::move(options)) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = true;
    can.compares_version = true;
    can.restores = true;
    can.removes = true;
    return can;
  }
  TargetStatus Preflight(const std::string& name) override;
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
  TargetResult<Version> Read(const std::string& query = {});
  TargetResult<ApiReply> Write(const char* method, std::int64_t cas,
                               std::string_view members,
                               const SecretValue* value);
  TargetResult<Written> Set(const Version& current, const SecretValue& value);
  TargetResult<Written> ToWritten(TargetResult<ApiReply> reply) const;

  std::string mount_;
  std::string path_;
  std::string field_;
  ApiClient api_;
};

TargetResult<Version> Vault::Read(const std::string& query) {
  ApiCall call;
  call.path = path_ + query;
  // Also the answer for a secret whose last version was deleted; then with its
  // metadata.
  ApiReply reply = TRY_TARGET(api_.Call(call, {kNotFound}));
  const Value* errors = reply.json.Find("errors");
  if (reply.status == kNotFound && errors != nullptr && errors->IsList() &&
      !errors->AsList().empty()) {
    return FailTarget(FailureClass::kGone, ErrorCode::kNotFound,
                      api_.Said(reply, nullptr));
  }
  Version current;
  current.version = reply.json.Integer("data.metadata.version").value_or(0);
  const Value* fields = reply.json.Find("data.data");
  current.present = fields != nullptr && fields->IsMap();
  const Value* field = current.present ? fields->Find(field_) : nullptr;
  if (field != nullptr) {
    current.field = field->IsString() ? SecretValue::Copy(field->AsString())
                                      : SecretValue::Take(CompactJson(*field));
  }
  current.body = std::move(reply.text);
  return current;
}

TargetResult<ApiReply> Vault::Write(const char* method, std::int64_t cas,
                                    std::string_view members,
                                    const SecretValue* value) {
  ApiCall call;
  call.method = method;
  call.path = path_;
  call.value = value;
  if (call.method == "PATCH")
    call.content_type = "application/merge-patch+json";
  JsonObject options;
  options.Add("cas", cas);
  call.body = JsonObject()
                  .AddObject("options", std::move(options))
                  .AddJson("data", members)
                  .Finish();
  return api_.Call(call);
}

// Vault says 400 for a lost race.
TargetResult<Written> Vault::ToWritten(TargetResult<ApiReply> reply) const {
  if (reply) {
    const auto version = reply->json.Integer("data.version");
    return Written{version ? std::to_string(*version) : ""};
  }
  if (reply.error().error.message.find("check-and-set") != std::string::npos) {
    reply.error().failure_class = FailureClass::kConflict;
    reply.error().error.code = ErrorCode::kConflict;
  }
  return tl::unexpected(std::move(reply.error()));
}

TargetResult<Written> Vault::Set(const Version& current,
                                 const SecretValue& value) {
  const SecretValue alone = JsonObject().AddSecret(field_, value).Finish();
  if (!current.present) {
    return ToWritten(Write("POST", current.version, alone.Reveal(), &value));
  }
  auto patched = Write("PATCH", current.version, alone.Reveal(), &value);
  const bool cannot_patch =
      !patched &&
      (patched.error().failure_class == FailureClass::kAuth ||
       patched.error().error.message.find("answered 405") != std::string::npos);
  if (!cannot_patch) return ToWritten(std::move(patched));
  const auto outer = RawMember(current.body.Reveal(), "data");
  const auto fields = outer ? RawMember(*outer, "data") : std::nullopt;
  const auto whole = fields ? WithMember(*fields, field_, value) : std::nullopt;
  if (!whole) return ToWritten(std::move(patched));
  return ToWritten(Write("POST", current.version, whole->Reveal(), &value));
}

TargetStatus Vault::Preflight(const std::string&) {
  ApiCall call;
  call.path = "/v1/sys/internal/ui/mounts/" + mount_;
  // Not every token may ask; then the mount is taken for what it should be.
  const ApiReply mount = TRY_TARGET(api_.Call(call, {403}));
  const std::string version = mount.json.Text("data.options.version");
  if (mount.status == 200 && version != "2") {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                      "the engine at " + mount_ +
                          " is no KV version 2, and takes no guard against "
                          "other writers",
                      "vault kv enable-versioning " + mount_);
  }
  TRY_TARGET(Read());
  return {};
}

TargetResult<Observation> Vault::Observe(const std::string&) {
  Version current = TRY_TARGET(Read());
  Observation seen;
  seen.readable = true;
  seen.present = current.field.has_value();
  if (seen.present) seen.value = std::move(*current.field);
  seen.version = std::to_string(current.version);
  return seen;
}

TargetResult<Written> Vault::Put(const PutRequest& request) {
  TRY_TARGET(CheckText(request.value, std::size_t{512} << 10));
  const Version current = TRY_TARGET(Read());
  if (current.field && SameSecret(*current.field, request.value)) {
    return Written{std::to_string(current.version)};
  }
  if (!request.expected_version.empty() &&
      request.expected_version != std::to_string(current.version)) {
    return FailTarget(FailureClass::kConflict, ErrorCode::kConflict,
                      "the secret in Vault is at version " +
                          std::to_string(current.version) + ", not " +
                          request.expected_version);
  }
  return Set(current, request.value);
}

TargetStatus Vault::Remove(const std::string&) {
  const Version current = TRY_TARGET(Read());
  if (!current.field) return {};
  // In a merge patch, null takes a member out.
  const SecretValue patch = JsonObject().AddJson(field_, "null").Finish();
  TRY_TARGET(
      ToWritten(Write("PATCH", current.version, patch.Reveal(), nullptr)));
  return {};
}

TargetResult<Written> Vault::Restore(const Delivery&,
                                     const std::string& version) {
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), number);
  if (error != std::errc{} || end != version.data() + version.size() ||
      number < 1) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                      "\"" + Excerpt(version, {}) + "\" is no version");
  }
  const Version earlier =
      TRY_TARGET(Read("?version=" + std::to_string(number)));
  if (!earlier.field) {
    return FailTarget(
        FailureClass::kGone, ErrorCode::kNotFound,
        "version " + std::to_string(number) + " in Vault isn't there any more");
  }
  const Version current = TRY_TARGET(Read());
  if (current.field && SameSecret(*current.field, *earlier.field)) {
    return Written{std::to_string(current.version)};
  }
  return Set(current, *earlier.field);
}

}  // namespace

Made MakeVault(TargetSetup& setup) {
  const std::string address = TextOf(setup, "address");
  TRY(setup.host.MaySendTo("vault", address));
  const std::string mount = EncodePath(TextOf(setup, "mount"));
  const std::string path = EncodePath(TextOf(setup, "path"));
  if (mount.empty() || path.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "the mount or the path in Vault is empty or climbs");
  }
  ApiClient::Options options;
  options.base_url = address;
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  options.name = "Vault";
  options.headers.push_back(
      {"X-Vault-Token", setup.secrets.find("token")->second.Clone()});
  options.headers.push_back({"X-Vault-Request", SecretValue::Copy("true")});
  if (const std::string name = TextOf(setup, "namespace"); !name.empty()) {
    options.headers.push_back({"X-Vault-Namespace", SecretValue::Copy(name)});
  }
  return std::make_unique<Vault>(setup, std::move(options), mount, path);
}

}  // namespace writ::reconciler::targets
