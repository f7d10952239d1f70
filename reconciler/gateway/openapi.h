// The OpenAPI 3.1 document of a table of routes: every route and no other.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "reconciler/gateway/http.h"

namespace writ::reconciler::gateway {

// JSON, for people as well.
std::string OpenApiDocument(const std::vector<Route>& routes);

}  // namespace writ::reconciler::gateway
