// What the tests of `writ token` share: a shop whose tokens are issued. Every
// value that is issued is a canary: whatever a command prints is searched for
// it.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "tests/e2e/workbench.h"

namespace writ::e2e {

inline constexpr char kDefault[] = "Token/order-service/default";
inline constexpr char kCi[] = "Token/acme/ci";
inline constexpr char kDashboard[] = "Token/acme/dashboard";

inline constexpr std::string_view kTokens = R"(apiVersion: writ/v1
kind: ScopeSet
metadata: {name: read}
spec: {workspace: acme, scopes: ["inbox:read", "crm:read"]}
---
apiVersion: writ/v1
kind: Token
metadata: {name: ci}
spec: {type: clientSecret, workspace: acme, label: production-ci}
---
apiVersion: writ/v1
kind: Token
metadata: {name: dashboard}
spec:
  type: workspaceToken
  workspace: acme
  mode: test
  scopeSets: [read]
  ipAllowlist: [203.0.113.0/24, "2001:db8::/32"]
  expiresAfter: 365d
)";

// 32 bytes in base64.
inline constexpr char kKey[] = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=";

class TokenCommands : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    git_.Write("manifests/tokens.yaml", kTokens);
    git_.Commit("Declare tokens");
  }

  Invocation WithKey(Arguments arguments) {
    Invocation call = Call(std::move(arguments));
    call.variables.emplace_back("WRIT_MASTER_KEY", kKey);
    return call;
  }
  // Runs with the master key; nothing that is secret may be printed.
  Ran Keyed(int code, Arguments arguments, const std::string& input = "") {
    Invocation call = WithKey(arguments);
    call.input = input;
    const Ran ran = RunWrit(call);
    EXPECT_EQ(ran.code, code) << Masked(ran.all());
    EXPECT_TRUE(KeepsSecrets(ran.all()));
    return ran;
  }
  json KeyedJson(int code, Arguments arguments, const std::string& input = "") {
    arguments.push_back("--json");
    return json::parse(Keyed(code, std::move(arguments), input).out);
  }

  // Makes the state with its key, applies, and keeps what was issued.
  void ApplyIssuing() {
    Keyed(0, {"state", "init"});
    const std::string file = git_.root() / "issued";
    Keyed(0, {"apply", "--auto-approve", "--tokens-out", file});
    Collect(file);
  }
  // The lines of a file that --tokens-out made.
  void Collect(const std::filesystem::path& file) {
    std::ifstream lines(file);
    std::string address;
    std::string value;
    while (lines >> address >> value) issued_[address] = value;
  }
  std::string Value(const std::string& address) {
    EXPECT_EQ(issued_.count(address), 1U) << address;
    return issued_[address];
  }

  // What a test that fails may print.
  std::string Masked(std::string text) const {
    for (const auto& [address, value] : issued_) {
      const std::string secret = value.substr(kVisible);
      for (auto at = text.find(secret); at != std::string::npos;
           at = text.find(secret, at)) {
        text.replace(at, secret.size(), "[" + address + "]");
      }
    }
    return text;
  }
  // All but the visible prefix is secret.
  ::testing::AssertionResult KeepsSecrets(const std::string& text) {
    for (const auto& [address, value] : issued_) {
      if (text.find(value.substr(kVisible)) != std::string::npos) {
        return ::testing::AssertionFailure() << address << " is in\n"
                                             << Masked(text);
      }
    }
    return ::testing::AssertionSuccess();
  }

  std::string VerdictOf(const std::string& value, const Arguments& more = {}) {
    Arguments arguments = {"token", "verify", "-", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Invocation call = WithKey(arguments);
    call.input = value + "\n";
    const Ran ran = RunWrit(call);
    EXPECT_TRUE(KeepsSecrets(ran.all()));
    const json answer = json::parse(ran.out, nullptr, false);
    if (answer.is_discarded() || !answer.contains("verdict")) return ran.all();
    EXPECT_EQ(ran.code, answer["verdict"] == "valid" ? 0 : 1);
    return answer["verdict"];
  }

  static constexpr std::size_t kVisible = 16;
  std::map<std::string, std::string> issued_;
};

}  // namespace writ::e2e
