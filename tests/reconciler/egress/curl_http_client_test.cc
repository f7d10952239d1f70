#include "reconciler/egress/curl_http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <deque>
#include <fstream>

#include "tests/support/http_server.h"

namespace writ::reconciler {
namespace {

using testing::HttpServer;
using testing::ReceivedRequest;
using testing::ScriptedResponse;
using testing::TestCertificate;
using Ending = ScriptedResponse::Ending;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCanary[] = "canary-4f1d8e";

HostFile Loopback() {
  HostFile host;
  host.networks = {*ParseIpNetwork("127.0.0.0/8")};
  return host;
}

HttpServer::Answer Says(const ScriptedResponse& response) {
  return [response](const ReceivedRequest&) { return response; };
}

HttpRequest Get(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.timeout = std::chrono::seconds(20);
  return request;
}

// Answers a different list each time.
class ScriptedResolver final : public Resolver {
 public:
  explicit ScriptedResolver(std::deque<std::vector<std::string>> answers)
      : answers_(std::move(answers)) {}
  Result<std::vector<IpAddress>> Resolve(const std::string&) override {
    ++asked;
    std::vector<IpAddress> addresses;
    for (const std::string& text : answers_.front()) {
      addresses.push_back(*ParseIpAddress(text));
    }
    if (answers_.size() > 1) answers_.pop_front();
    return addresses;
  }
  int asked = 0;

 private:
  std::deque<std::vector<std::string>> answers_;
};

TEST(CurlHttpClient, SendsARequestAndReadsTheResponse) {
  HttpServer server(Says(
      {.status = 201, .headers = {{"X-Request-Id", " 7 "}}, .body = "made"}));
  CurlHttpClient client(Loopback());
  HttpRequest request = Get(server.url() + "/a%2Fb?c=d");
  request.method = "PATCH";
  request.AddHeader("Authorization", std::string("Bearer ") + kCanary);
  request.AddHeader("X-Empty", "");
  request.body = SecretValue::Copy(std::string("v\0w", 3));
  const HttpResult response = client.Send(request);
  ASSERT_TRUE(response) << Describe(response.error().error);
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->Header("x-request-id"), "7");
  EXPECT_EQ(response->body.Reveal(), "made");
  EXPECT_FALSE(response->cut);
  const ReceivedRequest seen = server.received().at(0);
  EXPECT_EQ(seen.method, "PATCH");
  EXPECT_EQ(seen.target, "/a%2Fb?c=d");
  EXPECT_EQ(seen.body, std::string("v\0w", 3));
  EXPECT_EQ(seen.Header("authorization"), std::string("Bearer ") + kCanary);
  EXPECT_EQ(seen.headers.count("x-empty"), 1U);
  EXPECT_THAT(seen.Header("user-agent"), HasSubstr("writ/"));
  EXPECT_EQ(seen.headers.count("content-type"), 0U);
}

TEST(CurlHttpClient, SpeaksEveryMethod) {
  HttpServer server(Says({.status = 204}));
  CurlHttpClient client(Loopback());
  for (const char* method : {"GET", "HEAD", "DELETE", "PUT", "POST"}) {
    HttpRequest request = Get(server.url());
    request.method = method;
    ASSERT_TRUE(client.Send(request)) << method;
    EXPECT_EQ(server.received().back().method, method);
  }
}

// T-07: nothing is called but what is public or granted.
TEST(CurlHttpClient, RefusesAddressesWithoutAGrant) {
  HttpServer server(Says({}));
  CurlHttpClient client(HostFile{});
  const std::string port = ":" + std::to_string(server.port());
  for (const char* host :
       {"127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1",
        "017700000001", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "10.0.0.1",
        "100.64.0.1", "[fe80::1]", "[fd00:ec2::254]"}) {
    for (const char* scheme : {"http://", "https://"}) {
      const HttpResult result = client.Send(Get(scheme + (host + port)));
      ASSERT_FALSE(result) << host;
      EXPECT_EQ(result.error().kind, TransportFailure::kRefused)
          << scheme << host << " " << Describe(result.error().error);
      EXPECT_FALSE(result.error().maybe_sent);
    }
  }
  EXPECT_TRUE(server.received().empty());
}

TEST(CurlHttpClient, NamesTheGrantThatIsMissing) {
  CurlHttpClient client(HostFile{});
  const HttpResult result = client.Send(Get("https://10.0.0.1/"));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().error.message, HasSubstr("private"));
  EXPECT_THAT(result.error().error.remedy,
              HasSubstr(R"(networks: ["10.0.0.1/32"])"));
}

// A cluster that signs for itself: the operator says so, no manifest does.
TEST(CurlHttpClient, BelievesTheAuthoritiesThatTheHostFileNames) {
  const TestCertificate certificate({.names = "DNS:k8s.example"});
  HttpServer server(Says({.body = "inside"}), &certificate);
  const std::string url =
      "https://k8s.example:" + std::to_string(server.port()) + "/api";
  HostFile host = Loopback();
  host.authorities = {{"other.example", certificate.ca_file()}};
  {
    ScriptedResolver resolver({{"127.0.0.1"}});
    CurlHttpClient client(host, &resolver);
    const HttpResult result = client.Send(Get(url));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, TransportFailure::kTls);
  }
  host.authorities = {{"k8s.example", certificate.ca_file()}};
  ScriptedResolver resolver({{"127.0.0.1"}});
  CurlHttpClient client(host, &resolver);
  EXPECT_TRUE(client.Send(Get(url)));
}

// T-07: a name is asked for once, and what it answered is what's connected to.
TEST(CurlHttpClient, JudgesWhatANameLeadsToEachTime) {
  const TestCertificate certificate({.names = "DNS:rebound.example"});
  HttpServer server(Says({.body = "inside"}), &certificate);
  ScriptedResolver resolver({{"127.0.0.1"}, {"169.254.169.254"}, {"10.0.0.1"}});
  CurlHttpClient client(Loopback(), &resolver);
  HttpRequest request =
      Get("https://rebound.example:" + std::to_string(server.port()));
  request.ca_file = certificate.ca_file();
  ASSERT_TRUE(client.Send(request));
  EXPECT_EQ(resolver.asked, 1);
  for (int again = 0; again < 2; ++again) {
    const HttpResult result = client.Send(request);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, TransportFailure::kRefused);
  }
  EXPECT_EQ(server.received().size(), 1U);
}

// T-07
TEST(CurlHttpClient, SkipsTheAddressesOfANameThatArePrivate) {
  const TestCertificate certificate({.names = "DNS:mixed.example"});
  HttpServer server(Says({}), &certificate);
  const std::vector<std::string> both = {"10.0.0.1", "127.0.0.1"};
  ScriptedResolver resolver({both});
  CurlHttpClient client(Loopback(), &resolver);
  HttpRequest request =
      Get("https://mixed.example:" + std::to_string(server.port()));
  request.ca_file = certificate.ca_file();
  EXPECT_TRUE(client.Send(request));
}

TEST(CurlHttpClient, ARequestNarrowsTheNetworks) {
  HttpServer server(Says({}));
  CurlHttpClient client(Loopback());
  HttpRequest request = Get(server.url());
  request.only_networks = {{*ParseIpNetwork("10.0.0.0/8")}};
  const HttpResult refused = client.Send(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, TransportFailure::kRefused);
  request.only_networks = {{*ParseIpNetwork("127.0.0.1")}};
  EXPECT_TRUE(client.Send(request));
}

// T-25: plain http on the loopback alone, whatever the grants.
TEST(CurlHttpClient, WantsTlsOffTheLoopback) {
  HttpServer server(Says({}));
  HostFile host;
  host.networks = {*ParseIpNetwork("0.0.0.0/0")};
  CurlHttpClient client(host);
  EXPECT_TRUE(client.Send(Get(server.url())));
  const HttpResult result = client.Send(Get("http://10.0.0.1/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, TransportFailure::kRefused);
  EXPECT_THAT(result.error().error.message, HasSubstr("without TLS"));
}

// T-07
TEST(CurlHttpClient, FollowsNoRedirect) {
  HttpServer server(
      Says({.status = 302, .headers = {{"Location", "/elsewhere"}}}));
  CurlHttpClient client(Loopback());
  const HttpResult response = client.Send(Get(server.url()));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(server.received().size(), 1U);
}

// T-07
TEST(CurlHttpClient, IgnoresProxiesAndNetrc) {
  const testing::TempFolder home;
  std::ofstream(home / ".netrc")
      << "machine 127.0.0.1 login a password " << kCanary << "\n";
  setenv("HOME", home.path().c_str(), 1);
  for (const char* name :
       {"http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"}) {
    setenv(name, "http://127.0.0.1:1", 1);
  }
  HttpServer server(Says({}));
  CurlHttpClient client(Loopback());
  EXPECT_TRUE(client.Send(Get(server.url())));
  EXPECT_EQ(server.received().at(0).headers.count("authorization"), 0U);
  for (const char* name :
       {"http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"}) {
    unsetenv(name);
  }
}

// T-07: the exact scheme, host and port.
TEST(CurlHttpClient, KeepsCredentialsAtTheirOrigin) {
  HttpServer server(Says({}));
  CurlHttpClient client(Loopback());
  HttpRequest request = Get(server.url() + "/v1/x");
  const std::string port = std::to_string(server.port());
  for (const std::string& origin :
       {"https://127.0.0.1:" + port, std::string("http://127.0.0.1"),
        "http://localhost:" + port, std::string("nonsense")}) {
    request.credential_origin = origin;
    const HttpResult result = client.Send(request);
    ASSERT_FALSE(result) << origin;
    EXPECT_EQ(result.error().kind, TransportFailure::kRefused);
  }
  EXPECT_TRUE(server.received().empty());
  request.credential_origin = server.url() + "/base";
  EXPECT_TRUE(client.Send(request));
}

TEST(CurlHttpClient, RefusesUrlsThatMeanMoreThanOneThing) {
  CurlHttpClient client(Loopback());
  for (const char* url :
       {"", "127.0.0.1 x", "https://user:pw@127.0.0.1/", "file:///etc/passwd",
        "gopher://127.0.0.1/", "ftp://127.0.0.1/", "https://a/../b",
        "https://a/b/..", "https://a/./b", "unix:/run/docker.sock",
        "https:///path"}) {
    const HttpResult result = client.Send(Get(url));
    ASSERT_FALSE(result) << url;
    EXPECT_EQ(result.error().kind, TransportFailure::kRefused) << url;
  }
}

TEST(CurlHttpClient, RefusesHeadersThatSplit) {
  HttpServer server(Says({}));
  CurlHttpClient client(Loopback());
  const std::string token = kCanary;
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"X", token + "\r\nY: 1"},
        {"X", token + "\n"},
        {"X", token + std::string("\0z", 2)},
        {"X Y", token},
        {"X:", token},
        {"", token}}) {
    HttpRequest request = Get(server.url());
    request.AddHeader(name, value);
    const HttpResult result = client.Send(request);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, TransportFailure::kRefused);
    EXPECT_THAT(result.error().error.message, Not(HasSubstr(kCanary)));
  }
  EXPECT_TRUE(server.received().empty());
}

// T-25
TEST(CurlHttpClient, TrustsTheGivenAuthorityAlone) {
  const TestCertificate certificate;
  const TestCertificate other;
  HttpServer server(Says({.body = "safe"}), &certificate);
  CurlHttpClient client(Loopback());
  HttpRequest request = Get(server.url());
  request.ca_file = certificate.ca_file();
  const HttpResult response = client.Send(request);
  ASSERT_TRUE(response) << Describe(response.error().error);
  EXPECT_EQ(response->body.Reveal(), "safe");
  for (const std::string& wrong :
       {std::string(), other.ca_file(), std::string("/nonexistent/ca.pem")}) {
    request.ca_file = wrong;
    const HttpResult result = client.Send(request);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, TransportFailure::kTls);
    EXPECT_FALSE(result.error().maybe_sent);
  }
  EXPECT_EQ(server.received().size(), 1U);
}

// T-25
TEST(CurlHttpClient, WantsACertificateForThisHostThatIsValidNow) {
  const TestCertificate named({.names = "DNS:other.example"});
  const TestCertificate expired({.valid_for_s = -60});
  const TestCertificate old({.max_tls = 0x0302});
  CurlHttpClient client(Loopback());
  for (const TestCertificate* certificate : {&named, &expired, &old}) {
    HttpServer server(Says({}), certificate);
    HttpRequest request = Get(server.url());
    request.ca_file = certificate->ca_file();
    const HttpResult result = client.Send(request);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, TransportFailure::kTls);
    EXPECT_TRUE(server.received().empty());
  }
}

TEST(CurlHttpClient, CutsWhatIsTooLong) {
  HttpServer server(Says({.status = 500, .body = std::string(50000, 'x')}));
  CurlHttpClient client(Loopback());
  HttpRequest request = Get(server.url());
  request.response_cap = 1000;
  const HttpResult response = client.Send(request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 500);
  EXPECT_EQ(response->body.size(), 1000U);
  EXPECT_TRUE(response->cut);
}

TEST(CurlHttpClient, TellsWhetherARequestMayHaveArrived) {
  CurlHttpClient client(Loopback());
  const struct {
    ScriptedResponse response;
    TransportFailure want;
  } cases[] = {
      {{.ending = Ending::kSilence}, TransportFailure::kTimeout},
      {{.ending = Ending::kHangUp}, TransportFailure::kBroken},
      {{.body = "hello\r\n", .ending = Ending::kRaw},
       TransportFailure::kBroken},
      {{.headers = {{"Content-Length", "100"}}, .body = "short"},
       TransportFailure::kBroken},
      {{.headers = {{"X", std::string(100000, 'x')}}},
       TransportFailure::kBroken},
  };
  for (const auto& c : cases) {
    HttpServer server(Says(c.response));
    HttpRequest request = Get(server.url() + "/" + kCanary + "?" + kCanary);
    request.timeout = std::chrono::milliseconds(
        c.want == TransportFailure::kTimeout ? 300 : 20000);
    request.AddHeader("Authorization", kCanary);
    const HttpResult result = client.Send(request);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, c.want) << Describe(result.error().error);
    EXPECT_TRUE(result.error().maybe_sent);
    EXPECT_EQ(server.received().size(), 1U);
    EXPECT_THAT(Describe(result.error().error), Not(HasSubstr(kCanary)));
  }
}

TEST(CurlHttpClient, NothingWasSentWhereNobodyListens) {
  int port = 0;
  {
    HttpServer server(Says({}));
    port = server.port();
  }
  CurlHttpClient client(Loopback());
  const HttpResult result =
      client.Send(Get("http://127.0.0.1:" + std::to_string(port)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, TransportFailure::kConnect);
  EXPECT_FALSE(result.error().maybe_sent);
}

TEST(CurlHttpClient, SaysThatANameIsUnknown) {
  class Unknown final : public Resolver {
   public:
    Result<std::vector<IpAddress>> Resolve(const std::string&) override {
      return Fail(ErrorCode::kNotFound, "no such name");
    }
  };
  Unknown resolver;
  CurlHttpClient client(Loopback(), &resolver);
  const HttpResult result = client.Send(Get("https://nowhere.example"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, TransportFailure::kResolve);
  EXPECT_FALSE(result.error().maybe_sent);
}

}  // namespace
}  // namespace writ::reconciler
