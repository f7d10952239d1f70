// Sources that lie elsewhere, through the real binary: git's own http backend,
// a real sshd, and servers that misbehave (T-22).
#include <atomic>
#include <fstream>
#include <functional>
#include <mutex>
#include <random>
#include <set>
#include <string>

#include "tests/e2e/workbench.h"
#include "tests/support/git_http.h"
#include "tests/support/http_server.h"
#include "tests/support/ssh_keys.h"
#include "tests/support/ssh_server.h"
#include "tests/support/test_certificate.h"

namespace writ::e2e {
namespace {

using testing::AnswerAsGit;
using testing::HttpServer;
using testing::ReceivedRequest;
using testing::ScriptedResponse;
using testing::SshKeys;
using testing::SshServer;
using testing::TestCertificate;

// "https://localhost:37991"
std::string ByName(const HttpServer& server) {
  std::string url = server.url();
  const std::string address = "127.0.0.1";
  return url.replace(url.find(address), address.size(), "localhost");
}

class CliSources : public Workbench {
 protected:
  void SetUp() override { WriteShop(); }

  Invocation CallFrom(
      const std::string& url, Arguments arguments,
      std::vector<std::pair<std::string, std::string>> variables = {}) const {
    arguments.insert(arguments.end(),
                     {"--source", url, "--state",
                      "sqlite:" + (git_.root() / "elsewhere").string()});
    Invocation call = Call(std::move(arguments));
    call.folder = git_.root();
    call.variables = std::move(variables);
    return call;
  }
  Ran ExpectFrom(
      int code, const std::string& url, Arguments arguments,
      std::vector<std::pair<std::string, std::string>> variables = {}) const {
    Ran ran =
        RunWrit(CallFrom(url, std::move(arguments), std::move(variables)));
    EXPECT_EQ(ran.code, code) << ran.all();
    return ran;
  }

  std::filesystem::path Cache() const { return home() / ".cache/writ/git"; }
  // The one copy that was fetched.
  std::filesystem::path Copy() const {
    for (const auto& entry : std::filesystem::directory_iterator(Cache())) {
      if (std::filesystem::is_directory(entry) &&
          entry.path().extension().empty()) {
        return entry.path();
      }
    }
    ADD_FAILURE() << "nothing was fetched";
    return {};
  }

  // The repository as a host serves it.
  HttpServer::Answer AsGit() const {
    return [root = git_.root()](const ReceivedRequest& request) {
      return AnswerAsGit(root, request);
    };
  }

  std::string HostFile() const { return (git_.root() / "host.yaml").string(); }
  // `sources` of a host file.
  void WriteHostFile(const std::string& sources) const {
    std::ofstream(HostFile()) << "apiVersion: writ/v1\nkind: Host\nspec:\n"
                                 "  sources: {"
                              << sources << "}\n";
    std::filesystem::permissions(HostFile(), std::filesystem::perms(0644));
  }

  void WriteNoise(const std::string& path, std::size_t bytes) {
    std::mt19937 random(7);  // does not compress
    std::string text(bytes, '\0');
    for (char& c : text) c = static_cast<char>(random());
    git_.Write(path, text);
  }
};

TEST_F(CliSources, AreFetchedFromAFileAddress) {
  const std::string url = "file://" + repository().string();
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"plan"}), "+ App/order-service"));
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"apply", "-y"}), "Applied"));
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"plan"}), "No changes."));
  // What came since is fetched, and what has gone is gone.
  git_.Git({"switch", "--quiet", "-c", "more"});
  git_.Write("manifests/more.yaml", AppText("more"));
  git_.Commit("More");
  EXPECT_TRUE(
      Says(ExpectFrom(0, url, {"plan", "--ref", "more"}), "+ App/more"));
  git_.Git({"switch", "--quiet", "main"});
  git_.Git({"branch", "--quiet", "-D", "more"});
  EXPECT_TRUE(Says(ExpectFrom(1, url, {"plan", "--ref", "more"}),
                   "no branch, tag or commit \"more\""));
}

TEST_F(CliSources, SayHowToApplyWhatIsPlanned) {
  const std::string url = "file://" + repository().string();
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"plan"}),
                   "Apply it: writ apply --source " + url));
}

TEST_F(CliSources, RefsOfPullRequestsAreFetchedToo) {
  git_.Write("manifests/more.yaml", AppText("more"));
  git_.Commit("More");
  git_.Git({"update-ref", "refs/pull/7/head", "HEAD"});
  git_.Git({"reset", "--quiet", "--hard", "HEAD~1"});
  EXPECT_TRUE(Says(ExpectFrom(0, "file://" + repository().string(),
                              {"plan", "--ref", "refs/pull/7/head"}),
                   "+ App/more"));
}

TEST_F(CliSources, AStateBesideThemIsNamed) {
  Invocation call =
      Call({"plan", "--source", "file://" + repository().string()});
  const Ran ran = RunWrit(call);
  EXPECT_EQ(ran.code, 64);
  EXPECT_TRUE(Says(ran, "--state sqlite:FOLDER"));
}

TEST_F(CliSources, HaveNoWorkingTree) {
  EXPECT_TRUE(Says(ExpectFrom(64, "file://" + repository().string(),
                              {"plan", "--working-tree"}),
                   "has no working tree"));
}

TEST_F(CliSources, AreFetchedOverHttp) {
  const HttpServer server(AsGit());
  const std::string url = server.url() + "/repo";
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"apply", "-y"}), "Applied"));
  git_.Write("manifests/more.yaml", AppText("more"));
  git_.Commit("More");
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"plan"}), "+ App/more"));
}

TEST_F(CliSources, OverHttpsAskForAnAuthorityThatIsKnown) {
  const TestCertificate certificate;
  const HttpServer server(AsGit(), &certificate);
  // By its name: libgit2's TLS knows no certificates of addresses.
  const std::string url = ByName(server) + "/repo";
  EXPECT_TRUE(Says(ExpectFrom(1, url, {"plan"}),
                   "not one of an authority that is known here"));
  EXPECT_TRUE(Says(
      ExpectFrom(0, url, {"plan"}, {{"WRIT_CA_FILE", certificate.ca_file()}}),
      "+ App/order-service"));
  EXPECT_TRUE(Says(ExpectFrom(1, url, {"plan"}, {{"WRIT_CA_FILE", "nowhere"}}),
                   "WRIT_CA_FILE names a file that isn't there"));
}

// What the operator says, and what somebody says for once.
TEST_F(CliSources, TheHostFileNamesAnAuthorityToo) {
  const TestCertificate certificate;
  const TestCertificate other;
  const HttpServer server(AsGit(), &certificate);
  const std::string url = ByName(server) + "/repo";
  WriteHostFile("caFile: " + certificate.ca_file());
  const Arguments plan = {"plan", "--host-config", HostFile()};
  EXPECT_TRUE(Says(ExpectFrom(0, url, plan), "+ App/order-service"));
  EXPECT_TRUE(
      Says(ExpectFrom(1, url, plan, {{"WRIT_CA_FILE", other.ca_file()}}),
           "not one of an authority that is known here"));
  WriteHostFile("caFile: /nowhere/ca.pem");
  EXPECT_TRUE(
      Says(ExpectFrom(1, url, plan),
           "the host file names a file that isn't there: /nowhere/ca.pem"));
  WriteHostFile("caFile: ca.pem");
  EXPECT_TRUE(Says(ExpectFrom(3, url, plan), "absolute path"));
}

// The token is in no argument, no output and no file.
TEST_F(CliSources, ATokenOpensAPrivateRepository) {
  const HttpServer server([&](const ReceivedRequest& request) {
    // "git:s3cret-token"
    if (request.Header("authorization") != "Basic Z2l0OnMzY3JldC10b2tlbg==") {
      return ScriptedResponse{
          .status = 401,
          .headers = {{"WWW-Authenticate", "Basic realm=\"git\""}}};
    }
    return AnswerAsGit(git_.root(), request);
  });
  const std::string url = server.url() + "/repo";
  EXPECT_TRUE(Says(ExpectFrom(1, url, {"plan"}), "WRIT_GIT_TOKEN"));
  const Ran wrong =
      ExpectFrom(1, url, {"plan"}, {{"WRIT_GIT_TOKEN", "wr0ng-token"}});
  EXPECT_TRUE(Says(wrong, "doesn't take our token"));
  EXPECT_TRUE(Lacks(wrong.all(), "wr0ng"));
  const Ran right =
      ExpectFrom(0, url, {"plan"}, {{"WRIT_GIT_TOKEN", "s3cret-token"}});
  EXPECT_TRUE(Says(right, "+ App/order-service"));
  EXPECT_TRUE(Lacks(right.all(), "s3cret"));
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(Cache())) {
    if (!entry.is_regular_file()) continue;
    EXPECT_TRUE(Lacks(Read(entry.path()), "s3cret")) << entry.path();
  }
}

TEST_F(CliSources, APasswordInTheAddressIsRefused) {
  const Ran ran = ExpectFrom(64, "https://ana:hunter2@host/r", {"plan"});
  EXPECT_TRUE(Says(ran, "holds a user or password"));
  EXPECT_TRUE(Lacks(ran.all(), "hunter2"));
}

TEST_F(CliSources, WhatIsNotThereIsSaid) {
  const HttpServer server(AsGit());
  EXPECT_TRUE(Says(ExpectFrom(1, server.url() + "/other", {"plan"}),
                   "there is no repository there"));
  EXPECT_TRUE(Says(ExpectFrom(1, "file:///nowhere/at/all", {"plan"}),
                   "there is no repository there"));
}

TEST_F(CliSources, ARedirectIsNotFollowed) {
  const HttpServer target(AsGit());
  const HttpServer server([&](const ReceivedRequest& request) {
    return ScriptedResponse{
        .status = 302,
        .headers = {{"Location", ByName(target) + request.target}}};
  });
  ExpectFrom(1, server.url() + "/repo", {"plan"});
  EXPECT_TRUE(target.received().empty());
}

TEST_F(CliSources, ASilentServerEndsInAnErrorThatNamesIt) {
  const HttpServer server([](const ReceivedRequest&) {
    return ScriptedResponse{.ending = ScriptedResponse::Ending::kSilence};
  });
  const Ran ran =
      ExpectFrom(1, server.url() + "/repo", {"plan", "--fetch-timeout", "2s"});
  EXPECT_TRUE(Says(ran, "127.0.0.1:" + std::to_string(server.port()) +
                            " didn't answer within 2s: waited for a"));
  EXPECT_TRUE(Says(ran, "--fetch-timeout"));
}

TEST_F(CliSources, NonsenseIsAnError) {
  const HttpServer server([](const ReceivedRequest&) {
    return ScriptedResponse{
        .headers = {{"Content-Type",
                     "application/x-git-upload-pack-advertisement"}},
        .body = "ffff nonsense"};
  });
  ExpectFrom(1, server.url() + "/repo", {"plan"});
}

TEST_F(CliSources, TooLargeARepositoryIsRefused) {
  WriteNoise("noise.bin", std::size_t{3} << 20);
  git_.Commit("Noise");
  const HttpServer server(AsGit());
  const std::string url = server.url() + "/repo";
  EXPECT_TRUE(Says(ExpectFrom(1, url, {"plan", "--fetch-limit", "1"}),
                   "larger than 1 MiB, the limit of a fetch"));
  ExpectFrom(0, url, {"plan"});
}

TEST_F(CliSources, AFetchThatBreaksOffLeavesTheCopySound) {
  std::atomic<bool> breaks = false;
  const HttpServer server([&](const ReceivedRequest& request) {
    ScriptedResponse response = AnswerAsGit(git_.root(), request);
    if (breaks && request.method == "POST") {
      response.body.resize(response.body.size() / 2);
    }
    return response;
  });
  const std::string url = server.url() + "/repo";
  ExpectFrom(0, url, {"apply", "-y"});
  WriteNoise("noise.bin", std::size_t{1} << 20);
  git_.Write("manifests/more.yaml", AppText("more"));
  git_.Commit("More");
  breaks = true;
  ExpectFrom(1, url, {"plan"});
  git_.GitIn(Copy(), {"fsck", "--no-progress"});
  breaks = false;
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"plan"}), "+ App/more"));
  git_.GitIn(Copy(), {"fsck", "--no-progress"});
}

TEST_F(CliSources, KilledInTheMiddleTheNextOneFetches) {
  std::atomic<bool> hangs = true;
  const HttpServer server([&](const ReceivedRequest& request) {
    if (hangs && request.method == "POST") {
      return ScriptedResponse{.ending = ScriptedResponse::Ending::kSilence};
    }
    return AnswerAsGit(git_.root(), request);
  });
  const std::string url = server.url() + "/repo";
  {
    testing::WritProcess process(CallFrom(url, {"plan"}));
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (server.received().size() < 2 &&
           std::chrono::steady_clock::now() < until) {
      process.WaitFor(std::chrono::milliseconds(10));
    }
    ASSERT_GE(server.received().size(), 2u);
    process.Send(SIGKILL);
    EXPECT_EQ(process.Wait().signal, SIGKILL);
  }
  hangs = false;
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"plan"}), "+ App/order-service"));
}

TEST_F(CliSources, ABrokenCopyIsMadeAnew) {
  const std::string url = "file://" + repository().string();
  ExpectFrom(0, url, {"plan"});
  std::ofstream(Copy() / "HEAD", std::ios::trunc) << "garbage";
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"plan"}), "+ App/order-service"));
  std::filesystem::remove_all(Copy() / "objects");
  EXPECT_TRUE(Says(ExpectFrom(0, url, {"plan"}), "+ App/order-service"));
}

TEST_F(CliSources, TwoFetchAtOnce) {
  const std::string url = "file://" + repository().string();
  testing::WritProcess one(CallFrom(url, {"plan"}));
  testing::WritProcess two(CallFrom(url, {"plan"}));
  EXPECT_EQ(one.Wait().code, 0);
  EXPECT_EQ(two.Wait().code, 0);
}

TEST_F(CliSources, LimitsAreChecked) {
  const std::string url = "file://" + repository().string();
  ExpectFrom(64, url, {"plan", "--fetch-timeout", "soon"});
  ExpectFrom(64, url, {"plan", "--fetch-limit", "0"});
}

class CliSshSources : public CliSources {
 protected:
  void SetUp() override {
    CliSources::SetUp();
    keys_.Make("host");
    keys_.Make("ana");
  }

  SshServer::Options Options(const std::string& host_key = "host") const {
    return {git_.root() / "sshd", keys_.File(host_key),
            keys_.Public("ana") + "\n"};
  }
  std::string KnownHosts(const SshServer& server,
                         const std::string& host_key = "host") const {
    return "[127.0.0.1]:" + std::to_string(server.port()) + " " +
           keys_.Public(host_key) + "\n";
  }
  void WriteKnownHosts(const std::string& text) const {
    std::filesystem::create_directories(home() / ".ssh");
    std::ofstream(home() / ".ssh/known_hosts") << text;
  }
  std::vector<std::pair<std::string, std::string>> As(
      const std::string& key) const {
    return {{"WRIT_SSH_KEY_FILE", keys_.File(key)}};
  }

  SshKeys keys_{git_.root() / "keys"};
};

TEST_F(CliSshSources, AreFetchedFromHostsThatAreKnown) {
  const SshServer server(Options());
  const std::string url = server.Url(repository());
  const Ran unknown = ExpectFrom(1, url, {"plan"}, As("ana"));
  EXPECT_TRUE(Says(unknown, "not among the known hosts"));
  EXPECT_TRUE(Says(unknown, keys_.Fingerprint("host")));
  EXPECT_TRUE(Says(unknown, keys_.Public("host")));
  WriteKnownHosts(KnownHosts(server));
  EXPECT_TRUE(
      Says(ExpectFrom(0, url, {"plan"}, As("ana")), "+ App/order-service"))
      << server.Log();
  // Another key than the one that is known.
  WriteKnownHosts(KnownHosts(server, "ana"));
  EXPECT_TRUE(Says(ExpectFrom(1, url, {"plan"}, As("ana")), "is another one"));
  const auto file = git_.root() / "hosts";
  std::ofstream(file) << KnownHosts(server);
  auto variables = As("ana");
  variables.emplace_back("WRIT_KNOWN_HOSTS_FILE", file.string());
  ExpectFrom(0, url, {"plan"}, variables);
  WriteHostFile("knownHostsFile: " + file.string());
  ExpectFrom(0, url, {"plan", "--host-config", HostFile()}, As("ana"));
}

TEST_F(CliSshSources, AForeignKeyIsLetInByNobody) {
  keys_.Make("eve");
  const SshServer server(Options());
  WriteKnownHosts(KnownHosts(server));
  EXPECT_TRUE(Says(ExpectFrom(1, server.Url(repository()), {"plan"}, As("eve")),
                   "WRIT_SSH_KEY_FILE"));
}

TEST_F(CliSshSources, AnRsaKeysFailureIsExplained) {
  keys_.Make("rsa", "rsa", 2048);
  SshServer::Options options = Options();
  options.authorized_keys += keys_.Public("rsa") + "\n";
  const SshServer server(options);
  WriteKnownHosts(KnownHosts(server));
  EXPECT_TRUE(Says(ExpectFrom(1, server.Url(repository()), {"plan"}, As("rsa")),
                   "this is an RSA key, which libssh2 uses with SHA-1"));
}

}  // namespace
}  // namespace writ::e2e
