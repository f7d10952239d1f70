// Rotations by the real binary over real files: delivered, replaced, stopped,
// resumed, killed. At no moment is the value that a consumer reads refused.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr int kKills = 12;
constexpr char kToken[] = "Token/acme/ci";

class Rotation : public Workbench {
 protected:
  void SetUp() override {
    fs::create_directories(Out());
    WriteFile(EnvFile(), "OTHER=1\n# kept\n");
    fs::permissions(EnvFile(), fs::perms(0600));
    WriteFile(HostPath(), "apiVersion: writ/v1\nkind: Host\nspec: {dotenv: [" +
                              Out().string() + "]}\n");
    git_.Write("writ.yaml", kRepository);
    git_.Write("manifests/workspace.yaml", kWorkspace);
    git_.Write("manifests/token.yaml", Manifests(1));
    git_.Commit("Declare a token");
    Expect(0, {"state", "init"});
    RunKeyed(0, {"secrets", "init", "--key-file", KeyPath()});
  }

  fs::path Out() const { return git_.root() / "out"; }
  fs::path EnvFile() const { return Out() / ".env"; }
  fs::path HostPath() const { return git_.root() / "host.yaml"; }
  std::string KeyPath() const { return (git_.root() / "key").string(); }

  static void WriteFile(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  std::string Manifests(int rotation_id) const {
    return R"(apiVersion: writ/v1
kind: RotationSchedule
metadata: {name: often}
spec: {workspace: acme, every: 30d, evidence: readback}
---
apiVersion: writ/v1
kind: DeployTarget
metadata: {name: env}
spec: {workspace: acme, type: dotenv, dotenv: {path: )" +
           EnvFile().string() + R"(}}
---
apiVersion: writ/v1
kind: Token
metadata: {name: ci}
spec:
  type: clientSecret
  workspace: acme
  rotation: often
  rotationId: )" +
           std::to_string(rotation_id) + R"(
  deliverTo: [{target: env, name: VELA_CLIENT_SECRET}]
)";
  }

  Invocation Keyed(Arguments arguments) const {
    Invocation call = Call(std::move(arguments));
    call.variables = {{"WRIT_MASTER_KEY_FILE", KeyPath()}};
    return call;
  }
  Ran RunKeyed(int code, Arguments arguments) const {
    const Ran ran = testing::RunWrit(Keyed(std::move(arguments)));
    EXPECT_EQ(ran.code, code) << ran.all();
    return ran;
  }
  Ran Granted(int code, Arguments arguments) const {
    arguments.insert(arguments.end(), {"--host-config", HostPath().string()});
    return RunKeyed(code, std::move(arguments));
  }
  Ran ApplyKeyed(int code = 0) const {
    return Granted(code, {"apply", "--auto-approve"});
  }

  // What a consumer reads.
  std::string Value() const {
    std::ifstream in(EnvFile());
    for (std::string line; std::getline(in, line);) {
      constexpr std::string_view kName = "VELA_CLIENT_SECRET=";
      if (line.rfind(kName, 0) == 0) return line.substr(kName.size());
    }
    return {};
  }
  bool IsLetIn(const std::string& value) const {
    Invocation call = Keyed({"token", "verify", "-"});
    call.input = value;
    return testing::RunWrit(call).code == 0;
  }
  void BreakLease() {
    const json list = ExpectJson(0, {"lock", "list", "--json"});
    for (const json& lease : list.at("leases")) {
      Expect(0, {"lock", "break", lease["id"], "--reason", "killed"});
    }
  }
};

// S-03, S-06.
TEST_F(Rotation, AnApplyDeliversAndALaterOneReplaces) {
  const Ran first = ApplyKeyed();
  EXPECT_TRUE(Says(first, "DONE"));
  const std::string old = Value();
  EXPECT_TRUE(IsLetIn(old));
  EXPECT_TRUE(Holds(Read(EnvFile()), "OTHER=1\n# kept\n"));

  git_.Write("manifests/token.yaml", Manifests(2));
  git_.Commit("Ask for another one");
  const Ran second = ApplyKeyed();
  EXPECT_NE(Value(), old);
  EXPECT_TRUE(IsLetIn(Value()));
  EXPECT_FALSE(IsLetIn(old));
  for (const Ran* ran : {&first, &second}) {
    EXPECT_TRUE(Lacks(ran->all(), old));
    EXPECT_TRUE(Lacks(ran->all(), Value()));
  }
  EXPECT_TRUE(Says(ApplyKeyed(), "No changes."));
  const Ran show = Expect(0, {"rotation", "show", kToken});
  EXPECT_TRUE(Says(show, "rotation_id"));
  EXPECT_TRUE(Says(show, "revoked"));
}

TEST_F(Rotation, WithoutAGrantItPausesAndSaysWhichOneIsMissing) {
  const Ran apply = RunKeyed(8, {"apply", "--auto-approve"});
  EXPECT_TRUE(Says(apply, "PAUSED"));
  EXPECT_TRUE(Says(apply, "dotenv"));
  EXPECT_TRUE(Value().empty());
  EXPECT_TRUE(Says(Expect(0, {"rotation", "list"}), "PAUSED"));
  // Why stands in a line of its own.
  EXPECT_TRUE(Says(Expect(0, {"rotation", "show", kToken}), "PAUSED\n\n  ! "));
  Granted(0, {"rotation", "resume", kToken});
  EXPECT_TRUE(IsLetIn(Value()));
}

TEST_F(Rotation, WithoutAKeyNothingIsIssuedAndTheWayOnIsNamed) {
  const Ran apply = Expect(0, {"apply", "--auto-approve"});
  EXPECT_TRUE(Says(apply, "Not issued"));
  EXPECT_TRUE(Says(apply, std::string("writ rotate ") + kToken));
  Granted(0, {"rotate", kToken});
  EXPECT_TRUE(IsLetIn(Value()));
}

TEST_F(Rotation, ADueOneStandsInThePlanWithItsSteps) {
  ApplyKeyed();
  EXPECT_TRUE(Says(Expect(0, {"plan"}), "No changes."));
  const Arguments later = {"plan", "--now", "2099-01-01T00:00:00Z"};
  const Ran plan = Expect(0, later);
  EXPECT_TRUE(Says(plan, "↻ Token/acme/ci"));
  EXPECT_TRUE(Says(plan, "(often)"));
  EXPECT_TRUE(Says(plan, "create → deploy env → verify by readback → revoke"));
  EXPECT_TRUE(Says(plan, "1 to rotate"));
  EXPECT_TRUE(Lacks(plan.all(), Value()));
  const json read =
      ExpectJson(0, {"plan", "--now", "2099-01-01T00:00:00Z", "--json"});
  const json same = ExpectJson(0, {"plan", "--json"});
  EXPECT_EQ(read["context"]["scheduled"].size(), 1U);
  EXPECT_EQ(read["digest"], same["digest"]);
}

TEST_F(Rotation, ACompromisedOneGoesAtOnce) {
  ApplyKeyed();
  const std::string old = Value();
  Granted(0, {"rotate", kToken, "--compromised"});
  EXPECT_FALSE(IsLetIn(old));
  EXPECT_TRUE(IsLetIn(Value()));
}

// T-23: its consumer has another one before it is revoked, and is told of.
TEST_F(Rotation, ALeakedOneIsReplacedAndRevoked) {
  ApplyKeyed();
  const std::string old = Value();
  Invocation call =
      Keyed({"token", "leaked", "-", "--host-config", HostPath().string()});
  call.input = "paste: " + old;
  const Ran leaked = testing::RunWrit(call);
  EXPECT_EQ(leaked.code, 0) << leaked.all();
  EXPECT_TRUE(Says(leaked, "replaced by an emergency rotation, and revoked"));
  EXPECT_TRUE(Lacks(leaked.all(), old));
  EXPECT_FALSE(IsLetIn(old));
  EXPECT_NE(Value(), old);
  EXPECT_TRUE(IsLetIn(Value()));
  EXPECT_TRUE(Says(Expect(0, {"rotation", "show", kToken}), "compromised"));
}

// Safety before service: where nothing can be delivered, it goes all the same.
TEST_F(Rotation, ALeakedOneThatCannotBeReplacedIsRevoked) {
  ApplyKeyed();
  const std::string old = Value();
  Invocation call = Keyed({"token", "leaked", "-"});  // no grant of .env
  call.input = old;
  const Ran leaked = testing::RunWrit(call);
  EXPECT_EQ(leaked.code, 0) << leaked.all();
  EXPECT_TRUE(Says(leaked, "was not replaced"));
  EXPECT_FALSE(IsLetIn(old));
}

TEST_F(Rotation, ADryRunDoesNothing) {
  ApplyKeyed();
  const std::string before = Value();
  const Ran dry = Expect(0, {"rotate", kToken, "--dry-run"});
  EXPECT_TRUE(Says(dry, "Nothing was done"));
  EXPECT_TRUE(Says(dry, "DeployTarget/acme/env"));
  EXPECT_EQ(Value(), before);
  EXPECT_TRUE(Says(Expect(0, {"rotation", "list"}), "No rotation"));
}

TEST_F(Rotation, ShowsItselfAsJsonWithoutDigests) {
  ApplyKeyed();
  const json shown = ExpectJson(0, {"rotation", "show", kToken, "--json"});
  EXPECT_EQ(shown["rotation"]["phase"], "DONE");
  for (const json& credential : shown["rotation"]["credentials"]) {
    EXPECT_EQ(credential.value("digest", ""), "");
  }
}

// SIGKILL at any moment: the consumer's value stays valid, and the next run
// finishes.
TEST_F(Rotation, KilledAnywhereTheNextRunFinishes) {
  ApplyKeyed();
  const auto start = std::chrono::steady_clock::now();
  Granted(0, {"rotate", kToken});
  const auto whole = std::chrono::duration_cast<milliseconds>(
      std::chrono::steady_clock::now() - start);
  std::minstd_rand random(20261121);
  std::uniform_int_distribution<int> moment(0, static_cast<int>(whole.count()));
  for (int kill = 0; kill < kKills; ++kill) {
    WritProcess rotate(
        Keyed({"rotate", kToken, "--host-config", HostPath().string()}));
    rotate.WaitFor(milliseconds(moment(random)));
    rotate.Send(SIGKILL);
    rotate.Wait();
    EXPECT_TRUE(IsLetIn(Value())) << "kill " << kill;
    BreakLease();
    // Joins what was left, or rotates once more.
    const std::string held = Value();
    Granted(0, {"rotate", kToken});
    EXPECT_TRUE(IsLetIn(Value())) << "kill " << kill;
    const json tokens = ExpectJson(0, {"token", "show", kToken, "--json"});
    int active = 0;
    for (const json& credential : tokens.at("credentials")) {
      active += credential.at("status") == "active" ? 1 : 0;
    }
    EXPECT_EQ(active, 1) << "kill " << kill << tokens.dump(1);
    for (const auto& entry : fs::directory_iterator(state("staging"))) {
      EXPECT_TRUE(Lacks(entry.path().filename().string(), ".key"));
    }
  }
  Expect(0, {"state", "verify"});
  Expect(0, {"audit", "verify"});
}

}  // namespace
}  // namespace writ::e2e
