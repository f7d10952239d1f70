// Facts as the case of a PolicyTest writes them down, with what isn't written
// as it would be in a real run.
//
// Pure.
#pragma once

#include <optional>
#include <string>

#include "engine/policy/facts.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"
#include "schema/value.h"

namespace writ::engine {

// Of a normalised case that has `change` or `plan`. Absent where one of its
// resources is wrong: `diagnostics` then says how, or `failure` does.
std::optional<PlanFacts> ReadCaseFacts(const Value& test_case, Timestamp now,
                                       const SourceFiles& files,
                                       Diagnostics& diagnostics,
                                       std::string& failure);

}  // namespace writ::engine
