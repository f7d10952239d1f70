// POST /v1/commands/{command}: a command's output as lines of JSON, each as it
// comes:
//
//   {"event":"out"|"err","text"}
//   {"event":"token","address","value"}
//   {"event":"end","exit_code"}
//
// Blocks until the command is done; one thread at a time.
#pragma once

#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/state/state_commands.h"

namespace writ::reconciler::gateway {

class CommandService {
 public:
  // Null: no command is there.
  explicit CommandService(StateCommands* commands) : commands_(commands) {}

  void Run(const HttpRequest& request, const Principal& caller,
           const Respond& respond) const;

 private:
  StateCommands* commands_;
};

}  // namespace writ::reconciler::gateway
