// Secrets of GitHub Actions (targets.md, section 1): of a repository, of one of
// its environments, or of an organization. Values go in sealed to the place's
// public key and never come out; that one was written shows by its date alone.
#include <algorithm>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/github_shadows.h"
#include "reconciler/targets/sealed_box.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kGithubActionsMaxValue = std::size_t{48} << 10;
constexpr int kUnprocessable = 422;

struct PublicKey {
  std::string id;
  std::string key;
};

class GithubActions final : public Target {
 public:
  GithubActions(TargetSetup& setup, ApiClient::Options options,
                std::string place)
      : place_(std::move(place)),
        organization_(TextOf(setup, "organization")),
        repository_(TextOf(setup, "repository")),
        is_narrowest_(!TextOf(setup, "environment").empty()),
        visibility_(TextOf(setup, "visibility")),
        api_(setup, std::move(options)) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.removes = true;
    return can;
  }
  TargetStatus Preflight(const std::string& name) override;
  TargetResult<Observation> Observe(const std::string& name) override;
  std::string ScopePath() const override { return place_; }
  TargetResult<std::vector<std::string>> FindShadows(
      const std::string& name) override {
    if (is_narrowest_) return std::vector<std::string>();
    return FindGithubShadows(api_, repository_, organization_, name);
  }
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
  TargetStatus CheckName(const std::string& name) const;
  TargetResult<PublicKey> ReadKey();
  // Who sees an organization's secret is part of each write: what is there is
  // read and sent back.
  TargetStatus AddVisibility(const std::string& name, JsonObject& body);
  TargetResult<std::string> SelectedRepositories(const std::string& name);
  TargetResult<ApiReply> Write(const PutRequest& request, const PublicKey& key);

  std::string place_;         // "/repos/acme/shop/actions/secrets"
  std::string organization_;  // empty: a repository's, or an environment's
  std::string repository_;
  bool is_narrowest_;  // an environment's, which nothing hides
  std::string visibility_;
  ApiClient api_;
};

TargetStatus GithubActions::CheckName(const std::string& name) const {
  TRY_TARGET(CheckVariableName(name));
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  if (!upper.starts_with("GITHUB_")) return {};
  return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                    "GitHub takes no secrets whose names begin with GITHUB_");
}

TargetResult<PublicKey> GithubActions::ReadKey() {
  ApiCall call;
  call.path = place_ + "/public-key";
  const ApiReply reply = TRY_TARGET(api_.Call(call));
  return PublicKey{reply.json.Text("key_id"), reply.json.Text("key")};
}

TargetResult<std::string> GithubActions::SelectedRepositories(
    const std::string& name) {
  constexpr int kPages = 50;
  std::string ids;
  for (int page = 1; page <= kPages; ++page) {
    ApiCall call;
    call.path = place_ + "/" + name +
                "/repositories?per_page=100&page=" + std::to_string(page);
    const ApiReply reply = TRY_TARGET(api_.Call(call));
    const Value* list = reply.json.Find("repositories");
    if (list == nullptr || !list->IsList()) break;
    for (const Value& repository : list->AsList()) {
      const Value* id = repository.Find("id");
      if (id == nullptr || !id->IsInteger()) continue;
      if (!ids.empty()) ids += ',';
      ids += std::to_string(id->AsInteger());
    }
    if (list->AsList().size() < 100) return "[" + ids + "]";
  }
  // A part of the list would take the secret away from the rest.
  return FailTarget(FailureClass::kInvalid, ErrorCode::kLimit,
                    "can't read which repositories see " + name);
}

TargetStatus GithubActions::AddVisibility(const std::string& name,
                                          JsonObject& body) {
  if (organization_.empty()) return {};
  ApiCall call;
  call.path = place_ + "/" + name;
  const ApiReply now = TRY_TARGET(api_.Call(call, {kNotFound}));
  const std::string current =
      now.status == kNotFound ? "" : now.json.Text("visibility");
  const std::string wanted = visibility_.empty() ? current : visibility_;
  if (wanted.empty()) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                      "the organization has no secret " + name +
                          " yet, and nothing says who may see it",
                      "set githubActions.visibility");
  }
  body.Add("visibility", wanted);
  if (wanted != "selected") return {};
  std::string ids = "[]";
  if (current == "selected") ids = TRY_TARGET(SelectedRepositories(name));
  body.AddJson("selected_repository_ids", ids);
  return {};
}

TargetResult<ApiReply> GithubActions::Write(const PutRequest& request,
                                            const PublicKey& key) {
  const std::string& name = request.delivery.name;
  auto box = SealTo(key.key, request.value);
  if (!box) return InvalidTarget(std::move(box.error()));
  JsonObject body;
  body.Add("encrypted_value", *box).Add("key_id", key.id);
  TRY_TARGET(AddVisibility(name, body));
  ApiCall call;
  call.method = "PUT";
  call.path = place_ + "/" + name;
  call.body = body.Finish();
  call.value = &request.value;
  return api_.Call(call, {kUnprocessable});
}

TargetStatus GithubActions::Preflight(const std::string& name) {
  TRY_TARGET(CheckName(name));
  TRY_TARGET(ReadKey());
  JsonObject body;
  return AddVisibility(name, body);
}

TargetResult<Observation> GithubActions::Observe(const std::string& name) {
  TRY_TARGET(CheckName(name));
  ApiCall call;
  call.path = place_ + "/" + name;
  const ApiReply reply = TRY_TARGET(api_.Call(call, {kNotFound}));
  Observation seen;
  if (reply.status == kNotFound) {
    // Also what a token that may see nothing is told.
    TRY_TARGET(ReadKey());
    return seen;
  }
  seen.present = true;
  seen.version = reply.json.Text("updated_at");
  return seen;
}

TargetResult<Written> GithubActions::Put(const PutRequest& request) {
  TRY_TARGET(CheckName(request.delivery.name));
  if (request.value.empty() || request.value.size() > kGithubActionsMaxValue) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kLimit,
                      "GitHub takes values of 1 to 49152 bytes");
  }
  const PublicKey key = TRY_TARGET(ReadKey());
  ApiReply reply = TRY_TARGET(Write(request, key));
  if (reply.status == kUnprocessable) {
    // The key may have been changed in between.
    const PublicKey newer = TRY_TARGET(ReadKey());
    if (newer.id != key.id) reply = TRY_TARGET(Write(request, newer));
  }
  if (reply.status == kUnprocessable) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                      api_.Said(reply, &request.value));
  }
  return Written{};
}

TargetStatus GithubActions::Remove(const std::string& name) {
  TRY_TARGET(CheckName(name));
  ApiCall call;
  call.method = "DELETE";
  call.path = place_ + "/" + name;
  const ApiReply reply = TRY_TARGET(api_.Call(call, {kNotFound}));
  if (reply.status == kNotFound) TRY_TARGET(ReadKey());
  return {};
}

std::string PlaceOf(const TargetSetup& setup) {
  const std::string organization = TextOf(setup, "organization");
  if (!organization.empty()) {
    return "/orgs/" + PercentEncode(organization) + "/actions/secrets";
  }
  const std::string base = GithubRepositoryPath(TextOf(setup, "repository"));
  const std::string environment = TextOf(setup, "environment");
  if (environment.empty()) return base + "/actions/secrets";
  return base + "/environments/" + PercentEncode(environment) + "/secrets";
}

}  // namespace

Made MakeGithubActions(TargetSetup& setup) {
  ApiClient::Options options;
  options.base_url = BaseUrlOf(setup, "https://api.github.com");
  options.name = "GitHub";
  options.headers.push_back(Bearer(setup));
  options.headers.push_back(
      {"Accept", SecretValue::Copy("application/vnd.github+json")});
  options.headers.push_back(
      {"X-GitHub-Api-Version", SecretValue::Copy("2022-11-28")});
  const std::string place = PlaceOf(setup);
  return std::make_unique<GithubActions>(setup, std::move(options), place);
}

}  // namespace writ::reconciler::targets
