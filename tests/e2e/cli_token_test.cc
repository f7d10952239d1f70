// writ token, and what apply and state init do about tokens. Every value that
// is issued here is a canary: whatever a command prints, and every file of the
// state, is searched for it.
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "schema/digest.h"
#include "tests/e2e/workbench.h"
#include "tests/support/credentials.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

constexpr char kDefault[] = "Token/order-service/default";
constexpr char kCi[] = "Token/acme/ci";
constexpr char kDashboard[] = "Token/acme/dashboard";

constexpr std::string_view kTokens = R"(apiVersion: writ/v1
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
constexpr char kKey[] = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=";

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
    EXPECT_EQ(ran.code, code) << ran.all();
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
  void Collect(const fs::path& file) {
    std::ifstream lines(file);
    std::string address;
    std::string value;
    while (lines >> address >> value) issued_[address] = value;
  }
  std::string Value(const std::string& address) {
    EXPECT_EQ(issued_.count(address), 1U) << address;
    return issued_[address];
  }

  // All but the visible prefix is secret.
  ::testing::AssertionResult KeepsSecrets(const std::string& text) {
    for (const auto& [address, value] : issued_) {
      if (text.find(value.substr(16)) != std::string::npos) {
        return ::testing::AssertionFailure() << address << " is in\n" << text;
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

  std::map<std::string, std::string> issued_;
};

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

// S-02 S-20 S-32: nothing that is printed or kept holds a value.
TEST_F(TokenCommands, NoValueIsEverShownOrKept) {
  ApplyIssuing();
  for (const Arguments& arguments :
       std::vector<Arguments>{{"token", "list"},
                              {"token", "list", "--json"},
                              {"token", "show", kCi},
                              {"token", "show", kDashboard, "--json"},
                              {"token", "verify", "-"},
                              {"state", "list", "--json"},
                              {"state", "show", kCi, "--json"},
                              {"explain", kCi, "--json"},
                              {"plan", "--json"},
                              {"audit", "show", "-n", "0"},
                              {"token", "revoke", kCi, "--reason", "test"},
                              {"token", "show", kCi}}) {
    Invocation call = WithKey(arguments);
    call.input = Value(kCi) + "\n";
    const Ran ran = RunWrit(call);
    EXPECT_TRUE(KeepsSecrets(ran.all())) << arguments[1];
  }
  Keyed(0, {"state", "backup", (git_.root() / "backup.db").string()});
  std::vector<fs::path> files = {git_.root() / "backup.db"};
  for (const auto& entry : fs::recursive_directory_iterator(state("staging"))) {
    files.push_back(entry.path());
  }
  for (const fs::path& file : files) EXPECT_TRUE(KeepsSecrets(Read(file)));
}

// S-14 S-31 S-32: found by name and by what may be shown.
TEST_F(TokenCommands, ListFindsByNameAndPrefix) {
  ApplyIssuing();
  const Ran all = Keyed(0, {"token", "list"});
  EXPECT_TRUE(Holds(all.out, Value(kDefault).substr(0, 14) + "..."));
  EXPECT_TRUE(Holds(all.out, Value(kDashboard).substr(0, 16) + "..."));
  EXPECT_TRUE(Holds(all.out, "until 20"));
  const auto found = [&](const std::string& text) {
    std::string addresses;
    const json list = KeyedJson(0, {"token", "list", text});
    for (const json& token : list["tokens"]) {
      addresses += token["address"].get<std::string>() + " ";
    }
    return addresses;
  };
  EXPECT_EQ(found("production-ci"), std::string(kCi) + " ");
  EXPECT_EQ(found(Value(kCi).substr(0, 11)), std::string(kCi) + " ");
  EXPECT_EQ(found(Value(kDashboard)), std::string(kDashboard) + " ");
  EXPECT_EQ(found("nothing like it"), "");
}

// S-04 S-26 S-36
TEST_F(TokenCommands, VerifySaysWhyAndRevokeIsFinal) {
  ApplyIssuing();
  const std::string ci = Value(kCi);
  EXPECT_EQ(VerdictOf(ci), "valid");
  EXPECT_EQ(VerdictOf(testing::MakeCredential("vela_cs_", 4)), "unknown");
  EXPECT_EQ(VerdictOf(ci.substr(0, 55) + "!"), "malformed");
  EXPECT_TRUE(Holds(Keyed(0, {"token", "suspend", kCi, "--reason", "odd"}).out,
                    "Suspended 1 credential"));
  EXPECT_EQ(VerdictOf(ci), "suspended");
  Keyed(0, {"token", "resume", kCi});
  EXPECT_EQ(VerdictOf(ci), "valid");
  // Wants no master key.
  EXPECT_TRUE(
      Holds(Expect(0, {"token", "revoke", kCi, "--reason", "unused"}).out,
            "Revoked 1 credential"));
  EXPECT_EQ(VerdictOf(ci), "revoked");
  EXPECT_TRUE(Holds(Keyed(0, {"token", "resume", kCi}).out, "Nothing to do"));
  EXPECT_TRUE(Holds(Keyed(0, {"token", "show", kCi}).out, "unused"));
  EXPECT_TRUE(
      Holds(Keyed(0, {"audit", "show", "-n", "0"}).out, "token.revoke"));
}

// Status is not spec: told, never healed.
TEST_F(TokenCommands, ThePlanSaysWhatAPersonDid) {
  ApplyIssuing();
  Invocation call = Call({"token", "revoke", kCi});
  call.variables.emplace_back("WRIT_ACTOR", "ana@laptop");
  EXPECT_EQ(RunWrit(call).code, 0);
  for (int run = 0; run < 2; ++run) {
    const Ran plan = Keyed(0, {"plan"});
    EXPECT_TRUE(
        Holds(plan.out, std::string(kCi) + " is revoked by ana@laptop"));
    EXPECT_TRUE(Holds(plan.out, "still declared"));
    EXPECT_TRUE(Holds(Keyed(0, {"explain", kCi}).out, "revoked by ana@laptop"));
    // An apply doesn't make it forgotten.
    Keyed(0, {"apply", "--auto-approve"});
  }
  const std::string file = git_.root() / "again";
  Keyed(0, {"token", "issue", kCi, "--tokens-out", file});
  Collect(file);
  EXPECT_EQ(VerdictOf(Value(kCi)), "valid");
  EXPECT_TRUE(Lacks(Keyed(0, {"plan"}).out, "revoked"));
}

// S-22 S-33 S-34: what git says of a token holds for those that are out.
TEST_F(TokenCommands, RightsFollowGit) {
  ApplyIssuing();
  const std::string token = Value(kDashboard);
  EXPECT_EQ(VerdictOf(token, {"--from", "203.0.113.9"}), "valid");
  EXPECT_EQ(VerdictOf(token, {"--from", "::ffff:203.0.113.9"}), "valid");
  EXPECT_EQ(VerdictOf(token, {"--from", "2001:db8::7"}), "valid");
  EXPECT_EQ(VerdictOf(token, {"--from", "192.0.2.1"}), "wrong_address");
  Edit("manifests/tokens.yaml", "203.0.113.0/24", "192.0.2.0/24");
  Edit("manifests/tokens.yaml", ", \"crm:read\"", "");
  git_.Commit("Narrow");
  // Without the key, what git narrows can't go on being allowed unnoticed.
  const Ran keyless = Expect(8, {"apply", "--auto-approve"});
  EXPECT_TRUE(Holds(keyless.out, "master key"));
  Keyed(0, {"apply", "--auto-approve"});
  EXPECT_EQ(VerdictOf(token, {"--from", "203.0.113.9"}), "wrong_address");
  EXPECT_EQ(VerdictOf(token, {"--from", "192.0.2.1"}), "valid");
  const json shown = KeyedJson(0, {"token", "show", kDashboard});
  EXPECT_EQ(shown["credentials"][0]["rights"]["scopes"],
            json::parse(R"(["inbox:read"])"));
}

// S-25: a Token that leaves git takes its credentials along, with or without
// the key.
TEST_F(TokenCommands, ADeletedTokenOpensNothing) {
  ApplyIssuing();
  Edit("manifests/tokens.yaml", R"(---
apiVersion: writ/v1
kind: Token
metadata: {name: ci}
spec: {type: clientSecret, workspace: acme, label: production-ci}
)",
       "");
  git_.Commit("Remove the token of CI");
  Expect(0, {"apply", "--auto-approve"});
  EXPECT_EQ(VerdictOf(Value(kCi)), "revoked");
  EXPECT_EQ(VerdictOf(Value(kDefault)), "valid");
  Expect(0, {"state", "undelete", kCi});
  EXPECT_EQ(VerdictOf(Value(kCi)), "revoked");
  Expect(0, {"state", "rm", kDashboard, "--reason", "test"});
  EXPECT_EQ(VerdictOf(Value(kDashboard)), "revoked");
}

TEST_F(TokenCommands, ScanFindsRealTokensOffline) {
  ApplyIssuing();
  const fs::path tree = git_.root() / "tree";
  fs::create_directories(tree / ".git");
  fs::create_directories(tree / "deep");
  std::ofstream(tree / "clean.txt") << "vela_live_" << std::string(48, 'x');
  std::ofstream(tree / ".git/object") << Value(kCi);
  EXPECT_TRUE(Holds(Keyed(0, {"token", "scan", tree.string()}).out,
                    "0 tokens in 1 file"));
  // Across the pieces that a file is read in.
  std::ofstream(tree / "deep/log.bin")
      << std::string((1U << 20U) - 20, '\n') << "key=" << Value(kCi) << "\n";
  const Ran found = Keyed(1, {"token", "scan", tree.string()});
  EXPECT_TRUE(Holds(found.out, "deep/log.bin:1048557:5  " +
                                   Value(kCi).substr(0, 12) + "..."));
  const json machine = KeyedJson(1, {"token", "scan", tree.string()});
  ASSERT_EQ(machine["found"].size(), 1U);
  EXPECT_EQ(machine["found"][0]["column"], 5);
  Keyed(1, {"token", "scan", (tree / "deep/log.bin").string()});
  Keyed(1, {"token", "scan", (tree / "nowhere").string()});
  EXPECT_TRUE(Holds(Expect(0, {"token", "scan", "--help"}).out, "Ends 1"));
}

// T-23: by digest, written down nowhere.
TEST_F(TokenCommands, LeakedRevokesWhatItIsGiven) {
  ApplyIssuing();
  const std::string stranger = testing::MakeCredential("vela_cs_", 9);
  const std::string report = "found on the web:\n  A=\"" + Value(kCi) +
                             "\"\n  B=" + stranger + " twice " + Value(kCi);
  Invocation call = Call({"token", "leaked", "-"});
  call.input = report;
  const Ran leaked = RunWrit(call);  // without the key
  EXPECT_EQ(leaked.code, 0) << leaked.all();
  EXPECT_TRUE(KeepsSecrets(leaked.all()));
  EXPECT_TRUE(Holds(leaked.out, std::string(kCi)));
  EXPECT_TRUE(Holds(leaked.out, ": revoked"));
  EXPECT_TRUE(Holds(leaked.out, "not issued by this state"));
  EXPECT_EQ(VerdictOf(Value(kCi)), "revoked");
  EXPECT_EQ(VerdictOf(Value(kDefault)), "valid");
  const json again = KeyedJson(0, {"token", "leaked"}, report);
  ASSERT_EQ(again["tokens"].size(), 2U);
  EXPECT_EQ(again["tokens"][0]["outcome"], "ended_already");
  EXPECT_EQ(again["tokens"][1]["outcome"], "not_ours");
  EXPECT_TRUE(
      Holds(Keyed(0, {"token", "leaked"}, "nothing here").out, "no token"));
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
  EXPECT_TRUE(Holds(Keyed(0, {"token", "list"}).out, "Token/state/first"));
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
  git_.Write("manifests/dedicated.yaml", R"(apiVersion: writ/v1
kind: DeployTarget
metadata: {name: edge}
spec: {workspace: acme, type: dotenv, dotenv: {path: /srv/.env}}
---
apiVersion: writ/v1
kind: DeployTarget
metadata: {name: core}
spec: {workspace: acme, type: dotenv, dotenv: {path: /srv/core.env}}
---
apiVersion: writ/v1
kind: Token
metadata: {name: shared-out}
spec:
  workspace: acme
  type: workspaceToken
  deliverTo:
    - {target: edge, name: A, dedicated: true}
    - {target: core, name: A}
)");
  git_.Commit("Deliver");
  Keyed(0, {"state", "init"});
  Expect(0, {"apply", "--auto-approve"});  // without the key: nothing is sent
  const auto issue = [&](int code, const std::string& target) {
    const std::string file = git_.root() / ("for-" + std::to_string(code));
    return Keyed(code, {"token", "issue", "Token/acme/shared-out", "--target",
                        target, "--tokens-out", file});
  };
  EXPECT_TRUE(
      Holds(issue(64, "core").err, "those that have one: DeployTarget/acme/"));
  EXPECT_TRUE(Holds(issue(64, "nowhere").err, "no credential of its own"));
  EXPECT_TRUE(Holds(issue(0, "edge").out, "at DeployTarget/acme/edge to "));
  const json shown = KeyedJson(0, {"token", "show", "Token/acme/shared-out"});
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

TEST_F(TokenCommands, AValueInArgumentsIsRefusedAndNotRepeated) {
  ApplyIssuing();
  const std::string ci = Value(kCi);
  Keyed(64, {"token", "verify", ci});
  Keyed(64, {"token", "leaked", ci});
  Keyed(64, {"token", "revoke", ci});
  Keyed(64, {"token", "issue", ci});
  Keyed(64, {"token", "show", ci});
  Keyed(64, {"token", "issue", kCi});
  Keyed(1, {"token", "show", "Token/acme/nobody"});
  Keyed(1, {"token", "revoke", "crd_nobody"});
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

// T-10
TEST_F(TokenCommands, ARestoredStateServesNobodyUntilAccepted) {
  ApplyIssuing();
  const std::string backup = git_.root() / "backup.db";
  Keyed(0, {"state", "backup", backup});
  const std::string restored = "sqlite:" + (git_.root() / "restored").string();
  Keyed(0, {"state", "restore", backup, "--state", restored});
  EXPECT_EQ(VerdictOf(Value(kCi), {"--state", restored}), "restored");
  Keyed(5, {"token", "issue", kCi, "--state", restored, "--tokens-out",
            (git_.root() / "late").string()});
  Keyed(0, {"state", "restore", "--accept", "--state", restored});
  EXPECT_EQ(VerdictOf(Value(kCi), {"--state", restored}), "valid");
}

}  // namespace
}  // namespace writ::e2e
