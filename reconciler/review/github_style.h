// GitHub's API, and Gitea's as far as it is the same. Internal to
// reconciler/review.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reconciler/review/code_host.h"
#include "reconciler/review/review_client.h"

namespace writ::reconciler::review {

// "github": {"Authorization": "Bearer …"}; "gitea": {"Authorization": "token
// …"}
ReviewClient::Options ClientOptionsOf(const ReviewPlace& place,
                                      const SecretValue& token);

class GithubStyleApi : public CodeHostApi {
 public:
  GithubStyleApi(ReviewPlace place, ReviewEffects effects);

  Result<std::string> FindHead() override;
  Result<std::optional<std::int64_t>> FindComment(
      const std::string& marker) override;
  Status WriteComment(std::optional<std::int64_t> known,
                      const std::string& body) override;
  Status SetStatus(const std::string& commit, const std::string& context,
                   bool passes, const std::string& description) override;

 protected:
  // The login of whoever the token is.
  virtual Result<std::string> FindIdentity();

  const ReviewPlace place_;
  ReviewClient client_;
  std::string path_;  // "/repos/acme/shop"

 private:
  std::string identity_;
};

std::unique_ptr<CodeHostApi> MakeGithubApi(const ReviewPlace& place,
                                           ReviewEffects effects);
std::unique_ptr<CodeHostApi> MakeGiteaApi(const ReviewPlace& place,
                                          ReviewEffects effects);
std::unique_ptr<CodeHostApi> MakeGitlabApi(const ReviewPlace& place,
                                           ReviewEffects effects);

}  // namespace writ::reconciler::review
