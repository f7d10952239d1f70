// How Vaultlier's paths say what is wrong: {code, message, requestId}, a stable
// code of two parts. Nothing of a value is ever in one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/gateway/http.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct ProjectError {
  int status = 500;
  std::string code;  // "key/unknown"
  std::string message;
  std::vector<HttpHeader> headers = {};
};

template <typename T>
using ProjectResult = tl::expected<T, ProjectError>;

tl::unexpected<ProjectError> Refuse(int status, std::string code,
                                    std::string message);
// Of an operation that failed: what went wrong inside is not told.
ProjectError ProjectErrorOf(const Error& error);

HttpResponse ProjectErrorResponse(const ProjectError& error,
                                  const HttpRequest& request);

}  // namespace writ::reconciler::gateway
