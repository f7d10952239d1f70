#include "reconciler/host/host_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

using ::testing::HasSubstr;

constexpr char kWhole[] = R"yaml(apiVersion: writ/v1
kind: Host
spec:
  environments:
    production: {applyFrom: refs/heads/main}
    staging: {trustRoot: 3f9c2e13f9c2e13f9c2e13f9c2e13f9c2e13f9c2}
  exec:
    - {argv: [/usr/bin/op, read, "*"]}
    - {argv: [/usr/local/bin/deploy]}
  files: [/run/secrets]
  dotenv: [/etc/checkout]
  env: [SLACK_URL]
  networks: [10.0.0.0/8, "fd00::/8"]
  hosts: {githubActions: "https://ghe.example.org/api/v3/", vault.example.org: "https://vault.example.org"}
  authorities: {k8s.example.org: /etc/writ/ca.pem, "10.0.0.1": /etc/other.pem}
  trustedProxies: {networks: [127.0.0.1/32], dialect: nginx}
)yaml";

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

HostFile ReadWhole() {
  const testing::TempFolder folder;
  Write(folder / "host.yaml", kWhole);
  auto host = ReadHostFile(folder / "host.yaml");
  EXPECT_TRUE(host) << Describe(host.error());
  return host ? *host : HostFile{};
}

// By who is called, whatever the port and the path.
TEST(HostFile, KnowsWhoseAuthoritiesToBelieve) {
  const HostFile host = ReadWhole();
  EXPECT_EQ(host.AuthoritiesOf("https://k8s.example.org:6443/api"),
            "/etc/writ/ca.pem");
  EXPECT_EQ(host.AuthoritiesOf("https://10.0.0.1/"), "/etc/other.pem");
  EXPECT_EQ(host.AuthoritiesOf("https://evil.k8s.example.org/"), "");
  EXPECT_EQ(host.AuthoritiesOf("https://x/k8s.example.org"), "");
}

TEST(HostFile, ReadsEveryGrant) {
  const HostFile host = ReadWhole();
  EXPECT_EQ(host.apply_from.at("production"), "refs/heads/main");
  EXPECT_EQ(host.apply_from.count("staging"), 0U);
  EXPECT_THAT(host.trust_roots.at("staging"), HasSubstr("3f9c2e1"));
  EXPECT_EQ(host.exec.size(), 2U);
  EXPECT_EQ(host.files, std::vector<std::string>{"/run/secrets"});
  EXPECT_EQ(host.dotenv, std::vector<std::string>{"/etc/checkout"});
  EXPECT_EQ(host.env, std::vector<std::string>{"SLACK_URL"});
  EXPECT_EQ(host.networks.size(), 2U);
  EXPECT_EQ(host.BaseUrl("githubActions"), "https://ghe.example.org/api/v3");
  EXPECT_EQ(host.BaseUrl("gitlab"), std::nullopt);
  ASSERT_TRUE(host.trusted_proxies);
  EXPECT_EQ(host.trusted_proxies->dialect, "nginx");
}

TEST(HostFile, RefusesOneThatOthersMayWrite) {
  const testing::TempFolder folder;
  Write(folder / "host.yaml", kWhole);
  ASSERT_EQ(chmod((folder / "host.yaml").c_str(), 0664), 0);
  const auto host = ReadHostFile(folder / "host.yaml");
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, ErrorCode::kPermission);
}

TEST(HostFile, SaysWhereItIsWrong) {
  const testing::TempFolder folder;
  Write(folder / "host.yaml",
        "apiVersion: writ/v1\nkind: Host\nspec:\n  env: [WRIT_MASTER_KEY]\n");
  const auto host = ReadHostFile(folder / "host.yaml");
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, ErrorCode::kInvalidManifest);
  EXPECT_THAT(host.error().message, HasSubstr("line 4"));
}

TEST(HostFile, AnAbsentNamedFileIsAnError) {
  const testing::TempFolder folder;
  const auto host = ReadHostFile(folder / "none.yaml");
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, ErrorCode::kNotFound);
}

// T-01: what isn't granted is refused, and the refusal names the grant.
TEST(HostFile, AnEmptyOneGrantsNothing) {
  HostFile host;
  host.path = "/etc/writ/host.yaml";
  const auto run = host.MayRun({"/bin/sh", "-c", "id"});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kPermission);
  EXPECT_THAT(run.error().remedy,
              HasSubstr(R"(exec: [{argv: ["/bin/sh", "-c", "id"]}])"));
  EXPECT_THAT(run.error().remedy, HasSubstr("/etc/writ/host.yaml"));
  EXPECT_THAT(host.MayReadFile("/etc/hostname").error().remedy,
              HasSubstr(R"(files: ["/etc"])"));
  EXPECT_THAT(host.MayWriteDotenv("/etc/.env").error().remedy,
              HasSubstr(R"(dotenv: ["/etc"])"));
  EXPECT_THAT(host.MayReadEnv("HOME").error().remedy,
              HasSubstr(R"(env: ["HOME"])"));
  EXPECT_THAT(host.MayCall(*ParseIpAddress("10.0.0.1")).error().remedy,
              HasSubstr(R"(networks: ["10.0.0.1/32"])"));
  EXPECT_THAT(
      host.MaySendTo("vault", "https://v.example.org:8200/x?y").error().remedy,
      HasSubstr(R"(hosts: {"v.example.org": "https://v.example.org:8200"})"));
}

// T-01
TEST(HostFile, RunsGrantedArgumentsOnly) {
  const HostFile host = ReadWhole();
  const struct Case {
    std::vector<std::string> argv;
    bool want;
  } cases[] = {
      {{"/usr/bin/op", "read", "op://vault/item"}, true},
      {{"/usr/bin/op", "read", ""}, true},
      {{"/usr/bin/op", "read", "a b; c"}, true},
      {{"/usr/bin/op", "read", "--config=/tmp/evil"}, false},
      {{"/usr/bin/op", "read"}, false},
      {{"/usr/bin/op", "read", "a", "b"}, false},
      {{"/usr/bin/op", "write", "a"}, false},
      {{"/usr/bin/../bin/op", "read", "a"}, false},
      {{"op", "read", "a"}, false},
      {{"/usr/local/bin/deploy"}, true},
      {{"/usr/local/bin/deploy", "x"}, false},
      {{}, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(host.MayRun(c.argv).has_value(), c.want)
        << (c.argv.empty() ? "nothing" : c.argv.back());
  }
}

class HostFilePaths : public ::testing::Test {
 protected:
  HostFilePaths() {
    std::filesystem::create_directories(folder_ / "granted/deep");
    std::filesystem::create_directories(folder_ / "granted-not");
    std::filesystem::create_directories(folder_ / "state");
    Write(folder_ / "granted/a", "a");
    Write(folder_ / "granted/deep/b", "b");
    Write(folder_ / "granted-not/c", "c");
    host_.files = {folder_ / "granted"};
    host_.dotenv = {folder_ / "granted"};
  }

  testing::TempFolder folder_;
  HostFile host_;
};

// T-01
TEST_F(HostFilePaths, ReadsInsideTheRootsOnly) {
  EXPECT_TRUE(host_.MayReadFile(folder_ / "granted/a"));
  EXPECT_TRUE(host_.MayReadFile(folder_ / "granted/deep/b"));
  EXPECT_FALSE(host_.MayReadFile(folder_ / "granted-not/c"));
  EXPECT_FALSE(host_.MayReadFile(folder_ / "granted/../granted-not/c"));
  EXPECT_FALSE(host_.MayReadFile("granted/a"));
  const auto absent = host_.MayReadFile(folder_ / "granted/none");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
  // Nothing is said about files outside.
  EXPECT_EQ(host_.MayReadFile(folder_ / "granted-not/none").error().code,
            ErrorCode::kPermission);
}

// T-01: a link can't lead out, and may move within (mounted Kubernetes
// Secrets are links).
TEST_F(HostFilePaths, LinksLeadNowhereElse) {
  std::filesystem::create_symlink(folder_ / "granted-not/c",
                                  folder_ / "granted/out");
  std::filesystem::create_symlink(folder_ / "granted-not",
                                  folder_ / "granted/away");
  std::filesystem::create_symlink("deep/b", folder_ / "granted/within");
  EXPECT_FALSE(host_.MayReadFile(folder_ / "granted/out"));
  EXPECT_FALSE(host_.MayReadFile(folder_ / "granted/away/c"));
  const auto within = host_.MayReadFile(folder_ / "granted/within");
  ASSERT_TRUE(within);
  EXPECT_TRUE(within->ends_with("/granted/deep/b"));
  EXPECT_FALSE(host_.MayWriteDotenv(folder_ / "granted/within"));
  EXPECT_FALSE(host_.MayWriteDotenv(folder_ / "granted/away/.env"));
}

TEST_F(HostFilePaths, WritesNewAndPresentFilesInTheRoots) {
  EXPECT_TRUE(host_.MayWriteDotenv(folder_ / "granted/.env"));
  EXPECT_TRUE(host_.MayWriteDotenv(folder_ / "granted/a"));
  EXPECT_FALSE(host_.MayWriteDotenv(folder_ / "granted/deep"));
  EXPECT_FALSE(host_.MayWriteDotenv(folder_ / "granted/deep/.."));
  EXPECT_FALSE(host_.MayWriteDotenv(folder_ / "granted-not/.env"));
  EXPECT_FALSE(host_.MayWriteDotenv(folder_ / "granted/none/.env"));
}

// T-01: the state and the master key are never grantable.
TEST_F(HostFilePaths, WhatIsWithheldStaysSo) {
  Write(folder_ / "state/state.db", "x");
  Write(folder_ / "granted/master.key", "x");
  host_.files = {"/"};
  host_.dotenv = {"/"};
  host_.withheld = {folder_ / "state", folder_ / "granted/master.key"};
  EXPECT_TRUE(host_.MayReadFile(folder_ / "granted/a"));
  EXPECT_FALSE(host_.MayReadFile(folder_ / "state/state.db"));
  EXPECT_FALSE(host_.MayReadFile(folder_ / "granted/master.key"));
  EXPECT_FALSE(host_.MayWriteDotenv(folder_ / "state/.env"));
  EXPECT_FALSE(host_.MayWriteDotenv(folder_ / "granted/master.key"));
}

// T-01
TEST(HostFile, NeverGivesVariablesOfWritsOwn) {
  HostFile host;
  host.env = {"SLACK_URL", "WRIT_MASTER_KEY"};
  EXPECT_TRUE(host.MayReadEnv("SLACK_URL"));
  EXPECT_FALSE(host.MayReadEnv("SLACK"));
  EXPECT_FALSE(host.MayReadEnv("WRIT_MASTER_KEY"));
}

TEST(HostFile, CallsGrantedNetworks) {
  const HostFile host = ReadWhole();
  EXPECT_TRUE(host.MayCall(*ParseIpAddress("10.2.3.4")));
  EXPECT_TRUE(host.MayCall(*ParseIpAddress("fd12::1")));
  EXPECT_FALSE(host.MayCall(*ParseIpAddress("192.168.0.1")));
}

// T-02: a credential goes to bound hosts only, by scheme, host and port.
TEST(HostFile, BindsCredentialsToOrigins) {
  HostFile host;
  host.hosts = {{"vault", "https://vault.example.org:8200"},
                {"hooks.example.org", "https://hooks.example.org"},
                {"[::1]", "http://[::1]:80"}};
  const struct Case {
    const char* type;
    const char* url;
    bool want;
  } cases[] = {
      {"vault", "https://vault.example.org:8200/v1/x", true},
      {"vault", "https://vault.example.org/v1/x", false},
      {"vault", "http://vault.example.org:8200", false},
      {"vault", "https://vault.example.org:8200.evil.example", false},
      {"vault", "https://hooks.example.org/a", true},
      {"webhook", "https://hooks.example.org/a", true},
      {"webhook", "https://hooks.example.org@evil.example/a", false},
      {"webhook", "https://vault.example.org:8200/", false},
      {"webhook", "http://[::1]:80/a", false},
      {"webhook", "nonsense", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(host.MaySendTo(c.type, c.url).has_value(), c.want)
        << c.type << " " << c.url;
  }
}

}  // namespace
}  // namespace writ::reconciler
