// Who gets what a resource sends, told from its content (T-02).
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plan/plan.h"
#include "schema/value.h"

namespace writ::engine {

// "hooks.example.org:8443" of a URL; nothing else of it. Empty: no URL.
std::string HostOf(std::string_view url);

// Of a Destination, DeployTarget or external Secret, in words:
// "hooks.example.org", "githubActions (acme/shop)". Empty: nobody.
std::string RecipientOf(std::string_view kind, const Value& content);

// Every secretRef in the content: its path and the Secret's address.
std::vector<std::pair<std::string, std::string>> SecretsUsed(
    const Value& content);

// New edges to secrets, changed recipients, new deliveries of a token.
std::vector<Alarm> FindRecipientAlarms(const Change& change);

}  // namespace writ::engine
