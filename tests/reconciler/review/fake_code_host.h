// GitHub, GitLab and Gitea behind a real server on the loopback, as far as a
// review speaks with them: comments in pages, identities, statuses, notes on
// lines, throttling.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "schema/json.h"
#include "tests/support/http_server.h"

namespace writ::reconciler::testing {

using writ::testing::HttpServer;
using writ::testing::ReceivedRequest;
using writ::testing::ScriptedResponse;

inline constexpr char kReviewToken[] = "review-token-Zq81";

class FakeCodeHost {
 public:
  struct Comment {
    std::int64_t id = 0;
    std::string login;
    std::string body;
  };

  explicit FakeCodeHost(std::string kind)
      : kind_(std::move(kind)), server_([this](const ReceivedRequest& request) {
          const std::lock_guard lock(mutex_);
          return Answer(request);
        }) {}

  std::string url() const { return server_.url() + prefix(); }
  const HttpServer& server() const { return server_; }

  void Add(const std::string& login, const std::string& body) {
    const std::lock_guard lock(mutex_);
    comments_.push_back({next_id_++, login, body});
  }
  std::vector<Comment> comments() {
    const std::lock_guard lock(mutex_);
    return comments_;
  }
  // Bodies of what was posted to paths that end so.
  std::vector<Value> Posted(const std::string& end) {
    const std::lock_guard lock(mutex_);
    return posted_[end];
  }
  // The next requests get these answers first.
  void AnswerFirst(std::vector<ScriptedResponse> responses) {
    const std::lock_guard lock(mutex_);
    first_ = std::move(responses);
  }
  // A workflow's token: who it is can't be asked by REST.
  void HideIdentity() {
    const std::lock_guard lock(mutex_);
    hidden_ = true;
  }
  void LoseNextAnswerToAComment() {
    const std::lock_guard lock(mutex_);
    loses_ = true;
  }
  // Requests to paths that end so are refused.
  void Forbid(const std::string& end) {
    const std::lock_guard lock(mutex_);
    forbidden_ = end;
  }

 private:
  bool gitlab() const { return kind_ == "gitlab"; }
  std::string prefix() const {
    return gitlab() ? "/api/v4" : kind_ == "gitea" ? "/api/v1" : "";
  }
  static ScriptedResponse Json(int status, const Value& body) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = CompactJson(body)};
  }
  static Value Login(const std::string& login) {
    Value user;
    user.Set("login", login);
    user.Set("id", login == "writ-bot" ? std::int64_t{7} : std::int64_t{8});
    return user;
  }
  Value Shown(const Comment& comment) const {
    Value shown;
    shown.Set("id", comment.id);
    shown.Set("body", comment.body);
    shown.Set(gitlab() ? "author" : "user", Login(comment.login));
    return shown;
  }

  bool IsAllowed(const ReceivedRequest& request) const {
    if (gitlab()) return request.Header("private-token") == kReviewToken;
    return request.Header("authorization") ==
           (kind_ == "gitea" ? "token " : "Bearer ") +
               std::string(kReviewToken);
  }

  // Two a page, and a link to the next.
  ScriptedResponse Page(const ReceivedRequest& request) const {
    const std::size_t at =
        request.target.find("page=", request.target.find("_page=") + 6);
    const std::size_t page =
        at == std::string::npos ? 1
                                : static_cast<std::size_t>(
                                      std::stoi(request.target.substr(at + 5)));
    Value::List shown;
    for (std::size_t i = 2 * (page - 1);
         i < std::min(2 * page, comments_.size()); ++i) {
      shown.push_back(Shown(comments_[i]));
    }
    ScriptedResponse response = Json(200, std::move(shown));
    if (2 * page < comments_.size()) {
      response.headers.emplace_back(
          "Link", "<" + server_.url() + request.path() +
                      "?per_page=2&page=" + std::to_string(page + 1) +
                      ">; rel=\"next\", <" + server_.url() + request.path() +
                      "?page=99>; rel=\"last\"");
    }
    return response;
  }

  ScriptedResponse Answer(const ReceivedRequest& request) {
    if (!first_.empty()) {
      ScriptedResponse response = first_.front();
      first_.erase(first_.begin());
      return response;
    }
    if (!IsAllowed(request)) return Json(401, Value::Map{});
    const std::string path = request.path().substr(prefix().size());
    if (!forbidden_.empty() && path.ends_with(forbidden_)) {
      return Json(403, Value::Map{{"message", {}, "no right"}});
    }
    if (path == "/user") {
      return hidden_ ? Json(403, Value::Map{}) : Json(200, Login("writ-bot"));
    }
    const Value body =
        ParseJson(request.body.empty() ? "{}" : request.body).value_or(Value());
    if (path == "/graphql") {
      Value viewer;
      viewer.Set("viewer", Login("writ-bot"));
      return Json(200, Value::Map{{"data", {}, viewer}});
    }
    const std::string thing =
        gitlab() ? "/projects/acme%2Fshop" : "/repos/acme/shop";
    if (!path.starts_with(thing)) return Json(404, Value::Map{});
    return OfRepository(request, path.substr(thing.size()), body);
  }

  ScriptedResponse OfRepository(const ReceivedRequest& request,
                                const std::string& path, const Value& body) {
    const std::string pull = gitlab() ? "/merge_requests/5" : "/pulls/5";
    if (path == pull) return Json(200, Head());
    const std::string list =
        gitlab() ? "/merge_requests/5/notes" : "/issues/5/comments";
    if (path == list && request.method == "GET") return Page(request);
    if (path == list) {
      comments_.push_back(
          {next_id_++, "writ-bot", std::string(body.FindString("body"))});
      if (std::exchange(loses_, false)) {
        return {.ending = ScriptedResponse::Ending::kHangUp};
      }
      return Json(201, Shown(comments_.back()));
    }
    const std::string one =
        (gitlab() ? "/merge_requests/5/notes/" : "/issues/comments/");
    if (path.starts_with(one)) {
      for (Comment& comment : comments_) {
        if (std::to_string(comment.id) != path.substr(one.size())) continue;
        comment.body = body.FindString("body");
        return Json(200, Shown(comment));
      }
      return Json(404, Value::Map{});
    }
    const std::size_t slash = path.rfind('/');
    for (const char* end :
         {"/statuses/", "/check-runs", "/reviews", "/discussions"}) {
      if (path.find(end) == std::string::npos) continue;
      if (request.method == "GET") return Json(200, Value::List{});
      posted_[path.substr(slash)].push_back(body);
      Value made;
      made.Set("id", std::int64_t{77});
      return Json(201, made);
    }
    return Json(404, Value::Map{});
  }

  Value Head() const {
    Value head;
    head.Set("sha", "f00d");
    Value pull;
    pull.Set("head", head);
    pull.Set("sha", "f00d");
    return pull;
  }

  const std::string kind_;
  std::mutex mutex_;
  std::vector<Comment> comments_;
  std::int64_t next_id_ = 100;
  std::map<std::string, std::vector<Value>> posted_;
  std::vector<ScriptedResponse> first_;
  bool hidden_ = false;
  bool loses_ = false;
  std::string forbidden_;
  // The last, so that it ends first.
  HttpServer server_;
};

}  // namespace writ::reconciler::testing
