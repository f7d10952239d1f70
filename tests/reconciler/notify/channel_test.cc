#include "reconciler/notify/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciler/egress/encoding.h"
#include "reconciler/egress/mac.h"
#include "schema/utf8.h"
#include "tests/reconciler/notify/notify_world.h"
#include "tests/support/hostile_texts.h"

namespace writ::reconciler {
namespace {

using ::testing::HasSubstr;
using testing::Json;
using ::testing::Not;

constexpr Timestamp kNow{std::chrono::seconds(1'796'083'200)};

class Channel : public ::testing::Test {
 protected:
  Channel() {
    message_.id = "ntf_1";
    message_.rule = ResourceId("NotificationRule", "shop", "large");
    message_.group = "grp_1";
    message_.fields = {{"customer_id", "c1"}};
    message_.events = 2;
    message_.fresh = 2;
    message_.at = kNow;
    engine::NotifyEvent event;
    event.id = "evt_1";
    event.app = "shop";
    event.event = "payment.failed";
    event.level = "error";
    event.data = Json(R"({"amountCents":20000})");
    event.at = kNow;
    message_.samples = {event};
  }

  void Hostile(std::string_view text) {
    message_.fields[0].value = text;
    message_.samples[0].event = text;
    message_.samples[0].customer_id = text;
    message_.samples[0].data = Value(Value::Map{{"x", {}, Value(text)}});
  }

  Result<Outgoing> Composed(const std::string& spec) {
    const Value parsed = Json(spec);
    return Compose({message_, "dlv_1", parsed, secrets_, host_, kNow});
  }

  HttpRequest Request(const std::string& spec) {
    auto outgoing = Composed(spec);
    if (!outgoing) {
      ADD_FAILURE() << Describe(outgoing.error());
      return {};
    }
    return std::move(std::get<HttpRequest>(*outgoing));
  }

  Value Body(const std::string& spec) {
    return Json(std::string(Request(spec).body.Reveal()));
  }

  void Secret(const char* field, std::string_view value) {
    secrets_.insert_or_assign(field, SecretValue::Copy(value));
  }

  static std::string Header(const HttpRequest& request, std::string_view name) {
    for (const HttpHeader& header : request.headers) {
      if (header.name == name) return std::string(header.value.Reveal());
    }
    return "";
  }

  Message message_;
  DestinationSecrets secrets_;
  HostFile host_;
};

constexpr const char* kSlack = R"({"channel":"slack"})";
constexpr const char* kSlackUrl = "https://hooks.slack.com/services/T/B/x";

TEST_F(Channel, SlackHasTextAndBlocks) {
  Secret("url", std::string(kSlackUrl) + "\n");
  const HttpRequest request = Request(kSlack);
  EXPECT_EQ(request.url, kSlackUrl);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.credential_origin, "https://hooks.slack.com");
  const Value body = Body(kSlack);
  EXPECT_EQ(body.FindString("text"),
            "large: 2 × payment.failed (error), customer_id c1");
  const Value::List& blocks = body.Find("blocks")->AsList();
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks[0].FindString("type"), "header");
  EXPECT_EQ(blocks[1].Find("text")->FindString("type"), "plain_text");
}

// T-17: no mention, no link, no markup; and Slack's limits hold.
TEST_F(Channel, SlackTakesHostileTexts) {
  Secret("url", kSlackUrl);
  for (const testing::HostileText& hostile : testing::kHostileTexts) {
    SCOPED_TRACE(hostile.name);
    Hostile(hostile.text);
    const Value body = Body(kSlack);
    EXPECT_THAT(std::string(body.FindString("text")),
                Not(::testing::ContainsRegex("[<>]")));
    for (const Value& block : body.Find("blocks")->AsList()) {
      EXPECT_TRUE(testing::IsHarmless(block.Find("text")->FindString("text")));
    }
  }
  Hostile(std::string(100'000, 'a'));
  const Value body = Body(kSlack);
  EXPECT_LE(CountCodePoints(body.FindString("text")), 3000U);
  for (const Value& block : body.Find("blocks")->AsList()) {
    const std::size_t limit =
        block.FindString("type") == "header" ? 150U : 3000U;
    EXPECT_LE(CountCodePoints(block.Find("text")->FindString("text")), limit);
  }
}

TEST_F(Channel, DiscordPingsNobodyAndReadsNoMarkdown) {
  Secret("url", "https://discord.com/api/webhooks/1/x");
  const char* spec = R"({"channel":"discord"})";
  Hostile("@everyone [x](https://evil.example) **0 deletes** <@1>");
  const Value body = Body(spec);
  EXPECT_EQ(CanonicalJson(*body.Find("allowed_mentions")), R"({"parse":[]})");
  EXPECT_THAT(std::string(body.FindString("content")),
              HasSubstr(R"(\@everyone \[x\]\(https\://evil\.example\) )"
                        R"(\*\*0 deletes\*\* \<\@1\>)"));
  Hostile(std::string(100'000, '*'));
  const Value large = Body(spec);
  EXPECT_LE(CountCodePoints(large.FindString("content")), 2000U);
  const Value& embed = large.Find("embeds")->AsList().at(0);
  EXPECT_LE(CountCodePoints(embed.FindString("title")), 256U);
  EXPECT_LE(CountCodePoints(embed.FindString("description")), 4096U);
}

TEST_F(Channel, TeamsHasAnAdaptiveCardOfRichText) {
  Secret("url", "https://prod-1.westeurope.logic.azure.com/workflows/x");
  Hostile("**bold** [x](https://evil.example)");
  const Value body = Body(R"({"channel":"teams"})");
  const Value& attachment = body.Find("attachments")->AsList().at(0);
  EXPECT_EQ(attachment.FindString("contentType"),
            "application/vnd.microsoft.card.adaptive");
  for (const Value& block : attachment.FindPath("content.body")->AsList()) {
    EXPECT_EQ(block.FindString("type"), "RichTextBlock");
  }
  Hostile(std::string(100'000, 'a'));
  EXPECT_LE(Request(R"({"channel":"teams"})").body.size(), 28U * 1024);
}

TEST_F(Channel, RefusesUrlsThatAreNotTheChannels) {
  struct Case {
    const char* channel;
    const char* url;
    bool taken;
  };
  const Case cases[] = {
      {"slack", "https://hooks.slack.com/x", true},
      {"slack", "http://hooks.slack.com/x", false},
      {"slack", "https://hooks.slack.com:444/x", false},
      {"slack", "https://hooks.slack.com.evil.example/x", false},
      {"slack", "https://evil.example/hooks.slack.com", false},
      {"slack", "https://hooks.slack.com@evil.example/x", false},
      {"discord", "https://ptb.discord.com/x", true},
      {"discord", "https://evil.discord.com/x", false},
      {"teams", "https://a.logic.azure.com/x", true},
      {"teams", "https://logic.azure.com.evil.example/x", false},
      {"teams", "https://a.logic.azure.com:444/x", false},
      {"webhook", "https://anything.example/x", true}};
  for (const Case& each : cases) {
    Secret("url", each.url);
    const auto composed =
        Composed(R"({"channel":")" + std::string(each.channel) + "\"}");
    EXPECT_EQ(composed.has_value(), each.taken) << each.channel << each.url;
    if (composed) continue;
    EXPECT_EQ(composed.error().code, ErrorCode::kPermission);
    // T-16: a destination's URL counts as a secret.
    EXPECT_THAT(Describe(composed.error()), Not(HasSubstr("evil")));
  }
  host_.hosts["slack"] = "http://127.0.0.1:1234";
  Secret("url", "http://127.0.0.1:1234/x");
  EXPECT_TRUE(Composed(kSlack));
}

TEST_F(Channel, RefusesWhatLacksItsSecrets) {
  for (const char* spec :
       {R"({"channel":"slack"})", R"({"channel":"webhook"})",
        R"({"channel":"pagerduty"})", R"({"channel":"email"})", "{}"}) {
    EXPECT_FALSE(Composed(spec)) << spec;
  }
}

constexpr const char* kWebhook =
    R"({"channel":"webhook","url":"https://hook.example/x"})";

TEST_F(Channel, WebhookIsSignedAsStandardWebhooks) {
  const std::string key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  Secret("webhook.signingSecret", "whsec_" + key);
  const HttpRequest request = Request(kWebhook);
  EXPECT_EQ(Header(request, "webhook-id"), "dlv_1");
  EXPECT_EQ(Header(request, "webhook-timestamp"), "1796083200");
  const std::string text =
      "dlv_1.1796083200." + std::string(request.body.Reveal());
  EXPECT_EQ(Header(request, "webhook-signature"),
            "v1," + Base64(HmacSha256(*ParseBase64(key), text)));
  const Value body = Json(std::string(request.body.Reveal()));
  EXPECT_EQ(body.FindString("type"), "writ.notification");
  EXPECT_EQ(body.FindString("timestamp"), "2026-12-01T00:00:00Z");
  EXPECT_EQ(*body.FindPath("data.events"), Value(2));
  EXPECT_EQ(body.FindPath("data.samples")->AsList().at(0).FindString("id"),
            "evt_1");
}

TEST_F(Channel, WebhookCarriesBothSignaturesWhileASecretIsRotated) {
  Secret("webhook.signingSecret", "whsec_bmV3 whsec_b2xk\n");
  const HttpRequest request = Request(kWebhook);
  const std::string text =
      "dlv_1.1796083200." + std::string(request.body.Reveal());
  EXPECT_EQ(Header(request, "webhook-signature"),
            "v1," + Base64(HmacSha256("new", text)) + " v1," +
                Base64(HmacSha256("old", text)));
}

TEST_F(Channel, WebhookRefusesSecretsThatCannotSign) {
  std::string many;
  for (int i = 0; i < 12; ++i) many += "key" + std::to_string(i) + " ";
  for (const std::string& secret :
       {std::string("whsec_!"), std::string("whsec_"), std::string(" "),
        many}) {
    Secret("webhook.signingSecret", secret);
    EXPECT_FALSE(Composed(kWebhook)) << secret;
  }
}

TEST_F(Channel, WebhookNarrowsNetworks) {
  EXPECT_FALSE(Request(kWebhook).only_networks);
  const HttpRequest request =
      Request(R"({"channel":"webhook","url":"https://h.example/",
                  "webhook":{"allowNetworks":["10.0.0.0/8"]}})");
  ASSERT_TRUE(request.only_networks);
  EXPECT_EQ(request.only_networks->at(0).Text(), "10.0.0.0/8");
  EXPECT_EQ(Header(request, "webhook-signature"), "");
}

TEST_F(Channel, PagerDutyMakesOneIncidentOfAGroup) {
  Secret("pagerduty.routingKey", "R0UT1NG");
  const char* spec = R"({"channel":"pagerduty"})";
  const HttpRequest request = Request(spec);
  EXPECT_EQ(request.url, "https://events.pagerduty.com/v2/enqueue");
  const Value body = Body(spec);
  EXPECT_EQ(body.FindString("routing_key"), "R0UT1NG");
  EXPECT_EQ(body.FindString("event_action"), "trigger");
  EXPECT_EQ(body.FindString("dedup_key"), "NotificationRule/shop/large/grp_1");
  EXPECT_EQ(body.Find("payload")->FindString("severity"), "error");
  message_.critical = true;
  EXPECT_EQ(Body(spec).Find("payload")->FindString("severity"), "critical");
  message_.rule = ResourceId("NotificationRule", std::string(200, 'a'),
                             std::string(200, 'b'));
  Hostile(std::string(5000, 'c'));
  const Value large = Body(spec);
  EXPECT_EQ(large.FindString("dedup_key").size(), 64U);
  EXPECT_LE(CountCodePoints(large.Find("payload")->FindString("summary")),
            1024U);
}

constexpr const char* kEmail =
    R"({"channel":"email","email":{"from":"writ@example.org",
        "to":["a@example.org","b@example.org"],
        "smtp":{"host":"smtp.example.org","tls":"starttls","user":"u"}}})";

TEST_F(Channel, EmailIsOneMailToAll) {
  auto outgoing = Composed(kEmail);
  ASSERT_TRUE(outgoing) << Describe(outgoing.error());
  const Mail& mail = std::get<Mail>(*outgoing);
  EXPECT_EQ(mail.server.port, 587);
  EXPECT_EQ(mail.to.size(), 2U);
  EXPECT_THAT(mail.text, HasSubstr("\r\nDate: Tue, 01 Dec 2026 00:00:00 "
                                   "+0000\r\n"));
  EXPECT_THAT(mail.text, HasSubstr("Message-ID: <dlv_1@example.org>"));
}

// T-17: nothing that senders wrote ends a header, or the mail.
TEST_F(Channel, EmailHoldsHostileTextsInBase64) {
  for (const testing::HostileText& hostile : testing::kHostileTexts) {
    SCOPED_TRACE(hostile.name);
    Hostile(hostile.text);
    auto outgoing = Composed(kEmail);
    ASSERT_TRUE(outgoing);
    const std::string& text = std::get<Mail>(*outgoing).text;
    const std::size_t end = text.find("\r\n\r\n");
    ASSERT_NE(end, std::string::npos);
    std::string rest = text;
    std::size_t lines = 0;
    while (!rest.empty()) {
      const std::size_t line = rest.find("\r\n");
      ASSERT_NE(line, std::string::npos);
      EXPECT_LE(line, 998U);
      EXPECT_EQ(rest.substr(0, line).find_first_of("\r\n"), std::string::npos);
      EXPECT_NE(rest.substr(0, line), ".");
      rest.erase(0, line + 2);
      ++lines;
    }
    EXPECT_GT(lines, 10U);
    for (const char c : text) {
      EXPECT_LT(static_cast<unsigned char>(c), 0x80U);
    }
    EXPECT_THAT(text.substr(0, end), Not(HasSubstr("Set-Cookie")));
  }
}

// T-02: a manifest alone doesn't choose where a password goes.
TEST_F(Channel, EmailSendsPasswordsWhereTheHostFileSays) {
  Secret("email.smtp.password", "hunter2");
  const auto refused = Composed(kEmail);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
  host_.hosts["smtp.example.org"] = "https://smtp.example.org";
  auto outgoing = Composed(kEmail);
  ASSERT_TRUE(outgoing);
  EXPECT_EQ(std::get<Mail>(*outgoing).server.password.Reveal(), "hunter2");
}

TEST(SecretFields, AreFoundWhereverTheyStand) {
  const Value spec = Json(
      R"({"url":{"secretRef":{"project":"p","key":"URL"}},
          "webhook":{"signingSecret":{"secretRef":{"project":"p","key":"S"}}},
          "email":{"smtp":{"password":{"secretRef":
            {"project":"q","key":"PW"}}}}})");
  const auto fields = SecretFieldsOf(spec);
  EXPECT_EQ(fields.size(), 3U);
  EXPECT_EQ(fields.at("url").address(), "Secret/p/URL");
  EXPECT_EQ(fields.at("webhook.signingSecret").address(), "Secret/p/S");
  EXPECT_EQ(fields.at("email.smtp.password").address(), "Secret/q/PW");
}

}  // namespace
}  // namespace writ::reconciler
