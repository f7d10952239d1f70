// What a request that failed is told where no product's own shape applies: a
// problem document (RFC 9457), application/problem+json, with the stable
// `code`, the `request_id`, and what is wrong with the body, by JSON pointer.
//
// Nothing in it is taken from the request but its path and id. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/gateway/http.h"
#include "schema/error.h"

namespace writ::reconciler::gateway {

struct ProblemDetail {
  std::string pointer;  // into the body: "/events/0/level"
  std::string detail;
};

// `code` is stable and snake_case: "not_found". `detail` is a sentence for
// people, without a secret; it may be empty.
HttpResponse Problem(int status, std::string_view code, std::string_view detail,
                     const HttpRequest& request,
                     const std::vector<ProblemDetail>& errors = {});

// Of an operation that failed, by its code (schema/error.h). What went wrong
// inside (500) is for the log, never for the client.
HttpResponse ProblemOf(const Error& error, const HttpRequest& request);

// "Not Found"; "Error" for a status that nobody named.
std::string_view ReasonOf(int status);

}  // namespace writ::reconciler::gateway
