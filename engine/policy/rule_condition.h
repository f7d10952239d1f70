// NotificationRule.when, checked against the fields of the events that it may
// see: event, level, customer_id, data, metadata, timestamp.
//
// Pure; safe from any thread.
#pragma once

#include <memory>
#include <vector>

#include "engine/policy/policy_set.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"
#include "schema/value.h"

namespace writ::engine {

// `schemas` are the contents of the EventSchemas that the rule's event means;
// none: nothing is known of data and metadata. What is wrong goes to
// `diagnostics`, unsorted and without excerpts.
// REQUIRES: a resource of kind NotificationRule.
void CheckRuleCondition(
    const Resource& rule, const SourceFiles& files,
    const std::vector<std::shared_ptr<const Value>>& schemas,
    const TextPlaces& places, Diagnostics& diagnostics);

}  // namespace writ::engine
