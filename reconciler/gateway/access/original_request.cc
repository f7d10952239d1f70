#include "reconciler/gateway/access/original_request.h"

#include <algorithm>
#include <utility>

#include "reconciler/gateway/request_path.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kLongestMethod = 32;

tl::unexpected<Error> Refuse(std::string message) {
  return Fail(ErrorCode::kDenied, std::move(message));
}

Result<std::string_view> OnlyHeader(const HttpRequest& request,
                                    std::string_view name) {
  const std::size_t count = request.CountHeader(name);
  if (count == 0) return Refuse("the proxy sends no " + std::string(name));
  if (count > 1) return Refuse(std::string(name) + " is there twice");
  return *request.Header(name);
}

bool IsMethod(std::string_view text) {
  return !text.empty() && text.size() <= kLongestMethod &&
         std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<OriginalRequest> Parse(std::string_view method, std::string_view uri) {
  if (!IsMethod(method)) return Refuse("the original method isn't one");
  auto segments = SplitPath(uri.substr(0, uri.find('?')));
  if (!segments) return Refuse("the original path could be read in two ways");
  return OriginalRequest{std::string(method == "HEAD" ? "GET" : method),
                         *std::move(segments)};
}

}  // namespace

std::optional<ProxyDialect> ParseProxyDialect(std::string_view name) {
  if (name == "nginx") return ProxyDialect::kNginx;
  if (name == "envoy") return ProxyDialect::kEnvoy;
  if (name == "traefik") return ProxyDialect::kTraefik;
  return std::nullopt;
}

Result<OriginalRequest> ReadOriginalRequest(const HttpRequest& request,
                                            ProxyDialect dialect) {
  if (!request.by_trusted_proxy) {
    return Refuse("only a trusted proxy may ask");
  }
  switch (dialect) {
    case ProxyDialect::kNginx:
      return Parse(TRY(OnlyHeader(request, "X-Original-Method")),
                   TRY(OnlyHeader(request, "X-Original-URI")));
    case ProxyDialect::kTraefik:
      return Parse(TRY(OnlyHeader(request, "X-Forwarded-Method")),
                   TRY(OnlyHeader(request, "X-Forwarded-Uri")));
    case ProxyDialect::kEnvoy: {
      std::string_view path = request.path;
      if (!path.starts_with(kAuthzPath))
        return Refuse("the prefix isn't /authz");
      path.remove_prefix(kAuthzPath.size());
      return Parse(request.method, path);
    }
  }
  return Refuse("no dialect");
}

}  // namespace writ::reconciler::gateway
