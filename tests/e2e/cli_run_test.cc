// writ run: what a program is given, and how the run ends.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/e2e/secrets_bench.h"

namespace writ::e2e {
namespace {

// T-14, T-25
TEST_F(SecretsCommands, RunGivesTheValuesAndLittleElse) {
  Set("SLACK_URL", kCanary);
  Set("PIN", "42");
  Invocation call = WithKey(
      {"run", "--secret-env", "dev", "--pass", "KEPT", "--", "/usr/bin/env"});
  call.variables.emplace_back("KEPT", "kept");
  call.variables.emplace_back("LEFT", "left");
  call.variables.emplace_back("LD_PRELOAD", "");
  const Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Holds(ran.out, std::string("SLACK_URL=") + kCanary + "\n"));
  EXPECT_TRUE(Holds(ran.out, "PIN=42\n"));
  EXPECT_TRUE(Holds(ran.out, "KEPT=kept\n"));
  EXPECT_TRUE(Holds(ran.out, "PATH="));
  for (const char* absent : {"WRIT_", "LEFT=", "LD_PRELOAD="}) {
    EXPECT_TRUE(Lacks(ran.out, absent));
  }
  EXPECT_TRUE(Holds(Keyed(0, {"audit", "show", "-n", "0"}).out, "secret.read"));
}

TEST_F(SecretsCommands, RunEndsAsItsProgramDoes) {
  Set("SLACK_URL", kCanary);
  const auto run = [&](int code, Arguments command) {
    Arguments arguments = {"run", "--secret-env", "dev", "--"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    return Keyed(code, arguments);
  };
  run(7, {"/bin/sh", "-c", "exit 7"});
  // The command line of the program holds no value.
  run(0, {"/bin/sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline"});
  EXPECT_TRUE(Says(run(1, {"no-such-program-here"}), "can't run"));
  EXPECT_TRUE(Says(Keyed(1, {"run", "--secret-env", "staging", "--", "true"}),
                   "has no value"));
  EXPECT_TRUE(Says(Keyed(64, {"run", "--secret-env", "dev", "--pass",
                              "WRIT_MASTER_KEY_FILE", "--", "true"}),
                   "isn't passed on"));
}

// T-25: such a value would be code.
TEST_F(SecretsCommands, RunRefusesKeysThatChangePrograms) {
  Set("SLACK_URL", kCanary);
  Keyed(0, {"secrets", "set", "LD_PRELOAD", "--create", "--secret-env", "dev"},
        "/tmp/x.so");
  for (const Arguments& arguments :
       {Arguments{"run", "--secret-env", "dev", "--", "true"},
        Arguments{"config", "pull", "--secret-env", "dev", "--out",
                  (git_.root() / "x.env").string()}}) {
    EXPECT_TRUE(Says(Keyed(1, arguments), "changes how programs run"));
  }
}

// T-01: outside values as the host file grants them.
TEST_F(SecretsCommands, RunReadsOutsideSourcesThatAreGranted) {
  git_.Write("manifests/outside.yaml", R"(apiVersion: writ/v1
kind: Secret
metadata: {name: FROM_ENV}
spec: {project: payments, required: true, source: {env: {name: OUTSIDE}}}
---
apiVersion: writ/v1
kind: Secret
metadata: {name: FROM_FILE}
spec: {project: payments, source: {file: {path: ")" +
                                           (git_.root() / "value").string() +
                                           R"("}}}
)");
  Apply();
  Set("SLACK_URL", "x");
  std::ofstream(git_.root() / "value") << "of a file\n";
  Arguments run = {"run",
                   "--secret-env",
                   "dev",
                   "--",
                   "/bin/sh",
                   "-c",
                   "printf '%s, %s' \"$FROM_ENV\" \"$FROM_FILE\""};
  Invocation call = WithKey(run);
  call.variables.emplace_back("OUTSIDE", "of a variable");
  EXPECT_TRUE(Says(testing::RunWrit(call), "host"));
  const std::string host = (git_.root() / "host.yaml").string();
  std::ofstream(host) << "apiVersion: writ/v1\nkind: Host\nspec:\n"
                      << "  env: [OUTSIDE]\n  files: [\""
                      << git_.root().string() << "\"]\n";
  std::filesystem::permissions(host, std::filesystem::perms(0600));
  call.arguments.insert(call.arguments.begin() + 1, {"--host-config", host});
  const Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_EQ(ran.out, "of a variable, of a file");
}

}  // namespace
}  // namespace writ::e2e
