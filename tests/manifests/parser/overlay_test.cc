#include "manifests/overlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/manifests/parser/parsing.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const char* const kSchema = R"(apiVersion: writ/v1
kind: EventSchema
metadata: {name: order.placed, labels: {team: payments, tier: "1"}}
spec:
  app: order-service
  description: An order.
  fields:
    - {name: orderId, type: string, required: true}
    - {name: currency, type: enum, enumValues: [EUR, USD]}
)";

struct Patched {
  Value document;
  bool applied = false;
  std::vector<std::string> errors;
};

// The patch is file 1 of two.
Patched Apply(const std::string& document, const std::string& spec) {
  Diagnostics diagnostics;
  const SourceFiles files{"a.yaml", "patch.yaml"};
  Reporter reporter(files, {}, diagnostics);
  auto base = ParseYaml(document, 0, YamlLimits(), reporter);
  auto patches = ParseYaml(
      "metadata: {name: p}\nspec:\n  target: {kind: EventSchema}\n" + spec, 1,
      YamlLimits(), reporter);
  EXPECT_TRUE(diagnostics.empty());
  Patched patched;
  patched.document = std::move(base.at(0).root);
  if (const auto patch = ReadPatch(patches.at(0).root, reporter)) {
    patched.applied = ApplyPatch(*patch, patched.document, reporter);
  }
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    const Location& at = diagnostic.locations.at(0);
    patched.errors.push_back(at.file + ":" + std::to_string(at.line) + ":" +
                             std::to_string(at.column) + " " +
                             diagnostic.summary);
  }
  return patched;
}

std::string Spec(const Patched& patched) {
  EXPECT_THAT(patched.errors, IsEmpty());
  EXPECT_TRUE(patched.applied);
  return CompactJson(*patched.document.Find("spec"));
}

TEST(Patch, MergesMapsAndReplacesTheRest) {
  // The examples of RFC 7396, appendix A, below one free field.
  const struct {
    const char* original;
    const char* patch;
    const char* want;
  } cases[] = {
      {"{a: b}", "{a: c}", R"({"a":"c"})"},
      {"{a: b}", "{b: c}", R"({"a":"b","b":"c"})"},
      {"{a: b}", "{a: null}", "{}"},
      {"{a: b, b: c}", "{a: null}", R"({"b":"c"})"},
      {"{a: [b]}", "{a: c}", R"({"a":"c"})"},
      {"{a: c}", "{a: [b]}", R"({"a":["b"]})"},
      {"{a: {b: c}}", "{a: {b: d, c: null}}", R"({"a":{"b":"d"}})"},
      {"{a: [{b: c}]}", "{a: [1]}", R"({"a":[1]})"},
      {"[a, b]", "[c, d]", R"(["c","d"])"},
      {"{a: b}", "[c]", R"(["c"])"},
      {"{a: foo}", "bar", R"("bar")"},
      {"{e: null}", "{a: 1}", R"({"e":null,"a":1})"},
      {"[1, 2]", "{a: b, c: null}", R"({"a":"b"})"},
      {"{}", "{a: {bb: {ccc: null}}}", R"({"a":{"bb":{}}})"},
  };
  for (const auto& c : cases) {
    const Patched patched =
        Apply("kind: Free\nspec: {x: " + std::string(c.original) + "}\n",
              "  merge: {spec: {x: " + std::string(c.patch) + "}}\n");
    EXPECT_EQ(Spec(patched), R"({"x":)" + std::string(c.want) + "}")
        << c.original << " with " << c.patch;
  }
}

TEST(Patch, MergesKeyedListsByTheirKey) {
  const Patched patched =
      Apply(kSchema,
            "  merge: {spec: {fields: [{name: currency, required: true},"
            " {name: note, type: string, description: null}]}}\n");
  EXPECT_EQ(Spec(patched),
            R"({"app":"order-service","description":"An order.","fields":[)"
            R"({"name":"orderId","type":"string","required":true},)"
            R"({"name":"currency","type":"enum","enumValues":["EUR","USD"],)"
            R"("required":true},{"name":"note","type":"string"}]})");
}

TEST(Patch, ReplacesOtherListsAsAWhole) {
  const Patched patched = Apply(
      kSchema,
      "  merge: {spec: {fields: [{name: currency, enumValues: [CHF]}]}}\n");
  const Value& currency = patched.document.FindPath("spec.fields")->AsList()[1];
  EXPECT_EQ(CompactJson(*currency.Find("enumValues")), R"(["CHF"])");
}

TEST(Patch, PatchedValuesPointToThePatch) {
  const Patched patched =
      Apply(kSchema,
            "  merge:\n    spec:\n      description: Patched.\n"
            "      fields: [{name: currency, required: true}]\n"
            "      added: 1\n");
  const Value& description = *patched.document.FindPath("spec.description");
  EXPECT_EQ(description.range().file, 1u);
  EXPECT_EQ(Place(description.range()), "6:20+8");
  const Value& currency = patched.document.FindPath("spec.fields")->AsList()[1];
  EXPECT_EQ(currency.range().file, 0u);
  EXPECT_EQ(currency.Find("required")->range().file, 1u);
  EXPECT_EQ(currency.Find("type")->range().file, 0u);
  for (const Value::Entry& entry : patched.document.Find("spec")->AsMap()) {
    const bool is_patched = entry.key == "description" || entry.key == "added";
    EXPECT_EQ(entry.key_range.file, is_patched ? 1u : 0u) << entry.key;
    EXPECT_NE(entry.key_range.line, 0u) << entry.key;
  }
}

TEST(Patch, AppliesOperationsInOrder) {
  const Patched patched = Apply(kSchema, R"(  json:
    - {op: test, path: /spec/app, value: order-service}
    - {op: replace, path: "/spec/fields/[name=currency]/type", value: string}
    - {op: remove, path: "/spec/fields/[name=currency]/enumValues"}
    - {op: add, path: "/spec/fields/[name=currency]/required", value: true}
    - {op: add, path: "/spec/fields/-", value: {name: z, type: date}}
    - {op: add, path: "/spec/fields/0", value: {name: first, type: date}}
    - {op: copy, from: /spec/description, path: /spec/fields/0/description}
    - {op: move, from: "/spec/fields/[name=z]", path: /spec/fields/1}
    - {op: remove, path: "/spec/fields/[name=orderId]"}
    - {op: add, path: "/spec/fields/[name=first]", value: {name: first}}
    - {op: add, path: "/spec/fields/[name=new]", value: {name: new}}
)");
  EXPECT_EQ(CompactJson(*patched.document.FindPath("spec.fields")),
            R"([{"name":"first"},{"name":"z","type":"date"},)"
            R"({"name":"currency","type":"string","required":true},)"
            R"({"name":"new"}])");
  EXPECT_THAT(patched.errors, IsEmpty());
}

TEST(Patch, OperationsFollowTheMerge) {
  EXPECT_EQ(Spec(Apply("kind: Free\nspec: {a: 1}\n",
                       "  merge: {spec: {b: {c: 2}}}\n  json:\n"
                       "    - {op: move, from: /spec/b/c, path: /spec/a}\n")),
            R"({"b":{},"a":2})");
}

TEST(Patch, ReadsEscapesInPaths) {
  EXPECT_EQ(Spec(Apply("kind: Free\nspec: {\"a/b\": 1, \"c~d\": 2, l: [{p: "
                       "\"x/y\"}]}\n",
                       "  json:\n"
                       "    - {op: replace, path: /spec/a~1b, value: 3}\n"
                       "    - {op: remove, path: /spec/c~0d}\n"
                       "    - {op: add, path: \"/spec/l/[p=x~1y]/q\", value: "
                       "1}\n")),
            R"({"a/b":3,"l":[{"p":"x/y","q":1}]})");
}

TEST(Patch, AFailingOperationIsAnErrorAtItsPlace) {
  const struct {
    const char* operation;
    const char* want;
  } cases[] = {
      {"{op: test, path: /spec/app, value: other}",
       "patch.yaml:5:42 the test of /spec/app doesn't hold"},
      {"{op: remove, path: /spec/nope}",
       "patch.yaml:5:26 /spec/nope isn't there"},
      {"{op: replace, path: /spec/nope/x, value: 1}",
       "/spec/nope/x isn't there"},
      {"{op: replace, path: \"/spec/fields/[name=x]\", value: 1}",
       "isn't there"},
      {"{op: replace, path: /spec/fields/2, value: 1}", "isn't there"},
      {"{op: replace, path: /spec/fields/01, value: 1}", "isn't there"},
      {"{op: replace, path: /spec/fields/-, value: 1}", "isn't there"},
      {"{op: add, path: /spec/fields/3, value: 1}", "isn't there"},
      {"{op: add, path: /spec/app/x, value: 1}", "isn't there"},
      {"{op: add, path: \"/spec/[name=x]\", value: 1}", "isn't there"},
      {"{op: move, from: /spec/x, path: /spec/y}", "/spec/x isn't there"},
      {"{op: move, from: /spec, path: /spec/y}", "below itself"},
      {"{op: add, path: spec, value: 1}", "begins with a slash"},
      {"{op: add, path: \"\", value: 1}", "begins with a slash"},
      {"{op: add, path: /spec/a~2, value: 1}", "is no part of a path"},
      {"{op: add, path: \"/spec/[x]\", value: 1}", "is no part of a path"},
      {"{op: add, path: /spec/x}", "\"add\" needs \"value\""},
      {"{op: copy, path: /spec/x}", "\"copy\" needs \"from\""},
      {"{op: grow, path: /spec/x}", "needs \"op\" and \"path\""},
      {"{op: remove}", "needs \"op\" and \"path\""},
  };
  for (const auto& c : cases) {
    const Patched patched =
        Apply(kSchema, "  json:\n    - " + std::string(c.operation) + "\n");
    EXPECT_FALSE(patched.applied) << c.operation;
    EXPECT_THAT(patched.errors, ElementsAre(HasSubstr(c.want))) << c.operation;
  }
}

TEST(Patch, CantChangeWhatAResourceIs) {
  const struct {
    const char* spec;
    const char* want;
  } cases[] = {
      {"  merge: {metadata: {name: other}}\n",
       "patch.yaml:4:28 a patch can't change metadata.name"},
      {"  merge: {kind: App}\n", "a patch can't change kind"},
      {"  merge: {apiVersion: writ/v2}\n", "can't change apiVersion"},
      {"  merge: {spec: {app: other}}\n", "can't change spec.app"},
      {"  merge: {spec: {app: null}}\n",
       "patch.yaml:1:18 a patch can't change spec.app"},
      {"  json: [{op: remove, path: /metadata/name}]\n",
       "can't change metadata.name"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Apply(kSchema, c.spec).errors, ElementsAre(HasSubstr(c.want)))
        << c.spec;
  }
  // The same value again is no change.
  EXPECT_THAT(Apply(kSchema, "  merge: {spec: {app: order-service}}\n").errors,
              IsEmpty());
}

TEST(Patch, MeansAnAddressOrAKindWithLabels) {
  const Value document = ParseText(kSchema).root();
  const std::string address = "EventSchema/order-service/order.placed";
  const auto means = [&](const std::string& target) {
    Diagnostics diagnostics;
    const SourceFiles files{"a.yaml"};
    Reporter reporter(files, {}, diagnostics);
    const auto patch = ReadPatch(
        ParseText("metadata: {name: p}\nspec: {target: " + target + "}\n")
            .root(),
        reporter);
    return patch.has_value() && Means(*patch, document, address);
  };
  EXPECT_TRUE(means("{address: EventSchema/order-service/order.placed}"));
  EXPECT_FALSE(means("{address: EventSchema/order-service/order}"));
  EXPECT_TRUE(means("{kind: EventSchema}"));
  EXPECT_FALSE(means("{kind: App}"));
  EXPECT_TRUE(means("{kind: EventSchema, labels: {team: payments}}"));
  EXPECT_TRUE(
      means("{kind: EventSchema, labels: {team: payments, tier: "
            "\"1\"}}"));
  EXPECT_FALSE(means("{kind: EventSchema, labels: {team: other}}"));
  EXPECT_FALSE(means("{kind: EventSchema, labels: {other: payments}}"));
}

}  // namespace
}  // namespace writ::manifests
