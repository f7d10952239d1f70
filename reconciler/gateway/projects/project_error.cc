#include "reconciler/gateway/projects/project_error.h"

#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {

tl::unexpected<ProjectError> Refuse(int status, std::string code,
                                    std::string message) {
  return tl::unexpected<ProjectError>(
      ProjectError{status, std::move(code), std::move(message)});
}

ProjectError ProjectErrorOf(const Error& error) {
  const int status = ToHttpStatus(error.code);
  switch (status) {
    case 404:
      return {404, "key/unknown", error.message};
    case 409:
      return {409, "request/conflict", error.message};
    case 413:
      return {400, "value/too_large", error.message};
    case 503:
      return {503, "server/unavailable", "try again", {{"Retry-After", "1"}}};
    default:
      break;
  }
  if (error.code == ErrorCode::kInvalidArgument) {
    return {400, "value/invalid", error.message};
  }
  return {500, "server/error", "the state could not be read or written"};
}

HttpResponse ProjectErrorResponse(const ProjectError& error,
                                  const HttpRequest& request) {
  Value body;
  body.Set("code", error.code);
  body.Set("message", error.message);
  body.Set("requestId", request.id);
  HttpResponse response;
  response.status = error.status;
  response.headers = error.headers;
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = CanonicalJson(body);
  return response;
}

}  // namespace writ::reconciler::gateway
