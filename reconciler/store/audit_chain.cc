#include "reconciler/store/audit_chain.h"

#include <string>
#include <utility>
#include <vector>

namespace writ::reconciler {
namespace {

constexpr int kBatch = 1000;

tl::unexpected<Error> Broken(std::int64_t sequence, const std::string& how) {
  return Fail(ErrorCode::kCorrupt,
              "audit entry " + std::to_string(sequence) + " " + how,
              "compare with a backup or with the heads that applies printed");
}

Status CheckEntry(const AuditEntry& entry, const AuditHead& before) {
  const std::int64_t wanted = before.sequence + 1;
  if (entry.sequence != wanted) return Broken(wanted, "is missing");
  if (entry.previous != before.digest) {
    return Broken(wanted, "doesn't follow the one before it");
  }
  if (entry.digest != AuditDigest(entry)) {
    return Broken(wanted, "was changed");
  }
  return {};
}

Status CheckExpected(const AuditHead& at,
                     const std::optional<AuditHead>& expected) {
  if (!expected || at.sequence != expected->sequence) return {};
  if (at.digest == expected->digest) return {};
  return Broken(at.sequence, "is not the one that was expected");
}

}  // namespace

Digest AuditDigest(const AuditEntry& entry) {
  Sha256Stream stream;
  stream.UpdateFramed("writ audit 1");
  stream.UpdateFramed(std::to_string(entry.sequence));
  stream.UpdateFramed(std::to_string(entry.at.time_since_epoch().count()));
  stream.UpdateFramed(entry.actor);
  stream.UpdateFramed(entry.action);
  stream.UpdateFramed(entry.subject);
  stream.UpdateFramed(entry.details);
  stream.UpdateFramed(entry.previous.Bytes());
  return stream.Finish();
}

Result<AuditHead> VerifyAuditChain(StateStore& store,
                                   const std::optional<AuditHead>& expected) {
  // Entries that others append meanwhile lie after this head.
  const AuditHead recorded = TRY(store.ReadAuditHead());
  AuditHead at;
  TRY(CheckExpected(at, expected));
  while (at.sequence < recorded.sequence) {
    const std::vector<AuditEntry> entries =
        TRY(store.ReadAudit(at.sequence + 1, kBatch));
    if (entries.empty()) return Broken(at.sequence + 1, "is missing");
    for (const AuditEntry& entry : entries) {
      TRY(CheckEntry(entry, at));
      at = AuditHead{entry.sequence, entry.digest};
      TRY(CheckExpected(at, expected));
      if (at.sequence == recorded.sequence) break;
    }
  }
  if (at.digest != recorded.digest) {
    return Broken(at.sequence, "is not the recorded head");
  }
  if (expected && expected->sequence > at.sequence) {
    return Broken(at.sequence + 1, "and what followed it are missing");
  }
  return at;
}

}  // namespace writ::reconciler
