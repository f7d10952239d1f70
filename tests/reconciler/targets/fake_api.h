// A stand-in for a vendor's API that keeps real state, behind a real server on
// the loopback; and what the conformance table asks of it. Each type of target
// has one, in fake_<type>.cc.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/targets/make_target.h"
#include "schema/json.h"
#include "tests/support/http_server.h"
#include "tests/support/manual_clock.h"

namespace writ::reconciler::testing {

using writ::testing::HttpServer;
using writ::testing::ReceivedRequest;
using writ::testing::ScriptedResponse;

inline constexpr char kToken[] = "access-token-Zq81";
inline constexpr char kName[] = "API_TOKEN";

inline ScriptedResponse Json(int status, const Value& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = CompactJson(body)};
}

// Answers as the vendor does. Called from one thread at a time, with the lock
// of FakeApi held.
class FakeApi {
 public:
  virtual ~FakeApi() = default;

  virtual ScriptedResponse Answer(const ReceivedRequest& request) = 0;
  // The spec of a target there; a manifest's address is the server's URL.
  virtual Value Spec(const std::string& url) const = 0;
  // By field of the block.
  virtual std::map<std::string, std::string> Secrets() const {
    return {{"token", kToken}};
  }
  // Beside the type itself, what the host file binds to the server.
  virtual std::string PathOfBase() const { return ""; }

  // What a consumer would find under the target's name.
  virtual std::optional<std::string> Holds() const = 0;
  virtual void Plant(const std::string& value) = 0;
  // Another variable, which nobody may touch.
  virtual std::optional<std::string> Other() const = 0;

  // Of the target.
  virtual bool readable() const { return true; }
  // Whether the request is the one that changes the value.
  virtual bool IsWrite(const ReceivedRequest& request) const {
    return request.method != "GET";
  }
  // The name that is delivered to.
  virtual std::string name() const { return kName; }
};

using MakeFake = std::function<std::unique_ptr<FakeApi>()>;

// A fake behind a server, and a way to come between.
class FakeServer {
 public:
  enum class Trouble {
    kNone,
    kThrottle,        // 429 with Retry-After: 7, not done
    kApplyThenBreak,  // done, and the connection breaks
    kUnauthorized,    // 401
    kForbidden,       // 403
    kNotFound,        // 404
    kPage,            // 200 with HTML
    kServerError,     // 500, not done
    kEcho,            // 400 that repeats the request's body and headers
    kRedirect,        // 302 to somewhere else
  };

  explicit FakeServer(std::unique_ptr<FakeApi> api)
      : api_(std::move(api)), server_([this](const ReceivedRequest& request) {
          return Answer(request);
        }) {}

  FakeApi& api() { return *api_; }
  const HttpServer& server() const { return server_; }
  // Writes run into it from now on; with `reads`, all requests.
  void Meet(Trouble trouble, bool reads = false) {
    const std::lock_guard lock(mutex_);
    trouble_ = trouble;
    reads_too_ = reads;
  }
  std::optional<std::string> Holds() {
    const std::lock_guard lock(mutex_);
    return api_->Holds();
  }
  void Plant(const std::string& value) {
    const std::lock_guard lock(mutex_);
    api_->Plant(value);
  }
  std::optional<std::string> Other() {
    const std::lock_guard lock(mutex_);
    return api_->Other();
  }
  // Reads that were asked before get the answer that they had then: a store
  // whose copies lag behind.
  void LagBehind(bool lags) {
    const std::lock_guard lock(mutex_);
    lags_ = lags;
  }
  int writes() {
    const std::lock_guard lock(mutex_);
    return writes_;
  }

 private:
  ScriptedResponse Read(const ReceivedRequest& request) {
    const std::string question = request.method + " " + request.target + " " +
                                 request.Header("x-amz-target") + " " +
                                 request.body;
    const auto before = answers_.find(question);
    if (lags_ && before != answers_.end()) return before->second;
    return answers_[question] = api_->Answer(request);
  }
  ScriptedResponse Answer(const ReceivedRequest& request) {
    const std::lock_guard lock(mutex_);
    const bool write = api_->IsWrite(request);
    writes_ += write ? 1 : 0;
    if (!write && !reads_too_) return Read(request);
    switch (trouble_) {
      case Trouble::kNone:
        return api_->Answer(request);
      case Trouble::kThrottle:
        return {.status = 429, .headers = {{"Retry-After", "7"}}};
      case Trouble::kApplyThenBreak:
        api_->Answer(request);
        return {.ending = ScriptedResponse::Ending::kHangUp};
      case Trouble::kUnauthorized:
        return Json(401, Value::Map{{"message", {}, "bad credentials"}});
      case Trouble::kForbidden:
        return Json(403, Value::Map{{"message", {}, "not allowed"}});
      case Trouble::kNotFound:
        return Json(404, Value::Map{{"message", {}, "not found"}});
      case Trouble::kPage:
        return {.body = "<html>" + request.body + "</html>"};
      case Trouble::kServerError:
        return {.status = 500, .body = request.body};
      case Trouble::kEcho: {
        std::string all = request.target + request.body;
        for (const auto& [name, value] : request.headers) all += value;
        return {.status = 400, .body = all};
      }
      case Trouble::kRedirect:
        return {.status = 302,
                .headers = {{"Location", "https://evil.example"}}};
    }
    return {};
  }

  std::mutex mutex_;
  std::unique_ptr<FakeApi> api_;
  Trouble trouble_ = Trouble::kNone;
  bool reads_too_ = false;
  bool lags_ = false;
  std::map<std::string, ScriptedResponse> answers_;
  int writes_ = 0;
  // The last, so that it ends first.
  HttpServer server_;
};

// A target on a fake, with all that it wants.
class TargetFixture {
 public:
  explicit TargetFixture(std::unique_ptr<FakeApi> api);
  ~TargetFixture();

  FakeServer& fake() { return *fake_; }
  writ::testing::ManualClock& clock() { return clock_; }
  HostFile& host() { return host_; }
  Value& spec() { return spec_; }
  Target& target();
  Result<std::unique_ptr<Target>> Make();

  TargetResult<Written> Put(const std::string& value,
                            const std::string& expected_version = {});
  TargetResult<Observation> Observe();
  Delivery delivery() const { return {name_, "rot-1", 1}; }

 private:
  std::unique_ptr<FakeServer> fake_;
  writ::testing::ManualClock clock_;
  HostFile host_;
  Value spec_;
  std::string name_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Target> target_;
};

// "/a/b?c=d" as its path's segments, decoded.
std::vector<std::string> SegmentsOf(const ReceivedRequest& request);
std::string PercentDecode(const std::string& text);

std::unique_ptr<FakeApi> MakeFakeVault();
std::unique_ptr<FakeApi> MakeFakeVaultNamespace();
std::unique_ptr<FakeApi> MakeFakeGithub();
std::unique_ptr<FakeApi> MakeFakeGithubEnvironment();
std::unique_ptr<FakeApi> MakeFakeGithubOrganization();
std::unique_ptr<FakeApi> MakeFakeWebhook();
std::unique_ptr<FakeApi> MakeFakeSealedWebhook();
std::unique_ptr<FakeApi> MakeFakeSecretsManager();
std::unique_ptr<FakeApi> MakeFakeSecretsManagerSession();
std::unique_ptr<FakeApi> MakeFakeParameterStore();
std::unique_ptr<FakeApi> MakeFakeKubernetes();
std::unique_ptr<FakeApi> MakeFakeGitlab();
std::unique_ptr<FakeApi> MakeFakeRender();
std::unique_ptr<FakeApi> MakeFakeRenderGroup();
std::unique_ptr<FakeApi> MakeFakeFlyio();
std::unique_ptr<FakeApi> MakeFakeRailway();
std::unique_ptr<FakeApi> MakeFakeVercel();
std::unique_ptr<FakeApi> MakeFakeDoppler();

}  // namespace writ::reconciler::testing
