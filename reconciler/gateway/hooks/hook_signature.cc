#include "reconciler/gateway/hooks/hook_signature.h"

#include <array>
#include <charconv>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/egress/mac.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::array<std::string_view, 4> kHookNames = {"github", "gitlab",
                                                        "gitea", "generic"};
constexpr std::size_t kMostSignatures = 16;
constexpr std::size_t kLongestId = 200;

bool Same(std::string_view blind, std::string_view a, std::string_view b) {
  return HmacSha256(blind, a) == HmacSha256(blind, b);
}

// The only header of the name.
std::optional<std::string_view> Only(const HttpRequest& request,
                                     std::string_view name) {
  if (request.CountHeader(name) != 1) return std::nullopt;
  return request.Header(name);
}

bool IsHexSigned(const HttpRequest& request, std::string_view header,
                 std::string_view prefix, const SecretValue& secret,
                 std::string_view blind) {
  auto given = Only(request, header);
  if (!given || !given->starts_with(prefix)) return false;
  given->remove_prefix(prefix.size());
  return Same(blind, *given,
              HexLower(HmacSha256(secret.Reveal(), request.body)));
}

std::optional<SecretValue> StandardKey(const SecretValue& secret) {
  constexpr std::string_view kPrefix = "whsec_";
  const std::string_view shown = secret.Reveal();
  if (!shown.starts_with(kPrefix)) return secret.Clone();
  auto bytes = ParseBase64(shown.substr(kPrefix.size()));
  if (!bytes || bytes->empty()) return std::nullopt;
  return SecretValue::Take(*std::move(bytes));
}

bool IsInTime(std::string_view text, Timestamp now) {
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  // Beyond 9999 no clock is right, and nothing below overflows.
  if (!whole || seconds < 0 || seconds > 253'402'300'799) return false;
  const Timestamp at{std::chrono::seconds(seconds)};
  return at >= now - kHookWindow && at <= now + kHookWindow;
}

bool IsStandardSigned(const HttpRequest& request, const SecretValue& secret,
                      std::string_view blind, Timestamp now) {
  const auto id = Only(request, "webhook-id");
  const auto timestamp = Only(request, "webhook-timestamp");
  const auto signatures = Only(request, "webhook-signature");
  const auto key = StandardKey(secret);
  if (!id || !timestamp || !signatures || !key) return false;
  if (!IsInTime(*timestamp, now)) return false;
  const std::string want =
      "v1," + Base64(HmacSha256(key->Reveal(), std::string(*id) + "." +
                                                   std::string(*timestamp) +
                                                   "." + request.body));
  std::string_view rest = *signatures;
  bool is_signed = false;
  for (std::size_t i = 0; i < kMostSignatures && !rest.empty(); ++i) {
    const std::size_t space = rest.find(' ');
    is_signed |= Same(blind, rest.substr(0, space), want);
    rest = space == std::string_view::npos ? "" : rest.substr(space + 1);
  }
  return is_signed;
}

}  // namespace

std::string_view Name(HookKind kind) {
  return kHookNames[static_cast<std::size_t>(kind)];
}

std::optional<HookKind> ParseHookKind(std::string_view name) {
  for (std::size_t i = 0; i < kHookNames.size(); ++i) {
    if (kHookNames[i] == name) return static_cast<HookKind>(i);
  }
  return std::nullopt;
}

bool IsSigned(HookKind kind, const HttpRequest& request,
              const SecretValue& secret, std::string_view blind,
              Timestamp now) {
  switch (kind) {
    case HookKind::kGithub:
      return IsHexSigned(request, "x-hub-signature-256", "sha256=", secret,
                         blind);
    case HookKind::kGitea:
      return request.CountHeader("x-gitea-signature") > 0
                 ? IsHexSigned(request, "x-gitea-signature", "", secret, blind)
                 : IsHexSigned(request, "x-hub-signature-256",
                               "sha256=", secret, blind);
    case HookKind::kGitlab: {
      const auto given = Only(request, "x-gitlab-token");
      return given && Same(blind, *given, secret.Reveal());
    }
    case HookKind::kGeneric:
      return IsStandardSigned(request, secret, blind, now);
  }
  return false;
}

std::optional<std::string> DeliveryOf(HookKind kind,
                                      const HttpRequest& request) {
  std::optional<std::string_view> id;
  switch (kind) {
    case HookKind::kGithub:
      id = Only(request, "x-github-delivery");
      break;
    case HookKind::kGitea:
      id = Only(request, "x-gitea-delivery");
      break;
    case HookKind::kGitlab:
      id = Only(request, "x-gitlab-event-uuid");
      break;
    case HookKind::kGeneric:
      id = Only(request, "webhook-id");
      break;
  }
  if (!id || id->empty() || id->size() > kLongestId) return std::nullopt;
  return std::string(*id);
}

}  // namespace writ::reconciler::gateway
