#include "schema/validator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "schema/json.h"
#include "tests/schema/kinds/kind_case.h"

namespace writ {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Said(std::string_view yaml) {
  return Validate(yaml).said;
}

TEST(Validator, WantsAVersionAndAKind) {
  EXPECT_THAT(
      Said("a: 1\n"),
      ElementsAre("1:1 the document lacks apiVersion (begin it with "
                  "apiVersion: writ/v1)",
                  "1:1 the document lacks kind (for example kind: App)"));
  EXPECT_THAT(Said("apiVersion: writ/v2\nkind: Workspace\n"
                   "metadata: {name: a}\nspec: {}\n"),
              ElementsAre("1:13 apiVersion is not writ/v1, the only one there "
                          "is (write apiVersion: writ/v1)"));
  EXPECT_THAT(Said("apiVersion: 1\nkind: 2\n"),
              ElementsAre(HasSubstr("1:13 apiVersion is not writ/v1"),
                          "2:7 kind is an integer, not a string"));
}

TEST(Validator, SuggestsAKind) {
  EXPECT_THAT(Said("apiVersion: writ/v1\nkind: EventShema\n"),
              ElementsAre("2:7 unknown kind \"EventShema\" (did you mean "
                          "\"EventSchema\"?)"));
  EXPECT_THAT(Said("apiVersion: writ/v1\nkind: Deployment\n"),
              ElementsAre("2:7 unknown kind \"Deployment\" (writ explain-kind "
                          "lists them)"));
}

TEST(Validator, WantsMetadataNameAndSpec) {
  EXPECT_THAT(Said("apiVersion: writ/v1\nkind: Workspace\n"),
              ElementsAre(HasSubstr("this Workspace lacks metadata.name"),
                          HasSubstr("this Workspace lacks spec")));
  EXPECT_THAT(
      Said("apiVersion: writ/v1\nkind: Workspace\nmetadata: {}\nspec: []\n"),
      ElementsAre("3:11 this Workspace lacks metadata.name (add name: "
                  "order-service)",
                  "4:7 spec of this Workspace is a list, not a map"));
  EXPECT_THAT(
      Said("apiVersion: writ/v1\nkind: Workspace\nmetadata: x\nspec:\n"),
      ElementsAre("3:11 metadata of this Workspace is a string, not a map",
                  HasSubstr("spec of this Workspace is empty (give it a map, "
                            "or drop it)")));
}

TEST(Validator, SaysWhereAMisplacedFieldBelongs) {
  EXPECT_THAT(
      Said("apiVersion: writ/v1\nkind: App\nmetadata: {name: a}\n"
           "retention: 90d\nlabels: {}\nspecs: {}\nspec: {workspace: b}\n"),
      ElementsAre(
          "4:1 unknown field \"retention\" in App/a (it belongs below spec)",
          "5:1 unknown field \"labels\" in App/a (it belongs below metadata)",
          "6:1 unknown field \"specs\" in App/a (did you mean \"spec\"?)"));
}

TEST(Validator, TakesNoLifecycleOfWhatIsNoResource) {
  EXPECT_THAT(
      Said("apiVersion: writ/v1\nkind: Patch\nmetadata: {name: a}\n"
           "lifecycle: {}\nspec: {target: {kind: App}, merge: {}}\n"),
      ElementsAre(HasSubstr("4:1 unknown field \"lifecycle\" in Patch/a")));
}

TEST(Validator, RefusesControlAndBidiCharactersInNames) {  // T-17
  for (const std::string name :
       {"\"a\\u001b[31m\"", "\"a\\u202eb\"", "\"a\\u200bb\"", "\"a\\nb\"", "A",
        "a_b", "-a", "a-", "\"\""}) {
    const Validated result = Validate(DocumentOf("Workspace", name, "{}"));
    ASSERT_EQ(result.said.size(), 1U) << name;
    EXPECT_THAT(result.said[0],
                HasSubstr("3:18 metadata.name of this Workspace "));
    EXPECT_FALSE(result.resource);
  }
}

TEST(Validator, RefusesControlAndBidiCharactersInTexts) {  // T-17
  ExpectCases("Project", "p",
              {{"lines", "{workspace: a, description: \"x\\ny\\tz\"}", {}},
               {"an escape",
                "{workspace: a, description: \"x\\u001b[31m\"}",
                {"has a control or bidi character"}},
               {"text turned round",
                "{workspace: a, description: \"x\\u202ey\"}",
                {"has a control or bidi character"}}});
}

TEST(Validator, KeepsLabelsAsKubernetesHasThem) {
  const auto said = [](std::string_view metadata) {
    return Said("apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: a, " +
                std::string(metadata) + "}\nspec: {}\n");
  };
  EXPECT_THAT(said("labels: {team: payments, 'example.org/Tier': ''}"),
              IsEmpty());
  EXPECT_THAT(said("labels: {'a b': c}"),
              ElementsAre(HasSubstr("the key \"a b\" in Workspace/a is not a "
                                    "label's key")));
  EXPECT_THAT(said("labels: {team: 'a b'}"),
              ElementsAre(HasSubstr("metadata.labels.team of Workspace/a is "
                                    "not a label's value")));
  EXPECT_THAT(said("labels: {version: 1}"),
              ElementsAre(HasSubstr("is an integer, not a string (put it "
                                    "between quotes)")));
  EXPECT_THAT(said("annotations: {runbook: 'https://a.example.org/b c'}"),
              IsEmpty());
}

TEST(Validator, NeverRepeatsWhatMayBeACredential) {
  const std::string token = "vela_live_" + std::string(48, 'a');
  for (const std::string& spec :
       {"{tier: " + token + "}", "{" + token + ": 1}"}) {
    const Validated result = Validate(DocumentOf("Workspace", "a", spec));
    ASSERT_EQ(result.said.size(), 1U);
    EXPECT_THAT(result.said[0], HasSubstr("\"vela_live_aa…\""));
    EXPECT_THAT(result.said[0], testing::Not(HasSubstr(token)));
  }
}

TEST(Validator, PointsAtTheLineOfTheFile) {
  const SourceFiles files = {"a.yaml", "b.yaml"};
  Diagnostics diagnostics;
  Reporter reporter(
      files,
      [](std::uint32_t file, std::uint32_t line) {
        return "line " + std::to_string(line) + " of " + std::to_string(file);
      },
      diagnostics);
  Value document = *ParseJson(
      R"({"apiVersion":"writ/v1","kind":"Workspace",
          "metadata":{"name":"a"},"spec":{"tier":1}})");
  document.Find("spec")->Find("tier")->set_range({1, 4, 9, 3});
  EXPECT_FALSE(ValidateDocument(document, reporter));
  ASSERT_EQ(diagnostics.items().size(), 1U);
  const Diagnostic& said = diagnostics.items()[0];
  EXPECT_EQ(said.code, "wrong-type");
  EXPECT_EQ(said.locations[0], (Location{"b.yaml", 4, 9, 3, ""}));
  EXPECT_EQ(said.excerpt, "line 4 of 1");
}

TEST(Validator, JudgesEachDocumentByItself) {
  const SourceFiles files = {"a.yaml"};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  const Value bad = *ParseJson(R"({"apiVersion":"writ/v1","kind":"App"})");
  const Value good = *ParseJson(
      R"({"apiVersion":"writ/v1","kind":"Workspace",
          "metadata":{"name":"a"},"spec":{}})");
  EXPECT_FALSE(ValidateDocument(bad, reporter));
  EXPECT_GT(reporter.error_count(), 0U);
  EXPECT_TRUE(ValidateDocument(good, reporter));
}

TEST(Validator, GivesEveryResourceItsAddressAndParent) {
  struct Case {
    std::string kind, name, spec, address, parent;
  };
  const std::vector<Case> cases = {
      {"Workspace", "acme", "{}", "Workspace/acme", ""},
      {"App", "shop", "{workspace: acme}", "App/shop", "Workspace/acme"},
      {"Project", "p", "{workspace: acme}", "Project/p", "Workspace/acme"},
      {"EventSchema", "a.b", "{app: shop}", "EventSchema/shop/a.b", "App/shop"},
      {"Secret", "K", "{project: p}", "Secret/p/K", "Project/p"},
      {"Token", "t", "{type: apiKey, app: shop}", "Token/shop/t", "App/shop"},
      {"Token", "t", "{type: projectKey, project: p}", "Token/p/t",
       "Project/p"},
      {"Token", "t", "{type: accountToken, workspace: Workspace/acme}",
       "Token/acme/t", "Workspace/acme"}};
  for (const Case& item : cases) {
    const Validated result =
        Validate(DocumentOf(item.kind, item.name, item.spec));
    ASSERT_TRUE(result.resource) << item.address;
    EXPECT_EQ(result.resource->id.address(), item.address);
    EXPECT_EQ(result.resource->parent.address(), item.parent);
    EXPECT_EQ(result.resource->range.line, 3U);
  }
}

TEST(Validator, MakesContentWithDefaultsFilledIn) {
  const Validated result = Validate(
      "apiVersion: writ/v1\nkind: App\n"
      "metadata: {name: shop, labels: {b: x, a: y}}\n"
      "spec: {workspace: Workspace/acme, retention: 48h}\n");
  ASSERT_TRUE(result.resource);
  EXPECT_EQ(CanonicalJson(*result.resource->content),
            R"({"lifecycle":{"onDelete":"delete","protect":false},)"
            R"("metadata":{"annotations":{},"labels":{"a":"y","b":"x"}},)"
            R"("spec":{"managementWrites":"deny","retention":"2d",)"
            R"("slug":"shop","unplannedEvents":"block","workspace":"acme"}})");
  EXPECT_EQ(result.resource->digest,
            Sha256(CanonicalJson(*result.resource->content)));
}

TEST(Validator, LeavesComputedFieldsAbsent) {
  const Validated result = Validate(DocumentOf("Workspace", "a", "{}"));
  EXPECT_EQ(result.resource->content->FindPath("spec.workspaceId"), nullptr);
}

TEST(Validator, FillsDefaultsOnlyWhereTheyStand) {
  const auto spec = [](std::string_view text) {
    return *Validate(DocumentOf("Token", "t", text))
                .resource->content->Find("spec");
  };
  const Value api_key = spec("{type: apiKey, app: a}");
  EXPECT_EQ(api_key.Find("role"), nullptr);
  EXPECT_EQ(api_key.Find("mode"), nullptr);
  EXPECT_EQ(api_key.Find("scopes"), nullptr);
  EXPECT_EQ(api_key.FindString("label"), "t");
  EXPECT_EQ(spec("{type: projectKey, project: p}").FindString("role"),
            "VIEWER");
  EXPECT_EQ(spec("{type: workspaceToken, workspace: w}").FindString("mode"),
            "live");
}

TEST(Validator, KeepsThePlacesOfValues) {
  const Validated result = Validate(
      DocumentOf("Project", "p", "{workspace: acme, environments: [b, a]}"));
  const Value& environments =
      *result.resource->content->FindPath("spec.environments");
  ASSERT_EQ(environments.AsList().size(), 2U);
  EXPECT_EQ(environments.AsList()[0].AsString(), "a");
  EXPECT_EQ(environments.AsList()[0].range().column, 43U);
  EXPECT_EQ(environments.AsList()[1].range().column, 40U);
}

TEST(Validator, SortsTheMomentsAtWhichTimeDecides) {
  const Validated result = Validate(DocumentOf(
      "Silence", "s",
      "{app: a, matchers: [{field: b, operator: equals, value: 1}], endsAt: "
      "2026-11-28T00:00:00Z, startsAt: 2026-11-27T00:00:00+01:00}"));
  ASSERT_TRUE(result.resource);
  std::vector<std::string> edges;
  for (const Timestamp at : result.resource->time_edges) {
    edges.push_back(FormatTimestamp(at));
  }
  EXPECT_THAT(edges,
              ElementsAre("2026-11-26T23:00:00Z", "2026-11-28T00:00:00Z"));
}

std::vector<std::string> References(const Validated& result) {
  std::vector<std::string> all;
  for (const Reference& reference : result.resource->references) {
    std::string line = reference.path + " = " + reference.text + " (";
    for (const std::string_view kind : *reference.kinds) line.append(kind);
    line += ")";
    if (reference.is_parent) line += " parent";
    if (reference.is_secret) line += " secret";
    if (reference.edge == ReferenceEdge::kMention) line += " mention";
    all.push_back(line);
  }
  return all;
}

TEST(Validator, CollectsReferencesInTheOrderTheyAreWritten) {
  EXPECT_THAT(
      References(
          Validate(DocumentOf("NotificationRule", "r",
                              "{actions: [{destination: slack}, {destination: "
                              "Destination/x/mail}], event: e, app: shop}"))),
      ElementsAre("spec.actions[slack].destination = slack (Destination)",
                  "spec.actions[Destination/x/mail].destination = "
                  "Destination/x/mail (Destination)",
                  "spec.event = e (EventSchema)",
                  "spec.app = shop (App) parent"));
  EXPECT_THAT(References(Validate(DocumentOf(
                  "NotificationRule", "r",
                  "{app: shop, event: 'e.*', actions: [{destination: d}]}"))),
              ElementsAre("spec.app = shop (App) parent",
                          "spec.actions[d].destination = d (Destination)"));
}

TEST(Validator, CollectsReferencesToSecrets) {
  EXPECT_THAT(
      References(Validate(DocumentOf(
          "Destination", "d",
          "{app: shop, channel: slack, url: {secretRef: {project: p, key: "
          "K}}}"))),
      ElementsAre("spec.app = shop (App) parent",
                  "spec.url.secretRef = Secret/p/K (Secret) secret"));
}

TEST(Validator, TellsMentionsFromDependencies) {
  EXPECT_THAT(
      References(Validate(DocumentOf(
          "Secret", "K", "{project: p, usableBy: [Destination/shop/slack]}"))),
      ElementsAre("spec.project = p (Project) parent",
                  "spec.usableBy[Destination/shop/slack] = "
                  "Destination/shop/slack (DestinationDeployTargetSecret) "
                  "mention"));
  const Validated exception =
      Validate(DocumentOf("PolicyException", "x",
                          "{policy: p, subject: {address: App/a}, reason: b, "
                          "expiresAt: 2026-12-31T00:00:00Z}"));
  for (const Reference& reference : exception.resource->references) {
    EXPECT_EQ(reference.edge, ReferenceEdge::kLoose) << reference.path;
  }
}

TEST(Validator, AnswersTheSameEachTime) {
  const std::string text = DocumentOf("App", "a", "{workspace: b}");
  EXPECT_EQ(Validate(text).resource->digest, Validate(text).resource->digest);
  EXPECT_NE(
      Validate(text).resource->digest,
      Validate(DocumentOf("App", "b", "{workspace: b}")).resource->digest);
}

}  // namespace
}  // namespace writ
