#include "reconciler/targets/api_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace writ::reconciler::targets {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kToken[] = "access-token-Zq81";

// Answers what it's told to, and keeps what it was asked.
class ScriptedClient final : public HttpClient {
 public:
  HttpResult Send(const HttpRequest& request) override {
    url = request.url;
    origin = request.credential_origin;
    timeout = request.timeout;
    if (failure) return tl::unexpected(*failure);
    HttpResponse response;
    response.status = status;
    response.headers = headers;
    response.body = SecretValue::Copy(body);
    return response;
  }
  std::string url;
  std::string origin;
  Duration timeout{};
  std::optional<HttpFailure> failure;
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body = "{}";
};

class ApiClientTest : public ::testing::Test {
 protected:
  ApiClientTest() {
    TargetSetup setup{.spec = spec_,
                      .secrets = {},
                      .host = host_,
                      .http = http_,
                      .clock = clock_,
                      .deadline = std::chrono::seconds(20),
                      .ca_file = ""};
    setup.secrets["token"] = SecretValue::Copy(kToken);
    ApiClient::Options options;
    options.base_url = "https://api.example.org/v1";
    options.name = "Example";
    api_ = std::make_unique<ApiClient>(setup, std::move(options));
  }
  TargetResult<ApiReply> Call(const char* method) {
    ApiCall call;
    call.method = method;
    call.path = "/x?y=z";
    return api_->Call(call);
  }
  std::string ClassOf(const char* method) {
    const auto reply = Call(method);
    if (reply) return "done";
    EXPECT_THAT(Describe(reply.error().error), Not(HasSubstr(kToken)));
    return std::string(Name(reply.error().failure_class));
  }

  Value spec_;
  HostFile host_;
  ScriptedClient http_;
  testing::ManualClock clock_;
  std::unique_ptr<ApiClient> api_;
};

TEST_F(ApiClientTest, TellsClassesApart) {
  const struct {
    int status;
    const char* read;
    const char* write;
  } cases[] = {
      {200, "done", "done"},           {204, "done", "done"},
      {301, "invalid", "invalid"},     {400, "invalid", "invalid"},
      {401, "auth", "auth"},           {403, "auth", "auth"},
      {404, "gone", "gone"},           {408, "transient", "unknown"},
      {409, "conflict", "conflict"},   {410, "gone", "gone"},
      {412, "conflict", "conflict"},   {422, "invalid", "invalid"},
      {429, "throttled", "throttled"}, {500, "transient", "unknown"},
      {503, "transient", "unknown"},
  };
  http_.body = std::string("{\"echo\":\"") + kToken + "\"}";
  for (const auto& c : cases) {
    http_.status = c.status;
    EXPECT_EQ(ClassOf("GET"), c.read) << c.status;
    EXPECT_EQ(ClassOf("PUT"), c.write) << c.status;
  }
}

TEST_F(ApiClientTest, TellsWhatMayHaveArrived) {
  const struct {
    TransportFailure kind;
    bool maybe_sent;
    const char* read;
    const char* write;
  } cases[] = {
      {TransportFailure::kRefused, false, "invalid", "invalid"},
      {TransportFailure::kResolve, false, "transient", "transient"},
      {TransportFailure::kConnect, false, "transient", "transient"},
      {TransportFailure::kTls, false, "transient", "transient"},
      {TransportFailure::kTimeout, false, "transient", "transient"},
      {TransportFailure::kTimeout, true, "transient", "unknown"},
      {TransportFailure::kBroken, true, "transient", "unknown"},
  };
  for (const auto& c : cases) {
    http_.failure = HttpFailure{c.kind, c.maybe_sent, {}};
    EXPECT_EQ(ClassOf("GET"), c.read);
    EXPECT_EQ(ClassOf("DELETE"), c.write);
  }
}

// GitHub says 403 for "too much".
TEST_F(ApiClientTest, KnowsAThrottleByItsHeaders) {
  http_.status = 403;
  http_.headers = {{"x-ratelimit-remaining", "0"}};
  EXPECT_EQ(ClassOf("PUT"), "throttled");
  http_.headers = {{"retry-after", "60"}};
  EXPECT_EQ(ClassOf("PUT"), "throttled");
  http_.headers = {{"x-ratelimit-remaining", "10"}};
  EXPECT_EQ(ClassOf("PUT"), "auth");
}

TEST_F(ApiClientTest, ReadsHowLongToWait) {
  const Timestamp now = *ParseTimestamp("2026-12-01T00:00:00Z");
  const struct {
    const char* name;
    const char* value;
    std::optional<int> seconds;
  } cases[] = {
      {"retry-after", "7", 7},
      {"retry-after", "Tue, 01 Dec 2026 00:02:00 GMT", 120},
      {"retry-after", "Mon, 30 Nov 2026 00:00:00 GMT", 0},
      {"retry-after", "999999999", 24 * 3600},
      {"retry-after", "-1", std::nullopt},
      {"retry-after", "soon", std::nullopt},
      {"x-ratelimit-reset", "1796083230", 30},
      {"ratelimit-reset", "12", 12},
      {"x-other", "5", std::nullopt},
  };
  for (const auto& c : cases) {
    HttpResponse response;
    response.headers = {{c.name, c.value}};
    const auto wait = RetryAfter(response, now);
    ASSERT_EQ(wait.has_value(), c.seconds.has_value()) << c.value;
    if (wait) {
      EXPECT_EQ(*wait, std::chrono::seconds(*c.seconds)) << c.value;
    }
  }
}

TEST_F(ApiClientTest, CallsNoLongerThanItMay) {
  ASSERT_TRUE(Call("GET"));
  EXPECT_EQ(http_.url, "https://api.example.org/v1/x?y=z");
  EXPECT_EQ(http_.origin, "https://api.example.org");
  EXPECT_EQ(http_.timeout, std::chrono::seconds(20));
  clock_.Advance(std::chrono::seconds(19));
  ASSERT_TRUE(Call("GET"));
  EXPECT_EQ(http_.timeout, std::chrono::seconds(1));
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(ClassOf("PUT"), "transient");
}

TEST_F(ApiClientTest, TakesNoPageForAnAnswer) {
  http_.body = "<html></html>";
  EXPECT_EQ(ClassOf("GET"), "transient");
  EXPECT_EQ(ClassOf("PUT"), "unknown");
  http_.body = "";
  EXPECT_EQ(ClassOf("PUT"), "done");
}

}  // namespace
}  // namespace writ::reconciler::targets
