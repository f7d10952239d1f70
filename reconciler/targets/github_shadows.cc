#include "reconciler/targets/github_shadows.h"

#include <utility>

#include "reconciler/egress/encoding.h"

namespace writ::reconciler::targets {
namespace {

using Places = std::vector<std::string>;

// What the credential may not see, nobody can tell.
bool IsOutOfSight(const TargetFailure& failure) {
  return failure.failure_class == FailureClass::kAuth ||
         failure.failure_class == FailureClass::kGone;
}

// A member's text of each item of a list, or of the answer that is a list.
TargetResult<std::vector<std::string>> ReadTexts(ApiClient& api,
                                                 const std::string& path,
                                                 const char* list,
                                                 const char* member) {
  ApiCall call;
  call.path = path + "?per_page=" + std::to_string(kGithubPlaces);
  const auto reply = api.Call(call);
  std::vector<std::string> texts;
  if (!reply && IsOutOfSight(reply.error())) return texts;
  if (!reply) return tl::unexpected<TargetFailure>(reply.error());
  const Value& answer = reply->json.value();
  const Value* items = answer.IsList() ? &answer : answer.Find(list);
  if (items == nullptr || !items->IsList()) return texts;
  for (const Value& item : items->AsList()) {
    texts.emplace_back(item.FindString(member));
  }
  return texts;
}

// An organization's secret that only some repositories see is hidden in those
// alone.
TargetResult<Places> PlacesBelowOrganization(ApiClient& api,
                                             const std::string& organization,
                                             const std::string& name) {
  const std::string base = "/orgs/" + PercentEncode(organization);
  ApiCall call;
  call.path = base + "/actions/secrets/" + name;
  const auto now = api.Call(call);
  const bool selected = now && now->json.Text("visibility") == "selected";
  if (!now && !IsOutOfSight(now.error())) {
    return tl::unexpected<TargetFailure>(now.error());
  }
  const auto repositories = TRY_TARGET(
      ReadTexts(api, selected ? call.path + "/repositories" : base + "/repos",
                "repositories", "full_name"));
  Places places;
  for (const std::string& repository : repositories) {
    places.push_back(GithubRepositoryPath(repository) + "/actions/secrets");
  }
  return places;
}

TargetResult<Places> PlacesBelowRepository(ApiClient& api,
                                           const std::string& repository) {
  const std::string base = GithubRepositoryPath(repository) + "/environments";
  Places places;
  for (const std::string& name :
       TRY_TARGET(ReadTexts(api, base, "environments", "name"))) {
    places.push_back(base + "/" + PercentEncode(name) + "/secrets");
  }
  return places;
}

}  // namespace

TargetResult<std::vector<std::string>> FindGithubShadows(
    ApiClient& api, const std::string& repository,
    const std::string& organization, const std::string& name) {
  const Places places = TRY_TARGET(
      organization.empty() ? PlacesBelowRepository(api, repository)
                           : PlacesBelowOrganization(api, organization, name));
  Places shadows;
  for (const std::string& place : places) {
    ApiCall call;
    call.path = place + "/" + name;
    const auto reply = api.Call(call);
    if (reply) {
      shadows.push_back(place);
    } else if (!IsOutOfSight(reply.error())) {
      return tl::unexpected<TargetFailure>(reply.error());
    }
  }
  return shadows;
}

std::string GithubRepositoryPath(const std::string& repository) {
  const std::size_t slash = repository.find('/');
  return "/repos/" + PercentEncode(repository.substr(0, slash)) + "/" +
         PercentEncode(
             slash == std::string::npos ? "" : repository.substr(slash + 1));
}

}  // namespace writ::reconciler::targets
