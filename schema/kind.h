// The kinds of resources, in tables. One table a kind is the single source of
// validation, defaults, diff, redaction, JSON Schema, `writ explain-kind` and
// docs/manifests.md; the tables are in schema/kinds, one file a kind.
//
// Tables are immutable, built on first use, and safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/diagnostic.h"
#include "schema/value.h"

namespace writ {

enum class FieldType : std::uint8_t {
  kString,
  kBoolean,
  kInteger,
  kNumber,
  kDuration,   // text, schema/time.h; min and max in seconds
  kTimestamp,  // text, schema/time.h
  kEnum,       // one of Field::values
  kReference,  // name or address of a resource of Field::reference.kinds
  kSecretRef,  // {project, key}, the map below a `secretRef:` key
  kSecretUrl,  // an https URL, or {secretRef: {project, key}}
  kObject,     // Field::fields
  kList,       // of Field::item
  kMap,        // of text to Field::item
  kAny,        // any YAML
};

// The shape of a text beyond its type. Each has one row in kind.cc that says
// how it is checked and described.
enum class Format : std::uint8_t {
  kNone,
  kName,        // [a-z0-9]([-a-z0-9.]*[a-z0-9])?, at most 253
  kSecretKey,   // [A-Z][A-Z0-9_]*, at most 128
  kOwner,       // a repository's name
  kLabelKey,    // as Kubernetes has label keys
  kLabelValue,  // as Kubernetes has label values
  kCidr,        // IPv4 or IPv6 network or address
  kUrl,         // absolute https URL; http on loopback only (T-25)
  kEmail,
  kCron,          // five fields or @macro
  kTimeZone,      // IANA name
  kRate,          // "300/15m", "1/s"
  kRegex,         // RE2
  kCel,           // kept; judged by the policy engine
  kGlob,          // path pattern inside the repository
  kRelativePath,  // inside the repository, no ".."
  kAbsolutePath,
  kEventName,     // names and globs of events
  kFieldPath,     // dotted path in an event
  kResourcePath,  // path in a resource: spec.fields[currency].required
  kAddress,       // Kind/name or Kind/parent/name, no dependency
  kScope,         // one of the scopes of S-33
  kHttpMethod,
  kWorkspaceId,  // 24 hexadecimal digits
  kFileMode,     // "0600"
  kEnvName,      // environment variable
  kPolicyPack,
  kLine,        // one line for people, no control or bidi characters (T-17)
  kFieldName,   // a key of an event's data or metadata
  kIdentifier,  // of a variable: [A-Za-z_][A-Za-z0-9_]*
  kHost,        // host name or address, without scheme or port
  kUrlPath,     // /a/*/b/**, as routes are matched
};

enum class ListStyle : std::uint8_t {
  kOrdered,  // position matters; where Field::key is set, a key stands once
  kSet,      // a value stands once; order doesn't matter
  kKeyed,    // by Field::key of the item; a key stands once
};

// What a reference asks of its target.
enum class ReferenceEdge : std::uint8_t {
  kDependency,  // must be there first: it orders changes
  kMention,     // must be there, in no order (Secret.usableBy)
  kLoose,       // may not be there: another check knows (PolicyException)
};

struct ReferenceSpec {
  std::vector<std::string_view> kinds;  // one of these
  ReferenceEdge edge = ReferenceEdge::kDependency;
};

// A field that stands only where its sibling `field` has one of `values`
// (Token.scopes: type is workspaceToken). Elsewhere it is an error, and its
// default isn't filled in. `field` is an enum without a default.
struct Condition {
  std::string field;
  std::vector<std::string> values;

  bool empty() const { return field.empty(); }
};

struct Field {
  std::string name;
  FieldType type = FieldType::kString;
  Format format = Format::kNone;
  std::string doc;      // one or two sentences
  std::string example;  // YAML, may be empty
  bool required = false;
  bool immutable = false;  // a change replaces the resource
  bool sensitive = false;  // never shown
  bool computed = false;   // absent in desired: the live one is kept
  bool non_empty = false;  // a text or list may not be empty
  std::optional<std::string> default_json;     // JSON of the default
  std::shared_ptr<const Value> default_value;  // the same, read
  std::string default_doc;  // where the default isn't a constant: "by channel"
  // The default is what stands there: "metadata.name", or a sibling's name.
  std::string default_from;
  Condition when;
  std::vector<std::string> values;  // kEnum
  // Numbers; code points of texts; sizes of lists and maps; seconds.
  std::optional<double> min;
  std::optional<double> max;
  ReferenceSpec reference;
  ListStyle list_style = ListStyle::kOrdered;
  std::string key;            // kKeyed: the field of the item that names it
  std::vector<Field> fields;  // kObject
  // Of kObject: exactly one of these members must stand (Secret.source).
  std::vector<std::string> exactly_one_of;
  std::vector<std::string> at_most_one_of;  // Token.expiresAt, .expiresAfter
  Format key_format = Format::kNone;        // kMap: the shape of its keys
  std::shared_ptr<const Field> item;        // kList, kMap
  bool nullable = false;                    // a null stands for absent

  const Field* Find(std::string_view member) const;
};

class Reporter;  // schema/validator.h

struct Kind {
  std::string name;
  std::string doc;      // what it is for, a sentence or two
  std::string example;  // a whole document
  // A resource: planned and applied. Others (Repository, Patch, tests, Host)
  // are only read.
  bool is_resource = true;
  // The spec's field that names the parent: "app", "workspace", "project".
  // Several where the type decides (Token); empty for kinds without a parent.
  std::vector<std::string> parent_fields;
  // Whether the parent's name is part of the address (Kind/parent/name). App
  // and Project have a parent that isn't.
  bool parent_in_address = true;
  bool has_metadata = true;  // Host has none
  Format name_format = Format::kName;
  Field spec;  // kObject
  // Rules that concern several fields at once; may be null. Gets the spec as
  // normalised, which may still be badly typed anywhere: it was reported then.
  void (*check)(const Value& spec, Reporter& reporter) = nullptr;
  // Timestamps at which time alone changes what is true ("spec.endsAt").
  std::vector<std::string> time_edges;

  // Follows "spec.actions.destination", list items passed through.
  const Field* FindField(std::string_view dotted) const;
};

// Every kind in the order of the documentation, or the one of that name.
std::span<const Kind* const> AllKinds();
const Kind* FindKind(std::string_view name);

// The fields of `metadata` and `lifecycle`, common to all resources.
const Field& MetadataField();
const Field& LifecycleField();

// Scopes of workspace tokens (S-33), in the seeds' order.
std::span<const std::string_view> AllScopes();

// Digest input that changes when any table changes: kept by the store, so that
// what an older table resolved is not mistaken for what this one would.
const std::string& KindTablesFingerprint();

}  // namespace writ
