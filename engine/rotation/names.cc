#include "engine/rotation/names.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace writ::engine::rotation {
namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, kPhases> kPhaseNames = {
    "PREFLIGHT",    "CREATED",     "DEPLOYING",  "DEPLOYED", "VERIFYING",
    "VERIFIED",     "DRAINING",    "REVOKING",   "DONE",     "PAUSED",
    "ROLLING_BACK", "ROLLED_BACK", "NEEDS_HUMAN"};
constexpr std::array<std::string_view, 10> kCauses = {
    "issue",   "schedule", "rotation_id", "scopes", "networks",
    "targets", "manual",   "compromised", "leak",   "replaced"};
constexpr std::array<std::string_view, 3> kUrgencies = {"none", "immediate",
                                                        "compromised"};
constexpr std::array<std::string_view, 3> kEvidences = {"readback", "probe",
                                                        "usage"};
constexpr std::array<std::string_view, 2> kOnFailures = {"pause", "rollback"};
constexpr std::array<std::string_view, 8> kErrorClasses = {
    "none",     "transient", "throttled", "auth",
    "conflict", "invalid",   "gone",      "unknown"};
constexpr std::array<std::string_view, 12> kWhys = {
    "none",          "asked",     "step_failed",  "out_of_attempts",
    "cannot_finish", "not_seen",  "still_in_use", "overwritten",
    "altered",       "holds_new", "abandoned",    "refused"};
constexpr std::array<std::string_view, 9> kTargetStates = {
    "waiting",   "put_intended", "put",      "activated", "healthy",
    "read_back", "confirmed",    "restored", "released"};
constexpr std::array<std::string_view, 3> kSealedValues = {"none", "sealed",
                                                           "erased"};
constexpr std::array<std::string_view, 3> kIssues = {"no", "intended", "yes"};
constexpr std::array<std::string_view, 13> kActions = {
    "preflight",    "mint",   "observe",    "put",         "activate",
    "check_health", "probe",  "read_usage", "erase_value", "revoke",
    "restore",      "notify", "wait"};

const auto& NamesOf(Phase) { return kPhaseNames; }
const auto& NamesOf(Cause) { return kCauses; }
const auto& NamesOf(Urgency) { return kUrgencies; }
const auto& NamesOf(Evidence) { return kEvidences; }
const auto& NamesOf(OnFailure) { return kOnFailures; }
const auto& NamesOf(ErrorClass) { return kErrorClasses; }
const auto& NamesOf(Why) { return kWhys; }
const auto& NamesOf(TargetState) { return kTargetStates; }
const auto& NamesOf(SealedValue) { return kSealedValues; }
const auto& NamesOf(Credential::Issue) { return kIssues; }
const auto& NamesOf(Action) { return kActions; }

template <typename Enum>
std::string_view NameOf(Enum value) {
  return NamesOf(value)[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view Name(Phase phase) { return NameOf(phase); }
std::string_view Name(Cause cause) { return NameOf(cause); }
std::string_view Name(Urgency urgency) { return NameOf(urgency); }
std::string_view Name(Evidence evidence) { return NameOf(evidence); }
std::string_view Name(OnFailure on_failure) { return NameOf(on_failure); }
std::string_view Name(ErrorClass error) { return NameOf(error); }
std::string_view Name(Why why) { return NameOf(why); }
std::string_view Name(TargetState state) { return NameOf(state); }
std::string_view Name(SealedValue value) { return NameOf(value); }
std::string_view Name(Credential::Issue issue) { return NameOf(issue); }
std::string_view Name(Action action) { return NameOf(action); }

template <typename Enum>
std::optional<Enum> ParseName(std::string_view name) {
  const auto& names = NamesOf(Enum{});
  const auto* found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

template std::optional<Phase> ParseName(std::string_view name);
template std::optional<Cause> ParseName(std::string_view name);
template std::optional<Urgency> ParseName(std::string_view name);
template std::optional<Evidence> ParseName(std::string_view name);
template std::optional<OnFailure> ParseName(std::string_view name);
template std::optional<ErrorClass> ParseName(std::string_view name);
template std::optional<Why> ParseName(std::string_view name);
template std::optional<TargetState> ParseName(std::string_view name);
template std::optional<SealedValue> ParseName(std::string_view name);
template std::optional<Credential::Issue> ParseName(std::string_view name);

}  // namespace writ::engine::rotation
