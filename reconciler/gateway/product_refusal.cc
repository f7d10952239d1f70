#include "reconciler/gateway/product_refusal.h"

#include <algorithm>
#include <array>
#include <string>

#include "reconciler/gateway/ingest/vela_shape.h"
#include "reconciler/gateway/problem.h"
#include "reconciler/gateway/projects/project_error.h"
#include "schema/json.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::array<std::string_view, 3> kVelaPaths = {
    "/v1/ingest", "/v1/apps", "/v1/client-secrets"};

bool IsBelow(std::string_view path, std::string_view root) {
  return path.starts_with(root) &&
         (path.size() == root.size() || path[root.size()] == '/');
}

// "method_not_allowed" → "METHOD_NOT_ALLOWED"
std::string Shouted(std::string_view code) {
  std::string text(code);
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace

HttpResponse ProductRefusal(int status, std::string_view code,
                            std::string_view detail, const HttpRequest& request,
                            Timestamp now) {
  const std::string message(detail.empty() ? ReasonOf(status) : detail);
  const std::string_view path = request.path;
  const bool is_vela = std::ranges::any_of(
      kVelaPaths, [&](std::string_view root) { return IsBelow(path, root); });
  if (is_vela) return VelaErrorResponse({status, message}, request, now);
  if (IsBelow(path, "/v1/projects")) {
    return ProjectErrorResponse(
        {status, "request/" + std::string(code), message}, request);
  }
  if (IsBelow(path, "/authz")) {
    HttpResponse response;
    response.status = status;
    response.body = R"({"success":false,"error":{"code":)" +
                    QuoteJson(Shouted(code)) + R"(,"message":)" +
                    QuoteJson(message) + "}}";
    return response;
  }
  return Problem(status, code, detail, request);
}

}  // namespace writ::reconciler::gateway
