// The table of one condition on an event, as rules and silences have it.
#pragma once

#include "schema/kind.h"

namespace writ::kinds {

// {field, operator, value}
Field ConditionTable();

}  // namespace writ::kinds
