// A repository that means harm. Planning it starts nothing, opens nothing
// outside, speaks to nobody (T-01, T-06, T-22); its text drives no terminal
// (T-17); no credential comes out.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/system_trace.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

constexpr char kCanary[] = "canary-4711-of-the-host";

// A script that leaves a mark, in every place where git or a manifest could
// have something started.
class Hostile : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    fs::create_directories(git_.root() / "outside");
    std::ofstream(outside("secret.yaml")) << AppText(kCanary);
    std::ofstream(outside("run.sh"))
        << "#!/bin/sh\ntouch " << outside("ran").string() << "\n";
    fs::permissions(outside("run.sh"), fs::perms(0755));
  }

  fs::path outside(const std::string& name) const {
    return git_.root() / "outside" / name;
  }

  void WriteSources() {
    const std::string script = outside("run.sh").string();
    const std::string secret =
        "---\napiVersion: writ/v1\nkind: Secret\nmetadata: {name: ";
    const auto source = [&](const std::string& name, const std::string& from) {
      return secret + name + "}\nspec: {project: payments, source: {" + from +
             "}}\n";
    };
    git_.Write("manifests/sources.yaml",
               "apiVersion: writ/v1\nkind: Project\nmetadata: {name: payments}"
               "\nspec: {workspace: acme}\n" +
                   source("E", "env: {name: CANARY}") +
                   source("F", "file: {path: " +
                                   outside("secret.yaml").string() + "}") +
                   source("X", "exec: {command: [" + script + "]}") +
                   Usable(source("T", "managed: {}")) +
                   source("V",
                          "vault: {address: \"https://127.0.0.1:9\", mount: a, "
                          "path: b, field: c, token: {secretRef: {project: "
                          "payments, key: T}}}") +
                   TargetsText(script));
  }

  static std::string Usable(const std::string& secret) {
    return secret.substr(0, secret.rfind('}')) +
           ", usableBy: [DeployTarget/acme/hook]}\n";
  }

  static std::string TargetsText(const std::string& script) {
    const std::string head =
        "---\napiVersion: writ/v1\nkind: DeployTarget\nmetadata: {name: ";
    const std::string probe =
        "  probe: {http: {url: \"https://127.0.0.1:9/health\"}}\n";
    return head + "runner}\nspec:\n  workspace: acme\n  type: exec\n" +
           "  exec: {command: [" + script + "]}\n" + probe + head +
           "file}\nspec:\n  workspace: acme\n  type: dotenv\n" +
           "  dotenv: {path: /etc/passwd}\n" + head +
           "hook}\nspec:\n  workspace: acme\n  type: webhook\n" +
           "  webhook: {url: \"https://127.0.0.1:9/hook\", signingSecret: "
           "{secretRef: {project: payments, key: T}}}\n";
  }

  void WriteTricksOfGit() {
    const std::string script = outside("run.sh").string();
    fs::create_symlink(outside("secret.yaml"),
                       repository() / "manifests/link.yaml");
    fs::create_directory_symlink(git_.root() / "outside",
                                 repository() / "manifests/folder");
    git_.Write(".gitattributes", "*.yaml filter=evil diff=evil\n");
    git_.Write(".gitmodules",
               "[submodule \"sub\"]\n\tpath = manifests/sub\n\turl = ext::" +
                   script + "\n");
    git_.Commit("Tricks");
    git_.Git({"update-index", "--add", "--cacheinfo",
              "160000," + git_.Git({"rev-parse", "HEAD"}) + ",manifests/sub"});
    git_.Git({"commit", "--quiet", "--message", "A submodule"});
  }

  // From here on git itself would start the script.
  void SetTrapsInTheConfiguration() {
    const std::string script = outside("run.sh").string();
    for (const char* key :
         {"core.fsmonitor", "filter.evil.clean", "filter.evil.smudge",
          "filter.evil.process", "diff.evil.textconv", "diff.evil.command",
          "core.sshCommand", "core.pager", "credential.helper",
          "uploadpack.packObjectsHook"}) {
      git_.Git({"config", key, script});
    }
    git_.Git({"config", "core.hooksPath", (git_.root() / "outside").string()});
    fs::remove(outside("ran"));
  }
};

// T-01: what a plan may ask of the system.
void ExpectHarmless(const Traced& traced, const fs::path& repository,
                    const fs::path& home) {
  static const std::set<std::string> kForbidden = {
      "fork",   "vfork",  "socket", "connect", "bind",
      "sendto", "unlink", "rename", "chmod"};
  const fs::path binary = testing::WritBinary();
  for (const SystemCall& call : traced.calls) {
    if (call.name == "execve" || call.name == "execveat") {
      EXPECT_EQ(call.path, binary.string()) << call.line;
      continue;
    }
    const bool is_inside =
        IsBelow(call.path, repository) || IsBelow(call.path, home);
    EXPECT_TRUE(kForbidden.count(call.name) == 0 || is_inside) << call.line;
    if (!call.path.starts_with("/") || OnlyLooks(call)) continue;
    EXPECT_TRUE(is_inside || IsOfTheSystem(call.path) || call.path == binary)
        << call.line;
  }
  EXPECT_GT(traced.calls.size(), 10U) << "the trace holds nothing";
}

// T-01, T-06, T-22
TEST_F(Hostile, PlanningStartsNothingAndOpensNothingOutside) {
  WriteSources();
  WriteTricksOfGit();
  Expect(0, {"apply", "--auto-approve"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Git({"commit", "--quiet", "--all", "--message", "Change"});
  SetTrapsInTheConfiguration();
  const std::vector<Arguments> commands = {
      {"plan"},     {"plan", "--working-tree"},
      {"validate"}, {"diff", "HEAD~1..HEAD"},
      {"drift"},
  };
  for (const Arguments& arguments : commands) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    Invocation call = Call(arguments);
    call.variables = {{"CANARY", kCanary}};
    const auto traced = Trace(call, git_.root() / "trace");
    if (!traced) GTEST_SKIP() << "strace is missing, or may not trace here";
    EXPECT_EQ(traced->ran.code, 0) << traced->ran.all();
    EXPECT_TRUE(Lacks(traced->ran.out + traced->ran.err, kCanary));
    ExpectHarmless(*traced, repository(), home());
  }
  EXPECT_FALSE(fs::exists(outside("ran")));
}

// T-01: not even to name who applies.
TEST_F(Hostile, ApplyingOpensNoSocket) {
  const auto traced =
      Trace(Call({"apply", "--auto-approve"}), git_.root() / "trace");
  if (!traced) GTEST_SKIP() << "strace is missing, or may not trace here";
  EXPECT_EQ(traced->ran.code, 0) << traced->ran.all();
  for (const SystemCall& call : traced->calls) {
    EXPECT_TRUE(call.name != "socket" && call.name != "connect") << call.line;
  }
}

TEST_F(Hostile, LinksAndSubmodulesAreLeftOutWithAWarning) {
  WriteTricksOfGit();
  SetTrapsInTheConfiguration();
  for (const Arguments& arguments : std::vector<Arguments>{
           {"plan"}, {"plan", "--working-tree"}, {"validate"}}) {
    const Ran ran = Expect(0, arguments);
    EXPECT_TRUE(Says(ran, "manifests/link.yaml"));
    EXPECT_TRUE(Lacks(ran.out + ran.err, kCanary));
  }
  EXPECT_TRUE(Says(Expect(0, {"plan"}), "manifests/sub"));
  EXPECT_FALSE(fs::exists(outside("ran")));
}

// T-17
TEST_F(Hostile, ItsTextDrivesNoTerminalAndNoRunner) {
  const std::string hostile =
      "\x1b]0;owned\x07\x1b[2J\x1b[31mred \xe2\x80\xae"
      "desrever "
      "\xe2\x80\x8b::error file=x::owned \r::set-output name=a::b";
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Git({"add", "--all"});
  git_.Git({"commit", "--quiet", "--message", hostile, "--author",
            "A\x1b[31mna \xe2\x80\xae <ana@acme.example>"});
  const auto expect_tame = [&](const Ran& ran) {
    const std::string all = ran.out + ran.err;
    EXPECT_TRUE(Lacks(all, "\x1b"));
    EXPECT_TRUE(Lacks(all, "\x07"));
    EXPECT_TRUE(Lacks(all, "\r"));
    EXPECT_TRUE(Lacks(all, "\xe2\x80\xae"));
    EXPECT_TRUE(Lacks(all, "\xe2\x80\x8b"));
    EXPECT_TRUE(Lacks(all, "\n::"));
    EXPECT_FALSE(all.starts_with("::"));
  };
  expect_tame(Expect(0, {"plan"}));
  expect_tame(Expect(0, {"plan", "--verbose"}));
  expect_tame(Expect(0, {"plan", "--json", "--out", "plan.json"}));
  expect_tame(Expect(0, {"show", "plan.json", "--verbose"}));
  expect_tame(Expect(0, {"diff", "HEAD~1..HEAD", "--verbose"}));
  expect_tame(Expect(0, {"graph"}));
  expect_tame(Expect(0, {"apply", "--auto-approve"}));
  expect_tame(Expect(0, {"explain", "App/order-service"}));
  expect_tame(Expect(0, {"state", "show", "App/order-service"}));
  expect_tame(Expect(0, {"audit", "show", "-n", "0"}));
}

TEST_F(Hostile, TextsThatDriveATerminalAreErrors) {
  git_.Write("manifests/text.yaml",
             "apiVersion: writ/v1\nkind: EventSchema\nmetadata: {name: text}\n"
             "spec:\n  app: order-service\n  description: \"\\e[2J\\u202e"
             "::error::owned\\r\\n::warning::x\"\n"
             "  fields:\n    - {name: id, type: string}\n");
  for (const char* format : {"text", "json", "github"}) {
    const Ran ran = Expect(3, {"validate", "--format", format});
    EXPECT_TRUE(Lacks(ran.out, "\x1b"));
    EXPECT_TRUE(Lacks(ran.out, "\n::warning"));
  }
}

TEST_F(Hostile, NamesWithWhatCannotBeSeenAreErrors) {
  for (const char* name : {"a\\e[31mb", "a\\u202eb", "a\\u200bb", "a\\nb"}) {
    git_.Write("manifests/named.yaml",
               "apiVersion: writ/v1\nkind: App\nmetadata: {name: \"" +
                   std::string(name) + "\"}\nspec: {workspace: acme}\n");
    for (const char* format : {"text", "json", "github"}) {
      const Ran ran = Expect(3, {"validate", "--format", format});
      EXPECT_TRUE(Lacks(ran.out + ran.err, "\x1b"));
      EXPECT_TRUE(Lacks(ran.out + ran.err, "\xe2\x80"));
    }
  }
  git_.Write("manifests/na\x1b[31mmed.yaml", "kind: [\n");
  git_.Write("manifests/named.yaml", "");
  for (const char* format : {"text", "json", "github"}) {
    const Ran ran = Expect(3, {"validate", "--format", format});
    EXPECT_TRUE(Lacks(ran.out + ran.err, "\x1b"));
  }
}

// The checksum of the token families: CRC-32 as six digits of base 62.
std::string WithChecksum(const std::string& body) {
  static constexpr char kDigits[] =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::uint32_t crc = 0xffffffffU;
  for (const char c : body) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
  }
  crc ^= 0xffffffffU;
  std::string digits(6, '0');
  for (std::size_t i = digits.size(); i-- > 0; crc /= 62) {
    digits[i] = kDigits[crc % 62];
  }
  return body + digits;
}

// S-08: refused with its place, and printed nowhere.
TEST_F(Hostile, ARawCredentialIsRefusedAndNeverPrinted) {
  const std::string random = "Zk3Qw9Xr7Tb1Ny5Mv2Lc8Hd4Gf6Js0Pa3Re7Uo1Iq5";
  struct Case {
    std::string text;
    std::string hidden;  // what must not come out
  };
  const std::vector<Case> cases = {
      {WithChecksum("vela_live_" + random), random.substr(8)},
      {WithChecksum("vlt_live_" + random), random.substr(8)},
      {WithChecksum("vlt_acct_" + random), random.substr(8)},
      {WithChecksum("sk_live_" + random), random.substr(8)},
      {"AKIA"
       "QX7ZK2MNB4TR5WYC",
       "QX7ZK2MNB4TR5WYC"},
      {"-----BEGIN RSA PRIVATE KEY----- MIIEpAIBAAKCAQEAcanary",
       "MIIEpAIBAAKCAQEAcanary"},
  };
  for (const Case& each : cases) {
    git_.Write("manifests/leak.yaml",
               "apiVersion: writ/v1\nkind: EventSchema\nmetadata:\n"
               "  name: leak\n  annotations: {note: \"" +
                   each.text +
                   "\"}\nspec:\n  app: order-service\n  fields:\n"
                   "    - {name: id, type: string}\n");
    git_.Commit("Leak");
    for (const Arguments& arguments :
         std::vector<Arguments>{{"validate"},
                                {"validate", "--format", "json"},
                                {"validate", "--format", "github"},
                                {"plan"},
                                {"plan", "--json"},
                                {"apply", "--auto-approve"},
                                {"apply", "--json"},
                                {"diff", "HEAD~1..HEAD"},
                                {"graph"}}) {
      const Ran ran = Expect(3, arguments);
      EXPECT_TRUE(Says(ran, "leak.yaml"));
      EXPECT_TRUE(Lacks(ran.out + ran.err, each.hidden));
    }
    EXPECT_TRUE(Says(Expect(3, {"validate"}), "manifests/leak.yaml:5:"));
  }
}

// T-06: planning needs no key, and says nothing of what the environment holds.
TEST_F(Hostile, PlanningNeedsNoKey) {
  Invocation call = Call({"plan", "--json"});
  call.variables = {{"WRIT_MASTER_KEY_FILE", outside("no-such-key").string()},
                    {"CANARY", kCanary}};
  const Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Lacks(ran.out + ran.err, kCanary));
}

}  // namespace
}  // namespace writ::e2e
