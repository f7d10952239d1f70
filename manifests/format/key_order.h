// The order of a manifest's outermost keys. Internal to manifests/format.
#pragma once

#include "manifests/format/document_formatter.h"

namespace writ::manifests::format {

// Puts apiVersion, kind, metadata, lifecycle, spec in this order, all else
// after them as it was. Leaves documents alone that are no manifests, that have
// a comment between two keys, a key twice, or an anchor: an alias must come
// after it. Blank lines stay where they are.
void OrderKeys(FormattedDocument& document);

}  // namespace writ::manifests::format
