// A plan brought to a pull request: one comment that is updated in place, a
// commit status, annotations on lines. GitHub, GitLab and Gitea.
//
// T-03: nothing is ever read from a comment but whether it begins with the
// marker, and only one that writ's own identity wrote is updated; whoever
// copies the marker gains nothing. What is posted is made of the plan alone,
// escaped (T-17), without sensitive values (T-16).
//
// Blocks on the network, within bounds. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/remark.h"
#include "reconciler/clock.h"
#include "reconciler/egress/http_client.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler::review {

enum class CodeHost : std::uint8_t { kGithub, kGitlab, kGitea };

// "github", "gitlab", "gitea": also what host files bind base URLs to.
std::string_view Name(CodeHost host);
std::optional<CodeHost> ParseCodeHost(std::string_view name);
// Of the public API; empty: there is none (Gitea).
std::string_view PublicBaseUrl(CodeHost host);
// Where the token is: GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN.
const char* TokenVariable(CodeHost host);
// What a comment may take, in bytes.
std::size_t CommentLimit(CodeHost host);

struct ReviewPlace {
  CodeHost host = CodeHost::kGithub;
  std::string base_url;    // of the API, without a slash at the end
  std::string repository;  // "acme/shop"
  std::int64_t number = 0;
};

struct ReviewContent {
  // What tells this comment from others of the same pull request: the
  // repository and the environment. Empty: which environment it would be isn't
  // known, for writ.yaml can't be read. Then whichever comment is writ's own is
  // updated, and the next review takes that one over.
  std::string subject;
  std::string environment;
  std::string comment;  // Markdown
  bool passes = false;
  std::string summary;  // one line
  std::vector<engine::Remark> remarks;
};

struct ReviewEffects {
  HttpClient& http;
  const Clock& clock;
  SecretValue token;
  // Blocks for so long; false: somebody interrupted.
  std::function<bool(Duration)> wait;
};

struct ReviewOutcome {
  bool updated = false;  // the comment was there already
  std::string commit;    // that the status is at: the head of the branch
  std::size_t annotations = 0;
  // What couldn't be done, a sentence each; the comment is there all the same.
  std::vector<std::string> left_undone;
};

// kNotFound: no such pull request. kPermission: the token may not. kIo: the
// host is down, or throttles for longer than there is time.
Result<ReviewOutcome> PostReview(const ReviewPlace& place,
                                 const ReviewContent& content,
                                 ReviewEffects effects);

// The first line of the comment on that subject.
std::string MarkerOf(std::string_view subject);

}  // namespace writ::reconciler::review
