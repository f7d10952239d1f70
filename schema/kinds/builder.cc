#include "schema/kinds/builder.h"

#include <memory>
#include <utility>

#include "schema/check.h"
#include "schema/json.h"

namespace writ::kinds {

FieldBuilder::FieldBuilder(FieldType type, std::string_view name,
                           std::string_view doc) {
  field_.name = name;
  field_.type = type;
  field_.doc = doc;
}

FieldBuilder FieldBuilder::As(Format format) && {
  field_.format = format;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Required() && {
  field_.required = true;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Immutable() && {
  field_.immutable = true;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Sensitive() && {
  field_.sensitive = true;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Computed() && {
  field_.computed = true;
  return std::move(*this);
}

FieldBuilder FieldBuilder::NonEmpty() && {
  field_.non_empty = true;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Min(double min) && {
  field_.min = min;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Max(double max) && {
  field_.max = max;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Example(std::string_view yaml) && {
  field_.example = yaml;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Default(std::string_view json) && {
  Result<Value> value = ParseJson(json);
  CHECK(value.has_value());
  field_.default_json = std::string(json);
  field_.default_value = std::make_shared<const Value>(*std::move(value));
  return std::move(*this);
}

FieldBuilder FieldBuilder::DefaultDoc(std::string_view doc) && {
  field_.default_doc = doc;
  return std::move(*this);
}

FieldBuilder FieldBuilder::DefaultFrom(std::string_view source) && {
  field_.default_from = source;
  return std::move(*this);
}

FieldBuilder FieldBuilder::When(
    std::string_view sibling,
    std::initializer_list<std::string_view> values) && {
  field_.when.field = sibling;
  field_.when.values.assign(values.begin(), values.end());
  return std::move(*this);
}

FieldBuilder FieldBuilder::ExactlyOneOf(std::vector<std::string> members) && {
  field_.exactly_one_of = std::move(members);
  return std::move(*this);
}

FieldBuilder FieldBuilder::AtMostOneOf(std::vector<std::string> members) && {
  field_.at_most_one_of = std::move(members);
  return std::move(*this);
}

FieldBuilder FieldBuilder::UniqueBy(std::string_view member) && {
  field_.key = member;
  return std::move(*this);
}

FieldBuilder FieldBuilder::KeysAs(Format format) && {
  field_.key_format = format;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Mention() && {
  field_.reference.edge = ReferenceEdge::kMention;
  return std::move(*this);
}

FieldBuilder FieldBuilder::Loose() && {
  field_.reference.edge = ReferenceEdge::kLoose;
  return std::move(*this);
}

FieldBuilder Text(std::string_view name, std::string_view doc) {
  return {FieldType::kString, name, doc};
}

FieldBuilder Line(std::string_view name, std::string_view doc) {
  return Text(name, doc).As(Format::kLine).NonEmpty().Max(255);
}

FieldBuilder Boolean(std::string_view name, std::string_view doc) {
  return {FieldType::kBoolean, name, doc};
}

FieldBuilder Integer(std::string_view name, std::string_view doc) {
  return {FieldType::kInteger, name, doc};
}

FieldBuilder Number(std::string_view name, std::string_view doc) {
  return {FieldType::kNumber, name, doc};
}

FieldBuilder Span(std::string_view name, std::string_view doc) {
  return {FieldType::kDuration, name, doc};
}

FieldBuilder Instant(std::string_view name, std::string_view doc) {
  return {FieldType::kTimestamp, name, doc};
}

FieldBuilder OneOf(std::string_view name, std::vector<std::string> values,
                   std::string_view doc) {
  FieldBuilder builder(FieldType::kEnum, name, doc);
  builder.field().values = std::move(values);
  return builder;
}

FieldBuilder Ref(std::string_view name, Names kinds, std::string_view doc) {
  FieldBuilder builder(FieldType::kReference, name, doc);
  builder.field().reference.kinds = std::move(kinds);
  return builder;
}

FieldBuilder Any(std::string_view name, std::string_view doc) {
  return {FieldType::kAny, name, doc};
}

namespace {

FieldBuilder SecretReference() {
  FieldBuilder builder(FieldType::kSecretRef, "secretRef",
                       "The Secret whose value is used, by project and key. "
                       "It is the user's own project's, or its usableBy lists "
                       "the user.");
  builder.field().reference.kinds = {"Secret"};
  builder.field().fields = {
      Text("project", "The Secret's project.").As(Format::kName).Required(),
      Text("key", "The Secret's key.").As(Format::kSecretKey).Required()};
  builder.field().example = "{project: payments, key: SLACK_WEBHOOK_URL}";
  return builder;
}

}  // namespace

FieldBuilder FromSecret(std::string_view name, std::string_view doc) {
  return Object(name, doc, {SecretReference().Required()});
}

FieldBuilder SecretUrl(std::string_view name, std::string_view doc) {
  FieldBuilder builder(FieldType::kSecretUrl, name, doc);
  builder.field().format = Format::kUrl;
  builder.field().fields = {SecretReference().Required()};
  return builder;
}

FieldBuilder Object(std::string_view name, std::string_view doc,
                    Fields fields) {
  FieldBuilder builder(FieldType::kObject, name, doc);
  builder.field().fields = std::move(fields);
  return builder;
}

FieldBuilder List(std::string_view name, std::string_view doc, Field item) {
  FieldBuilder builder(FieldType::kList, name, doc);
  builder.field().item = std::make_shared<const Field>(std::move(item));
  return builder;
}

FieldBuilder Set(std::string_view name, std::string_view doc, Field item) {
  FieldBuilder builder = List(name, doc, std::move(item));
  builder.field().list_style = ListStyle::kSet;
  return builder;
}

FieldBuilder Keyed(std::string_view name, std::string_view key,
                   std::string_view doc, Fields fields) {
  FieldBuilder builder = List(name, doc, Object("", "", std::move(fields)));
  builder.field().list_style = ListStyle::kKeyed;
  builder.field().key = key;
  return builder;
}

FieldBuilder Map(std::string_view name, std::string_view doc, Field item) {
  FieldBuilder builder(FieldType::kMap, name, doc);
  builder.field().item = std::make_shared<const Field>(std::move(item));
  return builder;
}

FieldBuilder Parent(std::string_view name, std::string_view kind,
                    std::string_view doc) {
  return Ref(name, {kind}, doc).Required().Immutable();
}

}  // namespace writ::kinds
