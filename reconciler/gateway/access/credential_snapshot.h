// The credentials of a state in memory, found by the SHA-256 of a token: a flat
// table that readers walk without a lock while one writer puts in what changed.
//
// A slot, once taken, stays its digest's; what it points to is exchanged as a
// whole. What was exchanged lives as long as the snapshot, so that nobody reads
// what is gone: who has exchanged much makes a new snapshot (Compacted).
//
// Find and the counts: any thread. Put and Revoke: one writer at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "reconciler/credentials/verdict.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/store/credential_records.h"
#include "schema/digest.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {

// A row, as far as answering needs it.
class HeldCredential {
 public:
  // `rights` null: they can't be read. A row that isn't authentic (T-13) is
  // kept, so that it is refused by name, but nothing that it says is.
  HeldCredential(const CredentialRecord& record, const CredentialRights* rights,
                 bool is_authentic);

  const Digest& digest() const { return digest_; }
  bool is_authentic() const { return is_authentic_; }
  // Null where the row isn't authentic.
  const std::shared_ptr<const Principal>& principal() const {
    return principal_;
  }

  // As Credentials::Verify judges. An end that was seen once stays (T-24).
  Verdict JudgeAt(std::string_view token, Timestamp now,
                  const IpAddress& client, bool is_restored) const;
  // Begins to fetch what judging reads: 100,000 of them are in no core's cache,
  // and one look after the other would wait for memory each time.
  void Prefetch() const;
  void Revoke() const { revoked_.store(true, std::memory_order_release); }

 private:
  Digest digest_;
  std::shared_ptr<const Principal> principal_;
  std::optional<Timestamp> not_before_;
  std::optional<Timestamp> expires_at_;
  CredentialStatus status_;
  bool is_authentic_;
  bool ended_by_expiry_;
  mutable std::atomic<bool> revoked_{false};
  mutable std::atomic<bool> seen_expired_{false};
};

class CredentialSnapshot {
 public:
  // With room for so many, and as many again.
  explicit CredentialSnapshot(std::size_t expected);

  // Null where there is none. Valid as long as the snapshot.
  const HeldCredential* Find(const Digest& digest) const;

  // Adds it, or puts it in the place of the one of its digest. False, and
  // nothing done, where there is no room: make another with Compacted.
  bool Put(std::shared_ptr<const HeldCredential> held);
  // What of it is found, with room for more.
  std::unique_ptr<CredentialSnapshot> Compacted() const;
  // True where so much was exchanged that Compacted gives memory back.
  bool IsWasteful() const { return owned_.size() > 2 * size_ + kFewRetired; }

  std::size_t size() const { return size_; }
  // Rows among them whose MAC doesn't hold.
  std::size_t tampered() const;

 private:
  static constexpr std::size_t kFewRetired = 1024;

  struct Slot {
    std::atomic<const HeldCredential*> held{nullptr};
  };

  Slot& SlotOf(const Digest& digest);

  std::vector<Slot> slots_;  // a power of two of them, at most half taken
  std::vector<std::shared_ptr<const HeldCredential>> owned_;
  std::size_t size_ = 0;
};

}  // namespace writ::reconciler::gateway
