// An app with schemas in a real state, ingest before it, and credentials that
// a test makes up.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/gateway/ingest/ingest.h"
#include "reconciler/gateway/router.h"
#include "schema/json.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler::gateway {

class FakeAuthenticator final : public Authenticator {
 public:
  void Add(const std::string& token, const std::string& type,
           const std::string& parent_uid, Verdict verdict = Verdict::kValid) {
    auto principal = std::make_shared<Principal>();
    principal->credential = "crd_" + token;
    principal->rights.type = type;
    principal->rights.parent_uid = parent_uid;
    known_[token] = {verdict, std::move(principal)};
  }

  Authentication Check(std::string_view token, const IpAddress&) override {
    const auto found = known_.find(std::string(token));
    return found == known_.end() ? Authentication{} : found->second;
  }
  bool IsCurrent() override { return current; }

  std::atomic<bool> current{true};

 private:
  std::map<std::string, Authentication> known_;
};

class FakeUses final : public UseSink {
 public:
  void Record(Use use) override {
    const std::scoped_lock lock(mutex_);
    uses_.push_back(std::move(use));
  }
  std::vector<Use> Taken() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(uses_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Use> uses_;
};

class IngestTest : public StoreTest {
 protected:
  void SetUp() override {
    state_ = Open();
    ASSERT_NE(state_, nullptr);
    PutAll(*state_,
           {With("Workspace/acme", "", "{}"), With("Workspace/other", "", "{}"),
            With("App/shop", "Workspace/acme",
                 R"({"workspace":"acme","slug":"the-shop"})"),
            With("App/cart", "Workspace/other",
                 R"({"workspace":"other","unplannedEvents":"warn"})"),
            With("EventSchema/shop/order.placed", "App/shop",
                 R"({"fields":[
                {"name":"orderId","type":"string","required":true},
                {"name":"currency","type":"string","defaultValue":"USD"}]})"),
            With("EventSchema/shop/seen", "App/shop",
                 R"({"mode":"observe","unplannedFields":"block",
                              "fields":[]})")});
    authenticator_.Add("key", "apiKey", "uid of App/shop");
    authenticator_.Add("cart-key", "apiKey", "uid of App/cart");
    authenticator_.Add("gone-key", "apiKey", "uid of App/gone");
    authenticator_.Add("secret", "clientSecret", "uid of Workspace/acme");
    authenticator_.Add("old-key", "apiKey", "uid of App/shop",
                       Verdict::kRevoked);
    Start();
  }

  static StoredResource With(const std::string& address,
                             const std::string& parent,
                             const std::string& spec) {
    StoredResource stored = MakeResource(address, parent);
    stored.live.content = "{\"spec\":" + spec + "}";
    return stored;
  }

  void Start() {
    ingest_.reset();
    IngestOptions options;
    options.store.folder = folder_ / "state";
    options.store.clock = &clock_;
    options.authenticator = &authenticator_;
    options.uses = &uses_;
    options.clock = &clock_;
    auto ingest = Ingest::Open(options);
    ASSERT_TRUE(ingest) << Describe(ingest.error());
    ingest_ = *std::move(ingest);
    auto router = Router::Create(ingest_->routes());
    ASSERT_TRUE(router) << Describe(router.error());
    router_.emplace(*std::move(router));
  }

  // Answers as the server has it: the request lives until the answer.
  HttpResponse Ask(HttpRequest request) {
    RouteMatch match = router_->Match(request.method, request.path);
    if (match.route == nullptr) {
      ADD_FAILURE() << request.path << " leads nowhere";
      return {};
    }
    request.route = match.route->pattern;
    request.params = std::move(match.params);
    auto answer = std::make_shared<std::promise<HttpResponse>>();
    auto future = answer->get_future();
    match.route->handler->Handle(request, [answer](HttpResponse response) {
      response.FinishBody();
      answer->set_value(std::move(response));
    });
    return future.get();
  }

  static HttpRequest Request(const std::string& body,
                             std::vector<HttpHeader> headers) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/v1/ingest";
    request.headers = std::move(headers);
    request.body = body;
    return request;
  }

  HttpResponse Post(const std::string& body, const std::string& key = "key",
                    std::vector<HttpHeader> more = {}) {
    more.push_back({"X-Api-Key", key});
    return Ask(Request(body, std::move(more)));
  }

  HttpResponse Get(const std::string& app, const std::string& query = "",
                   const std::string& secret = "secret") {
    HttpRequest request;
    request.method = "GET";
    request.path = "/v1/apps/" + app + "/events";
    request.query = query;
    request.headers = {{"Authorization", "Bearer " + secret}};
    return Ask(std::move(request));
  }

  static Value Json(const HttpResponse& response) {
    const auto value = ParseJson(response.body);
    EXPECT_TRUE(value) << response.body;
    return value ? *value : Value();
  }

  static std::string Order(const std::string& id) {
    return R"({"event":"order.placed","level":"info","data":{"orderId":")" +
           id + "\"}}";
  }

  // "code path; …" of a refusal, its shape held true.
  static std::string Violations(const HttpResponse& response) {
    const Value body = Json(response);
    EXPECT_EQ(body.Find("statusCode")->AsInteger(), response.status);
    EXPECT_FALSE(body.FindString("message").empty());
    EXPECT_EQ(body.FindString("path"), "/v1/ingest");
    std::string text;
    if (body.Find("violations") == nullptr) return text;
    for (const Value& each : body.Find("violations")->AsList()) {
      if (!text.empty()) text += "; ";
      text += std::string(each.FindString("code")) + " " +
              std::string(each.FindString("instancePath"));
    }
    return text;
  }

  std::unique_ptr<StateStore> state_;
  FakeAuthenticator authenticator_;
  FakeUses uses_;
  std::unique_ptr<Ingest> ingest_;
  std::optional<Router> router_;
};

}  // namespace writ::reconciler::gateway
