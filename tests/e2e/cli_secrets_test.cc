// writ secrets. Its values are searched for in every file, too.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/secrets_bench.h"

namespace writ::e2e {
namespace {

// S-42, S-43, S-44, S-46
TEST_F(SecretsCommands, SetSaysWhatTheProductSays) {
  EXPECT_TRUE(
      Says(Keyed(64, {"secrets", "set", ""}), "Secret key is required"));
  EXPECT_TRUE(Says(Keyed(64, {"secrets", "set"}), "Secret key is required"));
  EXPECT_TRUE(Says(Keyed(64, {"secrets", "set", "SLACK_URL"}),
                   "Secret value is required"));
  EXPECT_TRUE(
      Says(Keyed(0, {"secrets", "set", "SLACK_URL"}, kCanary), "version 1"));
  EXPECT_TRUE(
      Says(Keyed(64, {"secrets", "set", "SLACK_URL"}), "No changes to save"));
  EXPECT_TRUE(Says(
      Keyed(0, {"secrets", "set", "SLACK_URL"}, std::string(kCanary) + "\n"),
      "nothing changed"));
  EXPECT_TRUE(
      Says(Keyed(0, {"secrets", "set", "SLACK_URL"}, "another"), "version 2"));
}

// S-41: keys are upper-case; S-42: what was wrongly typed isn't repeated.
TEST_F(SecretsCommands, NoValueStandsOnTheCommandLine) {
  for (const Arguments& wrong :
       {Arguments{"secrets", "set", "SLACK_URL", kCanary},
        Arguments{"secrets", "set", std::string("SLACK_URL=") + kCanary},
        Arguments{"secrets", "set", "SLACK_URL", "--value", kCanary},
        Arguments{"config", "set", "SLACK_URL", kCanary}}) {
    EXPECT_TRUE(Says(Keyed(64, wrong), "never stands on the command line"));
  }
  Keyed(64, {"secrets", "set", "slack_url"}, "x");
  EXPECT_TRUE(Says(Keyed(1, {"secrets", "set", "SLACK_URI"}, "x"),
                   "did you mean SLACK_URL"));
}

TEST_F(SecretsCommands, AValueIsOfItsType) {
  EXPECT_TRUE(
      Says(Keyed(64, {"secrets", "set", "PIN"}, kCanary), "a number is like"));
  Keyed(0, {"secrets", "set", "PIN"}, "1234\n");
}

// S-43: a new description; what git declares is described in git.
TEST_F(SecretsCommands, DescribesWhatNoManifestDeclares) {
  EXPECT_TRUE(Says(Keyed(1, {"secrets", "set", "NEW"}, "x"), "no secret"));
  Keyed(0, {"secrets", "set", "NEW", "--create", "--description", "By hand."},
        kCanary);
  Keyed(0, {"secrets", "set", "NEW", "--description", "Another."});
  EXPECT_TRUE(Holds(Keyed(0, {"secrets", "list"}).out, "Another."));
  Set("SLACK_URL", "x", "staging");
  EXPECT_TRUE(
      Says(Keyed(1, {"secrets", "set", "SLACK_URL", "--description", "Mine."}),
           "manifests/secrets.yaml"));
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "No changes."));
}

// S-40, S-42
TEST_F(SecretsCommands, ListShowsEverythingButTheValue) {
  Set("SLACK_URL", kCanary);
  const Ran list = Keyed(0, {"secrets", "list", "-p", "payments"});
  EXPECT_TRUE(Holds(list.out, "KEY"));
  EXPECT_TRUE(Holds(list.out, "Incoming webhook."));
  EXPECT_TRUE(Holds(list.out, "dev v1, staging -"));
  EXPECT_TRUE(Holds(list.out, "required and has no value in staging"));
  json rows = json::parse(Keyed(0, {"secrets", "list", "--json"}).out);
  EXPECT_EQ(rows["secrets"][1]["key"], "SLACK_URL");
  EXPECT_EQ(rows["secrets"][1]["type"], "string");
  EXPECT_EQ(rows["secrets"][1]["missing"], json::array({"staging"}));
  EXPECT_EQ(rows["secrets"][1]["values"]["dev"]["version"], 1);
}

// S-45
TEST_F(SecretsCommands, UnsetWantsTheKeyBackAndNamesDependents) {
  Set("SLACK_URL", kCanary);
  const Arguments unset = {"secrets", "unset", "SLACK_URL", "--secret-env",
                           "dev"};
  const Ran refused = Keyed(5, unset, "slack_url\n");
  EXPECT_TRUE(Says(refused, "permanent"));
  EXPECT_TRUE(Says(refused, "Destination/order-service/slack depends on it"));
  EXPECT_EQ(Seen("SLACK_URL"), kCanary);
  EXPECT_TRUE(Says(Keyed(0, unset, "SLACK_URL\n"), "Destroyed 1 version"));
  EXPECT_TRUE(Says(Keyed(1, unset, "SLACK_URL\n"), "has no value"));
  EXPECT_TRUE(Says(Keyed(1, {"secrets", "rollback", "SLACK_URL", "--to", "1",
                             "--secret-env", "dev"}),
                   "destroyed"));
}

// T-15: out of the log too, while somebody else has the state open.
TEST_F(SecretsCommands, WhatIsUnsetIsTakenOutOfTheLog) {
  const OwnStore open(state("staging"));
  const auto log = state("staging") / "state.db-wal";
  Set("SLACK_URL", kCanary);
  EXPECT_GT(std::filesystem::file_size(log), 0U);
  Keyed(0, {"secrets", "unset", "SLACK_URL", "--secret-env", "dev"},
        "SLACK_URL\n");
  EXPECT_EQ(std::filesystem::file_size(log), 0U);
}

TEST_F(SecretsCommands, RollsBackAndGenerates) {
  Set("SLACK_URL", "one");
  Set("SLACK_URL", "two");
  Keyed(0, {"secrets", "rollback", "SLACK_URL", "--to", "1", "--secret-env",
            "dev"});
  EXPECT_EQ(Seen("SLACK_URL"), "one");
  const Arguments generate = {"secrets", "generate", "SLACK_URL",
                              "--secret-env", "dev"};
  EXPECT_TRUE(Says(Keyed(5, generate), "--replace"));
  Arguments replace = generate;
  replace.emplace_back("--replace");
  const Ran generated = Keyed(0, replace);
  const std::string value = Seen("SLACK_URL");
  EXPECT_EQ(value.size(), 32U);
  EXPECT_TRUE(Lacks(generated.all(), value));
  EXPECT_TRUE(Holds(
      Keyed(0, {"secrets", "versions", "SLACK_URL", "--secret-env", "dev"}).out,
      "current"));
}

// S-42, T-06: no output and no file holds a value.
TEST_F(SecretsCommands, NoOutputAndNoFileHoldsAValue) {
  Set("SLACK_URL", kCanary);
  Set("SLACK_URL", std::string(kCanary) + "-two");
  Set("SLACK_URL", kCanary, "staging");
  Keyed(0, {"secrets", "versions", "SLACK_URL", "--json"});
  Keyed(0, {"secrets", "check-key", "--json"});
  for (const Arguments& arguments :
       {Arguments{"plan", "--json"}, Arguments{"state", "list", "--json"},
        Arguments{"state", "show", "Secret/payments/SLACK_URL", "--json"},
        Arguments{"audit", "show", "-n", "0", "--json"}, Arguments{"doctor"},
        Arguments{"state", "verify"}}) {
    EXPECT_TRUE(Lacks(testing::RunWrit(WithKey(arguments)).all(), "canary"));
  }
  const std::string exported = (git_.root() / "export.db").string();
  Expect(0, {"state", "export", "--for-plan", exported});
  Expect(0, {"state", "backup", (git_.root() / "backup.db").string()});
  int files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(git_.root())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    EXPECT_TRUE(Lacks(Read(entry.path()), "canary")) << entry.path();
  }
  EXPECT_GT(files, 5);
}

// T-12: values are not lost unnoticed.
TEST_F(SecretsCommands, DeletingASecretWithValuesIsUnsafe) {
  Set("PIN", "42");
  Edit(repository() / "manifests/secrets.yaml",
       "---\napiVersion: writ/v1\nkind: Secret\nmetadata: {name: PIN}\n"
       "spec: {project: payments, type: number}\n",
       "");
  git_.Commit("Drop a secret");
  EXPECT_TRUE(
      Says(Expect(5, {"plan"}), "--allow-data-loss Secret/payments/PIN"));
  Expect(0, {"plan", "--allow-data-loss", "Secret/payments/PIN"});
}

}  // namespace
}  // namespace writ::e2e
