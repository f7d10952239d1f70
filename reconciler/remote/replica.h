// A replica of a state behind a gateway, in a folder of the user's cache: as
// the gateway has it now, brought up to date by what changed since the last
// time. It opens like a copy for plans, read-only.
//
// What is broken, of another state or of another writ's making is thrown away
// and fetched anew. Several runs may use one replica at once.
#pragma once

#include <string>

#include "reconciler/remote/gateway_client.h"
#include "schema/result.h"

namespace writ::reconciler {

// The folder of the gateway's replica below the cache folder.
std::string ReplicaFolder(const std::string& cache, const std::string& url);

struct Replica {
  std::string folder;
  std::string environment;  // of the state
};

// Fetches what is new. Errors: those of the client; kCorrupt where what the
// gateway sends isn't what it says it is, kUnsupported where its state has
// another schema.
Result<Replica> RefreshReplica(GatewayClient& gateway,
                               const std::string& folder);

}  // namespace writ::reconciler
