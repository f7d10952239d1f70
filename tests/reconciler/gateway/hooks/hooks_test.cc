// T-23: a hook is only a poke, and only for who knows its secret.
#include "reconciler/gateway/hooks/hooks.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "reconciler/egress/encoding.h"
#include "reconciler/egress/mac.h"
#include "tests/support/manual_clock.h"

namespace writ::reconciler::gateway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kSecret[] = "It's a Secret to Everybody";

HttpRequest Request(const std::string& path, const std::string& body,
                    std::vector<HttpHeader> headers) {
  HttpRequest request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  request.headers = std::move(headers);
  return request;
}

class HooksTest : public ::testing::Test {
 protected:
  HooksTest() {
    std::vector<HookSecret> secrets;
    for (const HookKind kind : {HookKind::kGithub, HookKind::kGitlab,
                                HookKind::kGitea, HookKind::kGeneric}) {
      secrets.push_back({kind, SecretValue::Copy(kSecret)});
    }
    hooks_ = std::make_unique<Hooks>(
        std::move(secrets), [this] { ++pokes_; }, clock_, random_);
  }

  int Ask(const HttpRequest& request) {
    int status = 0;
    for (const Route& route : hooks_->routes()) {
      if (route.pattern != request.path) continue;
      route.handler->Handle(request, [&](const HttpResponse& response) {
        status = response.status;
        EXPECT_EQ(response.body.find(kSecret), std::string::npos);
      });
    }
    return status;
  }

  std::string Hex(const std::string& body) const {
    return HexLower(HmacSha256(kSecret, body));
  }
  HttpRequest Github(const std::string& id, const std::string& body) const {
    return Request("/hooks/github", body,
                   {{"X-GitHub-Delivery", id},
                    {"X-Hub-Signature-256", "sha256=" + Hex(body)}});
  }
  HttpRequest Generic(const std::string& id, Timestamp at,
                      const std::string& body) const {
    const std::string stamp = std::to_string(
        std::chrono::duration_cast<seconds>(at.time_since_epoch()).count());
    const std::string signature =
        Base64(HmacSha256(kSecret, id + "." + stamp + "." + body));
    return Request("/hooks/generic", body,
                   {{"webhook-id", id},
                    {"webhook-timestamp", stamp},
                    {"webhook-signature", "v1,AAAA v1," + signature}});
  }

  testing::ManualClock clock_;
  SystemRandom random_;
  int pokes_ = 0;
  std::unique_ptr<Hooks> hooks_;
};

TEST_F(HooksTest, AreOpenForEachSecretAlone) {
  ASSERT_EQ(hooks_->routes().size(), 4U);
  EXPECT_EQ(hooks_->routes()[0].pattern, "/hooks/github");
  EXPECT_EQ(hooks_->routes()[0].method, "POST");
  Hooks none(
      {}, [] {}, clock_, random_);
  EXPECT_TRUE(none.routes().empty());
}

// The example of GitHub's documentation.
TEST_F(HooksTest, TakeWhatGithubSigns) {
  const HttpRequest request = Request(
      "/hooks/github", "Hello, World!",
      {{"X-GitHub-Delivery", "72d3162e"},
       {"X-Hub-Signature-256",
        "sha256="
        "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}});
  EXPECT_EQ(Ask(request), 202);
  EXPECT_EQ(pokes_, 1);
}

// The example of the Standard Webhooks specification.
TEST_F(HooksTest, TakeWhatTheStandardSigns) {
  const HttpRequest request =
      Request("/hooks/generic", R"({"test": 2432232314})",
              {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
               {"webhook-timestamp", "1614265330"},
               {"webhook-signature",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}});
  const SecretValue secret =
      SecretValue::Copy("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const Timestamp then{seconds(1614265330)};
  const std::string blind(32, 'b');
  EXPECT_TRUE(IsSigned(HookKind::kGeneric, request, secret, blind, then));
  EXPECT_TRUE(
      IsSigned(HookKind::kGeneric, request, secret, blind, then + kHookWindow));
  EXPECT_FALSE(IsSigned(HookKind::kGeneric, request, secret, blind,
                        then + kHookWindow + seconds(1)));
  EXPECT_FALSE(IsSigned(HookKind::kGeneric, request, secret, blind,
                        then - kHookWindow - seconds(1)));
}

TEST_F(HooksTest, TakeGitlabsTokenAndBothOfGiteasSignatures) {
  EXPECT_EQ(
      Ask(Request("/hooks/gitlab", "{}",
                  {{"X-Gitlab-Token", kSecret}, {"X-Gitlab-Event-UUID", "1"}})),
      202);
  EXPECT_EQ(Ask(Request(
                "/hooks/gitea", "{}",
                {{"X-Gitea-Signature", Hex("{}")}, {"X-Gitea-Delivery", "1"}})),
            202);
  EXPECT_EQ(Ask(Request("/hooks/gitea", "{}",
                        {{"X-Hub-Signature-256", "sha256=" + Hex("{}")},
                         {"X-Gitea-Delivery", "2"}})),
            202);
  EXPECT_EQ(pokes_, 3);
}

TEST_F(HooksTest, RefuseWhatIsNotSigned) {
  const std::string good = "sha256=" + Hex("{}");
  const std::vector<HttpRequest> requests = {
      Request("/hooks/github", "{}", {{"X-GitHub-Delivery", "1"}}),
      Request("/hooks/github", "{} ",
              {{"X-GitHub-Delivery", "1"}, {"X-Hub-Signature-256", good}}),
      Request("/hooks/github", "{}",
              {{"X-GitHub-Delivery", "1"},
               {"X-Hub-Signature-256", good.substr(0, 20)}}),
      Request("/hooks/github", "{}",
              {{"X-GitHub-Delivery", "1"}, {"X-Hub-Signature-256", Hex("{}")}}),
      Request("/hooks/github", "{}",
              {{"X-GitHub-Delivery", "1"},
               {"X-Hub-Signature-256", good},
               {"X-Hub-Signature-256", good}}),
      Request("/hooks/github", "{}",
              {{"X-GitHub-Delivery", "1"}, {"X-Gitlab-Token", kSecret}}),
      Request("/hooks/gitlab", "{}",
              {{"X-Gitlab-Event-UUID", "1"}, {"X-Gitlab-Token", "guess"}}),
      Request("/hooks/gitlab", "{}",
              {{"X-Gitlab-Event-UUID", "1"}, {"X-Gitlab-Token", ""}}),
      Request("/hooks/gitea", "{}",
              {{"X-Gitea-Delivery", "1"}, {"X-Gitea-Signature", good}}),
      Request("/hooks/generic", "{}", {{"webhook-id", "1"}}),
  };
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(Ask(requests[i]), 401) << i;
  }
  EXPECT_EQ(pokes_, 0);
}

TEST_F(HooksTest, RefuseGenericOnesOutsideOfTheirWindow) {
  const Timestamp now = clock_.Now();
  EXPECT_EQ(Ask(Generic("a", now - minutes(4), "{}")), 202);
  EXPECT_EQ(Ask(Generic("b", now + minutes(4), "{}")), 202);
  EXPECT_EQ(Ask(Generic("c", now - minutes(6), "{}")), 401);
  EXPECT_EQ(Ask(Generic("d", now + minutes(6), "{}")), 401);
  HttpRequest strange = Generic("e", now, "{}");
  for (const char* stamp : {"", "x", "-1", "99999999999999999999", "1 "}) {
    strange.headers[1].value = stamp;
    EXPECT_EQ(Ask(strange), 401) << stamp;
  }
}

TEST_F(HooksTest, PokeOnceForADeliveryOfADay) {
  EXPECT_EQ(Ask(Github("1", "{}")), 202);
  clock_.Advance(hours(23));
  EXPECT_EQ(Ask(Github("1", "{}")), 200);
  EXPECT_EQ(Ask(Github("2", "{}")), 202);
  EXPECT_EQ(pokes_, 2);
  clock_.Advance(hours(2));
  EXPECT_EQ(Ask(Github("1", "{}")), 202) << "forgotten after a day";
  EXPECT_EQ(Ask(Github("2", "{}")), 200);
}

TEST_F(HooksTest, WantAnId) {
  EXPECT_EQ(Ask(Request("/hooks/github", "{}",
                        {{"X-Hub-Signature-256", "sha256=" + Hex("{}")}})),
            400);
  EXPECT_EQ(Ask(Github(std::string(201, 'x'), "{}")), 400);
  EXPECT_EQ(pokes_, 0);
}

TEST(SeenDeliveries, AreBounded) {
  SeenDeliveries seen(3);
  const Timestamp now{seconds(1)};
  for (const char* id : {"a", "b", "c", "d"}) EXPECT_TRUE(seen.Add(id, now));
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_FALSE(seen.Add("d", now));
  EXPECT_TRUE(seen.Add("a", now)) << "the oldest goes first";
}

TEST(HookKind, IsKnownByItsName) {
  for (const HookKind kind : {HookKind::kGithub, HookKind::kGitlab,
                              HookKind::kGitea, HookKind::kGeneric}) {
    EXPECT_EQ(ParseHookKind(Name(kind)), kind);
  }
  EXPECT_EQ(ParseHookKind("bitbucket"), std::nullopt);
}

}  // namespace
}  // namespace writ::reconciler::gateway
