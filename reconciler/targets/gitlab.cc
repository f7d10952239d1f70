// A CI/CD variable of GitLab (targets.md, section 2). One key may stand in
// several scopes: each call names the scope, so that no other is hit.
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kGitlabMaxValue = 10000;
constexpr std::size_t kShortestMasked = 8;

class Gitlab final : public Target {
 public:
  Gitlab(TargetSetup& setup, ApiClient::Options options, std::string place)
      : place_(std::move(place)),
        scope_(TextOf(setup, "environmentScope")),
        api_(setup, std::move(options)) {
    if (scope_.empty()) scope_ = "*";
  }

  void SetFlags(std::optional<bool> masked, std::optional<bool> is_protected) {
    masked_ = masked;
    protected_ = is_protected;
  }
  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = true;
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
  TargetResult<Written> Restore(const Delivery&, const std::string&) override {
    return CannotRestore();
  }

 private:
  std::string PathOf(const std::string& name) const {
    return place_ + "/variables/" + name +
           "?filter%5Benvironment_scope%5D=" + PercentEncode(scope_);
  }
  // 404 where the variable isn't there; kGone where the place isn't.
  TargetResult<ApiReply> Read(const std::string& name);
  TargetStatus CheckValue(const SecretValue& value) const;

  std::string place_;  // "/projects/acme%2Fshop"
  std::string scope_;
  std::optional<bool> masked_;
  std::optional<bool> protected_;
  ApiClient api_;
};

TargetResult<ApiReply> Gitlab::Read(const std::string& name) {
  ApiCall call;
  call.path = PathOf(name);
  ApiReply reply = TRY_TARGET(api_.Call(call, {kNotFound}));
  if (reply.status == kNotFound) {
    ApiCall place;
    place.path = place_;
    TRY_TARGET(api_.Call(place));
  }
  return reply;
}

TargetStatus Gitlab::CheckValue(const SecretValue& value) const {
  TRY_TARGET(CheckText(value, kGitlabMaxValue));
  if (!masked_.value_or(false)) return {};
  const std::string_view text = value.Reveal();
  const bool maskable = text.size() >= kShortestMasked &&
                        text.find_first_of(" \t\r\n") == std::string_view::npos;
  if (maskable) return {};
  return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                    "GitLab masks values of 8 characters or more without "
                    "blanks alone");
}

TargetStatus Gitlab::Preflight(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  TRY_TARGET(Read(name));
  return {};
}

TargetResult<Observation> Gitlab::Observe(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  const ApiReply reply = TRY_TARGET(Read(name));
  Observation seen;
  seen.present = reply.status != kNotFound;
  const Value* value = reply.json.Find("value");
  // A hidden one has no value.
  seen.readable = !seen.present || (value != nullptr && value->IsString() &&
                                    !reply.json.IsTrue("hidden"));
  if (seen.present && seen.readable) {
    seen.value = SecretValue::Copy(value->AsString());
  }
  return seen;
}

TargetResult<Written> Gitlab::Put(const PutRequest& request) {
  const std::string& name = request.delivery.name;
  TRY_TARGET(CheckVariableName(name));
  TRY_TARGET(CheckValue(request.value));
  const ApiReply current = TRY_TARGET(Read(name));
  const bool create = current.status == kNotFound;
  JsonObject body;
  body.AddSecret("value", request.value);
  if (create) body.Add("key", name).Add("environment_scope", scope_);
  if (masked_) body.AddFlag("masked", *masked_);
  if (protected_) body.AddFlag("protected", *protected_);
  // Else GitLab would put other variables in place of $NAME.
  const bool expands =
      request.value.Reveal().find('$') != std::string_view::npos;
  if (create || expands) body.AddFlag("raw", true);
  ApiCall call;
  call.method = create ? "POST" : "PUT";
  call.path = create ? place_ + "/variables" : PathOf(name);
  call.body = body.Finish();
  call.value = &request.value;
  TRY_TARGET(api_.Call(call));
  return Written{};
}

TargetStatus Gitlab::Remove(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  ApiCall call;
  call.method = "DELETE";
  call.path = PathOf(name);
  TRY_TARGET(api_.Call(call, {kNotFound}));
  return {};
}

std::optional<bool> FlagOf(const TargetSetup& setup, std::string_view field) {
  const Value* flag = BlockOf(setup).Find(field);
  if (flag == nullptr || !flag->IsBoolean()) return std::nullopt;
  return flag->AsBoolean();
}

}  // namespace

Made MakeGitlab(TargetSetup& setup) {
  ApiClient::Options options;
  options.base_url = BaseUrlOf(setup, "https://gitlab.com/api/v4");
  options.name = "GitLab";
  options.headers.push_back(
      {"PRIVATE-TOKEN", setup.secrets.find("token")->second.Clone()});
  const std::string project = TextOf(setup, "project");
  const std::string place =
      project.empty() ? "/groups/" + PercentEncode(TextOf(setup, "group"))
                      : "/projects/" + PercentEncode(project);
  const auto masked = FlagOf(setup, "masked");
  const auto is_protected = FlagOf(setup, "protected");
  auto gitlab = std::make_unique<Gitlab>(setup, std::move(options), place);
  gitlab->SetFlags(masked, is_protected);
  return gitlab;
}

}  // namespace writ::reconciler::targets
