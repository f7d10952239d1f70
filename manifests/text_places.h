// Where the bytes of a text are written in its file. What is decided about a
// part of a text (an expression of a policy) can so point there, through
// quotes, escapes, folded lines and block scalars.
//
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "schema/diagnostic.h"
#include "schema/value.h"

namespace writ::manifests {

// For each offset into `text`, counted in bytes, its place in the file; each
// one code point long. `text` is a string as ParseYaml has read it from `file`.
// Where it isn't (a variable or a patch has changed it), every place is the
// one it has itself.
std::vector<SourceRange> PlacesInText(
    std::string_view file, const Value& text,
    const std::vector<std::uint32_t>& offsets);

}  // namespace writ::manifests
