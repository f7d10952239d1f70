// What the subcommands of `writ state` share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

struct StateArguments {
  SourceArguments source;
  std::string address;
  std::string kind;
  std::string owner;
  std::string reason;
  std::string file;
  std::string tokens_out;
  bool deleted = false;
  bool accept = false;
  bool for_plan = false;
  bool json = false;
};

void DeclareStateCommon(Options& options, StateArguments& arguments);

Result<std::unique_ptr<StateStore>> OpenStateOf(const Session& session,
                                                const StateArguments& arguments,
                                                OpenMode mode);
Result<ResourceId> AddressOf(const StateArguments& arguments);
// kNotFound with the command that lists what there is.
Result<StoredResource> ReadStoredOf(StateStore& store, const ResourceId& id);

// What was done: as a sentence, or as JSON where that was asked for.
ExitCode Tell(Session& session, const StateArguments& arguments, Value done,
              const std::string& sentence);

// rm, undelete, unprotect, transfer (state_edit.cc).
std::vector<Command> StateEditCommands();
// backup, restore, export (state_copy.cc).
std::vector<Command> StateCopyCommands();

}  // namespace writ::reconciler
