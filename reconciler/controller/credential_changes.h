// What an applied change means for credentials, in its own transaction:
//
//   a Token that goes                    its credentials are revoked, for good
//   one that is replaced by one that     valid ones stay so, until a rotation
//   is delivered somewhere               has put the new one in their place;
//                                        kConflict while it is being rotated
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
#include "schema/time.h"

namespace writ::reconciler {

// REQUIRES: the change was written by this transaction.
Status FollowChange(WriteTransaction& transaction, StateStore& store,
                    Credentials& credentials, const engine::Change& change,
                    const Planned& planned, const std::string& actor,
                    Timestamp now);

}  // namespace writ::reconciler
