// JSON Patch (RFC 6902) on values, with one addition: where a list is keyed, a
// part of a path may name the item by a field instead of its position,
// "/spec/fields/[name=currency]/required". A slash in such a part is written
// ~1 and a tilde ~0, as in every JSON Pointer (RFC 6901).
//
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/validator.h"
#include "schema/value.h"

namespace writ::manifests {

struct PathPart {
  std::string text;   // a key, an index, or "-"
  std::string field;  // of [field=value]; empty otherwise
  std::string value;
};
struct PatchPath {
  std::vector<PathPart> parts;  // at least one
  std::string text;             // as written
  SourceRange range;
};

enum class PatchAction : std::uint8_t {
  kAdd,
  kRemove,
  kReplace,
  kMove,
  kCopy,
  kTest,
};

struct PatchOperation {
  PatchAction action = PatchAction::kTest;
  PatchPath path;
  std::optional<PatchPath> from;  // kMove, kCopy
  std::optional<Value> value;     // kAdd, kReplace, kTest
};

// One operation as written; nullopt after an error at its place.
std::optional<PatchOperation> ReadOperation(const Value& written,
                                            Reporter& reporter);

// False after an error, at the operation's place: a path that isn't there, a
// test that doesn't hold. Nothing is undone.
bool ApplyOperation(const PatchOperation& operation, Value& document,
                    Reporter& reporter);

}  // namespace writ::manifests
