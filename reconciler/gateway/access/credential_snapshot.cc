#include "reconciler/gateway/access/credential_snapshot.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kSpare = 256;

std::shared_ptr<const Principal> PrincipalOf(const CredentialRecord& record,
                                             const CredentialRights& rights) {
  Principal principal;
  principal.credential = record.id;
  principal.token = record.token;
  principal.token_uid = record.token_uid;
  principal.hint = record.hint;
  principal.rights = rights;
  principal.expires_at = record.expires_at;
  return std::make_shared<const Principal>(std::move(principal));
}

// A digest is as good as random.
std::size_t HashOf(const Digest& digest) {
  std::size_t hash = 0;
  std::memcpy(&hash, digest.bytes.data(), sizeof(hash));
  return hash;
}

}  // namespace

HeldCredential::HeldCredential(const CredentialRecord& record,
                               const CredentialRights* rights,
                               bool is_authentic)
    : digest_(record.digest),
      not_before_(record.not_before),
      expires_at_(record.expires_at),
      status_(record.status),
      is_authentic_(is_authentic && rights != nullptr),
      ended_by_expiry_(record.ended_by == kEndedByExpiry) {
  if (is_authentic_) principal_ = PrincipalOf(record, *rights);
}

void HeldCredential::Prefetch() const {
  constexpr std::size_t kLine = 64;
  __builtin_prefetch(&not_before_);
  __builtin_prefetch(&seen_expired_);
  if (principal_ == nullptr) return;  // not authentic
  const auto* principal = reinterpret_cast<const char*>(principal_.get());
  for (std::size_t at = 0; at < sizeof(Principal); at += kLine) {
    __builtin_prefetch(principal + at);
  }
}

Verdict HeldCredential::JudgeAt(std::string_view token, Timestamp now,
                                const IpAddress& client,
                                bool is_restored) const {
  // Only what judging looks at; short texts, so that nothing is allocated.
  CredentialRecord record;
  record.status = status_;
  record.not_before = not_before_;
  record.expires_at = expires_at_;
  if (ended_by_expiry_) record.ended_by = kEndedByExpiry;
  Circumstances circumstances;
  circumstances.now = now;
  circumstances.address = client;
  circumstances.is_authentic = is_authentic_;
  circumstances.is_revoked_for_good = revoked_.load(std::memory_order_acquire);
  circumstances.is_restored = is_restored;
  if (seen_expired_.load(std::memory_order_relaxed)) {
    circumstances.now = std::max(now, *expires_at_);
  }
  static const CredentialRights kNone;
  const Verdict verdict = Judge(
      token, record, principal_ ? principal_->rights : kNone, circumstances);
  if (verdict == Verdict::kExpired && expires_at_ && now >= *expires_at_) {
    seen_expired_.store(true, std::memory_order_relaxed);
  }
  return verdict;
}

CredentialSnapshot::CredentialSnapshot(std::size_t expected)
    : slots_(std::bit_ceil(4 * expected + kSpare)) {
  owned_.reserve(expected);
}

const HeldCredential* CredentialSnapshot::Find(const Digest& digest) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = HashOf(digest) & mask;; at = (at + 1) & mask) {
    const HeldCredential* held =
        slots_[at].held.load(std::memory_order_acquire);
    if (held == nullptr || held->digest() == digest) return held;
  }
}

CredentialSnapshot::Slot& CredentialSnapshot::SlotOf(const Digest& digest) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = HashOf(digest) & mask;
  while (true) {
    const HeldCredential* held =
        slots_[at].held.load(std::memory_order_relaxed);
    if (held == nullptr || held->digest() == digest) return slots_[at];
    at = (at + 1) & mask;
  }
}

bool CredentialSnapshot::Put(std::shared_ptr<const HeldCredential> held) {
  Slot& slot = SlotOf(held->digest());
  const bool is_new = slot.held.load(std::memory_order_relaxed) == nullptr;
  // Half of the slots stay free, so that a search ends soon.
  if (is_new && 2 * (size_ + 1) > slots_.size()) return false;
  owned_.push_back(std::move(held));
  slot.held.store(owned_.back().get(), std::memory_order_release);
  if (is_new) ++size_;
  return true;
}

std::unique_ptr<CredentialSnapshot> CredentialSnapshot::Compacted() const {
  auto compacted = std::make_unique<CredentialSnapshot>(size_);
  for (const auto& held : owned_) {
    if (Find(held->digest()) == held.get()) compacted->Put(held);
  }
  return compacted;
}

std::size_t CredentialSnapshot::tampered() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(owned_, [&](const auto& held) {
        return !held->is_authentic() && Find(held->digest()) == held.get();
      }));
}

}  // namespace writ::reconciler::gateway
