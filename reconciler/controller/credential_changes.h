// What an applied change means for credentials, in its own transaction:
//
//   a Token that goes                    its credentials are revoked, for good
//   a Token or ScopeSet that changes     they get the rights and the end that
//                                        it says now
//
// Ending needs no master key. Changing does where there is a credential whose
// rights change: without, that change fails (kPermission), since what git
// narrows must not go on being allowed.
#pragma once

#include <string>

#include "engine/plan/plan.h"
#include "reconciler/controller/planning.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

// REQUIRES: the change was written by this transaction.
Status FollowChange(WriteTransaction& transaction, StateStore& store,
                    Credentials& credentials, const engine::Change& change,
                    const Planned& planned, const std::string& actor);

}  // namespace writ::reconciler
