// The chain of the audit (T-11): each entry's digest covers its fields and the
// digest before it, so that neither a rewritten entry nor one in the middle
// that is gone goes unseen; a tail that was cut off is seen by whoever kept a
// later head.
//
//   digest = SHA-256("writ audit 1", sequence, at, actor, action, subject,
//                    details, previous), each framed by its length
//
// Pure but for VerifyAuditChain, which reads the store.
#pragma once

#include <optional>

#include "reconciler/store/state_store.h"
#include "schema/digest.h"
#include "schema/result.h"

namespace writ::reconciler {

// Of everything but `digest`.
Digest AuditDigest(const AuditEntry& entry);

// Reads the whole chain and gives its head. kCorrupt, naming the entry, where
// one was changed or is missing, or where the chain doesn't hold `expected`.
Result<AuditHead> VerifyAuditChain(StateStore& store,
                                   const std::optional<AuditHead>& expected);

}  // namespace writ::reconciler
