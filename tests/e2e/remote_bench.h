// A gateway over the shop's staging state, and a runner that has nothing but
// git and a client secret.
#pragma once

#include <csignal>
#include <filesystem>
#include <memory>
#include <regex>
#include <string>
#include <utility>

#include "tests/e2e/workbench.h"

namespace writ::e2e {

inline constexpr char kRemoteTokens[] = R"(apiVersion: writ/v1
kind: Token
metadata: {name: ci}
spec: {type: clientSecret, workspace: acme}
---
apiVersion: writ/v1
kind: Token
metadata: {name: ingest}
spec: {type: apiKey, app: order-service}
)";

class Remote : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    git_.Write("manifests/tokens.yaml", kRemoteTokens);
    Apply();
    Expect(0, {"secrets", "init", "--key-file", key().string()});
    BeforeIssuing();
    secret_ = Issue("Token/acme/ci", "vela_cs_");
    Start();
  }

  // There is a master key, and no credential yet.
  virtual void BeforeIssuing() {}

  std::filesystem::path key() const { return git_.root() / "key"; }

  std::string Issue(const std::string& address, const std::string& prefix) {
    const std::filesystem::path file =
        git_.root() / ("token" + std::to_string(++issued_));
    Invocation call =
        Call({"token", "issue", address, "--tokens-out", file.string()});
    call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    const Ran ran = testing::RunWrit(call);
    EXPECT_EQ(ran.code, 0) << ran.all();
    std::smatch found;
    const std::string text = Read(file);
    EXPECT_TRUE(
        std::regex_search(text, found, std::regex(prefix + "[0-9A-Za-z]{48}")));
    return found.str();
  }

  void Start(Arguments more = {}) {
    Arguments arguments = {"serve", "--listen", "127.0.0.1:0", "--threads",
                           "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Invocation call = Call(std::move(arguments));
    call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    server_ = std::make_unique<WritProcess>(call);
    ASSERT_TRUE(server_->WaitForOutput("Listening on ") &&
                server_->WaitForOutput("\n"))
        << server_->Wait().all();
    const std::string& out = server_->out_so_far();
    const std::size_t begin = out.find("Listening on ") + 13;
    url_ = out.substr(begin, out.find('\n', begin) - begin);
  }
  void Stop() {
    server_->Send(SIGTERM);
    EXPECT_EQ(server_->Wait().code, 0);
    server_.reset();
  }

  Invocation RunnerCall(Arguments arguments) const {
    arguments.insert(arguments.end(), {"--server", url_});
    Invocation call = Call(std::move(arguments));
    call.variables = {{"VELA_CLIENT_SECRET", secret_}};
    return call;
  }
  // As a runner does it; expects that exit code, and no secret in what it says.
  Ran Runner(int code, Arguments arguments) const {
    const Ran ran = testing::RunWrit(RunnerCall(std::move(arguments)));
    EXPECT_EQ(ran.code, code) << ran.all();
    EXPECT_TRUE(Lacks(ran.all(), secret_));
    return ran;
  }
  static std::string DigestIn(const Ran& ran) {
    std::smatch found;
    std::regex_search(ran.out, found,
                      std::regex("\"digest\": ?\"([0-9a-f]{64})\""));
    return found.size() > 1 ? found[1].str() : "";
  }
  void AddApp(const std::string& name) {
    git_.Write("manifests/" + name + ".yaml", AppText(name));
    git_.Commit("Add " + name);
  }

  std::unique_ptr<WritProcess> server_;
  std::string url_;
  std::string secret_;
  int issued_ = 0;
};

}  // namespace writ::e2e
