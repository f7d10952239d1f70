// Secrets of GitHub Actions that hide others of their name (rotation.md, F33):
// an environment's hides its repository's, which hides the organization's.
//
// Blocks until the client's deadline at the latest.
#pragma once

#include <string>
#include <vector>

#include "reconciler/targets/api_client.h"

namespace writ::reconciler::targets {

// Paths of the places, "/repos/acme/shop/environments/eu/secrets", that have a
// secret of that name and are narrower than those of the repository, or of the
// organization. One of the two is empty. At most kGithubPlaces are looked at,
// and only those that the client's credential may see.
inline constexpr std::size_t kGithubPlaces = 100;
TargetResult<std::vector<std::string>> FindGithubShadows(
    ApiClient& api, const std::string& repository,
    const std::string& organization, const std::string& name);

// "/repos/acme/shop" of "acme/shop".
std::string GithubRepositoryPath(const std::string& repository);

}  // namespace writ::reconciler::targets
