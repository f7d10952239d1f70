// writ token, once tokens are issued. What is kept of a state is searched for
// every value.
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
