// Whether a client secret may have a command carried out by a gateway: in a
// state with several workspaces, what the command is about belongs to its own
// (credentials/workspace_reach.h).
#pragma once

#include "reconciler/cli/remote_command_table.h"
#include "reconciler/credentials/rights.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

// `arguments` as command_values.h has them. kPermission where it may not, or
// where the command speaks of more than one workspace; kInvalidArgument where
// what it is about can't be told.
Status CheckReach(const RemoteCommand& command, const Value& arguments,
                  StateStore& store, const CredentialRights& rights);

}  // namespace writ::reconciler
