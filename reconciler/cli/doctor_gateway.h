// What `writ doctor` looks at where the state is behind a gateway: whether it
// answers and is ready, whether it takes the client secret and until when,
// whose clock is wrong, and whether the state is whole.
#pragma once

#include <string>
#include <vector>

#include "reconciler/cli/session.h"
#include "schema/error.h"

namespace writ::reconciler {

struct Finding {
  std::string subject;
  bool good = true;
  std::string text;
  std::string remedy;
};

Finding FindingOf(const std::string& subject, const Error& error);

// Later ones are left out where nothing answers. Blocks on the network.
std::vector<Finding> LookAtGateway(const Session& session,
                                   const std::string& server);

}  // namespace writ::reconciler
