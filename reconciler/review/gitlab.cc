// GitLab's API v4: notes of a merge request, commit statuses, discussions on
// lines.
#include <set>

#include "reconciler/egress/encoding.h"
#include "reconciler/review/github_style.h"

namespace writ::reconciler::review {
namespace {

constexpr std::size_t kMostDiscussions = 30;

class GitlabApi final : public CodeHostApi {
 public:
  GitlabApi(const ReviewPlace& place, ReviewEffects effects)
      : client_(effects.http, effects.clock, std::move(effects.wait),
                ClientOptionsOf(place, effects.token)),
        project_("/projects/" + PercentEncode(place.repository)),
        request_(project_ + "/merge_requests/" + std::to_string(place.number)) {
  }

  Result<std::string> FindHead() override {
    const ReviewReply reply = TRY(client_.Call("GET", request_));
    const std::string sha(reply.json.FindString("sha"));
    if (sha.empty()) {
      return Fail(ErrorCode::kIo, "GitLab tells no head of the merge request");
    }
    const auto reference = [&](const char* path) {
      const Value* value = reply.json.FindPath(path);
      return value != nullptr && value->IsString() ? value->AsString() : sha;
    };
    base_ = reference("diff_refs.base_sha");
    start_ = reference("diff_refs.start_sha");
    return sha;
  }

  Result<std::optional<std::int64_t>> FindComment(
      const std::string& marker) override {
    const ReviewReply user = TRY(client_.Call("GET", "/user"));
    const Value* self = user.json.Find("id");
    if (self == nullptr || !self->IsInteger()) {
      return Fail(ErrorCode::kIo, "GitLab doesn't tell who we are");
    }
    std::optional<std::int64_t> found;
    TRY(client_.ForEach(
        request_ + "/notes?per_page=100&sort=asc&order_by=created_at",
        [&](const Value& note) {
          const Value* author = note.FindPath("author.id");
          const Value* id = note.Find("id");
          if (author == nullptr || *author != *self || id == nullptr ||
              !id->IsInteger()) {
            return true;
          }
          const std::string_view body = note.FindString("body");
          own_markers_.insert(std::string(body.substr(0, body.find('\n'))));
          if (!found && body.starts_with(marker)) found = id->AsInteger();
          return true;
        }));
    return found;
  }

  Status WriteComment(std::optional<std::int64_t> known,
                      const std::string& body) override {
    Value note;
    note.Set("body", body);
    const std::string notes = request_ + "/notes";
    if (known) {
      TRY(client_.Call("PUT", notes + "/" + std::to_string(*known), &note));
    } else {
      TRY(client_.Call("POST", notes, &note, {}, /*tries=*/1));
    }
    return {};
  }

  Status SetStatus(const std::string& commit, const std::string& context,
                   bool passes, const std::string& description) override {
    Value status;
    status.Set("state", passes ? "success" : "failed");
    status.Set("name", context);
    status.Set("description", description);
    TRY(client_.Call("POST", project_ + "/statuses/" + commit, &status));
    return {};
  }

  // Only lines of the diff take one: GitLab answers 400 for others, and the
  // comment has those all the same.
  Result<std::size_t> Annotate(
      const std::string& commit, const std::string& /*name*/, bool /*passes*/,
      const std::vector<engine::Remark>& remarks) override {
    std::size_t made = 0;
    std::size_t asked = 0;
    for (const engine::Remark& remark : remarks) {
      if (remark.at.file.empty() || remark.at.line == 0) continue;
      if (own_markers_.contains(RemarkMarker(remark))) continue;
      if (++asked > kMostDiscussions) break;
      Value position;
      position.Set("position_type", "text");
      position.Set("base_sha", base_);
      position.Set("start_sha", start_);
      position.Set("head_sha", commit);
      position.Set("old_path", remark.at.file);
      position.Set("new_path", remark.at.file);
      position.Set("new_line", std::int64_t{remark.at.line});
      Value discussion;
      discussion.Set("body", RemarkComment(remark));
      discussion.Set("position", std::move(position));
      const ReviewReply reply = TRY(
          client_.Call("POST", request_ + "/discussions", &discussion, {400}));
      made += reply.status == 400 ? 0 : 1;
    }
    return made;
  }

 private:
  ReviewClient client_;
  std::string project_;
  std::string request_;
  std::string base_;
  std::string start_;
  std::set<std::string> own_markers_;  // what own notes begin with
};

}  // namespace

std::unique_ptr<CodeHostApi> MakeGitlabApi(const ReviewPlace& place,
                                           ReviewEffects effects) {
  return std::make_unique<GitlabApi>(place, std::move(effects));
}

}  // namespace writ::reconciler::review
