// The applies of a state, newest first, with the serial each left behind.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

struct PastApply {
  ApplyRecord record;
  // After it; absent where its audit doesn't say (an older one, one that was
  // killed).
  std::optional<std::int64_t> serial;
};

// Reads the audit back as far as these applies go.
Result<std::vector<PastApply>> ReadPastApplies(StateStore& store, int limit);

}  // namespace writ::reconciler
