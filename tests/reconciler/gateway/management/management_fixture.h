// The management routes over the credentials' own tests' state, asked as
// clients do.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "reconciler/gateway/management/management.h"
#include "schema/json.h"
#include "tests/reconciler/credentials/credential_fixture.h"
#include "tests/reconciler/gateway/ask.h"
#include "tests/reconciler/gateway/known_keys.h"

namespace writ::reconciler::gateway {

class ManagementRoutes : public CredentialTest {
 protected:
  void SetUp() override {
    CredentialTest::SetUp();
    PutAll(*store_, {MakeResource("Workspace/other")});
    keys_made_.Add("secret", "clientSecret", "uid of Workspace/acme");
    keys_made_.Add("other", "clientSecret", "uid of Workspace/other");
    keys_made_.Add("app-key", "apiKey", "uid of App/orders");
    keys_made_.Add("revoked", "clientSecret", "uid of Workspace/acme", "",
                   Verdict::kRevoked);
    ManagementOptions options;
    options.folder = folder_ / "state";
    options.clock = &clock_;
    options.random = &chance_;
    auto management =
        Management::Open(options, *keys_, keys_made_, /*uses=*/nullptr);
    ASSERT_TRUE(management) << Describe(management.error());
    management_ = *std::move(management);
    router_.emplace(*Router::Create(management_->routes()));
  }

  HttpResponse Call(const std::string& method, const std::string& path,
                    const std::string& body = {},
                    const std::string& token = "secret") {
    HttpRequest request;
    request.method = method;
    const std::size_t mark = path.find('?');
    request.path = path.substr(0, mark);
    if (mark != std::string::npos) request.query = path.substr(mark + 1);
    request.body = body;
    if (!token.empty()) {
      request.headers.push_back({"Authorization", "Bearer " + token});
    }
    return Ask(*router_, std::move(request));
  }
  Value Json(const HttpResponse& response, int status) {
    EXPECT_EQ(response.status, status) << response.body;
    auto value = ParseJson(response.body);
    return value ? *std::move(value) : Value();
  }
  Value Make(const std::string& body = R"({"name":"Order Service"})") {
    return Json(Call("POST", "/v1/apps", body), 201);
  }

  KnownKeys keys_made_;
  std::unique_ptr<Management> management_;
  std::optional<Router> router_;
};

}  // namespace writ::reconciler::gateway
