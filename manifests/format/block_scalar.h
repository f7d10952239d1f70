// Moves a block scalar with the collection around it; what it says stays byte
// for byte. Internal to manifests/format.
#pragma once

#include <string>
#include <vector>

#include "manifests/format/input.h"
#include "manifests/format/layout.h"
#include "schema/result.h"

namespace writ::manifests::format {

// From the "|" or ">" to the start of the first line that is no part of it.
// REQUIRES: the input stands at the indicator.
Status FormatBlockScalar(Input& input, Layout& layout,
                         std::vector<std::string>& tokens);

}  // namespace writ::manifests::format
