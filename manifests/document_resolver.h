// One document on its way to resources, in each environment it belongs to.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "manifests/environment.h"
#include "manifests/path_rules.h"
#include "manifests/yaml_parser.h"
#include "schema/resource.h"
#include "schema/validator.h"

namespace writ::manifests {

struct ResolvedDocuments {
  std::vector<std::vector<Resource>> resources;  // for each environment
  std::vector<std::string> refused;              // addresses with errors
  std::vector<Resource> tests;
  bool unreadable = false;  // a document without an address was refused
};

// Adds what the document comes to in the environments at those indexes. Tests
// are validated and kept apart. Kinds that have no place in such a file, and
// documents that are no map, are errors. Null documents are passed over.
void ResolveDocument(
    Document document, PathUse use,
    const std::vector<std::unique_ptr<Environment>>& environments,
    const std::vector<std::size_t>& indexes, Reporter& reporter,
    ResolvedDocuments& resolved);

}  // namespace writ::manifests
