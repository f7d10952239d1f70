// Names that a plan has to find: what validate refuses, every plan refuses, the
// one from what was remembered as the one from nothing.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/controller/validation.h"
#include "tests/reconciler/controller/controller_fixture.h"

namespace writ::reconciler {
namespace {

using testing::Files;

std::string Document(const std::string& kind, const std::string& name,
                     const std::string& spec) {
  return "apiVersion: writ/v1\nkind: " + kind + "\nmetadata: {name: " + name +
         "}\nspec: {" + spec + "}\n";
}

std::string Repository(const std::string& environment,
                       const std::string& more = "") {
  return "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: "
         "acme}\nspec:\n"
         "  include: [\"m/*.yaml\"]\n"
         "  defaultEnvironment: production\n" +
         more + "  environments: {production: {state: \"sqlite:state\"" +
         environment + "}}\n";
}

std::string Destination(const std::string& name) {
  return Document("Destination", name,
                  "app: cart, channel: webhook, url: "
                  "\"https://hooks.example.org\"");
}

std::string Policy(const std::string& name, const std::string& environments) {
  return Document("Policy", name,
                  "match: {environments: [" + environments +
                      "]}, validations: [{name: v, expression: \"true\"}], "
                      "enforcement: warn");
}

std::string Rule(const std::string& when) {
  return Document("NotificationRule", "large",
                  "app: cart, event: \"order.*\", when: '" + when +
                      "', actions: [{destination: slack}]");
}

std::string Schema(const std::string& field) {
  return Document("EventSchema", "order.placed",
                  "app: cart, unplannedFields: block, fields: [{name: " +
                      field + ", type: string}]");
}

std::string Secret(const std::string& more) {
  return Document("Secret", "KEY", "project: pay, " + more);
}

std::string Project(const std::string& environments) {
  return Document("Project", "pay",
                  "workspace: acme, environments: [" + environments + "]");
}

std::string RuleTest(const std::string& app, const std::string& rule,
                     const std::string& destination) {
  return "apiVersion: writ/v1\nkind: RuleTest\nmetadata: {name: t}\nspec:\n"
         "  app: " +
         app +
         "\n  start: 2026-12-01T00:00:00Z\n  cases:\n"
         "    - name: one\n      events: [{at: 0s, event: order.placed}]\n"
         "      expect: [{at: 30s, rule: " +
         rule + ", destination: " + destination + "}]\n";
}

std::string PolicyTest(const std::string& policy) {
  return "apiVersion: writ/v1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n"
         "  policy: " +
         policy +
         "\n  cases:\n    - name: one\n      change: {action: delete}\n"
         "      expect: {v: pass}\n";
}

// Everything that names something, rightly.
Files Shop() {
  return {
      {"writ.yaml", Repository(", secretEnvironment: prod, sync: {notify: "
                               "Destination/cart/slack}, enforcement: {calm: "
                               "audit}")},
      {"m/acme.yaml", Document("Workspace", "acme", "displayName: Acme")},
      {"m/cart.yaml", Document("App", "cart", "workspace: acme")},
      {"m/desk.yaml", Document("App", "desk", "workspace: acme")},
      {"m/slack.yaml", Destination("slack")},
      {"m/mail.yaml", Destination("mail")},
      {"m/placed.yaml", Schema("id")},
      {"m/large.yaml", Rule("data.id == \"a\"")},
      {"m/pay.yaml", Project("dev, prod")},
      {"m/key.yaml", Secret("usableBy: [Destination/cart/mail], environments: "
                            "[dev]")},
      {"m/calm.yaml", Policy("calm", "production")},
      {"m/exception.yaml",
       Document("PolicyException", "off",
                "policy: calm, subject: {address: App/gone}, reason: r, "
                "expiresAt: \"2040-01-01T00:00:00Z\"")},
      {"m/rules.test.yaml", RuleTest("cart", "large", "mail")},
      {"m/policies.test.yaml", PolicyTest("calm")},
  };
}

struct Case {
  const char* name;
  std::map<std::string, std::string> edits;  // empty text: the file goes
  // tidy: the table below is long because there are many cases.
  std::string want;  // "file:line:column summary (hint)"
};

std::vector<Case> Cases() {
  return {
      {"a destination that a secret admits goes",
       {{"m/mail.yaml", ""}, {"m/rules.test.yaml", ""}},
       "m/key.yaml:4:33 Secret/pay/KEY refers to a Destination or DeployTarget "
       "or Secret that isn't declared "},
      {"a secret admits nobody",
       {{"m/key.yaml", Secret("usableBy: [Destination/cart/mali]")}},
       "m/key.yaml:4:33 Secret/pay/KEY refers to a Destination or DeployTarget "
       "or Secret that isn't declared (did you mean \"Destination/cart/mail\" "
       "(m/mail.yaml:3)?)"},
      {"the destination of failures goes",
       {{"m/slack.yaml", ""}, {"m/large.yaml", ""}, {"m/rules.test.yaml", ""}},
       "writ.yaml:7:94 spec.environments.production.sync.notify names a "
       "Destination that isn't declared "},
      {"enforcement of nothing",
       {{"writ.yaml", Repository(", enforcement: {clam: audit}")}},
       "writ.yaml:7:68 enforcement of production names a Policy that isn't "
       "declared (did you mean \"calm\"?)"},
      {"the enforced policy goes",
       {{"m/calm.yaml", ""},
        {"m/exception.yaml", ""},
        {"m/policies.test.yaml", ""}},
       "writ.yaml:7:133 enforcement of production names a Policy that isn't "
       "declared ()"},
      {"a policy for an environment that isn't there",
       {{"m/calm.yaml", Policy("calm", "prodction")}},
       "m/calm.yaml:4:31 Policy/calm matches an environment that writ.yaml "
       "doesn't declare (did you mean \"production\"?)"},
      {"an exception from nothing",
       {{"m/exception.yaml",
         Document("PolicyException", "off",
                  "policy: clam, subject: {address: App/cart}, reason: r, "
                  "expiresAt: \"2040-01-01T00:00:00Z\"")}},
       "m/exception.yaml:4:16 PolicyException/off is for Policy/clam, which "
       "isn't declared (did you mean \"calm\"?)"},
      {"values of an environment that no project has",
       {{"writ.yaml", Repository(", secretEnvironment: prd")}},
       "writ.yaml:7:73 secretEnvironment of production names an environment "
       "that no Project has (did you mean \"prod\"?)"},
      {"the last project with that environment loses it",
       {{"m/pay.yaml", Project("dev")}},
       "writ.yaml:7:73 secretEnvironment of production names an environment "
       "that no Project has ()"},
      {"an environment of a secret goes",
       {{"m/pay.yaml", Project("prod")}},
       "m/key.yaml:4:72 spec.environments of Secret/pay/KEY names \"dev\", "
       "which Project/pay doesn't have ()"},
      {"a secret in an environment that isn't there",
       {{"m/key.yaml", Secret("environments: [pord]")}},
       "m/key.yaml:4:37 spec.environments of Secret/pay/KEY names \"pord\", "
       "which Project/pay doesn't have (did you mean \"prod\"?)"},
      {"a new app takes a slug",
       {{"m/till.yaml",
         Document("App", "till", "workspace: acme, slug: cart")}},
       "m/till.yaml:3:18 App/till has the slug \"cart\" of App/cart (give one "
       "of the two another spec.slug)"},
      {"an app takes the slug of another",
       {{"m/desk.yaml",
         Document("App", "desk", "workspace: acme, slug: cart")}},
       "m/desk.yaml:3:18 App/desk has the slug \"cart\" of App/cart (give one "
       "of the two another spec.slug)"},
      {"a test of an app that isn't there",
       {{"m/rules.test.yaml", RuleTest("crt", "NotificationRule/cart/large",
                                       "Destination/cart/mail")}},
       "m/rules.test.yaml:5:8 RuleTest/t names an App that isn't declared (did "
       "you mean \"cart\"?)"},
      {"a test of a rule that isn't there",
       {{"m/rules.test.yaml", RuleTest("cart", "lrge", "mail")}},
       "m/rules.test.yaml:10:32 RuleTest/t names a NotificationRule that isn't "
       "declared (did you mean \"large\"?)"},
      {"a tested rule goes",
       {{"m/large.yaml", ""}},
       "m/rules.test.yaml:10:32 RuleTest/t names a NotificationRule that isn't "
       "declared ()"},
      {"a test of a policy that isn't there",
       {{"m/policies.test.yaml", PolicyTest("clam")}},
       "m/policies.test.yaml:5:11 PolicyTest/t names a Policy that isn't "
       "declared (did you mean \"calm\"?)"},
      {"a condition on a field that isn't there",
       {{"m/large.yaml", Rule("data.idd == \"a\"")}},
       "m/large.yaml:4:49 data has no field "},
      {"a field that a condition wants goes",
       {{"m/placed.yaml", Schema("ident")}},
       "m/large.yaml:4:49 data has no field "},
      {"the schema that knows the field goes, another stays",
       {{"m/placed.yaml", Document("EventSchema", "order.paid",
                                   "app: cart, unplannedFields: block, fields: "
                                   "[{name: other, type: string}]")}},
       "m/large.yaml:4:49 data has no field "},
  };
}

class NamesTest : public ::testing::TestWithParam<Case>,
                  public ControllerFixture {
 protected:
  static std::string Describe(const Diagnostics& diagnostics) {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics.items()) {
      if (diagnostic.severity != Severity::kError) continue;
      const Location& at = diagnostic.locations.at(0);
      text += at.file + ":" + std::to_string(at.line) + ":" +
              std::to_string(at.column) + " " + diagnostic.summary + " (" +
              diagnostic.hint + ")\n";
    }
    return text;
  }
  std::string PlansErrors(bool incremental) {
    PlanningOptions options = Options();
    options.incremental = incremental;
    options.plan.allow.deletes = 100;
    Diagnostics diagnostics;
    const auto planned =
        PlanAgainst(source_, store_.get(), options, diagnostics);
    EXPECT_TRUE(planned.has_value());
    EXPECT_EQ(planned && planned->has_value(), !diagnostics.HasErrors());
    diagnostics.Sort();
    return Describe(diagnostics);
  }
  std::string ValidatesErrors() {
    Diagnostics diagnostics;
    const StateOf state_of = [&](const manifests::EnvironmentConfig&) {
      return OpenStore(OpenMode::kReadOnly);
    };
    EXPECT_TRUE(ValidateAll(source_, {}, state_of, diagnostics).has_value());
    return Describe(diagnostics);
  }
};

TEST_P(NamesTest, AreSoughtByEveryPlanAsByValidate) {
  source_.Commit(Shop());
  ASSERT_TRUE(Apply()) << mistakes_;
  ASSERT_EQ(ValidatesErrors(), "");
  Files files = Shop();
  for (const auto& [path, text] : GetParam().edits) {
    files.erase(path);
    if (!text.empty()) files[path] = text;
  }
  source_.Commit(files);
  const std::string errors = PlansErrors(/*incremental=*/false);
  EXPECT_NE(("\n" + errors).find("\n" + GetParam().want), std::string::npos)
      << errors;
  EXPECT_EQ(PlansErrors(/*incremental=*/true), errors);
  EXPECT_EQ(ValidatesErrors(), errors);
}

INSTANTIATE_TEST_SUITE_P(All, NamesTest, ::testing::ValuesIn(Cases()));

class KnownNames : public NamesTest {};

// Edits of the same fields that leave every name in place stay cheap.
TEST_F(KnownNames, AreFoundWithoutReadingEverything) {
  source_.Commit(Shop());
  ASSERT_TRUE(Apply()) << mistakes_;
  const std::vector<std::pair<std::string, std::string>> edits = {
      {"m/pay.yaml", Project("dev, prod, stage")},
      {"m/key.yaml", Secret("usableBy: [Destination/cart/slack]")},
      {"m/desk.yaml", Document("App", "desk", "workspace: acme, slug: other")},
      {"m/large.yaml", Rule("data.id == \"b\"")},
      {"m/placed.yaml", Schema("id, description: the id")},
      {"m/more.yaml", Destination("more")},
  };
  for (const auto& [path, text] : edits) {
    Files files = Shop();
    files[path] = text;
    source_.Commit(files);
    const auto planned = Plan();
    ASSERT_TRUE(planned) << path << mistakes_;
    EXPECT_EQ(planned->path, PlanPath::kIncremental) << path;
  }
}

// A tested rule may be of another environment alone.
TEST_F(KnownNames, OfTestsMayBeDeclaredInAnotherEnvironment) {
  Files files = Shop();
  files["writ.yaml"] =
      "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\nspec:\n"
      "  defaultEnvironment: production\n"
      "  environments: {production: {}, staging: {overlays: [over]}}\n";
  files["over/large.yaml"] = files["m/large.yaml"];
  files.erase("m/large.yaml");
  source_.Commit(files);
  EXPECT_EQ(PlansErrors(/*incremental=*/false), "");
  EXPECT_EQ(ValidatesErrors(), "");
  files.erase("over/large.yaml");
  files["over/none.yaml"] = "";
  source_.Commit(files);
  EXPECT_NE(ValidatesErrors().find("m/rules.test.yaml:10:32"),
            std::string::npos);
}

}  // namespace
}  // namespace writ::reconciler
