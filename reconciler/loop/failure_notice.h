// Telling a failure of the loop to the Destination that `sync.notify` names:
// sent at once, through the channel's own form, under the rules of egress. Not
// kept in the outbox: a run that couldn't tell tries again with the next.
//
// Blocks up to the channel's timeout. The state must be there: a destination
// that isn't live yet can't be told anything.
#pragma once

#include <string>

#include "reconciler/applying/run_effects.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

struct FailureNotice {
  std::string destination;  // an address
  std::string environment;
  std::string secret_environment;  // whose values the destination takes
  std::string revision;            // "3f9c2e1"
  std::string reason;              // a word: "denied"
  std::string failure;             // a sentence, no value in it
  std::string remedy;
  std::string host_file;
};

// The notice as an id, the same for the same failure: what was told already.
std::string IdOf(const FailureNotice& notice);

// kNotFound where the destination isn't live; kIo where it wasn't delivered.
Status TellFailure(StateStore& store, const RunEffects& effects,
                   const FailureNotice& notice);

}  // namespace writ::reconciler
