// Laws of the reader: what prints as JSON reads back as YAML the same, and
// what a set of files comes to depends on neither threads nor their order.
#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "manifests/manifest_set.h"
#include "manifests/source_text.h"
#include "schema/json.h"
#include "tests/manifests/parser/parsing.h"
#include "tests/support/arbitrary_value.h"
#include "tests/support/memory_source.h"

namespace writ::manifests {
namespace {

// What YAML can't hold raw, and NUL, which the reader refuses however written.
std::string Printable(const std::string& text) {
  const bool fits = text.find('\0') == std::string::npos &&
                    !FindTextFault(CanonicalJson(Value(text))) &&
                    text.find("\xEF\xBB\xBF") == std::string::npos;
  return fits ? text : "fits";
}

Value Printable(const Value& value) {
  if (value.IsString()) return Value(Printable(value.AsString()));
  if (value.IsList()) {
    Value::List items;
    for (const Value& item : value.AsList()) items.push_back(Printable(item));
    return Value(std::move(items));
  }
  if (!value.IsMap()) return value;
  Value map{Value::Map{}};
  for (const Value::Entry& entry : value.AsMap()) {
    map.Set(Printable(entry.key), Printable(entry.value));
  }
  return map;
}

RC_GTEST_PROP(YamlParser, ReadsJsonAsItIs, ()) {
  const Value value = Printable(*testing::ArbitraryValue());
  for (const std::string& text :
       {CanonicalJson(value), PrettyJson(value), CompactJson(value)}) {
    const Parsed parsed = ParseText(text);
    RC_ASSERT(parsed.diagnostics.empty());
    RC_ASSERT(parsed.documents.size() == 1u);
    RC_ASSERT(parsed.documents[0].root == value);
  }
}

RC_GTEST_PROP(YamlParser, TakesAnyBytes, ()) {
  // Whatever comes in, it ends in documents or in errors, in the file.
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>(
          "a", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", "\"", "'", "|",
          ">", "&a ", "*a ", "!x ", "? ", "---\n", "...\n", "#", "\t", "\r\n",
          "<<", "é", "\xFF", "%YAML", "@", "\\", "0x", "~"));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  const Parsed parsed = ParseText(text);
  const SourceText source(text, 0);
  for (const Diagnostic& diagnostic : parsed.diagnostics.items()) {
    const Location& at = diagnostic.locations.at(0);
    RC_ASSERT(at.line >= 1u);
    RC_ASSERT(at.column >= 1u);
    RC_ASSERT(source.OffsetOf({0, at.line, at.column, 0}) <= text.size());
  }
  for (const Document& document : parsed.documents) {
    RC_ASSERT(!document.broken || parsed.diagnostics.HasErrors());
  }
}

// Sets of files.

std::string AppText(int number, const std::string& spec) {
  return "apiVersion: writ/v1\nkind: App\nmetadata: {name: app-" +
         std::to_string(number) +
         ", labels: {team: t}}\nspec:\n"
         "  workspace: acme\n  displayName: An App\n" +
         spec;
}

std::string PatchText(int number) {
  return "apiVersion: writ/v1\nkind: Patch\nmetadata: {name: p-" +
         std::to_string(number) + "}\nspec:\n  target: {address: App/app-" +
         std::to_string(number) + "}\n  merge: {spec: {retention: 9d}}\n";
}

rc::Gen<std::string> ArbitraryDocument() {
  // Few names, so that some are declared twice and some patches find nothing.
  const auto number = rc::gen::inRange(0, 12);
  return rc::gen::mapcat(number, [](int n) {
    return rc::gen::element(
        AppText(n, ""), AppText(n, "  retention: ${vars.keep}\n"),
        AppText(n, "  nope: 1\n"), AppText(n, "  retention: ${vars.no}\n"),
        std::string("a: [\n"), std::string("- x\n"), std::string("# none\n"),
        std::string("apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: "
                    "acme}\nspec: {displayName: Acme}\n"),
        "apiVersion: writ/v1\nkind: Token\nmetadata: {name: t}\nspec: {type: "
        "apiKey, app: app-" +
            std::to_string(n) + "}\n");
  });
}

struct Outcome {
  std::vector<std::string> resources;
  std::vector<Diagnostic> diagnostics;
  std::string inputs;

  bool operator==(const Outcome&) const = default;
};

Outcome OutcomeOf(const MemorySource::Files& files, int threads,
                  bool reversed) {
  MemorySource source(files);
  source.set_reversed(reversed);
  LoadOptions options;
  options.threads = threads;
  options.keep_going = true;
  Diagnostics diagnostics;
  auto state = Load(source, options, diagnostics);
  Outcome outcome;
  if (state && *state) {
    outcome.inputs = (*state)->inputs.Hex();
    for (const Resource& resource : (*state)->resources) {
      outcome.resources.push_back(resource.id.address() + " " +
                                  resource.digest.Hex() + " " +
                                  std::to_string(resource.range.file) + ":" +
                                  std::to_string(resource.range.line));
    }
  }
  diagnostics.Sort();
  outcome.diagnostics = diagnostics.items();
  return outcome;
}

RC_GTEST_PROP(Load, IsTheSameForAnyThreadsAndAnyOrder, ()) {
  MemorySource::Files files;
  files["writ.yaml"] =
      "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\nspec:\n"
      "  variables: {keep: 3d}\n"
      "  environments: {only: {overlays: [over]}}\n";
  const auto documents =
      *rc::gen::container<std::vector<std::string>>(ArbitraryDocument());
  for (const std::string& document : documents) {
    std::string& file =
        files["m/" + std::to_string(*rc::gen::inRange(0, 6)) + ".yaml"];
    file += (file.empty() ? "" : "---\n") + document;
  }
  for (int i = 0; i < *rc::gen::inRange(0, 3); ++i) {
    files["over/" + std::to_string(i) + ".yaml"] =
        PatchText(*rc::gen::inRange(0, 12));
  }
  const Outcome once = OutcomeOf(files, 1, false);
  RC_ASSERT(OutcomeOf(files, 1, true) == once);
  RC_ASSERT(OutcomeOf(files, 3, false) == once);
  RC_ASSERT(OutcomeOf(files, 8, true) == once);
}

}  // namespace
}  // namespace writ::manifests
