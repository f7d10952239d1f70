// A value against a field of a table: types, formats, limits, unknown and
// missing members, duplicates. Everything wrong is reported; references are
// collected on the way, in the order they are written.
//
// One walker a document; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/kind.h"
#include "schema/resource.h"
#include "schema/validator.h"
#include "schema/value.h"
#include "schema/value_path.h"

namespace writ {

class FieldWalker {
 public:
  FieldWalker(const Kind& kind, Reporter& reporter,
              std::vector<Reference>& references)
      : kind_(kind), reporter_(reporter), references_(references) {}

  // The value that stands at field.name of the document.
  void WalkRoot(const Field& field, const Value& value);

 private:
  void Walk(const Field& field, const Value& value);
  void WalkObject(const Field& field, const Value& value);
  void WalkMembers(const Field& field, const Value& value,
                   std::vector<bool>& seen);
  void CheckAbsent(const Field& field, const Value& value,
                   const std::vector<bool>& seen);
  void CheckChoices(const Field& field, const Value& value,
                    const std::vector<bool>& seen);
  void WalkList(const Field& field, const Value& value);
  void NameItem(const Field& list, const Value& item);
  void CheckDuplicates(const Field& field, const Value& value);
  void WalkMap(const Field& field, const Value& value);
  void WalkSecretRef(const Field& field, const Value& value);
  void WalkReference(const Field& field, const Value& value);
  void WalkText(const Field& field, const Value& value);
  void WalkNumber(const Field& field, const Value& value);
  void WalkDuration(const Field& field, const Value& value);
  void WalkEnum(const Field& field, const Value& value);
  bool CheckType(const Field& field, const Value& value);
  void CheckSize(const Field& field, const Value& value, std::size_t size,
                 std::string_view unit);

  // What it was meant to be, perhaps, isn't said to be lacking besides.
  void UnknownMember(const Field& field, const Value& value,
                     const Value::Entry& entry, std::vector<bool>& seen);
  void AddReference(const Field& field, const Value& value, std::string text,
                    bool is_secret);
  // "PATH of SUBJECT PROBLEM"
  void Say(std::string_view code, const SourceRange& range,
           std::string_view problem, std::string hint = {});
  void SayFormat(Format format, const Value& value);

  const Kind& kind_;
  Reporter& reporter_;
  std::vector<Reference>& references_;
  ValuePath path_;
};

// What a person wrote, for a message: between quotes, or "…" where it is long
// enough to be a credential.
std::string Quoted(std::string_view text);

// "a Token", "an App"
std::string WithArticle(std::string_view kind);

// "a, b or c"
std::string Listed(const std::vector<std::string>& names);

// `did you mean "x"?`, or `otherwise`.
std::string SuggestionOr(std::string_view written,
                         const std::vector<std::string_view>& candidates,
                         std::string otherwise);

}  // namespace writ
