// The routes of remote state over a state of CredentialTest's, asked without a
// socket with credentials that are made up.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/applying/sent_plan.h"
#include "reconciler/gateway/state/remote_state.h"
#include "reconciler/gateway/state/snapshots.h"
#include "schema/json.h"
#include "tests/reconciler/credentials/credential_fixture.h"
#include "tests/reconciler/gateway/ask.h"
#include "tests/reconciler/gateway/known_keys.h"

namespace writ::reconciler::gateway {

inline constexpr char kWritYaml[] = R"(apiVersion: writ/v1
kind: Repository
metadata: {name: shop}
spec:
  defaultEnvironment: production
  environments: {production: {state: "sqlite:state"}}
)";

inline std::string AppText(const std::string& name) {
  return "apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: " + name +
         "-ws}\nspec: {displayName: X}\n---\napiVersion: writ/v1\nkind: App\n"
         "metadata: {name: " +
         name + "}\nspec: {workspace: " + name + "-ws}\n";
}

// All of a body that comes bit by bit.
inline std::string Drain(BodyStream& stream) {
  std::mutex mutex;
  std::condition_variable more;
  bool came = true;
  stream.OnMore([&] {
    const std::lock_guard lock(mutex);
    came = true;
    more.notify_all();
  });
  std::string all;
  while (true) {
    BodyStream::Part part = stream.Take();
    all += part.bytes;
    if (part.is_last) break;
    std::unique_lock lock(mutex);
    more.wait(lock, [&] { return came; });
    came = false;
  }
  stream.OnMore(nullptr);
  return all;
}

// Says what it was asked, in two parts, and shows a token.
class EchoCommands final : public StateCommands {
 public:
  bool Has(std::string_view name) const override { return name == "echo"; }
  Status MayRun(const CommandCall& call) override {
    if (call.rights.parent_uid == "uid of Workspace/acme") return {};
    return Fail(ErrorCode::kPermission, "that isn't yours", "ask whose it is");
  }
  ExitCode Run(const CommandCall& call, const CommandOutput& output) override {
    output.out(CanonicalJson(call.arguments));
    output.err(call.actor + " " + std::to_string(call.width) +
               (call.color ? " in colour" : ""));
    output.token(Id(kCi), call.input);
    return ExitCode::kUnsafe;
  }
};

class RemoteStateRoutes : public CredentialTest {
 protected:
  void SetUp() override {
    CredentialTest::SetUp();
    known_.Add("secret", "clientSecret", "uid of Workspace/acme");
    known_.Add("colleague", "clientSecret", "uid of Workspace/acme");
    known_.Add("app-key", "apiKey", "uid of App/orders");
    known_.Add("revoked", "clientSecret", "uid", "", Verdict::kRevoked);
    options_.folder = folder_ / "state";
    options_.environment = "production";
    WriteHostFile("  env: []\n");
    options_.clock = &clock_;
    options_.random = &chance_;
    options_.variable = [](const char*) { return std::nullopt; };
    OpenRoutes();
  }
  void OpenRoutes() {
    router_.reset();
    remote_.reset();
    auto opened =
        RemoteState::Open(options_, *keys_, &commands_, known_, nullptr);
    ASSERT_TRUE(opened) << Describe(opened.error());
    remote_ = *std::move(opened);
    router_.emplace(*Router::Create(remote_->routes()));
  }
  void WriteHostFile(const std::string& spec) {
    options_.host_file = folder_ / "host.yaml";
    std::ofstream(options_.host_file)
        << "apiVersion: writ/v1\nkind: Host\nspec:\n"
        << spec;
    std::filesystem::permissions(options_.host_file,
                                 std::filesystem::perms::owner_read |
                                     std::filesystem::perms::owner_write);
  }

  HttpResponse Call(const std::string& method, const std::string& target,
                    const std::string& body = {},
                    const std::string& token = "secret",
                    std::vector<HttpHeader> headers = {}) {
    HttpRequest request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string::npos) {
      request.query = target.substr(target.find('?') + 1);
    }
    request.body = body;
    request.headers = std::move(headers);
    if (!token.empty()) {
      request.headers.push_back({"Authorization", "Bearer " + token});
    }
    return Ask(*router_, std::move(request));
  }
  static std::string Header(const HttpResponse& response,
                            const std::string& name) {
    for (const HttpHeader& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return "";
  }
  static Value Json(const HttpResponse& response) {
    auto value = ParseJson(response.body);
    return value ? *std::move(value) : Value();
  }

  SentPlan Sent() {
    SentPlan plan;
    plan.files = {{"writ.yaml", kWritYaml},
                  {"billing.yaml", AppText("billing")}};
    plan.commit.id = std::string(40, 'a');
    plan.commit.subject = "Add billing";
    return plan;
  }
  HttpResponse PostPlan(const SentPlan& plan,
                        const std::string& token = "secret") {
    return Call("POST", "/v1/plans", PrintSentPlan(plan), token);
  }
  // The lines of an apply that was let in.
  std::vector<Value> Apply(const std::string& digest,
                           const std::string& body = {}) {
    const HttpResponse response =
        Call("POST", "/v1/plans/" + digest + "/apply", body);
    EXPECT_EQ(response.status, 200) << response.body;
    return LinesOf(response);
  }

  static std::vector<Value> LinesOf(const HttpResponse& response) {
    EXPECT_EQ(response.content_type, "application/x-ndjson");
    std::vector<Value> lines;
    if (!response.stream) return lines;
    const std::string text = Drain(*response.stream);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      EXPECT_NE(end, std::string::npos);
      if (end == std::string::npos) break;
      lines.push_back(ParseJson(text.substr(at, end - at)).value());
      at = end + 1;
    }
    return lines;
  }

  EchoCommands commands_;
  KnownKeys known_;
  PlanServiceOptions options_;
  std::unique_ptr<RemoteState> remote_;
  std::optional<Router> router_;
};

}  // namespace writ::reconciler::gateway
