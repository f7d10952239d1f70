// writ serve by the real binary, asked with curl.
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/e2e/workbench.h"
#include "tests/support/test_certificate.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;
using testing::TestCertificate;

class Serve : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    Apply();
    Expect(0, {"secrets", "init", "--key-file", key().string()});
  }

  fs::path key() const { return git_.root() / "key"; }

  Invocation Serving(Arguments more) const {
    Arguments arguments = {"serve", "--listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Invocation call = Call(std::move(arguments));
    call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    return call;
  }
  // Listens once this returns.
  void Start(Arguments more = {}) {
    server_ = std::make_unique<WritProcess>(Serving(std::move(more)));
    ASSERT_TRUE(server_->WaitForOutput("Listening on ") &&
                server_->WaitForOutput("\n"))
        << server_->Wait().all();
    const std::string& out = server_->out_so_far();
    const std::size_t begin = out.find("Listening on ") + 13;
    url_ = out.substr(begin, out.find('\n', begin) - begin);
  }
  Ran Stop() {
    server_->Send(SIGTERM);
    return server_->Wait();
  }
  // What curl prints: the status, a newline, the body.
  Ran Curl(const std::string& path, Arguments more = {}) const {
    Invocation call = Call({"--silent", "--show-error", "--max-time", "50",
                            "--write-out", "\n%{http_code}"});
    call.program = "/usr/bin/curl";
    call.arguments.insert(call.arguments.end(), more.begin(), more.end());
    call.arguments.push_back(url_ + path);
    return testing::RunWrit(call);
  }

  std::unique_ptr<WritProcess> server_;
  std::string url_;
};

TEST_F(Serve, AnswersAndStopsWhenAsked) {
  Start();
  EXPECT_EQ(url_.substr(0, 17), "http://127.0.0.1:");
  EXPECT_EQ(Curl("/healthz").out, "{\"status\":\"ok\"}\n200");
  EXPECT_TRUE(Holds(Curl("/readyz").out, "\"status\":\"ready\""));
  EXPECT_TRUE(Holds(Curl("/metrics").out, "writ_ready 1"));
  const std::string openapi = Curl("/openapi.json").out;
  const json document = json::parse(openapi.substr(0, openapi.rfind('\n')));
  EXPECT_EQ(document["openapi"], "3.1.0");
  EXPECT_TRUE(document["paths"].contains("/healthz"));
  EXPECT_TRUE(Holds(Curl("/nothing").out, "\n404"));
  EXPECT_TRUE(Holds(Curl("/healthz?access_token=x").out, "\n400"));
  const Ran ran = Stop();
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Holds(ran.out, "Stopped."));
}

TEST_F(Serve, WritesAnAccessLogWhereOneIsWanted) {
  Start({"--access-log", "-"});
  Curl("/healthz?page=hidden");
  const Ran ran = Stop();
  EXPECT_TRUE(Holds(ran.err, "\"path\":\"/healthz\""));
  EXPECT_TRUE(Lacks(ran.err, "hidden"));
}

// T-25; and certificates are read again on SIGHUP, without a restart.
TEST_F(Serve, SpeaksTlsAndTakesANewCertificate) {
  const TestCertificate first;
  const TestCertificate second;
  const fs::path chain = git_.root() / "chain.pem";
  const fs::path private_key = git_.root() / "key.pem";
  fs::copy_file(first.chain_file(), chain);
  fs::copy_file(first.key_file(), private_key);
  Start({"--tls-cert", chain.string(), "--tls-key", private_key.string()});
  EXPECT_EQ(url_.substr(0, 8), "https://");
  EXPECT_TRUE(
      Holds(Curl("/healthz", {"--cacert", first.ca_file()}).out, "\n200"));
  EXPECT_NE(Curl("/healthz", {"--cacert", second.ca_file()}).code, 0);
  fs::copy_file(second.chain_file(), chain,
                fs::copy_options::overwrite_existing);
  server_->Send(SIGHUP);
  EXPECT_TRUE(server_->WaitForOutput("Not reloaded"));
  EXPECT_TRUE(
      Holds(Curl("/healthz", {"--cacert", first.ca_file()}).out, "\n200"));
  fs::copy_file(second.key_file(), private_key,
                fs::copy_options::overwrite_existing);
  server_->Send(SIGHUP);
  EXPECT_TRUE(server_->WaitForOutput("Reloaded."));
  EXPECT_TRUE(
      Holds(Curl("/healthz", {"--cacert", second.ca_file()}).out, "\n200"));
  EXPECT_EQ(Stop().code, 0);
}

TEST_F(Serve, SaysWhyItWillNotListen) {
  struct Case {
    Arguments arguments;
    int code;
    const char* says;
  };
  const std::vector<Case> cases = {
      {{"serve", "--listen", "0.0.0.0:0"}, 64, "--allow-plain-public"},
      {{"serve", "--listen", "[::]:0"}, 64, "--allow-plain-public"},
      {{"serve", "--listen", "localhost"}, 64, "ADDRESS:PORT"},
      {{"serve", "--listen", "127.0.0.1:70000"}, 64, "ADDRESS:PORT"},
      {{"serve", "--tls-cert", "a.pem"}, 64, "go together"},
      {{"serve", "--threads", "1000"}, 64, "--threads"},
      {{"serve", "--metrics-from", "anywhere"}, 64, "--metrics-from"},
      {{"serve", "--listen", "127.0.0.1:0"}, 1, "WRIT_MASTER_KEY_FILE"},
  };
  for (const Case& want : cases) {
    EXPECT_TRUE(Says(Expect(want.code, want.arguments), want.says));
  }
  Invocation missing = Serving({"--tls-cert", "no.pem", "--tls-key", "no.pem"});
  const Ran ran = testing::RunWrit(missing);
  EXPECT_EQ(ran.code, 1) << ran.all();
  EXPECT_TRUE(Says(ran, "no.pem"));
}

}  // namespace
}  // namespace writ::e2e
