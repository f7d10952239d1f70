// Who may poke: each host's own way of signing what it sends, over the raw body
// (T-23).
//
//   github   X-Hub-Signature-256: sha256=HEX        HMAC-SHA256 of the body
//   gitea    X-Gitea-Signature: HEX, or as GitHub    the same
//   gitlab   X-Gitlab-Token: the secret              compared
//   generic  webhook-id, webhook-timestamp, webhook-signature: v1,BASE64 …
//            (Standard Webhooks)                     of "id.timestamp.body"
//
// Compared under a key that nobody knows, so that how long it takes says
// nothing of the right answer. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reconciler/gateway/http.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {

enum class HookKind : std::uint8_t { kGithub, kGitlab, kGitea, kGeneric };
std::string_view Name(HookKind kind);
std::optional<HookKind> ParseHookKind(std::string_view name);

// How far a generic hook's time may be from ours, either way.
inline constexpr Duration kHookWindow = std::chrono::minutes(5);

// Whether it was signed with the secret, and in time. `blind` is random and
// secret, at least 16 bytes.
bool IsSigned(HookKind kind, const HttpRequest& request,
              const SecretValue& secret, std::string_view blind, Timestamp now);

// The delivery's id as its sender gave it; nothing where there is none, more
// than one, or one that is too long.
std::optional<std::string> DeliveryOf(HookKind kind,
                                      const HttpRequest& request);

}  // namespace writ::reconciler::gateway
