#include "manifests/yaml_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "manifests/yaml_parser.h"
#include "schema/json.h"
#include "schema/validator.h"
#include "tests/support/arbitrary_value.h"

namespace writ::manifests {
namespace {

Value Json(std::string_view text) { return ParseJson(text).value(); }

// What a reader makes of the text, as JSON; why not, where it can't.
std::string Read(const std::string& yaml) {
  const SourceFiles files = {"a.yaml"};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  const std::vector<Document> documents = ParseYaml(yaml, 0, {}, reporter);
  if (diagnostics.HasErrors()) return diagnostics.items()[0].summary;
  return documents.size() == 1 ? CanonicalJson(documents[0].root)
                               : std::to_string(documents.size());
}

TEST(YamlText, IsLaidOutInBlocks) {
  EXPECT_EQ(ToYaml(Json(R"({
    "kind": "App", "metadata": {"name": "cart", "labels": {"team": "a"}},
    "spec": {"retention": "90d", "on": true, "tags": ["x", "no"], "none": [],
      "fields": [{"name": "id", "validation": {"min": 5}}, {"name": "b"}]}})")),
            "kind: App\n"
            "metadata:\n"
            "  name: cart\n"
            "  labels:\n"
            "    team: a\n"
            "spec:\n"
            "  retention: 90d\n"
            "  \"on\": true\n"
            "  tags: [x, \"no\"]\n"
            "  none: []\n"
            "  fields:\n"
            "    - name: id\n"
            "      validation:\n"
            "        min: 5\n"
            "    - name: b\n");
}

TEST(YamlText, QuotesWhatReadersTakeForSomethingElse) {
  for (const char* text :
       {"yes",  "No",  "ON",   "null",  "~",     "",   "1",  "1e3",
        "0x1f", "- a", "a: b", "#x",    "^ord_", " a", "a ", "2026-11-21",
        "*",    "&a",  "!t",   "1_000", "n",     "é"}) {
    EXPECT_EQ(ToYamlLine(Value(text)).front(), '"') << text;
  }
  for (const char* text : {"abc", "order.placed", "a/b-c_d", "90d", "1h30m"}) {
    EXPECT_EQ(ToYamlLine(Value(text)), text);
  }
}

TEST(YamlText, IsOneLineInBrackets) {
  EXPECT_EQ(ToYamlLine(Json(R"({"a": [1, {"b": null}], "c": "d e"})")),
            R"({a: [1, {b: null}], c: "d e"})");
}

// Texts with what no manifest may hold are refused by the reader, never read
// as anything else.
RC_GTEST_PROP(YamlTextLaws, IsReadAsItWas, ()) {
  const std::string text = *testing::ArbitraryText();
  Value inner;
  inner.Set("text", text);
  inner.Set("list", Value::List{Value(text), Value(true), Value(1)});
  Value item;
  item.Set("name", text);
  item.Set("more", Value::List{Value(text)});
  Value document;
  document.Set("items", Value::List{item, inner});
  document.Set("key", inner);
  const std::string want = CanonicalJson(document);
  const std::string block = Read(ToYaml(document));
  const std::string flow = Read(ToYamlLine(document) + "\n");
  RC_ASSERT(block == want || block.find('{') != 0U);
  RC_ASSERT(flow == want || flow.find('{') != 0U);
  RC_ASSERT((block == want) == (flow == want));
}

}  // namespace
}  // namespace writ::manifests
