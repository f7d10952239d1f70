// writ config, and the project keys that bound it.
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "tests/e2e/secrets_bench.h"

namespace writ::e2e {
namespace {

// S-21
TEST_F(SecretsCommands, ConfigPullsDiffsAndPushes) {
  Set("SLACK_URL", kCanary);
  const std::string file = (git_.root() / "pulled.env").string();
  EXPECT_TRUE(Says(Keyed(64, {"config", "pull"}), "--out"));
  const Arguments pull = {"config", "pull",  "--secret-env",
                          "dev",    "--out", file};
  Keyed(0, pull);
  EXPECT_TRUE(Holds(Read(file), std::string("SLACK_URL=") + kCanary));
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms(0600));
  EXPECT_TRUE(Says(Keyed(1, pull), "--force"));
  EXPECT_TRUE(Says(Keyed(0, {"config", "diff", file, "--secret-env", "dev"}),
                   "No differences."));
  std::ofstream(file, std::ios::app) << "PIN=7\nADDED=new\n";
  Set("SLACK_URL", "changed");
  const Ran diff = Keyed(2, {"config", "diff", file, "--secret-env", "dev",
                             "--detailed-exitcode"});
  EXPECT_TRUE(Holds(diff.out, "~ SLACK_URL"));
  EXPECT_TRUE(Holds(diff.out, "- ADDED"));
  Keyed(0, {"config", "push", file, "--values", "--secret-env", "dev"});
  EXPECT_EQ(Seen("ADDED"), "new");
  EXPECT_EQ(Seen("SLACK_URL"), kCanary);
}

// S-21, S-23, S-26: a project key bounds what is done, wherever it came from.
TEST_F(SecretsCommands, AProjectKeyBoundsWhatIsDone) {
  git_.Write("manifests/keys.yaml", R"(apiVersion: writ/v1
kind: Token
metadata: {name: reader}
spec: {type: projectKey, project: payments}
---
apiVersion: writ/v1
kind: Token
metadata: {name: writer}
spec: {type: projectKey, project: payments, role: MEMBER}
)");
  Apply();
  Set("SLACK_URL", kCanary);
  const auto issue = [&](const std::string& name) {
    const std::string file = (git_.root() / name).string();
    Keyed(0,
          {"token", "issue", "Token/payments/" + name, "--tokens-out", file});
    const std::string text = Read(file);
    const std::size_t at = text.find("vlt_live_");
    return at == std::string::npos ? "" : text.substr(at, 57);
  };
  const std::string reader = issue("reader");
  const std::string writer = issue("writer");
  const auto call = [&](Arguments arguments, const std::string& token) {
    Invocation with_token = WithKey(std::move(arguments), "new value");
    with_token.variables.emplace_back("VAULTLIER_API_KEY", token);
    return with_token;
  };
  const Arguments set = {"config", "set", "SLACK_URL", "--secret-env", "dev"};
  const Arguments run = {"run", "--secret-env", "dev", "--", "true"};
  Checked(0, call(run, reader));
  EXPECT_TRUE(Says(Checked(1, call(set, reader)), "wants MEMBER"));
  Checked(0, call(set, writer));
  EXPECT_EQ(Seen("SLACK_URL"), "new value");
  const Ran verified = Checked(0, call({"config", "verify"}, reader));
  EXPECT_TRUE(Says(verified, "VIEWER"));
  EXPECT_TRUE(Lacks(verified.all(), reader));
  Arguments flag = set;
  flag.insert(flag.end(), {"--api-key", reader});
  EXPECT_TRUE(Says(Checked(1, call(flag, writer)), "--api-key"));
  Checked(0, call({"config", "verify", "--save"}, reader));
  EXPECT_TRUE(Says(Keyed(1, set, "x"), "the cache"));
  EXPECT_TRUE(Says(Checked(1, call(run, "vlt_live_nothing")), "not valid"));
}

}  // namespace
}  // namespace writ::e2e
