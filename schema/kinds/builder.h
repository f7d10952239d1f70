// Fields written so that a kind's table reads like a manifest:
//
//   Text("slug", "The name in URLs.").As(Format::kName).Required()
//   Keyed("deliverTo", "target", "Where its value goes.", {…})
//
// Used by schema/kinds/*.cc alone, once for each table.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "schema/kind.h"

namespace writ::kinds {

class FieldBuilder {
 public:
  FieldBuilder(FieldType type, std::string_view name, std::string_view doc);

  // Each changes the field and hands it on.
  FieldBuilder As(Format format) &&;
  FieldBuilder Required() &&;
  FieldBuilder Immutable() &&;
  FieldBuilder Sensitive() &&;
  FieldBuilder Computed() &&;
  FieldBuilder NonEmpty() &&;
  FieldBuilder Min(double min) &&;
  FieldBuilder Max(double max) &&;
  FieldBuilder Example(std::string_view yaml) &&;
  // REQUIRES: JSON.
  FieldBuilder Default(std::string_view json) &&;
  FieldBuilder DefaultDoc(std::string_view doc) &&;
  FieldBuilder DefaultFrom(std::string_view source) &&;
  // Stands only where the sibling has one of these values.
  FieldBuilder When(std::string_view sibling,
                    std::initializer_list<std::string_view> values) &&;
  FieldBuilder ExactlyOneOf(std::vector<std::string> members) &&;
  FieldBuilder AtMostOneOf(std::vector<std::string> members) &&;
  // Of an ordered list of objects: this member stands once.
  FieldBuilder UniqueBy(std::string_view member) &&;
  // Of a map: the shape of its keys.
  FieldBuilder KeysAs(Format format) &&;
  // Of a reference: only named, not needed first; or not needed at all.
  FieldBuilder Mention() &&;
  FieldBuilder Loose() &&;

  operator Field() && { return std::move(field_); }  // NOLINT: its purpose
  Field& field() { return field_; }

 private:
  Field field_;
};

using Fields = std::vector<Field>;
using Names = std::vector<std::string_view>;

FieldBuilder Text(std::string_view name, std::string_view doc);
FieldBuilder Line(std::string_view name, std::string_view doc);
FieldBuilder Boolean(std::string_view name, std::string_view doc);
FieldBuilder Integer(std::string_view name, std::string_view doc);
FieldBuilder Number(std::string_view name, std::string_view doc);
FieldBuilder Span(std::string_view name, std::string_view doc);
FieldBuilder Instant(std::string_view name, std::string_view doc);
FieldBuilder OneOf(std::string_view name, std::vector<std::string> values,
                   std::string_view doc);
FieldBuilder Ref(std::string_view name, Names kinds, std::string_view doc);
FieldBuilder Any(std::string_view name, std::string_view doc);
// {secretRef: {project, key}}
FieldBuilder FromSecret(std::string_view name, std::string_view doc);
// An https URL, or {secretRef: {project, key}}.
FieldBuilder SecretUrl(std::string_view name, std::string_view doc);
FieldBuilder Object(std::string_view name, std::string_view doc, Fields fields);
FieldBuilder List(std::string_view name, std::string_view doc, Field item);
FieldBuilder Set(std::string_view name, std::string_view doc, Field item);
FieldBuilder Keyed(std::string_view name, std::string_view key,
                   std::string_view doc, Fields fields);
FieldBuilder Map(std::string_view name, std::string_view doc, Field item);

// The reference that names the parent: immutable and required.
FieldBuilder Parent(std::string_view name, std::string_view kind,
                    std::string_view doc);

}  // namespace writ::kinds
