// Formats one document: follows the block structure line by line and writes
// each line anew. Internal to manifests/format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/format/format.h"
#include "schema/result.h"

namespace writ::manifests::format {

// A key of the document's outermost mapping with its value: whole lines of the
// new text.
struct TopEntry {
  std::size_t begin = 0;
  std::size_t end = 0;  // without the blank lines and comments that follow
  std::uint32_t line = 0;
  // What was read, the key first: two documents say the same when their tokens
  // are equal.
  std::vector<std::string> tokens;
};

struct FormattedDocument {
  std::string text;
  std::vector<FormatChange> changes;
  std::vector<TopEntry> entries;    // empty: no mapping at the top
  std::vector<std::string> tokens;  // those outside `entries`
  std::vector<std::string> comments;
  bool has_anchors = false;
  // Then a last line without a line feed differs from one with it.
  bool ends_in_block_scalar = false;
};

struct DocumentPlace {
  std::uint32_t first_line = 1;
  bool is_first = true;
  bool is_last = true;
};

// REQUIRES: every line of `text` ends with a line feed, no NUL; "---" and "..."
// stand only in its first line. kUnsupported: to be left as it is.
// kInvalidManifest: a mistake that no reader accepts.
Result<FormattedDocument> FormatDocument(std::string_view text,
                                         const DocumentPlace& place);

}  // namespace writ::manifests::format
