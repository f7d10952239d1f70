// The shop with a project of secrets and a master key. A canary stands for
// every value; it is searched for in all that is printed.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>

#include "tests/e2e/workbench.h"

namespace writ::e2e {

inline constexpr char kCanary[] = "canary-5b1e7d-value";

inline constexpr char kSecrets[] = R"(apiVersion: writ/v1
kind: Project
metadata: {name: payments}
spec: {workspace: acme, environments: [dev, staging]}
---
apiVersion: writ/v1
kind: Secret
metadata: {name: SLACK_URL}
spec:
  project: payments
  description: Incoming webhook.
  required: true
  usableBy: [Destination/order-service/slack]
---
apiVersion: writ/v1
kind: Secret
metadata: {name: PIN}
spec: {project: payments, type: number}
---
apiVersion: writ/v1
kind: Destination
metadata: {name: slack}
spec:
  app: order-service
  channel: slack
  url: {secretRef: {project: payments, key: SLACK_URL}}
)";

class SecretsCommands : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    git_.Write("manifests/secrets.yaml", kSecrets);
    Apply();
    EXPECT_TRUE(
        Holds(Expect(0, {"secrets", "init", "--key-file", key().string()}).out,
              "generation 1"));
  }

  std::filesystem::path key() const { return git_.root() / "key"; }

  Invocation WithKey(Arguments arguments, std::string input = {}) const {
    Invocation call = Call(std::move(arguments));
    call.input = std::move(input);
    call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    return call;
  }
  // Runs it with the key, and looks for the canary in what it says.
  Ran Keyed(int code, Arguments arguments, std::string input = {}) const {
    return Checked(code, WithKey(std::move(arguments), std::move(input)));
  }
  static Ran Checked(int code, const Invocation& call) {
    const Ran ran = testing::RunWrit(call);
    EXPECT_EQ(ran.code, code) << ran.all();
    EXPECT_TRUE(Lacks(ran.all(), "canary"));
    return ran;
  }
  void Set(const std::string& name, const std::string& value,
           const std::string& environment = "dev") const {
    Keyed(0, {"secrets", "set", name, "--secret-env", environment}, value);
  }
  // What a program sees under a name.
  std::string Seen(const std::string& name) const {
    Invocation call = WithKey({"run", "--secret-env", "dev", "--", "/bin/sh",
                               "-c", "printf %s \"$" + name + "\""});
    const Ran ran = testing::RunWrit(call);
    EXPECT_EQ(ran.code, 0) << ran.all();
    return ran.out;
  }
};

}  // namespace writ::e2e
