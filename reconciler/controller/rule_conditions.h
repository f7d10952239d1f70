// NotificationRule.when of whole environments, and of what differs from the
// last complete apply.
#pragma once

#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "reconciler/controller/gather.h"
#include "reconciler/store/state_store.h"
#include "schema/diagnostic.h"
#include "schema/result.h"

namespace writ::reconciler {

// Checks every rule's condition against the schemas of its events. Warnings
// are left out where `warns` is false: a plan shows what stands in its way.
void CheckRuleConditions(manifests::Source& source,
                         const manifests::DesiredState& desired, bool warns,
                         Diagnostics& diagnostics);

// Whether the conditions that may have changed their answer hold: of rules
// that were read, and of rules of apps whose event schemas differ. The cost
// follows the apps of what was read. False: the complete check says what is
// wrong.
Result<bool> ConditionsHold(StateStore& store, const Gathered& gathered);

}  // namespace writ::reconciler
