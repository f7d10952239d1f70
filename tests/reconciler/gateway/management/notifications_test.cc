// Rules, destinations and deliveries over HTTP: S-01, S-07.
#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "reconciler/events/event_database.h"
#include "reconciler/notify/outbox.h"
#include "tests/reconciler/gateway/management/management_fixture.h"

namespace writ::reconciler::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUrl[] = "https://hooks.slack.com/services/T0/B0/canary-5a17";

class NotificationRoutes : public ManagementRoutes {
 protected:
  void SetUp() override {
    ManagementRoutes::SetUp();
    Make();
    ASSERT_EQ(Call("POST", app_ + "/schemas",
                   R"({"eventName":"payment.failed","fields":[{"name":"n",)"
                   R"("type":"number"}]})")
                  .status,
              201);
  }

  Value MakeDestination(const std::string& name = "alerts") {
    return Json(Call("POST", destinations_,
                     R"({"kind":"slack_webhook","label":")" + name +
                         R"(","webhookUrl":")" + kUrl + R"("})"),
                201);
  }
  Value MakeRule(const std::string& destination, const std::string& more = "") {
    return Json(
        Call("POST", rules_,
             R"({"name":"Large failure","eventName":"payment.failed",)"
             R"("conditions":[{"id":"c","field":"n","operator":"greater_than",)"
             R"("value":10}],"actions":[{"destinationId":")" +
                 destination + R"(","channel":"slack","enabled":true}])" +
                 more + "}"),
        201);
  }
  // What the outbox has for that destination, after it was tried.
  std::string Test(const std::string& destination) {
    const Value tested =
        Json(Call("POST", destinations_ + "/" + destination + "/test"), 200);
    EXPECT_EQ(tested.FindString("status"), "ok");
    return std::string(tested.FindString("deliveryId"));
  }
  // Settles what is pending as the notifier would.
  void Bury(const std::string& destination) {
    auto database = OpenEventDatabase(
        {folder_ / "state", EventDatabaseMode::kReadWrite, kPatience});
    ASSERT_TRUE(database) << Describe(database.error());
    Outbox outbox(**database);
    ASSERT_TRUE(outbox.Abandon(destination, "it is gone", clock_.Now()));
  }

  static constexpr std::chrono::milliseconds kPatience{5000};
  const std::string app_ = "/v1/apps/order-service";
  const std::string rules_ = app_ + "/notification-rules";
  const std::string destinations_ = app_ + "/notification-destinations";
  const std::string attempts_ = app_ + "/notification-delivery-attempts";
};

// S-07
TEST_F(NotificationRoutes, KeepRules) {
  const Value destination = MakeDestination();
  const std::string to(destination.FindString("id"));
  const Value made = MakeRule(to, R"(,"levels":["error"])");
  EXPECT_EQ(made.FindString("name"), "large-failure");
  EXPECT_EQ(made.FindString("eventName"), "payment.failed");
  EXPECT_TRUE(made.Find("enabled")->AsBoolean());
  const Value& action = made.Find("actions")->AsList().at(0);
  EXPECT_EQ(action.FindString("destinationId"), to);
  EXPECT_EQ(action.FindString("channel"), "slack");
  const Value& condition = made.Find("conditions")->AsList().at(0);
  EXPECT_EQ(condition.FindString("operator"), "greater_than");
  EXPECT_EQ(condition.FindString("id"), "condition-1");

  const std::string one = rules_ + "/" + std::string(made.FindString("id"));
  EXPECT_EQ(Json(Call("GET", one), 200).FindString("id"),
            made.FindString("id"));
  EXPECT_EQ(Json(Call("GET", rules_), 200).AsList().size(), 1U);
  const Value changed =
      Json(Call("PATCH", one, R"({"enabled":false,"conditions":[]})"), 200);
  EXPECT_FALSE(changed.Find("enabled")->AsBoolean());
  EXPECT_TRUE(changed.Find("conditions")->AsList().empty());
  EXPECT_EQ(changed.Find("actions")->AsList().size(), 1U);
  EXPECT_FALSE(
      store_->ReadStored(Id("NotificationRule/order-service/large-failure"))
          .value()
          ->live.owner);
  EXPECT_EQ(Call("DELETE", one).status, 204);
  EXPECT_EQ(Call("GET", one).status, 404);
}

TEST_F(NotificationRoutes, RefuseRulesThatNoManifestCouldSay) {
  MakeDestination();
  const std::vector<std::string> bodies = {
      R"({"eventName":"payment.failed","actions":[]})",
      R"({"name":"a","actions":[{"destination":"alerts"}]})",
      R"({"name":"a","eventName":"payment.lost",)"
      R"("actions":[{"destination":"alerts"}]})",
      R"({"name":"a","eventName":"payment.failed",)"
      R"("actions":[{"destination":"nobody"}]})",
      R"({"name":"a","eventName":"payment.failed",)"
      R"("actions":[{"destination":"alerts","channel":"email"}]})",
      R"({"name":"a","eventName":"payment.failed","conditions":[{"field":"n",)"
      R"("operator":"almost","value":1}],"actions":[{"destination":"alerts"}]})",
      R"({"name":"a","eventName":"payment.failed","when":"data.",)"
      R"("actions":[{"destination":"alerts"}]})",
      R"({"name":"a","eventName":"payment.failed","repeatEvery":"7m",)"
      R"("actions":[{"destination":"alerts"}]})",
      R"({"name":"a","eventname":"payment.failed"})",
      R"([])",
      R"(no JSON)",
  };
  for (const std::string& body : bodies) {
    EXPECT_EQ(Call("POST", rules_, body).status, 400) << body;
  }
  EXPECT_EQ(Json(Call("GET", rules_), 200).AsList().size(), 0U);
}

// T-16: who may manage a destination still doesn't read its URL.
TEST_F(NotificationRoutes, KeepDestinationsAndNeverShowTheirUrls) {
  const Value made = MakeDestination("Payment alerts");
  EXPECT_EQ(made.FindString("kind"), "slack_webhook");
  EXPECT_EQ(made.FindString("name"), "payment-alerts");
  EXPECT_EQ(made.FindString("label"), "Payment alerts");
  const std::string one =
      destinations_ + "/" + std::string(made.FindString("id"));
  EXPECT_EQ(Json(Call("PATCH", one, R"({"label":"Alerts"})"), 200)
                .FindString("label"),
            "Alerts");
  for (const std::string& path : {one, destinations_}) {
    EXPECT_THAT(Call("GET", path).body, Not(HasSubstr("canary-5a17")));
  }
  EXPECT_THAT(AuditText(), Not(HasSubstr("canary-5a17")));
  EXPECT_EQ(Call("PATCH", one, R"({"kind":"discord_webhook"})").status, 400);
  EXPECT_EQ(Call("POST", destinations_, R"({"kind":"fax","label":"x"})").status,
            400);
  EXPECT_EQ(
      Call("POST", destinations_, R"({"kind":"slack_webhook","label":"x"})")
          .status,
      400);
  MakeRule("payment-alerts");
  const HttpResponse told = Call("DELETE", one);
  EXPECT_EQ(told.status, 409);
  EXPECT_THAT(told.body, HasSubstr("large-failure"));
  EXPECT_EQ(Call("DELETE", rules_ + "/large-failure").status, 204);
  EXPECT_EQ(Call("DELETE", one).status, 204);
}

// T-02: a secret goes to whom it names, whoever makes the destination; and who
// may not use one doesn't learn whether it is there.
TEST_F(NotificationRoutes, TakeOnlySecretsThatNameTheDestination) {
  Declare("Secret/payments/OPEN", "Project/payments",
          R"({"project":"payments",
              "usableBy":["Destination/order-service/alerts"]})");
  Declare("Secret/payments/OTHER", "Project/payments",
          R"({"project":"payments"})");
  const auto make = [&](const std::string& name, const std::string& key) {
    return Call("POST", destinations_,
                R"({"channel":"slack","name":")" + name +
                    R"(","url":{"secretRef":{"project":"payments","key":")" +
                    key + R"("}}})");
  };
  const HttpResponse other = make("alerts", "OTHER");
  const HttpResponse missing = make("alerts", "MISSING");
  EXPECT_EQ(other.status, 400);
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(Json(other, 400).FindString("message").size(),
            Json(missing, 400).FindString("message").size() - 2);
  EXPECT_EQ(make("elsewhere", "OPEN").status, 400);
  EXPECT_EQ(make("alerts", "OPEN").status, 201);
  EXPECT_EQ(Call("PATCH", destinations_ + "/alerts",
                 R"({"url":{"secretRef":{"project":"payments",)"
                 R"("key":"OTHER"}}})")
                .status,
            400);
}

TEST_F(NotificationRoutes, LeaveToGitWhatGitDeclares) {
  Declare("Destination/orders/slack", "App/orders",
          R"({"app":"orders","channel":"slack","url":")" + std::string(kUrl) +
              R"("})");
  Declare(
      "NotificationRule/orders/all", "App/orders",
      R"({"app":"orders","event":"*","actions":[{"destination":"slack"}]})");
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{
           {"PATCH", "/v1/apps/orders/notification-rules/all"},
           {"DELETE", "/v1/apps/orders/notification-rules/all"},
           {"PATCH", "/v1/apps/orders/notification-destinations/slack"}}) {
    const HttpResponse refused = Call(method, path, "{}");
    EXPECT_EQ(refused.status, 409) << path;
    EXPECT_THAT(refused.body, HasSubstr("manifests/all.yaml:3")) << path;
  }
  Declare("App/orders", "Workspace/acme",
          R"({"workspace":"acme","managementWrites":"allow"})");
  const HttpResponse changed =
      Call("PATCH", "/v1/apps/orders/notification-rules/all",
           R"({"enabled":false})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_TRUE(store_->ReadStored(Id("NotificationRule/orders/all"))
                  .value()
                  ->live.owner);
}

TEST_F(NotificationRoutes, TryADestinationThroughTheOutbox) {
  MakeDestination();
  MakeDestination("other");
  const std::string id = Test("alerts");
  const Value page = Json(Call("GET", attempts_), 200);
  const auto& items = page.Find("items")->AsList();
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].FindString("id"), id);
  EXPECT_EQ(items[0].FindString("destination"), "alerts");
  EXPECT_EQ(items[0].FindString("rule"), "writ-test");
  EXPECT_EQ(items[0].FindString("status"), "pending");
  EXPECT_TRUE(page.Find("nextCursor")->IsNull());
  EXPECT_EQ(page.Find("summary")->Find("pending")->AsInteger(), 1);
  EXPECT_THAT(AuditText(), HasSubstr("destination.test"));
}

TEST_F(NotificationRoutes, PageThroughDeliveries) {
  MakeDestination();
  MakeDestination("other");
  std::vector<std::string> made;
  for (const char* to : {"alerts", "alerts", "other", "alerts"}) {
    clock_.Advance(std::chrono::seconds(1));
    made.push_back(Test(to));
  }
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const Value page = Json(
        Call("GET", attempts_ + "?destinationId=alerts&limit=2" + cursor), 200);
    for (const Value& item : page.Find("items")->AsList()) {
      seen.emplace_back(item.FindString("id"));
    }
    const Value* next = page.Find("nextCursor");
    cursor = next->IsNull() ? "" : "&cursor=" + next->AsString();
  } while (!cursor.empty());
  EXPECT_EQ(seen, (std::vector<std::string>{made[3], made[1], made[0]}));
  EXPECT_EQ(Json(Call("GET", attempts_ + "?ruleId=large-failure"), 200)
                .Find("items")
                ->AsList()
                .size(),
            0U);
  for (const char* query : {"?limit=0", "?limit=101", "?limit=x", "?status=no",
                            "?cursor=x", "?colour=red", "?limit=%zz"}) {
    EXPECT_EQ(Call("GET", attempts_ + query).status, 400) << query;
  }
}

TEST_F(NotificationRoutes, ReplayDeadLettersAndSayWhoDidInTheAudit) {
  MakeDestination();
  const std::string id = Test("alerts");
  Bury("Destination/order-service/alerts");
  const Value dead = Json(Call("GET", attempts_ + "/dlq"), 200);
  ASSERT_EQ(dead.Find("items")->AsList().size(), 1U);
  EXPECT_EQ(dead.Find("items")->AsList()[0].FindString("status"), "failed");
  EXPECT_EQ(dead.Find("items")->AsList()[0].FindString("reason"), "it is gone");
  const std::string path = attempts_ + "/dlq/replay";
  for (const char* body : {R"({"ids":[]})", R"({"ids":[1]})", R"({"id":"x"})",
                           R"({"enable":"yes"})", R"({"ids":"x"})"}) {
    EXPECT_EQ(Call("POST", path, body).status, 400) << body;
  }
  EXPECT_EQ(Json(Call("POST", path, R"({"ids":["dlv_nobody"]})"), 200)
                .Find("replayed")
                ->AsInteger(),
            0);
  EXPECT_EQ(Json(Call("POST", path, R"({"ids":[")" + id + R"("]})"), 200)
                .Find("replayed")
                ->AsInteger(),
            1);
  EXPECT_EQ(Json(Call("GET", attempts_ + "?status=pending"), 200)
                .Find("items")
                ->AsList()
                .size(),
            1U);
  EXPECT_THAT(AuditText(), HasSubstr("deliveries.replay"));
  EXPECT_THAT(AuditText(), HasSubstr(id));
}

// Another app's deliveries are nobody's business here.
TEST_F(NotificationRoutes, ReplayNothingOfAnotherApp) {
  MakeDestination();
  const std::string id = Test("alerts");
  Bury("Destination/order-service/alerts");
  const Value replayed = Json(
      Call("POST", "/v1/apps/orders/notification-delivery-attempts/dlq/replay",
           R"({"ids":[")" + id + R"("]})"),
      200);
  EXPECT_EQ(replayed.Find("replayed")->AsInteger(), 0);
}

}  // namespace
}  // namespace writ::reconciler::gateway
