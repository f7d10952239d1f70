// What has to hold before a credential is revoked, as questions to a rotation.
//
// Pure, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/rotation/events.h"
#include "engine/rotation/rotation.h"

namespace writ::engine::rotation {

// Told so, or further behind than what was seen before (T-24).
bool IsClockSuspect(const Rotation& rotation, const Moment& now);

// Of the newest generation, and of use to a target that there still is.
bool IsNew(const Rotation& rotation, const Credential& credential);
// Not new, issued or perhaps so, not revoked.
bool IsStandingOld(const Rotation& rotation, const Credential& credential);

// Some consumer may still live by an old credential, and no force was used:
// evidence is what revokes it. Not where there is none, or none is valid.
bool WantsEvidence(const Rotation& rotation);
// The evidence wanted is use.
bool WantsUse(const Rotation& rotation);
// An old one has to be quiet first: the evidence wanted is use, or, whatever
// is wanted, an old one was seen used since the new one was verified.
bool WantsQuiet(const Rotation& rotation);

// Every target's consumer was seen using the new credential; without a target,
// anybody.
bool IsNewSeen(const Rotation& rotation);
std::vector<std::string> UnseenTargets(const Rotation& rotation);

// The longest of quietFor and the targets' expected periods.
Duration QuietWanted(const Rotation& rotation);
// When the old ones were last used, or stopped being handed out. REQUIRES:
// DEPLOYED was entered.
Timestamp QuietSince(const Rotation& rotation);
// The newest use of an old one, if any.
const Sighting* LastOldUse(const Rotation& rotation);
// The old ones were quiet for long enough, under the watermark.
bool IsOldQuiet(const Rotation& rotation);
// The same for those minted here, once every target was released.
bool IsNewQuiet(const Rotation& rotation);

// Every target that can be read was seen holding the new one after the
// evidence was complete: what is revoked next, nobody put back (F31).
bool IsChecked(const Rotation& rotation, const Target& target);
bool AreTargetsChecked(const Rotation& rotation);

// An earlier version is known, and the target can put it back.
bool CanRestore(const Target& target);

// What the target was given back has to be seen there first: until it shows,
// consumers are handed what is about to be revoked.
bool WantsLookBack(const Target& target);

// Nothing keeps the credential from being revoked: force, evidence that led to
// REVOKING, nobody ever held it, or nobody holds it any more.
bool MayRevoke(const Rotation& rotation, const Credential& credential);

// Which target can't give the evidence that the terms ask for; empty: all can.
std::string WhyNoEvidence(const Rotation& rotation);

// Why a rotation that is about to mint should not; empty: it may.
std::string WhyNotBegin(const Rotation& rotation, const Moment& now);

// The old credentials are all as they were, so that keeping them is an answer.
// Not where one may have been revoked: an intent without outcome.
bool CanRollBack(const Rotation& rotation);

}  // namespace writ::engine::rotation
