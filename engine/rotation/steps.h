// The pieces that apply.cc puts together: internal to engine/rotation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/rotation/events.h"
#include "engine/rotation/rotation.h"

namespace writ::engine::rotation {

void PlaceTargets(Rotation& rotation, const std::vector<TargetSpec>& specs);
// Adds the credentials of the newest generation that aren't named yet.
void NameNewCredentials(Rotation& rotation);

Target* FindTarget(Rotation& rotation, std::string_view name);
Credential* FindCredential(Rotation& rotation, std::string_view id);

void Enter(Rotation& rotation, Phase phase, Timestamp at);
// Into PAUSED or NEEDS_HUMAN; somebody has to be told.
void Stop(Rotation& rotation, Phase stop, Why why, std::string text,
          Timestamp at);
// Where a stop came from, with fresh tries and a fresh deadline.
void Resume(Rotation& rotation, const Moment& now);
void RollBack(Rotation& rotation, Why why, std::string text, Timestamp at);
// The newest value is of no use any more: another one is minted, the old
// generations' are revoked with the old ones. False: that was tried too often,
// and somebody is needed.
bool StartGeneration(Rotation& rotation, Timestamp at);

// Goes on through all phases whose work is done, or stops.
void Settle(Rotation& rotation, const Moment& now);

// A step failed: tries again later, or gives up.
void CountFailure(Rotation& rotation, const event::Failed& failed,
                  const Moment& now);
// It can't go on: pauses or rolls back, as the schedule says.
void GiveUp(Rotation& rotation, Why why, std::string text, const Moment& now);
// How long after the nth failed try; the same for the same rotation, step and
// try, within 25 % below the doubled backoff.
Duration BackoffOf(const Rotation& rotation, std::string_view subject,
                   int count);

// Marks steps that the target can't do as done.
void PassOver(Target& target);

// Rolling back: nothing that writ can do gives the target back what it had.
bool IsStuck(const Rotation& rotation, const Target& target);

}  // namespace writ::engine::rotation
