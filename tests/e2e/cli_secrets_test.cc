// writ secrets, run, config. A canary stands for every value; it is searched
// for in all that is printed and in every file.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

constexpr char kCanary[] = "canary-5b1e7d-value";

constexpr char kSecrets[] = R"(apiVersion: writ/v1
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

// T-14: each way in which the key can be absent or wrong, before any write.
TEST_F(SecretsCommands, SaysWhatIsWrongWithTheKey) {
  const Arguments set = {"secrets", "set", "SLACK_URL"};
  Invocation call = Call(set);
  call.input = kCanary;
  EXPECT_TRUE(Says(Checked(1, call), "WRIT_MASTER_KEY_FILE"));
  Invocation wrong = WithKey(set, kCanary);
  wrong.variables = {
      {"WRIT_MASTER_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}};
  EXPECT_TRUE(Says(Checked(1, wrong), "another master key"));
  wrong.variables = {{"WRIT_MASTER_KEY", kCanary}};
  EXPECT_TRUE(Says(Checked(64, wrong), "exactly 32 bytes"));
  std::filesystem::permissions(key(), std::filesystem::perms(0644));
  EXPECT_TRUE(Says(Keyed(1, set, kCanary), "chmod 600"));
  std::filesystem::remove(key());
  Keyed(1, set, kCanary);
  EXPECT_TRUE(Says(Keyed(1, {"secrets", "init"}), "isn't there"));
  EXPECT_FALSE(std::filesystem::exists(key()));
}

// T-14
TEST_F(SecretsCommands, MakesNoKeyWhereItWouldLeak) {
  for (const char* place : {"key", "state/staging/key"}) {
    Expect(0, {"state", "init", "-e", "production"});
    const Ran init =
        Expect(5, {"secrets", "init", "-e", "production", "--key-file", place});
    EXPECT_TRUE(Says(init, "would lie in"));
  }
  EXPECT_TRUE(Says(Keyed(0, {"secrets", "init"}), "already"));
}

// T-14: another key, with service all the while; the backup has the old one.
TEST_F(SecretsCommands, RekeysWithoutAnOutage) {
  Set("SLACK_URL", kCanary);
  const std::string backup = (git_.root() / "backup.db").string();
  Expect(0, {"state", "backup", backup});
  const std::string next = (git_.root() / "next").string();
  const Ran begun =
      Keyed(0, {"secrets", "rekey", "--new-key-file", next, "--create"});
  EXPECT_TRUE(Says(begun, "Either key"));
  EXPECT_EQ(Seen("SLACK_URL"), kCanary);
  EXPECT_TRUE(Says(Keyed(5, {"secrets", "rekey", "--finish"}), "old one"));
  Invocation finish = WithKey({"secrets", "rekey", "--finish"});
  finish.variables = {{"WRIT_MASTER_KEY_FILE", next}};
  EXPECT_TRUE(Says(Checked(0, finish), "finished"));
  EXPECT_TRUE(Says(Keyed(1, {"secrets", "check-key"}), "before a rekey"));
  EXPECT_TRUE(
      Says(Keyed(0, {"secrets", "check-key", backup}), "opens the backup"));
  Invocation check = finish;
  check.arguments = {"secrets", "check-key", "--json"};
  EXPECT_EQ(json::parse(Checked(0, check).out)["generation"], 2);
  check.arguments = {"secrets", "check-key", backup};
  Checked(1, check);
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

// A prompt shows nothing of what is typed.
TEST_F(SecretsCommands, ThePromptDoesNotShowWhatIsTyped) {
  int terminal = -1;
  const std::string program = testing::WritBinary().string();
  const std::string folder = repository().string();
  const std::string variable = "WRIT_MASTER_KEY_FILE=" + key().string();
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  ASSERT_GE(child, 0);
  if (child == 0) {
    const char* argv[] = {program.c_str(), "secrets", "set", "SLACK_URL",
                          nullptr};
    const char* environment[] = {variable.c_str(), "PATH=/usr/bin:/bin",
                                 nullptr};
    if (::chdir(folder.c_str()) == 0) {
      ::execve(program.c_str(), const_cast<char**>(argv),
               const_cast<char**>(environment));
    }
    ::_exit(127);
  }
  std::string shown;
  const auto read_until = [&](const char* text) {
    char buffer[256];
    ssize_t size = 1;
    while (size > 0 && shown.find(text) == std::string::npos) {
      size = ::read(terminal, buffer, sizeof buffer);
      if (size > 0) shown.append(buffer, static_cast<std::size_t>(size));
    }
  };
  const std::string line = std::string(kCanary) + "\n";
  read_until("Value of");
  ASSERT_EQ(::write(terminal, line.data(), line.size()),
            static_cast<ssize_t>(line.size()));
  read_until("Once more");
  ASSERT_EQ(::write(terminal, line.data(), line.size()),
            static_cast<ssize_t>(line.size()));
  read_until("version 1");
  int status = 0;
  ::close(terminal);
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(Lacks(shown, "canary"));
  EXPECT_TRUE(Holds(shown, "version 1"));
}

}  // namespace
}  // namespace writ::e2e
