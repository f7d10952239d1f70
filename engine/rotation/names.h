// The stable names of a rotation's words, as JSON and the journal have them.
// What is read back by them was written by them: a name that isn't known is of
// a newer version.
//
// Pure, safe from any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/rotation/events.h"
#include "engine/rotation/rotation.h"

namespace writ::engine::rotation {

std::string_view Name(Phase phase);  // "ROLLING_BACK"
std::string_view Name(Cause cause);  // "rotation_id"
std::string_view Name(Urgency urgency);
std::string_view Name(Evidence evidence);
std::string_view Name(OnFailure on_failure);
std::string_view Name(ErrorClass error);
std::string_view Name(Why why);  // "still_in_use"
std::string_view Name(TargetState state);
std::string_view Name(SealedValue value);
std::string_view Name(Credential::Issue issue);
std::string_view Name(Action action);

// The value of that name, for each of the types above but Action.
template <typename Enum>
std::optional<Enum> ParseName(std::string_view name);

}  // namespace writ::engine::rotation
