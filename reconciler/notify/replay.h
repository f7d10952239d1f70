// Sending notifications again, with word in the audit of who wanted which.
//
// In the thread of the store and the outbox. Errors: those of both.
#pragma once

#include "reconciler/notify/outbox.h"
#include "reconciler/store/state_store.h"
#include "reconciler/store/unmanaged_resource.h"
#include "schema/result.h"

namespace writ::reconciler {

// How far back replays reach: what a receiver may still know the ids of.
inline constexpr Duration kReplayReach = std::chrono::hours(24 * 14);
inline constexpr int kMostReplayed = 10'000;

// As Outbox::Replay, of the last kReplayReach at most and kMostReplayed at
// once. No transaction spans the two files: the audit says what was asked for
// before it is done.
Result<ReplayResult> ReplayDeliveries(StateStore& store, Outbox& outbox,
                                      DeliveryFilter filter, bool enable,
                                      const Authorship& by);

}  // namespace writ::reconciler
