// writ rules test and explain, and writ deliveries, as users meet them.
#include <filesystem>
#include <string>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

class Rules : public Workbench {
 protected:
  void SetUp() override {
    fs::copy(
        fs::path(WRIT_SOURCE_DIR) / "examples/acme", repository(),
        fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    git_.Commit("Copy the example");
  }

  Ran ExplainText(const std::string& event, Arguments more = {}) const {
    Arguments arguments = {"rules", "explain", "-", "--app", "payment-service"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Invocation call = Call(std::move(arguments));
    call.input = event;
    return testing::RunWrit(call);
  }
};

TEST_F(Rules, TestsOfTheExamplePass) {
  const Ran ran = Expect(0, {"rules", "test", "--verbose"});
  EXPECT_TRUE(Says(ran, "0s  large-payment-failure → payments-slack, 1 event"));
  EXPECT_TRUE(Says(ran, "2 passed, 0 failed"));
}

TEST_F(Rules, TestEndsWithOneWhenACaseFails) {
  Edit("tests/rules.test.yaml", "amountCents: 20000", "amountCents: 2");
  const Ran ran = Expect(1, {"rules", "test"});
  EXPECT_TRUE(Says(ran, "expected and not sent: 0s  large-payment-failure"));
  const json said = ExpectJson(1, {"rules", "test", "--json"});
  EXPECT_EQ(said["failed"], 1);
  EXPECT_EQ(said["passed"], 1);
  EXPECT_EQ(said["exit_code"], 1);
}

TEST_F(Rules, TestEndsWithOneWhenACaseExpectsNothing) {
  Edit("tests/rules.test.yaml", "      expect: []\n", "");
  EXPECT_TRUE(Says(Expect(1, {"rules", "test"}), "it expects nothing"));
}

TEST_F(Rules, TestSaysWhereATestIsWrong) {
  Edit("tests/rules.test.yaml", "expect: []", "expects: []");
  EXPECT_TRUE(Says(Expect(3, {"rules", "test"}), "tests/rules.test.yaml"));
}

TEST_F(Rules, ExplainsWhatFiresAndWhyNot) {
  const Ran fires = ExplainText(
      R"({"event":"payment.failed","level":"error",
          "data":{"amountCents":20000}})");
  EXPECT_EQ(fires.code, 0) << fires.all();
  EXPECT_TRUE(Says(fires,
                   "✓ large-payment-failure → payments-pager, "
                   "payments-slack, at once"));
  EXPECT_TRUE(Says(fires, "✗ any-payment-event: it is switched off"));
  const Ran silent = ExplainText(
      R"([{"event":"payment.failed","level":"error",
           "data":{"amountCents":777}}])",
      {"--json"});
  EXPECT_EQ(silent.code, 0) << silent.all();
  const json said = json::parse(silent.out);
  EXPECT_EQ(said["events"][0]["rules"][1]["fires"], false);
  EXPECT_EQ(said["events"][0]["rules"][1]["reason"],
            "amountCents greater_than 10000 doesn't hold");
  // T-16: fields are named, what customers' events hold is not.
  EXPECT_TRUE(Lacks(silent.all(), "777"));
}

TEST_F(Rules, ExplainRefusesWhatIsNoEvent) {
  EXPECT_EQ(ExplainText("{").code, 1);
  EXPECT_EQ(ExplainText(R"({"data":{}})").code, 64);
  EXPECT_EQ(ExplainText(R"({"event":"e","data":1})").code, 64);
  EXPECT_TRUE(Says(Expect(1, {"rules", "explain", "gone.json", "--app", "a"}),
                   "can't read gone.json"));
}

// An example of the whole language: grouping, repeats, silences.
TEST_F(Rules, RunsGroupsAndSilencesOnAClockOfTheirOwn) {
  git_.Write("manifests/payments/more.yaml", R"(apiVersion: writ/v1
kind: NotificationRule
metadata: {name: slow}
spec:
  app: payment-service
  event: payment.failed
  conditions:
    - {field: code, operator: in, value: [timeout, reset]}
    - {field: amountCents, operator: exists}
  actions: [{destination: payments-slack}]
  groupBy: [customer_id]
---
apiVersion: writ/v1
kind: Silence
metadata: {name: load}
spec:
  app: payment-service
  matchers: [{field: code, operator: equals, value: reset}]
  startsAt: 2026-12-01T01:00:00Z
  endsAt: 2026-12-01T02:00:00Z
)");
  git_.Write("tests/slow.test.yaml", R"(apiVersion: writ/v1
kind: RuleTest
metadata: {name: slow}
spec:
  app: payment-service
  start: 2026-12-01T00:00:00Z
  cases:
    - name: gathered, then what it gained
      events:
        - {at: 0s, event: payment.failed, customer_id: c1, data: {amountCents: 1, code: timeout}}
        - {at: 10s, event: payment.failed, customer_id: c1, data: {amountCents: 1, code: reset}}
        - {at: 1m, event: payment.failed, customer_id: c1, data: {amountCents: 1, code: reset}}
        - {at: 1m, event: payment.failed, customer_id: c2, data: {amountCents: 1, code: reset}}
      expect:
        - {at: 30s, rule: slow, destination: payments-slack, events: 2}
        - {at: 1m30s, rule: slow, destination: payments-slack, events: 1}
        - {at: 5m30s, rule: slow, destination: payments-slack, events: 1}
    - name: silenced
      events:
        - {at: 1h, event: payment.failed, customer_id: c1, data: {amountCents: 1, code: reset}}
      expect: []
)");
  const Ran ran = Expect(0, {"rules", "test", "slow"});
  EXPECT_TRUE(Says(ran, "2 passed, 0 failed"));
}

TEST_F(Rules, ValidateRefusesARepeatOffTheGrid) {
  Edit("manifests/payments/notifications.yaml", "repeatEvery: 4h",
       "repeatEvery: 7m");
  git_.Commit("Repeat off the grid");
  EXPECT_TRUE(
      Says(Expect(3, {"validate"}), "is not a multiple of groupInterval (5m)"));
}

TEST_F(Rules, DeliveriesNeedWhatTheGatewayMakes) {
  EXPECT_NE(Writ({"deliveries", "list", "--env", "staging"}).code, 0);
  EXPECT_EQ(Writ({"deliveries", "list", "--since", "yesterday"}).code, 64);
  EXPECT_EQ(Writ({"deliveries", "replay", "--limit", "5"}).code, 64);
}

}  // namespace
}  // namespace writ::e2e
