#include "reconciler/notify/sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciler/egress/curl_http_client.h"
#include "tests/reconciler/notify/notify_world.h"
#include "tests/support/http_server.h"
#include "tests/support/manual_clock.h"

namespace writ::reconciler {
namespace {

using engine::AnswerKind;
using ::testing::HasSubstr;
using testing::HttpServer;
using ::testing::Not;
using testing::ReceivedRequest;
using testing::ScriptedResponse;

class NoMail final : public SmtpClient {
 public:
  SmtpResult Send(const Mail&) override {
    if (answer) return *answer;
    return tl::unexpected(failure);
  }
  std::optional<SmtpAnswer> answer;
  HttpFailure failure{TransportFailure::kTimeout, false, {}};
};

class Senders : public ::testing::Test {
 protected:
  Senders() { host_.networks = {*ParseIpNetwork("127.0.0.0/8")}; }

  SendJob JobTo(const std::string& url) {
    SendJob job;
    job.delivery.standing.id = "dlv_1";
    job.message.id = "ntf_1";
    job.message.rule = ResourceId("NotificationRule", "shop", "r");
    job.message.events = 1;
    job.spec = std::make_shared<const Value>(
        testing::Json(R"({"channel":"webhook"})"));
    job.secrets.emplace("url", SecretValue::Copy(url));
    job.secrets.emplace("webhook.signingSecret",
                        SecretValue::Copy("k3y-canary"));
    return job;
  }

  Sent To(const std::string& url) {
    CurlHttpClient http(host_);
    return Sender(http, mail_, host_, clock_).Send(JobTo(url));
  }

  HostFile host_;
  NoMail mail_;
  testing::ManualClock clock_;
};

TEST_F(Senders, TakeAnswersForWhatTheyMean) {
  struct Case {
    int status;
    AnswerKind want;
  };
  for (const Case& each :
       {Case{200, AnswerKind::kDelivered}, Case{202, AnswerKind::kDelivered},
        Case{204, AnswerKind::kDelivered}, Case{301, AnswerKind::kFailed},
        Case{400, AnswerKind::kFailed}, Case{404, AnswerKind::kFailed},
        Case{410, AnswerKind::kGone}, Case{429, AnswerKind::kThrottled},
        Case{500, AnswerKind::kFailed}, Case{503, AnswerKind::kThrottled}}) {
    const HttpServer server([&](const ReceivedRequest&) {
      ScriptedResponse response;
      response.status = each.status;
      response.headers = {{"Location", "https://evil.example/"}};
      return response;
    });
    const Sent sent = To(server.url() + "/x");
    EXPECT_EQ(sent.answer.kind, each.want) << each.status;
    EXPECT_EQ(sent.attempt.status, each.status);
    EXPECT_EQ(server.received().size(), 1U);
  }
}

TEST_F(Senders, ReadRetryAfterInSecondsAndAsADate) {
  struct Case {
    const char* header;
    std::optional<Duration> want;
  };
  for (const Case& each :
       {Case{"7", std::chrono::seconds(7)}, Case{"0", Duration(0)},
        Case{"", {}}, Case{"-1", {}}, Case{"soon", {}}, Case{"7x", {}},
        Case{"99999999999999999999", {}},
        Case{"Tue, 01 Dec 2026 00:02:00 GMT", std::chrono::seconds(120)},
        Case{"Tue, 01 Dec 2025 00:00:00 GMT", Duration(0)},
        Case{"Tue, 01 Dec 2099 00:00:00 GMT", {}}}) {
    const HttpServer server([&](const ReceivedRequest&) {
      ScriptedResponse response;
      response.status = 429;
      response.headers = {{"Retry-After", each.header}};
      return response;
    });
    EXPECT_EQ(To(server.url()).answer.retry_after, each.want) << each.header;
  }
}

TEST_F(Senders, KnowConnectionsThatFail) {
  EXPECT_EQ(To("http://127.0.0.1:1/").answer.kind, AnswerKind::kFailed);
  const HttpServer server([](const ReceivedRequest&) {
    ScriptedResponse response;
    response.ending = ScriptedResponse::Ending::kHangUp;
    return response;
  });
  EXPECT_EQ(To(server.url()).answer.kind, AnswerKind::kFailed);
}

// T-07: addresses are judged as for every call; nothing is sent.
TEST_F(Senders, GoThroughTheRulesOfEgress) {
  const HttpServer server(
      [](const ReceivedRequest&) { return ScriptedResponse{}; });
  host_.networks.clear();
  const Sent sent = To(server.url());
  EXPECT_EQ(sent.answer.kind, AnswerKind::kRefused);
  EXPECT_EQ(server.received().size(), 0U);
  host_.networks = {*ParseIpNetwork("127.0.0.0/8")};
  SendJob job = JobTo(server.url());
  job.spec = std::make_shared<const Value>(testing::Json(
      R"({"channel":"webhook","webhook":{"allowNetworks":["10.0.0.0/8"]}})"));
  CurlHttpClient http(host_);
  EXPECT_EQ(Sender(http, mail_, host_, clock_).Send(job).answer.kind,
            AnswerKind::kRefused);
  EXPECT_EQ(server.received().size(), 0U);
}

TEST_F(Senders, KeepTheAnswersBeginningWithoutSecrets) {
  const HttpServer server([](const ReceivedRequest& request) {
    ScriptedResponse response;
    response.status = 500;
    response.body = "you sent k3y-canary to " + request.path() +
                    std::string(50'000, 'x') + "\x1b[31m";
    return response;
  });
  const Sent sent = To(server.url() + "/T0P-canary");
  EXPECT_THAT(sent.attempt.response, HasSubstr("you sent (not shown) to"));
  EXPECT_THAT(sent.attempt.response, Not(HasSubstr("k3y-canary")));
  EXPECT_LE(sent.attempt.response.size(), 2100U);
}

TEST_F(Senders, SayWhyNothingWasSent) {
  const Sent sent = To("");
  EXPECT_EQ(sent.answer.kind, AnswerKind::kRefused);
  EXPECT_EQ(sent.attempt.outcome, "refused");
  EXPECT_THAT(sent.attempt.response, HasSubstr("has no URL"));
}

TEST_F(Senders, TakeMailServersForWhatTheySay) {
  SendJob job = JobTo("");
  job.spec = std::make_shared<const Value>(testing::Json(
      R"({"channel":"email","email":{"from":"a@b.example","to":["c@d.example"],
          "smtp":{"host":"smtp.example.org"}}})"));
  CurlHttpClient http(host_);
  const Sender sender(http, mail_, host_, clock_);
  EXPECT_EQ(sender.Send(job).answer.kind, AnswerKind::kTimeout);
  mail_.answer = SmtpAnswer{250};
  EXPECT_EQ(sender.Send(job).answer.kind, AnswerKind::kDelivered);
  mail_.answer = SmtpAnswer{451};
  EXPECT_EQ(sender.Send(job).answer.kind, AnswerKind::kThrottled);
  mail_.answer = SmtpAnswer{550};
  EXPECT_EQ(sender.Send(job).answer.kind, AnswerKind::kFailed);
}

}  // namespace
}  // namespace writ::reconciler
