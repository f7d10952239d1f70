// GitHub's REST API of 2022-11-28, and Gitea's 1.20, which follows it but for
// check runs.
#include <algorithm>
#include <set>

#include "reconciler/review/github_style.h"
#include "schema/report/escape.h"

namespace writ::reconciler::review {
namespace {

constexpr std::size_t kAnnotationsACall = 50;
constexpr std::size_t kMostAnnotations = 200;
constexpr std::size_t kMostLineComments = 30;

class GithubApi final : public GithubStyleApi {
 public:
  using GithubStyleApi::GithubStyleApi;

  Result<std::size_t> Annotate(
      const std::string& commit, const std::string& name, bool passes,
      const std::vector<engine::Remark>& remarks) override {
    Value::List notes;
    for (const engine::Remark& remark : remarks) {
      if (remark.at.file.empty() || notes.size() == kMostAnnotations) continue;
      notes.push_back(NoteOf(remark));
    }
    if (notes.empty()) return std::size_t{0};
    std::string path = path_ + "/check-runs";
    for (std::size_t at = 0; at < notes.size(); at += kAnnotationsACall) {
      const std::size_t end = std::min(at + kAnnotationsACall, notes.size());
      Value output;
      output.Set("title", name);
      output.Set("summary",
                 "What writ has to say of lines; the plan is in "
                 "the pull request's comment.");
      output.Set("annotations",
                 Value::List(notes.begin() + static_cast<std::ptrdiff_t>(at),
                             notes.begin() + static_cast<std::ptrdiff_t>(end)));
      Value run;
      run.Set("name", name + " lines");
      if (at == 0) run.Set("head_sha", commit);
      run.Set("status", "completed");
      run.Set("conclusion", passes ? "success" : "failure");
      run.Set("output", std::move(output));
      const ReviewReply reply =
          TRY(client_.Call(at == 0 ? "POST" : "PATCH", path, &run));
      const Value* id = reply.json.Find("id");
      if (at == 0 && id != nullptr && id->IsInteger()) {
        path += "/" + std::to_string(id->AsInteger());
      }
    }
    return notes.size();
  }

 protected:
  // A workflow's own token may not ask who it is by REST; GraphQL tells.
  Result<std::string> FindIdentity() override {
    auto login = GithubStyleApi::FindIdentity();
    if (login || login.error().code != ErrorCode::kPermission) return login;
    Value query;
    query.Set("query", "query{viewer{login}}");
    const ReviewReply reply = TRY(client_.Call("POST", "/graphql", &query));
    const Value* name = reply.json.FindPath("data.viewer.login");
    if (name != nullptr && name->IsString()) return name->AsString();
    return login;
  }

 private:
  static Value NoteOf(const engine::Remark& remark) {
    const std::int64_t line = std::max<std::int64_t>(1, remark.at.line);
    Value note;
    note.Set("path", remark.at.file);
    note.Set("start_line", line);
    note.Set("end_line", line);
    note.Set("annotation_level", remark.severity == Severity::kError ? "failure"
                                 : remark.severity == Severity::kWarning
                                     ? "warning"
                                     : "notice");
    note.Set("title", EscapeTerminal(remark.rule));
    note.Set("message", EscapeTerminal(remark.subject.empty()
                                           ? remark.message
                                           : remark.subject.address() + ": " +
                                                 remark.message));
    return note;
  }
};

class GiteaApi final : public GithubStyleApi {
 public:
  using GithubStyleApi::GithubStyleApi;

  // A review of its own, of what no earlier one has said.
  Result<std::size_t> Annotate(
      const std::string& commit, const std::string& name, bool /*passes*/,
      const std::vector<engine::Remark>& remarks) override {
    std::string all;
    Value::List comments;
    for (const engine::Remark& remark : remarks) {
      if (remark.at.file.empty() || remark.at.line == 0 ||
          comments.size() == kMostLineComments) {
        continue;
      }
      Value comment;
      comment.Set("path", remark.at.file);
      comment.Set("new_position", std::int64_t{remark.at.line});
      comment.Set("body", RemarkComment(remark));
      comments.push_back(std::move(comment));
      all += RemarkMarker(remark);
    }
    if (comments.empty()) return std::size_t{0};
    const std::string marker = MarkerOf(name + all);
    const std::string path =
        path_ + "/pulls/" + std::to_string(place_.number) + "/reviews";
    const std::string identity = TRY(FindIdentity());
    bool said = false;
    TRY(client_.ForEach(path + "?limit=50", [&](const Value& item) {
      const Value* login = item.FindPath("user.login");
      said = login != nullptr && *login == Value(identity) &&
             item.FindString("body").substr(0, marker.size()) == marker;
      return !said;
    }));
    if (said) return std::size_t{0};
    const std::size_t count = comments.size();
    Value review;
    review.Set("commit_id", commit);
    review.Set("event", "COMMENT");
    review.Set("body", marker + "\n" + EscapeMarkdown(name));
    review.Set("comments", std::move(comments));
    TRY(client_.Call("POST", path, &review));
    return count;
  }
};

}  // namespace

GithubStyleApi::GithubStyleApi(ReviewPlace place, ReviewEffects effects)
    : place_(std::move(place)),
      client_(effects.http, effects.clock, std::move(effects.wait),
              ClientOptionsOf(place_, effects.token)),
      path_("/repos/" + place_.repository) {}

Result<std::string> GithubStyleApi::FindHead() {
  const ReviewReply reply = TRY(
      client_.Call("GET", path_ + "/pulls/" + std::to_string(place_.number)));
  const Value* sha = reply.json.FindPath("head.sha");
  if (sha != nullptr && sha->IsString()) return sha->AsString();
  return Fail(ErrorCode::kIo,
              client_.name() + " tells no head of the pull request");
}

Result<std::string> GithubStyleApi::FindIdentity() {
  const ReviewReply reply = TRY(client_.Call("GET", "/user"));
  const std::string login(reply.json.FindString("login"));
  if (!login.empty()) return login;
  return Fail(ErrorCode::kIo, client_.name() + " doesn't tell who we are");
}

Result<std::optional<std::int64_t>> GithubStyleApi::FindComment(
    const std::string& marker) {
  if (identity_.empty()) identity_ = TRY(FindIdentity());
  std::optional<std::int64_t> found;
  TRY(client_.ForEach(path_ + "/issues/" + std::to_string(place_.number) +
                          "/comments?per_page=100",
                      [&](const Value& item) {
                        const Value* login = item.FindPath("user.login");
                        const Value* id = item.Find("id");
                        if (login == nullptr || *login != Value(identity_) ||
                            id == nullptr || !id->IsInteger() ||
                            item.FindString("body").substr(0, marker.size()) !=
                                marker) {
                          return true;
                        }
                        found = id->AsInteger();
                        return false;
                      }));
  return found;
}

Status GithubStyleApi::WriteComment(std::optional<std::int64_t> known,
                                    const std::string& body) {
  Value comment;
  comment.Set("body", body);
  const std::string issues = path_ + "/issues/";
  if (known) {
    TRY(client_.Call("PATCH", issues + "comments/" + std::to_string(*known),
                     &comment));
  } else {
    TRY(client_.Call("POST",
                     issues + std::to_string(place_.number) + "/comments",
                     &comment, {}, /*tries=*/1));
  }
  return {};
}

Status GithubStyleApi::SetStatus(const std::string& commit,
                                 const std::string& context, bool passes,
                                 const std::string& description) {
  Value status;
  status.Set("state", passes ? "success" : "failure");
  status.Set("context", context);
  status.Set("description", description);
  TRY(client_.Call("POST", path_ + "/statuses/" + commit, &status));
  return {};
}

std::unique_ptr<CodeHostApi> MakeGithubApi(const ReviewPlace& place,
                                           ReviewEffects effects) {
  return std::make_unique<GithubApi>(place, std::move(effects));
}

std::unique_ptr<CodeHostApi> MakeGiteaApi(const ReviewPlace& place,
                                          ReviewEffects effects) {
  return std::make_unique<GiteaApi>(place, std::move(effects));
}

}  // namespace writ::reconciler::review
