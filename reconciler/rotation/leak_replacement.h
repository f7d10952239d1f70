// Answering a leak where rotations can be driven: what is delivered somewhere
// is replaced before it is revoked, so that nobody it was delivered to stands
// without one; the rest is revoked at once. At the end each is revoked,
// whatever became of its rotation (T-23).
//
// In the store's thread; blocks on the targets that rotations deliver to.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/leak.h"
#include "reconciler/rotation/driver.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

struct LeakReplacement {
  StateStore& store;
  Credentials& credentials;  // with keys
  RotationDriver& driver;
  std::string lease_token;
  // Told of a token that couldn't be replaced, before it is revoked.
  std::function<void(const ResourceId& token, const Error& error)> warn;
};

// As AnswerLeaks.
Result<std::vector<LeakAnswer>> AnswerLeaksReplacing(
    const LeakReplacement& replacement, std::string_view text,
    const Author& author);

}  // namespace writ::reconciler
