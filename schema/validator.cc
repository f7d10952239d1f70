#include "schema/validator.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "schema/field_walk.h"
#include "schema/format_check.h"
#include "schema/json.h"
#include "schema/lifecycle.h"
#include "schema/normalize.h"

namespace writ {
namespace {

constexpr std::string_view kApiVersion = "writ/v1";

// The parent's kind and name, of whichever parent field is written.
ResourceId ParentOf(const Kind& kind, const Value& document) {
  const Value* spec = document.Find("spec");
  if (spec == nullptr) return {};
  for (const std::string& name : kind.parent_fields) {
    std::string_view text = spec->FindString(name);
    const Field* field = kind.spec.Find(name);
    const std::string_view parent_kind = field->reference.kinds.front();
    if (text.starts_with(parent_kind) &&
        text.substr(parent_kind.size()).starts_with('/')) {
      text.remove_prefix(parent_kind.size() + 1);
    }
    if (MatchesFormat(Format::kName, text)) {
      return ResourceId(parent_kind, text);
    }
  }
  return {};
}

// With room for these entries and no more.
template <typename... Entries>
Value MapOf(Entries... entries) {
  Value::Map map;
  map.reserve(sizeof...(entries));
  (map.push_back(std::move(entries)), ...);
  return Value(std::move(map));
}

class DocumentValidator {
 public:
  DocumentValidator(Value document, Reporter& reporter)
      : document_(std::move(document)),
        reporter_(reporter),
        errors_before_(reporter.error_count()) {}

  std::optional<Resource> Run() {
    reporter_.set_subject("the document");
    CheckApiVersion();
    if (!FindDocumentKind()) return std::nullopt;
    FindIdentity();
    CheckTopLevel();
    CheckMetadata();
    if (const Value* lifecycle = document_.Find("lifecycle");
        lifecycle != nullptr && kind_->is_resource) {
      resource_.lifecycle =
          ReadLifecycle(*kind_, resource_.id, *lifecycle, reporter_);
    }
    CheckSpec();
    if (reporter_.error_count() > errors_before_) return std::nullopt;
    Build();
    return std::move(resource_);
  }

 private:
  void CheckApiVersion() {
    const Value* version = document_.Find("apiVersion");
    if (version == nullptr) {
      reporter_.Error("missing-field", document_.range(),
                      "the document lacks apiVersion",
                      "begin it with apiVersion: writ/v1");
    } else if (*version != Value(kApiVersion)) {
      reporter_.Error("bad-api-version", version->range(),
                      "apiVersion is not writ/v1, the only one there is",
                      "write apiVersion: writ/v1");
    }
  }

  bool FindDocumentKind() {
    const Value* name = document_.Find("kind");
    if (name == nullptr) {
      reporter_.Error("missing-field", document_.range(),
                      "the document lacks kind", "for example kind: App");
      return false;
    }
    if (!name->IsString()) {
      reporter_.Error("wrong-type", name->range(),
                      std::string("kind is ")
                          .append(Describe(name->type()))
                          .append(", not a string"));
      return false;
    }
    kind_ = FindKind(name->AsString());
    if (kind_ != nullptr) return true;
    std::vector<std::string_view> names;
    for (const Kind* kind : AllKinds()) names.push_back(kind->name);
    reporter_.Error(
        "unknown-kind", name->range(),
        "unknown kind " + Quoted(name->AsString()),
        SuggestionOr(name->AsString(), names, "writ explain-kind lists them"));
    return false;
  }

  // Name and parent, for messages and the resource; what is wrong with them is
  // said where the fields are walked.
  void FindIdentity() {
    resource_.kind = kind_;
    resource_.parent = ParentOf(*kind_, document_);
    resource_.range = document_.range();
    if (const Value* name = document_.FindPath("metadata.name")) {
      resource_.range = name->range();
      if (name->IsString()) name_ = name->AsString();
    }
    if (!kind_->has_metadata) {
      name_ = "host";
    }
    if (!MatchesFormat(kind_->name_format, name_)) {
      reporter_.set_subject("this " + kind_->name);
      return;
    }
    resource_.id = kind_->parent_in_address
                       ? ResourceId(kind_->name, resource_.parent.name(), name_)
                       : ResourceId(kind_->name, name_);
    reporter_.set_subject(resource_.id.address());
  }

  void CheckTopLevel() {
    std::vector<std::string_view> known = {"apiVersion", "kind"};
    if (kind_->has_metadata) known.push_back("metadata");
    if (kind_->is_resource) known.push_back("lifecycle");
    known.push_back("spec");
    for (const Value::Entry& entry : document_.AsMap()) {
      if (std::find(known.begin(), known.end(), entry.key) != known.end()) {
        continue;
      }
      reporter_.Error(
          "unknown-field", entry.key_range,
          "unknown field " + Quoted(entry.key) + " in " + reporter_.subject(),
          TopLevelHint(entry.key, known));
    }
  }

  std::string TopLevelHint(std::string_view key,
                           const std::vector<std::string_view>& known) const {
    if (kind_->spec.Find(key) != nullptr) {
      return "it belongs below spec";
    }
    if (MetadataField().Find(key) != nullptr && kind_->has_metadata) {
      return "it belongs below metadata";
    }
    return SuggestionOr(key, known, "");
  }

  void CheckMetadata() {
    if (!kind_->has_metadata) return;
    const Value* metadata = document_.Find("metadata");
    if (metadata == nullptr) {
      reporter_.Error("missing-field", document_.range(),
                      reporter_.subject() + " lacks metadata.name",
                      "add metadata: {name: …}");
      return;
    }
    std::vector<Reference> none;
    FieldWalker(*kind_, reporter_, none).WalkRoot(MetadataField(), *metadata);
    const Value* name = metadata->Find("name");
    if (name == nullptr || !name->IsString()) return;
    if (!MatchesFormat(Format::kNone, name->AsString())) return;  // was said
    if (MatchesFormat(kind_->name_format, name->AsString())) return;
    const FormatRow& row = RowOf(kind_->name_format);
    reporter_.Error("bad-name", name->range(),
                    "metadata.name of " + reporter_.subject() + " " +
                        std::string(row.problem),
                    std::string(row.expectation));
  }

  void CheckSpec() {
    Value* spec = document_.Find("spec");
    if (spec == nullptr) {
      reporter_.Error("missing-field", document_.range(),
                      reporter_.subject() + " lacks spec");
      return;
    }
    FieldWalker(*kind_, reporter_, resource_.references)
        .WalkRoot(kind_->spec, *spec);
    if (!spec->IsMap()) return;
    spec_ = std::move(*spec);
    NormalizeField(kind_->spec, name_, spec_);
    if (kind_->check != nullptr) kind_->check(spec_, reporter_);
  }

  void Build() {
    const Lifecycle& asked = resource_.lifecycle;
    Value lifecycle = MapOf(
        Value::Entry{
            "onDelete", {}, asked.forget_on_delete ? "forget" : "delete"},
        Value::Entry{"protect", {}, asked.protect});
    Value metadata =
        MapOf(Value::Entry{"annotations", {}, TakeTexts("annotations")},
              Value::Entry{"labels", {}, TakeTexts("labels")});
    for (const std::string& path : kind_->time_edges) {
      const std::string_view field = std::string_view(path).substr(5);
      if (const Value* at = spec_.FindPath(field); at && at->IsString()) {
        if (const auto parsed = ParseTimestamp(at->AsString())) {
          resource_.time_edges.push_back(*parsed);
        }
      }
    }
    std::sort(resource_.time_edges.begin(), resource_.time_edges.end());
    Value content = MapOf(Value::Entry{"lifecycle", {}, std::move(lifecycle)},
                          Value::Entry{"metadata", {}, std::move(metadata)},
                          Value::Entry{"spec", {}, std::move(spec_)});
    resource_.digest = Sha256(CanonicalJson(content));
    resource_.content = std::make_shared<const Value>(std::move(content));
  }

  // A map of metadata; an empty one where none is written.
  Value TakeTexts(std::string_view key) {
    Value* metadata = document_.Find("metadata");
    Value* written = metadata != nullptr ? metadata->Find(key) : nullptr;
    return written != nullptr ? std::move(*written) : Value(Value::Map{});
  }

  Value document_;
  Reporter& reporter_;
  std::size_t errors_before_;
  const Kind* kind_ = nullptr;
  std::string name_;
  Value spec_;
  Resource resource_;
};

}  // namespace

std::optional<Resource> ValidateDocument(Value document, Reporter& reporter) {
  return DocumentValidator(std::move(document), reporter).Run();
}

}  // namespace writ
