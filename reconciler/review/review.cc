#include "reconciler/review/review.h"

#include <algorithm>
#include <array>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/review/code_host.h"
#include "reconciler/review/review_client.h"
#include "schema/digest.h"
#include "schema/report/escape.h"

namespace writ::reconciler::review {
namespace {

constexpr std::string_view kMarkerStart = "<!-- writ-review ";
constexpr std::string_view kMarkerEnd = " -->";
constexpr std::size_t kMarkerDigits = 16;
constexpr std::size_t kStatusText = 140;  // GitHub's limit, the narrowest

constexpr std::array<std::string_view, 3> kHostNames = {"github", "gitlab",
                                                        "gitea"};

// Cut between characters.
std::string OneLine(const std::string& text) {
  std::string line = EscapeTerminal(text);
  if (line.size() <= kStatusText) return line;
  std::size_t end = kStatusText - 3;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0U) == 0x80U) {
    --end;
  }
  return line.substr(0, end) + "…";
}

// The marker of a comment whose environment isn't known.
std::string StandInMarker() {
  return std::string(kMarkerStart) + "?" + std::string(kMarkerEnd);
}

Result<std::optional<std::int64_t>> FindOwnComment(CodeHostApi& api,
                                                   const std::string& subject) {
  const auto own = TRY(api.FindComment(
      subject.empty() ? std::string(kMarkerStart) : MarkerOf(subject)));
  if (own || subject.empty()) return own;
  return api.FindComment(StandInMarker());
}

// Whether the comment was there before. Where the answer to a new one is lost
// it's looked for again, so that there is never a second.
Result<bool> Comment(CodeHostApi& api, const std::string& subject,
                     const std::string& body) {
  bool updated = false;
  for (int tried = 1;; ++tried) {
    const auto known = TRY(FindOwnComment(api, subject));
    if (tried == 1) updated = known.has_value();
    const Status written = api.WriteComment(known, body);
    if (written) return updated;
    if (written.error().code != ErrorCode::kIo ||
        tried == ReviewClient::kTries) {
      return tl::unexpected<Error>(written.error());
    }
  }
}

}  // namespace

std::string_view Name(CodeHost host) {
  return kHostNames.at(static_cast<std::size_t>(host));
}

std::optional<CodeHost> ParseCodeHost(std::string_view name) {
  const auto* found = std::find(kHostNames.begin(), kHostNames.end(), name);
  if (found == kHostNames.end()) return std::nullopt;
  return static_cast<CodeHost>(found - kHostNames.begin());
}

std::string_view PublicBaseUrl(CodeHost host) {
  switch (host) {
    case CodeHost::kGithub:
      return "https://api.github.com";
    case CodeHost::kGitlab:
      return "https://gitlab.com/api/v4";
    case CodeHost::kGitea:
      break;
  }
  return {};
}

const char* TokenVariable(CodeHost host) {
  constexpr std::array<const char*, 3> kVariables = {
      "GITHUB_TOKEN", "GITLAB_TOKEN", "GITEA_TOKEN"};
  return kVariables.at(static_cast<std::size_t>(host));
}

std::size_t CommentLimit(CodeHost host) {
  constexpr std::size_t kGitlab = 1'000'000;
  constexpr std::size_t kForMarker = 64;
  const std::size_t limit =
      host == CodeHost::kGitlab ? kGitlab : engine::kGithubCommentLimit;
  return limit - kForMarker;
}

// The subject's own text may be anybody's; its digest is plain.
std::string MarkerOf(std::string_view subject) {
  return std::string(kMarkerStart) +
         Sha256(subject).Hex().substr(0, kMarkerDigits) +
         std::string(kMarkerEnd);
}

Result<ReviewOutcome> PostReview(const ReviewPlace& place,
                                 const ReviewContent& content,
                                 ReviewEffects effects) {
  const std::unique_ptr<CodeHostApi> api =
      MakeCodeHostApi(place, std::move(effects));
  ReviewOutcome outcome;
  outcome.commit = TRY(api->FindHead());
  const std::string marker =
      content.subject.empty() ? StandInMarker() : MarkerOf(content.subject);
  const std::string body = marker + "\n" + content.comment;
  outcome.updated = TRY(Comment(*api, content.subject, body));
  const std::string context =
      content.environment.empty() ? "writ" : "writ/" + content.environment;
  const auto leave = [&](const char* what, const Error& error) {
    outcome.left_undone.push_back(std::string(what) + ": " + error.message);
  };
  const Status status =
      api->SetStatus(outcome.commit, OneLine(context), content.passes,
                     OneLine(content.summary));
  if (!status) leave("no commit status was set", status.error());
  const auto annotated = api->Annotate(outcome.commit, OneLine(context),
                                       content.passes, content.remarks);
  if (annotated) {
    outcome.annotations = *annotated;
  } else {
    leave("no annotations were made", annotated.error());
  }
  return outcome;
}

}  // namespace writ::reconciler::review
