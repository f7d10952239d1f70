// Patches of an environment's overlay folders: which resources they mean, and
// what they make of them. A patch changes documents as they were written,
// before they are validated, so that a patched document is judged like any
// other; what it changed points to the patch's file.
//
// A merge (RFC 7396) goes through lists that the kind's table calls keyed item
// by item: an item with the same key is merged, another one is added. Every
// other list is replaced. The `json` operations follow the merge.
//
// Pure; a Patch is immutable and safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifests/json_patch.h"
#include "schema/validator.h"
#include "schema/value.h"

namespace writ::manifests {

struct Patch {
  std::string name;
  SourceRange range;         // of its name
  SourceRange target_range;  // of spec.target, or of the address in it
  std::string address;       // of the one it means; or else
  std::string kind;          // all of a kind, with
  std::vector<std::pair<std::string, std::string>> labels;  // all of these
  std::optional<Value> merge;
  std::vector<PatchOperation> operations;
};

// A document of kind Patch. nullopt after an error in its operations.
// REQUIRES: ValidateDocument found no error in it.
std::optional<Patch> ReadPatch(const Value& document, Reporter& reporter);

// Whether the patch means a document with that address.
bool Means(const Patch& patch, const Value& document,
           const std::string& address);

// False after an error. A patch that changes what a resource is (its kind,
// name or parent) is one.
bool ApplyPatch(const Patch& patch, Value& document, Reporter& reporter);

}  // namespace writ::manifests
