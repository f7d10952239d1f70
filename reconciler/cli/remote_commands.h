// Commands that want a state's own files, carried out by the gateway where the
// state is behind one: the same words, output and exit codes. And the other
// end, which the gateway carries them out with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/session.h"
#include "reconciler/gateway/state/state_commands.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

// Gives those of the commands that may run at a gateway a way there
// (remote_command_table.h).
void AddWayToGateways(std::vector<Command>& commands);

// What one of them answers with --json at the gateway; `options` as
// command_values.h has them. kIo where it ends otherwise than well, else errors
// of the way there.
Result<Value> ResultThere(const Session& session, const std::string& server,
                          const std::string& name, Value options);

// What a gateway's commands run in; clock and random outlive it.
struct ServedState {
  std::string folder;
  SourceArguments source;  // as `writ serve` has them
  std::string host_file;
  std::string cwd;
  const Clock* clock = nullptr;
  Random* random = nullptr;
};

std::unique_ptr<gateway::StateCommands> MakeServedCommands(ServedState state);

}  // namespace writ::reconciler
