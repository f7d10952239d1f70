// The dump that KindTablesFingerprint() digests: everything in the tables that
// decides what a document comes to. Prose (docs, examples) isn't part of it.
#include <string>

#include "schema/digest.h"
#include "schema/kind.h"

namespace writ {
namespace {

class Dump {
 public:
  void Text(std::string_view text) { stream_.UpdateFramed(text); }
  void Number(std::size_t number) { Text(std::to_string(number)); }
  template <typename Enum>
  void Choice(Enum value) {
    Number(static_cast<std::size_t>(value));
  }
  void Limit(const std::optional<double>& limit) {
    Text(limit ? std::to_string(*limit) : "-");
  }
  template <typename Names>
  void List(const Names& names) {
    Number(names.size());
    for (const auto& name : names) Text(name);
  }

  void Add(const Field& field) {
    Text(field.name);
    Choice(field.type);
    Choice(field.format);
    Choice(field.key_format);
    Choice(field.list_style);
    for (const bool flag :
         {field.required, field.immutable, field.sensitive, field.computed,
          field.non_empty, field.nullable, field.item != nullptr}) {
      Text(flag ? "1" : "0");
    }
    Text(field.default_json.value_or(""));
    Text(field.default_from);
    Text(field.when.field);
    List(field.when.values);
    List(field.values);
    Limit(field.min);
    Limit(field.max);
    List(field.reference.kinds);
    Choice(field.reference.edge);
    Text(field.key);
    List(field.exactly_one_of);
    List(field.at_most_one_of);
    Number(field.fields.size());
    for (const Field& member : field.fields) Add(member);
    if (field.item != nullptr) Add(*field.item);
  }

  void Add(const Kind& kind) {
    Text(kind.name);
    Text(kind.is_resource ? "1" : "0");
    Text(kind.parent_in_address ? "1" : "0");
    Choice(kind.name_format);
    List(kind.parent_fields);
    List(kind.time_edges);
    Add(kind.spec);
  }

  std::string Finish() { return stream_.Finish().Hex(); }

 private:
  Sha256Stream stream_;
};

}  // namespace

const std::string& KindTablesFingerprint() {
  static const std::string kFingerprint = [] {
    Dump dump;
    for (const Kind* kind : AllKinds()) dump.Add(*kind);
    dump.Add(MetadataField());
    dump.Add(LifecycleField());
    dump.List(AllScopes());
    return dump.Finish();
  }();
  return kFingerprint;
}

}  // namespace writ
