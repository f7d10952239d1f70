// A resource as decisions see it: identity, normalised content, references and
// the place it was written at. What is desired and what is live have the same
// shape, made by the same normaliser (schema/validator.h), so that equal means
// equal.
//
// Immutable once built; share through shared_ptr<const Value>.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schema/diagnostic.h"
#include "schema/digest.h"
#include "schema/kind.h"
#include "schema/resource_id.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ {

// How a resource asks to be handled; `protect` and `onDelete` are part of its
// content as well, since they outlive the manifest.
struct Lifecycle {
  bool protect = false;
  bool suspend = false;
  bool adopt = false;
  std::string adopt_from;  // another repository's name
  bool forget_on_delete = false;
  std::vector<std::string> moved;   // former addresses
  std::vector<std::string> ignore;  // paths whose drift is left alone
};

// A reference as written. The graph resolves it (engine/graph).
struct Reference {
  std::string path;  // "spec.actions[payments-slack].destination"
  std::string text;  // a name or an address
  // Kinds it may mean, from the table; a view into it.
  const std::vector<std::string_view>* kinds = nullptr;
  ReferenceEdge edge = ReferenceEdge::kDependency;
  // True for the field that names the parent.
  bool is_parent = false;
  // A secretRef: the target must admit the user (T-02).
  bool is_secret = false;
  SourceRange range;
};

struct Resource {
  ResourceId id;
  const Kind* kind = nullptr;
  // The parent's kind and the address it stands for ("App/order-service").
  ResourceId parent;
  // {"lifecycle": {onDelete, protect}, "metadata": {annotations, labels},
  //  "spec": {…}} with defaults filled in, sets sorted, computed fields absent
  // where the manifest has none.
  std::shared_ptr<const Value> content;
  Digest digest;  // of CanonicalJson(content)
  Lifecycle lifecycle;
  std::vector<Reference> references;  // in document order
  std::vector<Timestamp> time_edges;  // sorted
  SourceRange range;                  // of the document's metadata.name
  // Not written by anybody: the default token of an app.
  bool implied = false;
  // Names of the patches that changed it, in order.
  std::vector<std::string> patches;
};

// Files in the order in which SourceRange::file counts them.
using SourceFiles = std::vector<std::string>;

}  // namespace writ
