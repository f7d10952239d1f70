#include "schema/kinds/names.h"

namespace writ::kinds {

const std::vector<std::string>& ResourceKindNames() {
  static const std::vector<std::string> kNames = {
      "Workspace",        "App",      "EventSchema",    "Destination",
      "NotificationRule", "Silence",  "Project",        "Secret",
      "ScopeSet",         "ApiRoute", "Token",          "RotationSchedule",
      "DeployTarget",     "Policy",   "PolicyException"};
  return kNames;
}

std::vector<std::string_view> ResourceKindViews() {
  const std::vector<std::string>& names = ResourceKindNames();
  return {names.begin(), names.end()};
}

const std::vector<std::string>& ActionNames() {
  static const std::vector<std::string> kNames = {"create", "update", "replace",
                                                  "delete", "adopt",  "move",
                                                  "rotate", "no-op"};
  return kNames;
}

}  // namespace writ::kinds
