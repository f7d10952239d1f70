// Formats one collection in brackets: the spacing within its lines; line breaks
// and comments stay, lines move with the collection around them. Internal to
// manifests/format.
#pragma once

#include <string>
#include <vector>

#include "manifests/format/input.h"
#include "manifests/format/layout.h"
#include "schema/result.h"

namespace writ::manifests::format {

// From the opening bracket to after the closing one. Adds what it reads to
// `tokens`; sets `has_anchors` where it meets an anchor or an alias.
Status FormatFlow(Input& input, Layout& layout,
                  std::vector<std::string>& tokens, bool& has_anchors);

// The token for a plain scalar: typed and untyped text differ.
std::string PlainToken(std::string_view text);
// For a quoted one on one line, its preferred form going to `layout`.
std::string WriteQuoted(std::string_view quoted, bool keep_quotes,
                        std::uint32_t line, Layout& layout);

}  // namespace writ::manifests::format
