// What a document says of itself before anybody has validated it: enough to
// find the patches that mean it, and to name it in a message. Any field may be
// missing or of the wrong type.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/kind.h"
#include "schema/resource_id.h"
#include "schema/value.h"

namespace writ::manifests {

// The kind it names, or null where it names none that exists.
const Kind* KindOf(const Value& document);

// `Kind/name` or `Kind/parent/name`; empty where a part is missing.
std::string AddressOf(const Value& document);

// What makes a resource the one it is, and so is no matter for a patch.
struct IdentityField {
  std::string path;  // "metadata.name"
  const Value* value = nullptr;
};
std::vector<IdentityField> IdentityOf(const Value& document);

}  // namespace writ::manifests
