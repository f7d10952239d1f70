// The MAC of a credential's row: what keeps anybody who can write the database,
// but hasn't the master key, from planting or changing one (T-13). Covers every
// field but the addresses, which renames move (of the target, that there is
// one), the sequence, which the table gives, and what only says when to look
// again (rotate_at, basis).
//
// Pure; safe from any thread.
#pragma once

#include "reconciler/keys/key_ring.h"
#include "reconciler/store/credential_records.h"
#include "schema/digest.h"
#include "schema/result.h"

namespace writ::reconciler {

// Under record.key_generation. kNotFound where the ring lacks it.
Result<Digest> CredentialMac(const KeyRing& keys,
                             const CredentialRecord& record);
// Sets key_generation to the newest, and the MAC.
Status SignCredential(const KeyRing& keys, CredentialRecord& record);
// False also where the ring lacks the generation.
bool HasRightMac(const KeyRing& keys, const CredentialRecord& record);
// For a rekey: signs under the newest generation what is authentic under its
// own. False, and nothing changed, where it isn't.
Result<bool> SignAgain(const KeyRing& keys, CredentialRecord& record);

}  // namespace writ::reconciler
