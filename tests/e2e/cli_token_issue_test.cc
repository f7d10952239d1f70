// How tokens come to be: by apply, state init, token issue and import.
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "schema/digest.h"
#include "tests/e2e/token_bench.h"
#include "tests/support/credentials.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

// S-11: an app's key is generated with it, and issued where it can be.
TEST_F(TokenCommands, ApplyIssuesWhatHasSomewhereToGo) {
  ApplyIssuing();
  ASSERT_EQ(issued_.size(), 3U);
  EXPECT_EQ(Value(kDefault).rfind("vela_live_", 0), 0U);
  EXPECT_EQ(Value(kCi).rfind("vela_cs_", 0), 0U);
  EXPECT_EQ(Value(kDashboard).rfind("sk_test_", 0), 0U);
  EXPECT_EQ(Value(kCi).size(), 56U);
  for (const auto& [address, value] : issued_) {
    const std::string head = value.substr(0, value.size() - 6);
    EXPECT_EQ(value.substr(head.size()), testing::BitwiseChecksum(head));
  }
  EXPECT_TRUE(Holds(Keyed(0, {"plan"}).out, "No changes"));
  EXPECT_TRUE(Holds(Keyed(0, {"state", "list"}).out,
                    std::string(kDefault) + "  issued"));
}

TEST_F(TokenCommands, ApplyWithoutAKeyLeavesThemNotIssued) {
  const Ran apply = Expect(0, {"apply", "--auto-approve"});
  EXPECT_TRUE(Holds(apply.out,
                    "Not issued, there is no master key (WRIT_MASTER_KEY_FILE);"
                    " then:\n  writ token issue " +
                        std::string(kCi) + "\n  writ token issue "));
  EXPECT_TRUE(Holds(Expect(0, {"state", "list", "--kind", "Token"}).out,
                    std::string(kDefault) + "  not issued"));
  EXPECT_TRUE(Holds(Expect(0, {"explain", kDefault}).out, "not issued"));
  EXPECT_TRUE(Holds(Expect(0, {"token", "list"}).out, "not issued"));
  EXPECT_TRUE(Holds(Expect(0, {"token", "show", kCi}).out,
                    "writ token issue " + std::string(kCi)));
}

// Another environment is the default, perhaps.
TEST_F(TokenCommands, WhatToRunNextNamesTheSameState) {
  const Ran apply = Expect(0, {"apply", "-e", "production", "--auto-approve"});
  EXPECT_TRUE(Holds(apply.out,
                    "token issue " + std::string(kCi) + " --env production\n"));
  EXPECT_TRUE(Holds(Expect(0, {"token", "list", "-e", "production"}).out,
                    "writ token issue --env production ADDRESS"));
  EXPECT_TRUE(Holds(Expect(0, {"token", "show", kCi, "-e", "production"}).out,
                    std::string(kCi) + " --env production"));
}

TEST_F(TokenCommands, RotationsThatNeverWereSayWhatCanBeDone) {
  Expect(0, {"apply", "--auto-approve"});
  EXPECT_TRUE(Holds(Expect(1, {"rotation", "show", kCi}).err,
                    "it has no target that a new value could go to"));
  EXPECT_TRUE(Holds(Expect(1, {"rotation", "show", "Token/acme/none"}).err,
                    "is not live"));
}

TEST_F(TokenCommands, ApplyWithoutAPlaceSaysSo) {
  Keyed(0, {"state", "init"});
  const json apply = KeyedJson(0, {"apply", "--auto-approve"});
  ASSERT_EQ(apply["not_issued"].size(), 3U);
  EXPECT_TRUE(apply["issued"].empty());
  EXPECT_TRUE(Holds(apply["not_issued"][0]["reason"].get<std::string>(),
                    "nowhere to go"));
}

// T-14
TEST_F(TokenCommands, AWrongKeyEndsApplyBeforeItBegins) {
  Keyed(0, {"state", "init"});
  Invocation call = Call({"apply", "--auto-approve"});
  call.variables.emplace_back("WRIT_MASTER_KEY",
                              "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=");
  EXPECT_EQ(RunWrit(call).code, 1);
  EXPECT_EQ(Expect(0, {"state", "list"}).out, "");
}

// T-19
TEST_F(TokenCommands, ValuesStayOutOfWorkTreesAndOldFiles) {
  Keyed(0, {"state", "init"});
  Keyed(64, {"apply", "--auto-approve", "--tokens-out", "tokens"});
  EXPECT_FALSE(fs::exists(repository() / "tokens"));
  const fs::path old = git_.root() / "old";
  std::ofstream(old) << "here\n";
  Keyed(1, {"apply", "--auto-approve", "--tokens-out", old.string()});
  EXPECT_EQ(Read(old), "here\n");
  EXPECT_EQ(Expect(0, {"state", "list"}).out, "");
}

// S-01: once.
TEST_F(TokenCommands, StateInitIssuesTheFirstClientSecretOnce) {
  const std::string file = git_.root() / "first";
  EXPECT_TRUE(
      Holds(Expect(0, {"state", "init"}).out, "No client secret was issued"));
  Keyed(0, {"state", "init", "--tokens-out", file});
  Collect(file);
  EXPECT_EQ(VerdictOf(Value("Token/state/first")), "valid");
  const std::string second = git_.root() / "second";
  EXPECT_TRUE(Holds(Keyed(0, {"state", "init", "--tokens-out", second}).out,
                    "first client secret was issued"));
  EXPECT_FALSE(fs::exists(second));
  const std::string list = Keyed(0, {"token", "list"}).out;
  EXPECT_TRUE(Holds(list, "Token/state/first"));
  EXPECT_TRUE(Holds(list, "(the state's own)"));
  Keyed(0, {"state", "verify"});
  Keyed(0, {"token", "revoke", "Token/state/first"});
  EXPECT_EQ(VerdictOf(Value("Token/state/first")), "revoked");
}

// Who lost the first, or hands over to another, isn't locked out.
TEST_F(TokenCommands, IssuesAnotherClientSecretOfTheState) {
  const std::string first = git_.root() / "first";
  Keyed(0, {"state", "init", "--tokens-out", first});
  Collect(first);
  const std::string lost = Value("Token/state/first");
  const std::string next = git_.root() / "next";
  Keyed(0, {"token", "issue", "Token/state/first", "--tokens-out", next});
  Collect(next);
  EXPECT_NE(Value("Token/state/first"), lost);
  EXPECT_EQ(VerdictOf(Value("Token/state/first")), "valid");
  EXPECT_EQ(VerdictOf(lost), "valid");
  const Ran full = Keyed(1, {"token", "issue", "Token/state/first",
                             "--tokens-out", git_.root() / "third"});
  EXPECT_TRUE(Holds(full.err, "has 2 credentials already"));
}

TEST_F(TokenCommands, IssuesWhatIsDedicatedToOneTarget) {
  git_.Write("manifests/dedicated.yaml", kDedicated);
  git_.Commit("Deliver");
  Keyed(0, {"state", "init"});
  Expect(0, {"apply", "--auto-approve"});  // without the key: nothing is sent
  const auto issue = [&](int code, const std::string& target) {
    const std::string file = git_.root() / ("for-" + std::to_string(code));
    return Keyed(code, {"token", "issue", "Token/acme/alone", "--target",
                        target, "--tokens-out", file});
  };
  EXPECT_TRUE(
      Holds(issue(64, "core").err, "those that have one: DeployTarget/acme/"));
  EXPECT_TRUE(Holds(issue(64, "nowhere").err, "no credential of its own"));
  EXPECT_TRUE(Holds(issue(0, "edge").out, "at DeployTarget/acme/edge to "));
  const json shown = KeyedJson(0, {"token", "show", "Token/acme/alone"});
  bool is_dedicated = false;
  for (const json& each : shown["credentials"]) {
    is_dedicated |= each.value("target", "") == "DeployTarget/acme/edge";
  }
  EXPECT_TRUE(is_dedicated) << shown.dump(2);
}

TEST_F(TokenCommands, ImportsByDigest) {
  ApplyIssuing();
  const std::string old =
      "vela_live_" + std::string(24, 'a') + std::string(24, '7');
  EXPECT_EQ(VerdictOf(old), "malformed");
  const std::string digest = Sha256(old).Hex();
  Keyed(64, {"token", "import", kDefault, "--sha256", "123"});
  Keyed(64, {"token", "import", kDefault, "--sha256", digest, "--hint",
             "sk_live_"});
  Keyed(0, {"token", "import", kDefault, "--sha256", digest, "--hint",
            "vela_live_aaaa"});
  EXPECT_EQ(VerdictOf(old), "valid");
  EXPECT_TRUE(Holds(Keyed(0, {"token", "list"}).out, "vela_live_aaaa..."));
}

// T-19
TEST_F(TokenCommands, InCiTheMaskComesFirst) {
  Keyed(0, {"state", "init"});
  Invocation call = WithKey({"apply", "--auto-approve", "--tokens-out",
                             (git_.root() / "ci").string()});
  call.variables.emplace_back("GITHUB_ACTIONS", "true");
  const Ran apply = RunWrit(call);
  EXPECT_EQ(apply.code, 0) << apply.all();
  Collect(git_.root() / "ci");
  ASSERT_EQ(issued_.size(), 3U);
  EXPECT_TRUE(KeepsSecrets(apply.out));
  for (const auto& [address, value] : issued_) {
    EXPECT_TRUE(Holds(apply.err, "::add-mask::" + value + "\n"));
  }
}

}  // namespace
}  // namespace writ::e2e
