#include "engine/plan/handover.h"

#include "schema/value.h"

namespace writ::engine {

bool IsHandedOver(const Change& change) {
  if (change.id.kind() != "Token" || change.action != Action::kReplace) {
    return false;
  }
  const Value* targets = change.after == nullptr
                             ? nullptr
                             : change.after->FindPath("spec.deliverTo");
  return targets != nullptr && targets->IsList() && !targets->AsList().empty();
}

}  // namespace writ::engine
