// Bytes of YAML to plain data with positions; the only user of yaml-cpp.
//
// Stricter than YAML: a duplicate key, a merge key (<<), a key that is no
// text, an unknown tag, a number that can't be held are errors. Aliases are
// expanded, within the limits below. Scalars are typed as yaml_scalar.h says.
// A syntax error ends its document; reading goes on at the next `---`.
//
// Pure, no state between calls; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "schema/validator.h"
#include "schema/value.h"

namespace writ::manifests {

// Each is named, with its figure, in the error that meets it. What meets one
// ends the reading of its file.
struct YamlLimits {
  std::size_t max_bytes = 4u << 20;           // of a file
  std::size_t max_depth = 64;                 // lists and maps in each other
  std::size_t max_documents = 1'000;          // in a file
  std::size_t max_scalar_bytes = 256u << 10;  // of one text
  // Values in a file, those that aliases repeat counted each time; their
  // texts may take max_bytes together.
  std::size_t max_nodes = 250'000;
};

struct Document {
  Value root;              // every value and key with its range
  std::uint32_t line = 0;  // where its content starts
  // Part of it was refused: what it holds is no ground for further errors
  // about what it lacks. Null where nothing of it could be taken.
  bool broken = false;
};

// The documents of a file in order, empty ones (only comments, or nothing
// behind `---`) as null. Where anything was left unread, a broken one stands. A
// UTF-8 byte order mark is skipped and belongs to no column. Ranges carry
// `file`; a scalar's covers what is written on its first line, a block scalar's
// its indicator, a list's or map's its first character.
std::vector<Document> ParseYaml(std::string_view bytes, std::uint32_t file,
                                const YamlLimits& limits, Reporter& reporter);

}  // namespace writ::manifests
