// Fetches over ssh, from a real sshd on the loopback.
#include <fstream>
#include <string>

#include "tests/reconciler/fetching/fetching_fixture.h"
#include "tests/support/ssh_keys.h"
#include "tests/support/ssh_server.h"

namespace writ::reconciler {
namespace {

using testing::SshKeys;
using testing::SshServer;

class SshSource : public FetchingFixture {
 protected:
  void SetUp() override {
    keys_.Make("host");
    keys_.Make("ana");
    options_.ssh_key_file = keys_.File("ana");
  }

  SshServer::Options ServerOptions() const {
    return {git_.root() / "sshd", keys_.File("host"),
            keys_.Public("ana") + "\n"};
  }
  std::string KnownHost(const SshServer& server, const std::string& key) const {
    return "[127.0.0.1]:" + std::to_string(server.port()) + " " +
           keys_.Public(key) + "\n";
  }
  void WriteKnownHosts(const std::string& text) const {
    std::filesystem::create_directories(options_.home + "/.ssh");
    std::ofstream(options_.home + "/.ssh/known_hosts") << text;
  }

  SshKeys keys_{git_.root() / "keys"};
};

TEST_F(SshSource, AHostThatIsNotKnownIsRefusedWithWhatToAdd) {
  const SshServer server(ServerOptions());
  const std::string url = server.Url(git_.repository());
  const Error error = Failure(url);
  EXPECT_EQ(error.code, ErrorCode::kPermission);
  EXPECT_TRUE(Has(error, "not among the known hosts"));
  EXPECT_TRUE(Has(error, keys_.Fingerprint("host")));
  EXPECT_TRUE(Has(error, KnownHost(server, "host")
                             .substr(0, KnownHost(server, "host").size() - 1)));
  WriteKnownHosts(KnownHost(server, "host"));
  EXPECT_EQ(Fetched(url), first_) << server.Log();
}

TEST_F(SshSource, AnotherHostKeyThanTheKnownOneIsRefused) {
  const SshServer server(ServerOptions());
  WriteKnownHosts(KnownHost(server, "ana"));
  EXPECT_TRUE(Has(Failure(server.Url(git_.repository())), "is another one"));
}

TEST_F(SshSource, KnownHostsMayStandElsewhere) {
  const SshServer server(ServerOptions());
  options_.known_hosts_file = (git_.root() / "hosts").string();
  EXPECT_TRUE(Has(Failure(server.Url(git_.repository())),
                  "can't read the known hosts"));
  std::ofstream(options_.known_hosts_file) << KnownHost(server, "host");
  EXPECT_EQ(Fetched(server.Url(git_.repository())), first_);
  std::ofstream(options_.known_hosts_file, std::ios::trunc).flush();
  EXPECT_EQ(Failure(server.Url(git_.repository())).code,
            ErrorCode::kPermission);
}

TEST_F(SshSource, AKeyThatTheHostDoesNotKnowIsExplained) {
  const SshServer server(ServerOptions());
  WriteKnownHosts(KnownHost(server, "host"));
  keys_.Make("eve");
  options_.ssh_key_file = keys_.File("eve");
  const Error error = Failure(server.Url(git_.repository()));
  EXPECT_EQ(error.code, ErrorCode::kPermission);
  EXPECT_TRUE(Has(error, "WRIT_SSH_KEY_FILE"));
}

TEST_F(SshSource, AnEcdsaKeyWorksAndAnRsaKeysFailureIsExplained) {
  keys_.Make("ec", "ecdsa", 256);
  keys_.Make("rsa", "rsa", 2048);
  SshServer::Options server_options = ServerOptions();
  server_options.authorized_keys +=
      keys_.Public("rsa") + "\n" + keys_.Public("ec") + "\n";
  const SshServer server(server_options);
  WriteKnownHosts(KnownHost(server, "host"));
  options_.ssh_key_file = keys_.File("ec");
  EXPECT_EQ(Fetched(server.Url(git_.repository())), first_) << server.Log();
  options_.ssh_key_file = keys_.File("rsa");
  EXPECT_TRUE(Has(Failure(server.Url(git_.repository())),
                  "this is an RSA key, which libssh2 uses with SHA-1"));
}

TEST_F(SshSource, WithoutAKeyOrAnAgentItIsSaid) {
  const SshServer server(ServerOptions());
  WriteKnownHosts(KnownHost(server, "host"));
  options_.ssh_key_file.clear();
  EXPECT_EQ(Failure(server.Url(git_.repository())).code,
            ErrorCode::kPermission);
}

}  // namespace
}  // namespace writ::reconciler
