// The lifecycle block of a document: checked, and read into Lifecycle.
#pragma once

#include "schema/kind.h"
#include "schema/resource.h"
#include "schema/validator.h"
#include "schema/value.h"

namespace writ {

// `id` is empty where the document has no proper name. What is wrong is
// reported; what comes back then is of no use.
Lifecycle ReadLifecycle(const Kind& kind, const ResourceId& id,
                        const Value& value, Reporter& reporter);

}  // namespace writ
