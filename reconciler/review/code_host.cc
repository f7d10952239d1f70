#include "reconciler/review/code_host.h"

#include <utility>

#include "reconciler/review/github_style.h"
#include "schema/digest.h"
#include "schema/report/escape.h"

namespace writ::reconciler::review {

std::unique_ptr<CodeHostApi> MakeCodeHostApi(const ReviewPlace& place,
                                             ReviewEffects effects) {
  switch (place.host) {
    case CodeHost::kGithub:
      return MakeGithubApi(place, std::move(effects));
    case CodeHost::kGitlab:
      return MakeGitlabApi(place, std::move(effects));
    case CodeHost::kGitea:
      break;
  }
  return MakeGiteaApi(place, std::move(effects));
}

ReviewClient::Options ClientOptionsOf(const ReviewPlace& place,
                                      const SecretValue& token) {
  ReviewClient::Options options;
  options.base_url = place.base_url;
  SecretBuilder credential;
  switch (place.host) {
    case CodeHost::kGithub:
      options.name = "GitHub";
      credential.Append("Bearer ");
      options.headers = {{"Accept", "application/vnd.github+json"},
                         {"X-GitHub-Api-Version", "2022-11-28"},
                         {"User-Agent", "writ"}};
      break;
    case CodeHost::kGitlab:
      options.name = "GitLab";
      options.credential.name = "PRIVATE-TOKEN";
      break;
    case CodeHost::kGitea:
      options.name = "Gitea";
      credential.Append("token ");
      break;
  }
  if (options.credential.name.empty()) {
    options.credential.name = "Authorization";
  }
  options.credential.value = credential.Append(token).Finish();
  options.token = token.Clone();
  return options;
}

std::string RemarkMarker(const engine::Remark& remark) {
  constexpr std::size_t kDigits = 16;
  const Digest digest = Sha256(remark.rule + "\n" + remark.subject.address() +
                               "\n" + remark.message + "\n" + remark.at.file);
  return "<!-- writ-line " + digest.Hex().substr(0, kDigits) + " -->";
}

std::string RemarkComment(const engine::Remark& remark) {
  const bool told =
      remark.subject.empty() ||
      remark.message.find(remark.subject.address()) != std::string::npos;
  const std::string subject = told ? "" : remark.subject.address() + ": ";
  return RemarkMarker(remark) + "\n" +
         (remark.severity == Severity::kError ? "❌ " : "⚠️ ") +
         EscapeMarkdown(EscapeTerminal(subject + remark.message)) +
         "\n\n<sub>" + EscapeMarkdown(remark.rule) + "</sub>";
}

}  // namespace writ::reconciler::review
