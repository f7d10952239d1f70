// `writ fmt`: one way to lay out YAML. Edits the text where it must and leaves
// the rest: comments, block scalars, line breaks and the order of keys stay
// (but for the top of a manifest). What a reader makes of the text never
// changes, and formatting a formatted text changes nothing.
//
//   indentation  two spaces a level, list items below their key by two
//   spacing      one space after "-", ":" and ","; none inside brackets; no
//                trailing blanks; a comment two or more blanks off keeps its
//                column
//   blank lines  at most one in a row, none at either end; one final newline
//   quotes       dropped where the plain text is a string to readers of YAML
//                1.1 and 1.2 alike; double rather than single
//   key order    apiVersion, kind, metadata, lifecycle, spec, where no comment
//                stands between them
//   line ends    LF
//
// A document with something that isn't fully understood here (explicit keys,
// directives, scalars across lines within brackets, …) is left byte for byte
// but for its line ends, and named in `untouched`.
//
// Pure; safe from any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/result.h"

namespace writ::manifests {

enum class FormatRule : std::uint8_t {
  kIndentation,
  kSpacing,
  kBlankLines,
  kQuotes,
  kKeyOrder,
  kLineEnds,
};

// "indentation", "blank lines": for people.
std::string_view Name(FormatRule rule);

struct FormatChange {
  std::uint32_t line = 0;  // of the text as it was, from 1
  FormatRule rule = FormatRule::kIndentation;

  auto operator<=>(const FormatChange&) const = default;
};

struct FormatResult {
  std::string text;
  std::vector<FormatChange> changes;     // sorted, unique; empty: nothing to do
  std::vector<std::uint32_t> untouched;  // first lines of documents left alone
};

// kInvalidManifest, with the line in the message: a quote or bracket that isn't
// closed, a tab in the indentation, bytes that aren't UTF-8. Other mistakes are
// the parser's to report; documents with them are left alone.
Result<FormatResult> FormatYaml(std::string_view text);

}  // namespace writ::manifests
