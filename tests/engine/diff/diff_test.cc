#include "engine/diff/diff.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/diff/content_path.h"
#include "schema/json.h"

namespace writ::engine {
namespace {

Value Spec(const std::string& json) {
  Value content;
  content.Set("spec", ParseJson(json).value());
  return content;
}

std::string Shown(const FieldChange& field) {
  std::string text = field.path + ": ";
  text += field.before ? CanonicalJson(*field.before) : "-";
  text += " > ";
  text += field.after ? CanonicalJson(*field.after) : "-";
  if (field.cause == Cause::kDrift) text += " drift";
  if (field.sensitive) text += " sensitive";
  if (field.known_after_apply) text += " known-after";
  if (field.forces_replacement) text += " forces";
  return text;
}

struct Case {
  const char* name;
  const char* kind;
  const char* live;
  const char* desired;
  const char* applied;  // null: never
  std::vector<std::string> ignore;
  std::vector<std::string> want;
  const char* merged;  // null: as desired
};

const Case kCases[] = {
    {"nothing",
     "App",
     R"({"displayName":"a"})",
     R"({"displayName":"a"})",
     nullptr,
     {},
     {},
     nullptr},
    {"git changed it",
     "App",
     R"({"retention":"90d"})",
     R"({"retention":"365d"})",
     R"({"retention":"90d"})",
     {},
     {R"(spec.retention: "90d" > "365d")"},
     nullptr},
    {"drift",
     "App",
     R"({"retention":"1d"})",
     R"({"retention":"90d"})",
     R"({"retention":"90d"})",
     {},
     {R"(spec.retention: "1d" > "90d" drift)"},
     nullptr},
    {"both changed it",
     "App",
     R"({"retention":"1d"})",
     R"({"retention":"365d"})",
     R"({"retention":"90d"})",
     {},
     {R"(spec.retention: "1d" > "365d")"},
     nullptr},
    {"drift that adds a field",
     "App",
     R"({"displayName":"a","slug":"s"})",
     R"({"displayName":"a"})",
     R"({"displayName":"a"})",
     {},
     {R"(spec.slug: "s" > - drift)"},
     nullptr},
    {"drift that takes one away",
     "App",
     R"({})",
     R"({"slug":"s"})",
     R"({"slug":"s"})",
     {},
     {R"(spec.slug: - > "s" drift)"},
     nullptr},
    {"never applied",
     "App",
     R"({"slug":"a"})",
     R"({"slug":"b"})",
     nullptr,
     {},
     {R"(spec.slug: "a" > "b")"},
     nullptr},
    {"a set in another order",
     "ScopeSet",
     R"({"scopes":["crm:read","inbox:read"]})",
     R"({"scopes":["inbox:read","crm:read"]})",
     nullptr,
     {},
     {},
     nullptr},
    {"a set that gains",
     "ScopeSet",
     R"({"scopes":["crm:read"]})",
     R"({"scopes":["admin:all","crm:read"]})",
     nullptr,
     {},
     {R"(spec.scopes: ["crm:read"] > ["admin:all","crm:read"])"},
     nullptr},
    {"a keyed list in another order",
     "EventSchema",
     R"({"fields":[{"name":"a","type":"string"},{"name":"b","type":"date"}]})",
     R"({"fields":[{"name":"b","type":"date"},{"name":"a","type":"string"}]})",
     nullptr,
     {},
     {},
     nullptr},
    {"a keyed item",
     "EventSchema",
     R"({"fields":[{"name":"a","type":"string"},{"name":"b","type":"date"}]})",
     R"({"fields":[{"name":"b","type":"date","required":true},
                   {"name":"c","type":"boolean"}]})",
     nullptr,
     {},
     {R"(spec.fields[a]: {"name":"a","type":"string"} > -)",
      "spec.fields[b].required: - > true",
      R"(spec.fields[c]: - > {"name":"c","type":"boolean"})"},
     nullptr},
    {"an ordered list, item by item",
     "ApiRoute",
     R"({"rules":[{"path":"/a","scope":"crm:read"},{"path":"/b"}]})",
     R"({"rules":[{"path":"/a","scope":"admin:all"},{"path":"/b"}]})",
     nullptr,
     {},
     {R"(spec.rules[0].scope: "crm:read" > "admin:all")"},
     nullptr},
    {"an ordered list of another length",
     "ApiRoute",
     R"({"rules":[{"path":"/a"}]})",
     R"({"rules":[{"path":"/b"},{"path":"/a"}]})",
     nullptr,
     {},
     {R"(spec.rules: [{"path":"/a"}] > [{"path":"/b"},{"path":"/a"}])"},
     nullptr},
    {"a computed field that isn't desired stays",
     "Workspace",
     R"({"displayName":"a","workspaceId":"64f1"})",
     R"({"displayName":"a"})",
     R"({"displayName":"a"})",
     {},
     {},
     R"({"displayName":"a","workspaceId":"64f1"})"},
    {"a computed field that is desired",
     "Workspace",
     R"({"workspaceId":"64f1"})",
     R"({"workspaceId":"99f1"})",
     nullptr,
     {},
     {R"(spec.workspaceId: "64f1" > "99f1" forces)"},
     nullptr},
    {"an immutable field",
     "App",
     R"({"workspace":"a"})",
     R"({"workspace":"b"})",
     nullptr,
     {},
     {R"(spec.workspace: "a" > "b" forces)"},
     nullptr},
    {"ignored",
     "App",
     R"({"retention":"1d","slug":"x"})",
     R"({"retention":"90d","slug":"y"})",
     R"({"retention":"90d","slug":"x"})",
     {"spec.retention"},
     {R"(spec.slug: "x" > "y")"},
     R"({"retention":"1d","slug":"y"})"},
    {"ignored with all below it",
     "EventSchema",
     R"({"fields":[{"name":"a","type":"string","required":true}]})",
     R"({"fields":[{"name":"a","type":"date"}]})",
     nullptr,
     {"spec.fields[a]"},
     {},
     R"({"fields":[{"name":"a","type":"string","required":true}]})"},
    {"ignored, but git changed it",
     "App",
     R"({"retention":"90d"})",
     R"({"retention":"365d"})",
     R"({"retention":"90d"})",
     {"spec.retention"},
     {R"(spec.retention: "90d" > "365d")"},
     nullptr},
    {"ignored, but git changed it after it had drifted",
     "App",
     R"({"retention":"1d"})",
     R"({"retention":"365d"})",
     R"({"retention":"90d"})",
     {"spec.retention"},
     {R"(spec.retention: "1d" > "365d")"},
     nullptr},
    {"ignored, and git came to what it had drifted to",
     "App",
     R"({"retention":"1d"})",
     R"({"retention":"1d"})",
     R"({"retention":"90d"})",
     {"spec.retention"},
     {},
     nullptr},
    {"ignored, and git takes it out",
     "Destination",
     R"({"rateLimit":"5/s"})",
     R"({})",
     R"({"rateLimit":"1/s"})",
     {"spec.rateLimit"},
     {R"(spec.rateLimit: "5/s" > -)"},
     nullptr},
    {"ignored as a whole, git changed one part and another drifted",
     "EventSchema",
     R"({"fields":[{"name":"a","type":"string","required":true},)"
     R"({"name":"b","type":"string"}]})",
     R"({"fields":[{"name":"a","type":"date"}]})",
     R"({"fields":[{"name":"a","type":"string"}]})",
     {"spec.fields"},
     {R"(spec.fields[a].type: "string" > "date")"},
     R"({"fields":[{"name":"a","type":"date","required":true},)"
     R"({"name":"b","type":"string"}]})"},
    {"ignoring a name doesn't ignore a longer one",
     "App",
     R"({"slug":"x"})",
     R"({"slug":"y"})",
     nullptr,
     {"spec.slu"},
     {R"(spec.slug: "x" > "y")"},
     nullptr},
    {"a URL is never shown",
     "Destination",
     R"({"url":"https://hooks.example.org/secret-path"})",
     R"({"url":"https://hooks.example.org/other-secret"})",
     nullptr,
     {},
     {"spec.url: - > - sensitive"},
     nullptr},
    {"a URL that becomes a reference",
     "Destination",
     R"({"url":"https://hooks.example.org/secret-path"})",
     R"({"url":{"secretRef":{"project":"p","key":"K"}}})",
     nullptr,
     {},
     {"spec.url: - > - sensitive"},
     nullptr},
    {"a reference to a secret is shown",
     "Destination",
     R"({"url":{"secretRef":{"project":"p","key":"K"}}})",
     R"({"url":{"secretRef":{"project":"p","key":"L"}}})",
     nullptr,
     {},
     {R"(spec.url.secretRef: {"key":"K","project":"p"} > )"
      R"({"key":"L","project":"p"})"},
     nullptr},
    {"a member the table doesn't know",
     "App",
     R"({"later":{"a":1}})",
     R"({"later":{"a":2}})",
     nullptr,
     {},
     {R"(spec.later: {"a":1} > {"a":2})"},
     nullptr},
    {"a block that goes",
     "Destination",
     R"({"webhook":{"allowNetworks":[]}})",
     R"({})",
     nullptr,
     {},
     {R"(spec.webhook: {"allowNetworks":[]} > -)"},
     nullptr},
};

TEST(DiffContents, SeesWhatTheTableSees) {
  for (const Case& c : kCases) {
    const Kind* kind = FindKind(c.kind);
    ASSERT_NE(kind, nullptr) << c.kind;
    std::optional<Value> applied;
    if (c.applied != nullptr) applied = Spec(c.applied);
    DiffOptions options;
    options.ignore = c.ignore;
    const ContentDiff diff =
        DiffContents(*kind, Spec(c.live), Spec(c.desired),
                     applied ? &*applied : nullptr, options);
    std::vector<std::string> got;
    bool forces = false;
    for (const FieldChange& field : diff.fields) {
      got.push_back(Shown(field));
      forces = forces || field.forces_replacement;
    }
    EXPECT_EQ(got, c.want) << c.name;
    EXPECT_EQ(diff.replaces, forces) << c.name;
    EXPECT_EQ(CanonicalJson(diff.merged),
              CanonicalJson(Spec(c.merged ? c.merged : c.desired)))
        << c.name;
  }
}

TEST(DiffContents, MapsAreByKey) {
  Value live;
  live.Set("metadata",
           ParseJson(R"({"labels":{"app.io/name":"a","team":"x"}})").value());
  Value desired;
  desired.Set("metadata",
              ParseJson(R"({"labels":{"app.io/name":"b","new":"y"}})").value());
  const ContentDiff diff =
      DiffContents(*FindKind("App"), live, desired, nullptr);
  ASSERT_EQ(diff.fields.size(), 3U);
  EXPECT_EQ(diff.fields[0].path, "metadata.labels[app.io/name]");
  EXPECT_EQ(diff.fields[1].path, "metadata.labels[new]");
  EXPECT_EQ(diff.fields[2].path, "metadata.labels[team]");
}

TEST(DiffContents, ProtectionIsPartOfTheContent) {
  Value live;
  live.Set("lifecycle", ParseJson(R"({"protect":true})").value());
  Value desired;
  desired.Set("lifecycle", ParseJson(R"({"protect":false})").value());
  const ContentDiff diff =
      DiffContents(*FindKind("App"), live, desired, nullptr);
  ASSERT_EQ(diff.fields.size(), 1U);
  EXPECT_EQ(Shown(diff.fields[0]), "lifecycle.protect: true > false");
}

TEST(DiffContents, AReplacementTakesNothingFromTheOldOne) {
  DiffOptions options;
  options.ignore = {"spec.displayName"};
  Kind kind = *FindKind("Workspace");
  for (Field& field : kind.spec.fields) field.immutable = field.name == "tier";
  const ContentDiff diff = DiffContents(
      kind, Spec(R"({"displayName":"old","tier":"a","workspaceId":"1"})"),
      Spec(R"({"displayName":"new","tier":"b"})"), nullptr, options);
  EXPECT_TRUE(diff.replaces);
  EXPECT_EQ(CanonicalJson(diff.merged),
            CanonicalJson(Spec(R"({"displayName":"new","tier":"b"})")));
  ASSERT_EQ(diff.fields.size(), 2U);
  EXPECT_EQ(Shown(diff.fields[0]), R"(spec.tier: "a" > "b" forces)");
  EXPECT_EQ(Shown(diff.fields[1]), R"(spec.workspaceId: "1" > - known-after)");
}

TEST(DiffContents, AMovableFieldReplacesNothing) {
  DiffOptions options;
  options.movable = {"spec.app"};
  const ContentDiff diff =
      DiffContents(*FindKind("Destination"), Spec(R"({"app":"a"})"),
                   Spec(R"({"app":"b"})"), nullptr, options);
  EXPECT_FALSE(diff.replaces);
  EXPECT_EQ(Shown(diff.fields.at(0)), R"(spec.app: "a" > "b")");
}

TEST(DiffContents, SaysWhereAFieldIsWritten) {
  const SourceFiles files = {"a.yaml", "b.yaml"};
  DiffOptions options;
  options.files = &files;
  Value desired = Spec(R"({"slug":"b"})");
  desired.Find("spec")->Find("slug")->set_range({1, 7, 9, 4});
  const ContentDiff diff = DiffContents(
      *FindKind("App"), Spec(R"({"slug":"a"})"), desired, nullptr, options);
  const Location want = {"b.yaml", 7, 9, 4, ""};
  EXPECT_EQ(diff.fields.at(0).written_at, want);
}

TEST(Redact, HidesWhatIsSensitiveAndIsIdempotent) {
  const Kind& kind = *FindKind("Destination");
  const Value content =
      Spec(R"({"url":"https://canary-4711.example.org/x","label":"l"})");
  const Value redacted = Redact(kind, content);
  EXPECT_EQ(CanonicalJson(redacted),
            R"json({"spec":{"label":"l","url":"(sensitive)"}})json");
  EXPECT_EQ(Redact(kind, redacted), redacted);
}

TEST(Redact, LeavesReferencesToSecretsVisible) {
  const Value content =
      Spec(R"({"url":{"secretRef":{"key":"K","project":"p"}}})");
  EXPECT_EQ(Redact(*FindKind("Destination"), content), content);
}

TEST(ContentPath, BelowIsAtADotOrABracket) {
  EXPECT_TRUE(IsAtOrBelow("spec.a", "spec.a"));
  EXPECT_TRUE(IsAtOrBelow("spec.a.b", "spec.a"));
  EXPECT_TRUE(IsAtOrBelow("spec.a[b]", "spec.a"));
  EXPECT_FALSE(IsAtOrBelow("spec.ab", "spec.a"));
  EXPECT_FALSE(IsAtOrBelow("spec", "spec.a"));
}

}  // namespace
}  // namespace writ::engine
