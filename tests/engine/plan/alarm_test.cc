#include "engine/plan/alarm.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/diff/diff.h"
#include "engine/plan/networks.h"
#include "engine/plan/recipient.h"
#include "tests/support/plan_world.h"

namespace writ::engine {
namespace {

using testing::Id;
using testing::Json;

struct Case {
  const char* name;
  const char* address;
  const char* before;  // the spec; null: created
  const char* after;   // null: deleted
  std::vector<std::string> want;
};

const Case kCases[] = {
    // T-02
    {"a new edge to a secret",
     "Destination/a/d",
     R"({"channel":"webhook","url":"https://h.example.org/x"})",
     R"({"channel":"webhook","url":"https://h.example.org/x","webhook":
         {"signingSecret":{"secretRef":{"project":"p","key":"K"}}}})",
     {"recipient spec.webhook.signingSecret: the value of Secret/p/K will be "
      "sent to h.example.org"}},
    {"a created user of a secret",
     "DeployTarget/w/t",
     nullptr,
     R"({"type":"vault","vault":{"address":"https://u:p@vault.example.org:8200/v1",
         "mount":"kv","token":{"secretRef":{"project":"p","key":"K"}}}})",
     {"recipient spec.vault.token: the value of Secret/p/K will be sent to "
      "vault (vault.example.org:8200, kv)"}},
    {"another host for the same secret",
     "DeployTarget/w/t",
     R"({"type":"vault","vault":{"address":"https://a.example",
         "token":{"secretRef":{"project":"p","key":"K"}}}})",
     R"({"type":"vault","vault":{"address":"https://evil.example",
         "token":{"secretRef":{"project":"p","key":"K"}}}})",
     {"recipient spec.vault.address: what it sends will go to vault "
      "(evil.example)"}},
    {"another path at the same host",
     "Destination/a/d",
     R"({"channel":"slack","url":"https://hooks.slack.com/services/A"})",
     R"({"channel":"slack","url":"https://hooks.slack.com/services/B"})",
     {"recipient spec.url: what it sends will go to hooks.slack.com"}},
    {"a URL from a secret",
     "Destination/a/d",
     R"({"channel":"slack","url":"https://hooks.slack.com/services/A"})",
     R"({"channel":"slack","url":{"secretRef":{"project":"p","key":"K"}}})",
     {"recipient spec.url: messages will be sent to the URL in Secret/p/K"}},
    {"another probe",
     "DeployTarget/w/t",
     R"({"type":"dotenv","dotenv":{"path":"/etc/a"}})",
     R"({"type":"dotenv","dotenv":{"path":"/etc/a"},
         "probe":{"http":{"url":"https://evil.example/h"}}})",
     {"recipient spec.probe: what it sends will go to dotenv (/etc/a), probed "
      "at evil.example"}},
    {"a new delivery",
     "Token/w/t",
     R"({"deliverTo":[{"target":"ci"}]})",
     R"({"deliverTo":[{"target":"ci"},{"target":"b"}]})",
     {"recipient spec.deliverTo[b]: its value will be sent to the target b"}},
    {"fewer deliveries",
     "Token/w/t",
     R"({"deliverTo":[{"target":"ci"}]})",
     R"({"deliverTo":[]})",
     {}},
    {"a secret read from elsewhere",
     "Secret/p/K",
     R"({"source":{"managed":{}}})",
     R"({"source":{"env":{"name":"X"}}})",
     {"recipient spec.source.env: what it sends will go to env (X)"}},
    {"what a target is for",
     "DeployTarget/w/t",
     R"({"type":"dotenv","dotenv":{"path":"/etc/a"}})",
     R"({"type":"dotenv","dotenv":{"path":"/etc/a"},"expectedPeriod":"1d"})",
     {}},
    // widened
    {"scopes",
     "Token/w/t",
     R"({"scopes":["crm:read"]})",
     R"({"scopes":["admin:all","crm:read"]})",
     {"widened spec.scopes: gains admin:all"}},
    {"fewer scopes",
     "Token/w/t",
     R"({"scopes":["admin:all","crm:read"]})",
     R"({"scopes":["crm:read"]})",
     {}},
    {"scope sets",
     "Token/w/t",
     R"({"scopeSets":[]})",
     R"({"scopeSets":["all"]})",
     {"widened spec.scopeSets: gains the scopes of all"}},
    {"a set's scopes",
     "ScopeSet/w/s",
     R"({"scopes":[]})",
     R"({"scopes":["admin:all"]})",
     {"widened spec.scopes: gains admin:all"}},
    {"a role",
     "Token/p/t",
     R"({"role":"VIEWER"})",
     R"({"role":"MEMBER"})",
     {"widened spec.role: may write, not only read"}},
    {"a lesser role",
     "Token/p/t",
     R"({"role":"MEMBER"})",
     R"({"role":"VIEWER"})",
     {}},
    {"an allowlist that ends",
     "Token/w/t",
     R"({"ipAllowlist":["10.0.0.0/8"]})",
     R"({"ipAllowlist":[]})",
     {"widened spec.ipAllowlist: may be used from anywhere"}},
    {"an allowlist that begins",
     "Token/w/t",
     R"({"ipAllowlist":[]})",
     R"({"ipAllowlist":["10.0.0.0/8"]})",
     {}},
    {"a wider network",
     "Token/w/t",
     R"({"ipAllowlist":["10.1.0.0/16"]})",
     R"({"ipAllowlist":["10.0.0.0/8"]})",
     {"widened spec.ipAllowlist: may be used from 10.0.0.0/8"}},
    {"a narrower network",
     "Token/w/t",
     R"({"ipAllowlist":["10.0.0.0/8"]})",
     R"({"ipAllowlist":["10.1.0.0/16"]})",
     {}},
    {"users of a secret",
     "Secret/p/K",
     R"({"usableBy":[]})",
     R"({"usableBy":["Destination/a/d"]})",
     {"widened spec.usableBy: may be used by Destination/a/d"}},
    // T-04
    {"a weaker policy",
     "Policy/p",
     R"({"enforcement":"deny"})",
     R"({"enforcement":"deny-overridable"})",
     {"weakens_guard spec.enforcement: weakens a guard"}},
    {"a stricter policy",
     "Policy/p",
     R"({"enforcement":"audit"})",
     R"({"enforcement":"warn"})",
     {}},
    {"errors let pass",
     "Policy/p",
     R"({"onError":"deny"})",
     R"({"onError":"ignore"})",
     {"weakens_guard spec.onError: weakens a guard"}},
    {"another expression",
     "Policy/p",
     R"({"validations":[{"name":"v","expression":"a"}]})",
     R"({"validations":[{"name":"v","expression":"true"}]})",
     {"weakens_guard spec.validations[v].expression: may weaken a guard"}},
    {"another description",
     "Policy/p",
     R"({"description":"a"})",
     R"({"description":"b"})",
     {}},
    {"a policy that goes",
     "Policy/p",
     R"({})",
     nullptr,
     {"weakens_guard : weakens a guard: it judges no more"}},
    {"an exception",
     "PolicyException/e",
     nullptr,
     R"({"policy":"p","subject":{"address":"App/x"}})",
     {"weakens_guard : weakens a guard: it lets App/x off p"}},
    {"an exception that ends",
     "PolicyException/e",
     R"({"policy":"p"})",
     nullptr,
     {}},
    {"an exception that lasts longer",
     "PolicyException/e",
     R"({"expiresAt":"2027-01-01T00:00:00Z"})",
     R"({"expiresAt":"2028-01-01T00:00:00Z"})",
     {"weakens_guard spec.expiresAt: may let more off its policy"}},
    {"writes over HTTP",
     "App/a",
     R"({"managementWrites":"deny"})",
     R"({"managementWrites":"allow"})",
     {"weakens_guard spec.managementWrites: HTTP may change what git owns"}},
    {"nothing of note",
     "App/a",
     R"({"retention":"1d"})",
     R"({"retention":"2d"})",
     {}},
};

Change ChangeOf(const Case& c) {
  Change change;
  change.id = Id(c.address);
  const auto content = [](const char* spec) {
    Value value;
    value.Set("spec", Json(spec));
    return std::make_shared<const Value>(value);
  };
  if (c.before != nullptr) change.before = content(c.before);
  if (c.after != nullptr) change.after = content(c.after);
  change.action = c.after == nullptr    ? Action::kDelete
                  : c.before == nullptr ? Action::kCreate
                                        : Action::kUpdate;
  if (change.action == Action::kUpdate) {
    change.fields = DiffContents(*FindKind(change.id.kind()), *change.before,
                                 *change.after, nullptr)
                        .fields;
  }
  return change;
}

TEST(FindAlarms, SeesWhatAReviewerMustSee) {
  for (const Case& c : kCases) {
    std::vector<std::string> got;
    for (const Alarm& alarm : FindAlarms(ChangeOf(c))) {
      got.push_back(std::string(Name(alarm.kind)) + " " + alarm.path + ": " +
                    alarm.text);
    }
    EXPECT_EQ(got, c.want) << c.name;
  }
}

TEST(FindAlarms, ProtectionThatEnds) {
  Change change;
  change.id = Id("App/a");
  change.action = Action::kUpdate;
  change.before =
      std::make_shared<const Value>(Json(R"({"lifecycle":{"protect":true}})"));
  change.after =
      std::make_shared<const Value>(Json(R"({"lifecycle":{"protect":false}})"));
  ASSERT_EQ(FindAlarms(change).size(), 1U);
  EXPECT_EQ(FindAlarms(change)[0].text, "is no longer protected");
  std::swap(change.before, change.after);
  EXPECT_TRUE(FindAlarms(change).empty());
}

TEST(HostOf, IsTheHostAlone) {
  EXPECT_EQ(HostOf("https://hooks.example.org/services/T0/B0"),
            "hooks.example.org");
  EXPECT_EQ(HostOf("https://user:pass@h.example:8443?x=1#y"), "h.example:8443");
  EXPECT_EQ(HostOf("https://good.example\\@evil.example/"), "good.example");
  EXPECT_EQ(HostOf("https://a@b@evil.example/"), "evil.example");
  EXPECT_EQ(HostOf("(sensitive)"), "");
  EXPECT_EQ(HostOf(""), "");
}

TEST(ParseNetwork, TakesBothFamilies) {
  for (const char* good : {"10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::", "::1",
                           "::/0", "2001:db8::/32", "2001:db8:0:0:0:0:0:1",
                           "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8/128"}) {
    EXPECT_TRUE(ParseNetwork(good).has_value()) << good;
  }
  for (const char* bad :
       {"", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
        "a.b.c.d", "::/129", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "12345::", "::1::", "10.0.0.1 ", "+1.0.0.0"}) {
    EXPECT_FALSE(ParseNetwork(bad).has_value()) << bad;
  }
}

TEST(Network, ContainsByPrefix) {
  const auto contains = [](const char* a, const char* b) {
    return ParseNetwork(a)->Contains(*ParseNetwork(b));
  };
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.0/16"));
  EXPECT_TRUE(contains("10.0.0.0/8", "10.0.0.0/8"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0/16"));
  EXPECT_FALSE(contains("10.0.0.0/16", "10.0.0.0/8"));
  EXPECT_TRUE(contains("10.0.0.128/25", "10.0.0.200"));
  EXPECT_FALSE(contains("10.0.0.128/25", "10.0.0.100"));
  EXPECT_TRUE(contains("2001:db8::/32", "2001:db8:ffff::/48"));
  EXPECT_FALSE(contains("2001:db8::/32", "2001:db9::/48"));
  EXPECT_FALSE(contains("::/0", "10.0.0.1"));
}

TEST(NewlyAllowed, CountsWhatNoOldEntryCovers) {
  using List = std::vector<std::string>;
  EXPECT_EQ(NewlyAllowed({}, {"10.0.0.0/8"}), List{});
  EXPECT_EQ(NewlyAllowed({"10.0.0.0/8"}, {}), List{"anywhere"});
  EXPECT_EQ(NewlyAllowed({"10.0.0.0/8"}, {"10.1.0.0/16", "11.0.0.0/8"}),
            List{"11.0.0.0/8"});
  EXPECT_EQ(NewlyAllowed({"odd"}, {"odd", "new"}), List{"new"});
}

}  // namespace
}  // namespace writ::engine
