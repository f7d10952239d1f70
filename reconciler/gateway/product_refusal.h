// What a request that found no handler is told: in the shape of the product
// whose path it is on, since its clients read nothing else, and as a problem
// document elsewhere.
//
//   /v1/ingest, /v1/apps, /v1/client-secrets   Vela's
//   /v1/projects                               Vaultlier's
//   /authz                                     VelaFlows'
//
// Pure.
#pragma once

#include <string_view>

#include "reconciler/gateway/http.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {

// As Problem (problem.h).
HttpResponse ProductRefusal(int status, std::string_view code,
                            std::string_view detail, const HttpRequest& request,
                            Timestamp now);

}  // namespace writ::reconciler::gateway
