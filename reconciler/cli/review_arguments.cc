#include "reconciler/cli/review_arguments.h"

#include <charconv>
#include <string_view>

namespace writ::reconciler {
namespace {

std::string VariableOf(const Session& session, const char* name) {
  return session.variable(name).value_or("");
}

// Gitea's runners call themselves GitHub's as well, so they are asked first.
std::string DetectHost(const Session& session) {
  const bool gitea = !VariableOf(session, "GITEA_ACTIONS").empty() ||
                     !VariableOf(session, "FORGEJO_ACTIONS").empty();
  if (gitea) return "gitea";
  if (!VariableOf(session, "GITHUB_ACTIONS").empty()) return "github";
  if (!VariableOf(session, "GITLAB_CI").empty()) return "gitlab";
  return {};
}

std::int64_t NumberIn(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? number : 0;
}

// "refs/pull/12/merge"
std::int64_t NumberInRef(std::string_view ref) {
  constexpr std::string_view kPulls = "refs/pull/";
  if (!ref.starts_with(kPulls)) return 0;
  ref.remove_prefix(kPulls.size());
  return NumberIn(ref.substr(0, ref.find('/')));
}

std::int64_t DetectNumber(const Session& session, review::CodeHost host) {
  if (host == review::CodeHost::kGitlab) {
    return NumberIn(VariableOf(session, "CI_MERGE_REQUEST_IID"));
  }
  return NumberInRef(VariableOf(session, "GITHUB_REF"));
}

bool IsRepository(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
  return text.find('/') != std::string_view::npos &&
         text.find_first_not_of(kPlain) == std::string_view::npos &&
         text.find("..") == std::string_view::npos &&
         text.find("//") == std::string_view::npos && text.front() != '/' &&
         text.back() != '/';
}

}  // namespace

void DeclareReviewPlace(Options& options, ReviewArguments& arguments) {
  options.Integer("--pr", arguments.number,
                  "The pull or merge request's number; CI tells it");
  options.Text("--host", arguments.host,
               "github, gitlab or gitea; CI tells it");
  options.Text("--repository", arguments.repository,
               "As the host names it, acme/shop; CI tells it");
}

Result<review::ReviewPlace> FindReviewPlace(const Session& session,
                                            const ReviewArguments& arguments,
                                            const HostFile& host) {
  review::ReviewPlace place;
  const std::string name =
      arguments.host.empty() ? DetectHost(session) : arguments.host;
  const auto kind = review::ParseCodeHost(name);
  if (!kind) {
    return Fail(ErrorCode::kInvalidArgument,
                name.empty() ? "no CI server tells which host this is"
                             : "\"" + name + "\" is no host that writ knows",
                "give --host github, gitlab or gitea");
  }
  place.host = *kind;
  place.number = arguments.number != 0 ? arguments.number
                                       : DetectNumber(session, place.host);
  if (place.number <= 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "this isn't a job of a pull request",
                "give its number: --pr N");
  }
  const bool gitlab = place.host == review::CodeHost::kGitlab;
  place.repository = !arguments.repository.empty()
                         ? arguments.repository
                         : VariableOf(session, gitlab ? "CI_PROJECT_PATH"
                                                      : "GITHUB_REPOSITORY");
  if (place.repository.empty() || !IsRepository(place.repository)) {
    return Fail(ErrorCode::kInvalidArgument,
                place.repository.empty()
                    ? "no CI server tells which repository this is"
                    : "\"" + place.repository + "\" is no repository's name",
                "give it as the host has it: --repository acme/shop");
  }
  place.base_url = host.BaseUrl(name).value_or(
      std::string(review::PublicBaseUrl(place.host)));
  if (place.base_url.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "the host file doesn't say where " + name + " is",
                "add to " + host.path + ": hosts: {" + name +
                    ": https://git.example.org/api/v1}");
  }
  return place;
}

Result<SecretValue> FindReviewToken(const Session& session,
                                    review::CodeHost host) {
  const char* variable = review::TokenVariable(host);
  const auto token = session.variable(variable);
  if (token && !token->empty()) return SecretValue::Copy(*token);
  return Fail(ErrorCode::kInvalidArgument,
              std::string("there is no token in ") + variable,
              "docs/reviews.md says which permissions it needs");
}

}  // namespace writ::reconciler
