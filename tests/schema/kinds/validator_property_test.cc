// Laws that hold for every kind, on examples that chance has damaged.
#include <gtest/gtest.h>
// gtest first: rapidcheck's macros want it.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "manifests/yaml_parser.h"
#include "schema/json.h"
#include "schema/validator.h"
#include "tests/support/arbitrary_value.h"

namespace writ {
namespace {

const Kind& AnyKind() {
  return **rc::gen::elementOf(
      std::vector<const Kind*>(AllKinds().begin(), AllKinds().end()));
}

Value ExampleOf(const Kind& kind) {
  Diagnostics diagnostics;
  const SourceFiles files = {"example.yaml"};
  Reporter reporter(files, {}, diagnostics);
  return manifests::ParseYaml(kind.example, 0, {}, reporter).front().root;
}

// Every value of a tree but its root.
void Gather(Value& value, std::vector<Value*>& all) {
  if (value.IsList()) {
    for (Value& item : value.MutableList()) {
      all.push_back(&item);
      Gather(item, all);
    }
  }
  if (value.IsMap()) {
    for (Value::Entry& entry : value.MutableMap()) {
      all.push_back(&entry.value);
      Gather(entry.value, all);
    }
  }
}

void Damage(Value& document) {
  std::vector<Value*> all;
  Gather(document, all);
  Value& victim = *all[*rc::gen::inRange<std::size_t>(0, all.size())];
  victim = *testing::ArbitraryValue();
}

struct Outcome {
  std::optional<Resource> resource;
  Diagnostics diagnostics;
};

Outcome Judge(const Value& document) {
  Outcome outcome;
  const SourceFiles files = {"a.yaml"};
  Reporter reporter(files, {}, outcome.diagnostics);
  outcome.resource = ValidateDocument(document, reporter);
  return outcome;
}

RC_GTEST_PROP(ValidatorProperty, RefusesExactlyWhatItComplainsOf, ()) {
  Value document = ExampleOf(AnyKind());
  const int times = *rc::gen::inRange(0, 3);
  for (int i = 0; i < times; ++i) Damage(document);
  const Outcome outcome = Judge(document);
  RC_ASSERT(outcome.resource.has_value() != outcome.diagnostics.HasErrors());
}

RC_GTEST_PROP(ValidatorProperty, NormalisesOnceAndForAll, ()) {
  const Kind& kind = AnyKind();
  Value document = ExampleOf(kind);
  if (*rc::gen::arbitrary<bool>()) Damage(document);
  const Outcome outcome = Judge(document);
  RC_PRE(outcome.resource.has_value());
  const Value& content = *outcome.resource->content;
  RC_ASSERT(CanonicalJson(NormalizeContent(kind, content)) ==
            CanonicalJson(content));
  // What was normalised is a document that comes to the same.
  document.Set("spec", *content.Find("spec"));
  const Outcome again = Judge(document);
  RC_ASSERT(again.resource.has_value());
  RC_ASSERT(again.resource->digest == outcome.resource->digest);
}

RC_GTEST_PROP(ValidatorProperty, NormalisesAnythingWithoutHarm, ()) {
  const Kind& kind = AnyKind();
  Value content = Value(Value::Map{});
  content.Set("spec", *testing::ArbitraryValue());
  const Value once = NormalizeContent(kind, content);
  RC_ASSERT(NormalizeContent(kind, once) == once);
}

void ShuffleMaps(Value& value) {
  if (value.IsList()) {
    for (Value& item : value.MutableList()) ShuffleMaps(item);
  }
  if (!value.IsMap()) return;
  Value::Map& map = value.MutableMap();
  for (std::size_t i = map.size(); i > 1; --i) {
    std::swap(map[i - 1], map[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  for (Value::Entry& entry : map) ShuffleMaps(entry.value);
}

// Sets and keyed lists: their order says nothing.
void ReverseUnordered(const Field& field, Value& value) {
  if (value.IsList() && field.item != nullptr) {
    for (Value& item : value.MutableList()) ReverseUnordered(*field.item, item);
    if (field.list_style != ListStyle::kOrdered) {
      std::reverse(value.MutableList().begin(), value.MutableList().end());
    }
  }
  if (!value.IsMap()) return;
  for (Value::Entry& entry : value.MutableMap()) {
    const Field* member = field.type == FieldType::kMap ? field.item.get()
                                                        : field.Find(entry.key);
    if (member != nullptr) ReverseUnordered(*member, entry.value);
  }
}

RC_GTEST_PROP(ValidatorProperty, IsBlindToOrderThatSaysNothing, ()) {
  const Kind& kind = AnyKind();
  Value document = ExampleOf(kind);
  const Digest before = Judge(document).resource->digest;
  ReverseUnordered(kind.spec, *document.Find("spec"));
  ShuffleMaps(document);
  RC_ASSERT(Judge(document).resource->digest == before);
}

RC_GTEST_PROP(SuggestProperty, KnowsWhatWasWrittenRight, ()) {
  const auto names = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(
          rc::gen::container<std::string>(rc::gen::inRange('a', 'e')))));
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string written = *rc::gen::elementOf(names);
  RC_ASSERT(Suggest(written, candidates) == std::string_view(written));
}

}  // namespace
}  // namespace writ
