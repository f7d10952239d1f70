// Laws of the diff, for contents of a made-up kind that has every field type.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/diff/content_path.h"
#include "engine/diff/diff.h"

namespace writ::engine {
namespace {

Field Named(const char* name, FieldType type) {
  Field field;
  field.name = name;
  field.type = type;
  return field;
}

Field ListOf(const char* name, Field item, ListStyle style,
             const char* key = "") {
  Field field = Named(name, FieldType::kList);
  field.item = std::make_shared<const Field>(std::move(item));
  field.list_style = style;
  field.key = key;
  return field;
}

Kind EveryType() {
  Field item = Named("", FieldType::kObject);
  item.fields = {Named("name", FieldType::kString),
                 Named("x", FieldType::kInteger),
                 Named("y", FieldType::kInteger)};
  Field computed = Named("computed", FieldType::kString);
  computed.computed = true;
  Field immutable = Named("immutable", FieldType::kString);
  immutable.immutable = true;
  Field secret = Named("secret", FieldType::kString);
  secret.sensitive = true;
  Field map = Named("map", FieldType::kMap);
  map.item = std::make_shared<const Field>(Named("", FieldType::kInteger));
  Field object = Named("object", FieldType::kObject);
  object.fields = {Named("x", FieldType::kInteger), computed};
  Kind kind;
  kind.name = "Every";
  kind.spec = Named("spec", FieldType::kObject);
  kind.spec.fields = {
      Named("text", FieldType::kString),
      computed,
      immutable,
      secret,
      map,
      object,
      ListOf("set", Named("", FieldType::kInteger), ListStyle::kSet),
      ListOf("keyed", item, ListStyle::kKeyed, "name"),
      ListOf("ordered", item, ListStyle::kOrdered)};
  return kind;
}

const Kind& Every() {
  static const Kind kind = EveryType();
  return kind;
}

bool Chance() { return *rc::gen::inRange(0, 3) > 0; }
std::int64_t Small() { return *rc::gen::inRange<std::int64_t>(0, 3); }

Value ArbitraryItem(std::int64_t name) {
  Value item;
  item.Set("name", "n" + std::to_string(name));
  if (Chance()) item.Set("x", Small());
  if (Chance()) item.Set("y", Small());
  return item;
}

// Small values, so that two contents often agree.
Value Arbitrary() {
  Value spec(Value::Map{});
  for (const char* name : {"text", "computed", "immutable", "secret"}) {
    if (Chance()) spec.Set(name, std::to_string(Small()));
  }
  if (Chance()) {
    Value map(Value::Map{});
    for (const char* key : {"a", "b"}) {
      if (Chance()) map.Set(key, Small());
    }
    spec.Set("map", std::move(map));
  }
  if (Chance()) {
    Value object(Value::Map{});
    if (Chance()) object.Set("x", Small());
    if (Chance()) object.Set("computed", std::to_string(Small()));
    spec.Set("object", std::move(object));
  }
  if (Chance()) {
    Value::List set;
    for (std::int64_t i = 0; i < 3; ++i) {
      if (Chance()) set.emplace_back(i);
    }
    if (Chance()) std::reverse(set.begin(), set.end());
    spec.Set("set", std::move(set));
  }
  for (const char* name : {"keyed", "ordered"}) {
    Value::List list;
    for (std::int64_t i = 0; i < 3; ++i) {
      if (Chance()) list.push_back(ArbitraryItem(i));
    }
    if (Chance()) std::reverse(list.begin(), list.end());
    spec.Set(name, std::move(list));
  }
  Value content;
  content.Set("spec", std::move(spec));
  return content;
}

std::vector<std::string> ArbitraryIgnored() {
  std::vector<std::string> paths;
  for (const char* path : {"spec.text", "spec.keyed[n1]", "spec.map[a]",
                           "spec.object.x", "spec.set"}) {
    if (*rc::gen::inRange(0, 4) == 0) paths.emplace_back(path);
  }
  return paths;
}

RC_GTEST_PROP(DiffLaws, AContentDoesNotDifferFromItself, ()) {
  const Value content = Arbitrary();
  const ContentDiff diff = DiffContents(Every(), content, content, nullptr);
  RC_ASSERT(diff.fields.empty());
  RC_ASSERT(!diff.replaces);
  RC_ASSERT(diff.merged == content);
}

// What apply writes leaves nothing to do, and is a fixed point.
RC_GTEST_PROP(DiffLaws, NothingIsLeftAfterWritingWhatIsMerged, ()) {
  const Value live = Arbitrary();
  const Value desired = Arbitrary();
  DiffOptions options;
  options.ignore = ArbitraryIgnored();
  const ContentDiff diff =
      DiffContents(Every(), live, desired, nullptr, options);
  const ContentDiff again =
      DiffContents(Every(), diff.merged, desired, nullptr, options);
  RC_ASSERT(again.fields.empty());
  RC_ASSERT(again.merged == diff.merged);
}

// The same with what was applied before, once this is what was applied last.
RC_GTEST_PROP(DiffLaws, NothingIsLeftAfterApplying, ()) {
  const Value live = Arbitrary();
  const Value desired = Arbitrary();
  const Value applied = Arbitrary();
  DiffOptions options;
  options.ignore = ArbitraryIgnored();
  const ContentDiff diff =
      DiffContents(Every(), live, desired, &applied, options);
  const ContentDiff again =
      DiffContents(Every(), diff.merged, desired, &desired, options);
  RC_ASSERT(again.fields.empty());
  RC_ASSERT(again.merged == diff.merged);
}

// Ignoring a path hides drift of it and nothing else.
RC_GTEST_PROP(DiffLaws, IgnoringHidesDriftAlone, ()) {
  const Value live = Arbitrary();
  const Value desired = Arbitrary();
  const Value applied = Arbitrary();
  DiffOptions options;
  options.ignore = ArbitraryIgnored();
  const ContentDiff all = DiffContents(Every(), live, desired, &applied);
  const ContentDiff some =
      DiffContents(Every(), live, desired, &applied, options);
  std::vector<std::string> want;
  for (const FieldChange& field : all.fields) {
    const bool hidden = field.cause == Cause::kDrift &&
                        !field.known_after_apply &&
                        IsAnyAtOrBelow(field.path, options.ignore);
    if (!hidden) want.push_back(field.path);
  }
  std::vector<std::string> got;
  for (const FieldChange& field : some.fields) got.push_back(field.path);
  RC_ASSERT(got == want);
}

RC_GTEST_PROP(DiffLaws, NoFieldsMeansThatLiveStays, ()) {
  const Value live = Arbitrary();
  const Value desired = Arbitrary();
  const ContentDiff diff = DiffContents(Every(), live, desired, nullptr);
  if (diff.fields.empty()) {
    RC_ASSERT(
        SameValue(Every().spec, *diff.merged.Find("spec"), *live.Find("spec")));
  }
}

RC_GTEST_PROP(DiffLaws, FieldsAreSortedAndEachOnce, ()) {
  const Value live = Arbitrary();
  const Value desired = Arbitrary();
  const ContentDiff diff = DiffContents(Every(), live, desired, nullptr);
  for (std::size_t i = 1; i < diff.fields.size(); ++i) {
    RC_ASSERT(diff.fields[i - 1].path < diff.fields[i].path);
  }
}

RC_GTEST_PROP(DiffLaws, CausesSplitBetweenGitAndDrift, ()) {
  const Value live = Arbitrary();
  const Value desired = Arbitrary();
  const ContentDiff never = DiffContents(Every(), live, desired, nullptr);
  for (const FieldChange& field : never.fields) {
    RC_ASSERT(field.cause == Cause::kGit);
  }
  // Git said what it says now: whatever differs, somebody else did.
  const ContentDiff drift = DiffContents(Every(), live, desired, &desired);
  for (const FieldChange& field : drift.fields) {
    RC_ASSERT(field.known_after_apply || field.cause == Cause::kDrift);
  }
}

RC_GTEST_PROP(DiffLaws, SensitiveValuesAreInNoField, ()) {
  const Value live = Arbitrary();
  const Value desired = Arbitrary();
  for (const FieldChange& field :
       DiffContents(Every(), live, desired, nullptr).fields) {
    if (field.path != "spec.secret") continue;
    RC_ASSERT(field.sensitive);
    RC_ASSERT(!field.before.has_value() && !field.after.has_value());
  }
}

RC_GTEST_PROP(SameValue, IsReflexiveAndSymmetric, ()) {
  const Value a = Arbitrary();
  const Value b = Arbitrary();
  const Field& spec = Every().spec;
  RC_ASSERT(SameValue(spec, *a.Find("spec"), *a.Find("spec")));
  RC_ASSERT(SameValue(spec, *a.Find("spec"), *b.Find("spec")) ==
            SameValue(spec, *b.Find("spec"), *a.Find("spec")));
}

}  // namespace
}  // namespace writ::engine
