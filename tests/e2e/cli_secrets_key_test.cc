// The master key: absent, wrong, leaking, and changed for another.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/e2e/secrets_bench.h"

namespace writ::e2e {
namespace {

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

}  // namespace
}  // namespace writ::e2e
