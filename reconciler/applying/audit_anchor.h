// The audit's head outside of the state, so that a tail that was cut off is
// missed (T-11).
#pragma once

#include <string>

#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

// Appends "ENVIRONMENT NUMBER:DIGEST" durably. kIo.
Status AppendAuditAnchor(const std::string& path,
                         const std::string& environment, const AuditHead& head);

}  // namespace writ::reconciler
