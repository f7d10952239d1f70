#include "reconciler/credentials/credentials.h"

#include <algorithm>
#include <utility>

#include "reconciler/credentials/credential_mac.h"
#include "reconciler/credentials/token_status.h"
#include "schema/credential/token_format.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kIdDigits = 24;
constexpr char kIdPrefix[] = "crd_";

std::string_view Name(CredentialStatus status) {
  switch (status) {
    case CredentialStatus::kPending:
      return "pending";
    case CredentialStatus::kActive:
      return "active";
    case CredentialStatus::kSuspended:
      return "suspended";
    case CredentialStatus::kRevoked:
      return "revoked";
  }
  return "";
}

bool HasExpired(const CredentialRecord& record, Timestamp now) {
  return record.expires_at && *record.expires_at <= now;
}

tl::unexpected<Error> WrongStatus(const CredentialRecord& record,
                                  std::string_view wanted) {
  return Fail(ErrorCode::kConflict, "credential " + record.id + " is " +
                                        std::string(Name(record.status)) +
                                        ", not " + std::string(wanted));
}

void MarkEnd(CredentialRecord& record, CredentialStatus status, Timestamp now,
             const Author& author) {
  record.status = status;
  record.ended_at = now;
  record.ended_by = author.actor;
  record.ended_why = author.reason;
}

// Of the Token itself, not of an earlier one of its name.
std::vector<CredentialRecord> OfUid(std::vector<CredentialRecord> records,
                                    const std::string& uid) {
  std::erase_if(records, [&](const CredentialRecord& record) {
    return record.token_uid != uid;
  });
  return records;
}

}  // namespace

std::string CredentialIdOf(const std::string& rotation, std::int64_t generation,
                           const std::string& target) {
  Sha256Stream stream;
  stream.UpdateFramed("writ credential 1");
  stream.UpdateFramed(rotation);
  stream.UpdateFramed(std::to_string(generation));
  stream.UpdateFramed(target);
  return kIdPrefix + stream.Finish().Hex().substr(0, kIdDigits);
}

Status Credentials::WantKeys() const {
  if (keys_ != nullptr) return {};
  return Fail(ErrorCode::kPermission, "this needs the master key",
              "set WRIT_MASTER_KEY_FILE or WRIT_MASTER_KEY");
}

Result<Timestamp> Credentials::EffectiveNow() const {
  return std::max(clock_.Now(), TRY(store_.ReadFacts()).high_water);
}

bool Credentials::IsAuthentic(const CredentialRecord& record) const {
  if (keys_ != nullptr && HasRightMac(*keys_, record)) return true;
  return record.status == CredentialStatus::kRevoked &&
         store_.credentials().IsRevokedForGood(record.digest);
}

Result<CredentialRecord> Credentials::Find(const std::string& id) {
  auto record = TRY(store_.credentials().FindById(id));
  if (record) return *std::move(record);
  return Fail(ErrorCode::kNotFound, "there is no credential " + id,
              "see: writ token list");
}

Result<CredentialRecord> Credentials::FindAuthentic(const std::string& id) {
  TRY(WantKeys());
  CredentialRecord record = TRY(Find(id));
  if (IsAuthentic(record)) return record;
  return Fail(
      ErrorCode::kCorrupt,
      "credential " + id + " was changed by somebody who hasn't the master key",
      "revoke it, and look at the audit: writ audit show");
}

Status Credentials::Audit(WriteTransaction& transaction,
                          const CredentialRecord& record,
                          const std::string& action, const Author& author) {
  Value details;
  details.Set("credential", record.id);
  details.Set("hint", record.hint);
  if (!author.reason.empty()) details.Set("reason", author.reason);
  if (!record.rotation.empty()) details.Set("rotation", record.rotation);
  if (!record.target.empty()) details.Set("target", record.target);
  return transaction.AppendAudit({0,
                                  clock_.Now(),
                                  author.actor,
                                  action,
                                  record.token.address(),
                                  CanonicalJson(details),
                                  {},
                                  {}});
}

Status Credentials::Write(WriteTransaction& transaction,
                          CredentialRecord& record, const std::string& action,
                          const Author& author) {
  if (keys_ != nullptr) TRY(SignCredential(*keys_, record));
  TRY(store_.credentials().Update(record));
  return Audit(transaction, record, action, author);
}

// A row that was tampered with keeps its wrong MAC, so that ending it doesn't
// make an authentic row of it.
Status Credentials::End(WriteTransaction& transaction, CredentialRecord record,
                        const std::string& action, const Author& author) {
  const bool was_authentic = IsAuthentic(record);
  const Author by{action == "token.void" ? kEndedAsVoid : author.actor,
                  author.reason};
  MarkEnd(record, CredentialStatus::kRevoked, clock_.Now(), by);
  if (was_authentic) return Write(transaction, record, action, author);
  TRY(store_.credentials().Update(record));
  return Audit(transaction, record, action, author);
}

Status Credentials::CheckSlot(const TokenTerms& terms,
                              const std::string& target) {
  const Timestamp now = TRY(EffectiveNow());
  const auto records =
      OfUid(TRY(store_.credentials().ReadOf(terms.token)), terms.token_uid);
  const auto taken = std::count_if(
      records.begin(), records.end(), [&](const CredentialRecord& record) {
        return record.target == target &&
               record.status != CredentialStatus::kRevoked &&
               !HasExpired(record, now);
      });
  if (taken < terms.max_active) return {};
  return Fail(ErrorCode::kLimit,
              terms.token.address() + " has " + std::to_string(taken) +
                  " credentials already, and maxActive is " +
                  std::to_string(terms.max_active),
              "revoke one that isn't used any more: writ token show " +
                  terms.token.address());
}

Result<CredentialRecord> Credentials::MakeRecord(const MintRequest& request,
                                                 const std::string& id,
                                                 const SecretValue& value,
                                                 const Author& author) {
  const TokenTerms& terms = request.terms;
  CredentialRecord record;
  record.id = id;
  record.token = terms.token;
  record.token_uid = terms.token_uid;
  record.target = request.target;
  record.family = PrefixOf(terms.family);
  record.digest = TokenDigest(value.Reveal());
  record.hint = VisiblePrefix(value.Reveal());
  record.rights = PrintRights(terms.rights);
  record.issued_at = clock_.Now();
  record.issued_by = author.actor;
  record.not_before = terms.not_before;
  record.expires_at = terms.ExpiryOf(record.issued_at);
  if (!record.expires_at && request.replaces) {
    record.expires_at = request.replaces->expires_at;
  }
  record.basis = request.basis;
  record.rotation = request.rotation;
  if (HasExpired(record, TRY(EffectiveNow()))) {
    return Fail(ErrorCode::kInvalidArgument,
                terms.token.address() + " ended at " +
                    FormatTimestamp(*record.expires_at) +
                    "; what is issued now would be refused",
                "give it a later end first");
  }
  TRY(SignCredential(*keys_, record));
  return record;
}

Result<Minted> Credentials::Mint(WriteTransaction& transaction,
                                 const MintRequest& request,
                                 const Author& author) {
  TRY(WantKeys());
  Minted minted;
  minted.generation = request.generation;
  std::string id = kIdPrefix + random_.Hex(kIdDigits);
  for (; !request.rotation.empty(); ++minted.generation) {
    id = CredentialIdOf(request.rotation, minted.generation, request.target);
    auto earlier = TRY(store_.credentials().FindById(id));
    if (!earlier) break;
    if (earlier->status == CredentialStatus::kPending) {
      TRY(Void(transaction, id, author));
    } else if (earlier->ended_by != kEndedAsVoid) {
      minted.record = *std::move(earlier);
      return minted;
    }
  }
  // A rotation's later generations take the place of one whose value was lost;
  // it counted itself in before it began.
  if (minted.generation == 1) TRY(CheckSlot(request.terms, request.target));
  SecretValue value =
      MakeToken(request.terms.family,
                [this](std::span<std::uint8_t> bytes) { random_.Fill(bytes); });
  minted.record = TRY(MakeRecord(request, id, value, author));
  TRY(store_.credentials().Insert(minted.record));
  TRY(Audit(transaction, minted.record, "token.mint", author));
  minted.value = std::move(value);
  return minted;
}

Result<CredentialRecord> Credentials::Activate(WriteTransaction& transaction,
                                               const std::string& id,
                                               const Author& author) {
  CredentialRecord record = TRY(FindAuthentic(id));
  if (record.status != CredentialStatus::kPending) {
    return WrongStatus(record, "pending");
  }
  record.status = CredentialStatus::kActive;
  TRY(Write(transaction, record, "token.activate", author));
  return record;
}

Status Credentials::Void(WriteTransaction& transaction, const std::string& id,
                         const Author& author) {
  CredentialRecord record = TRY(Find(id));
  if (record.status != CredentialStatus::kPending) {
    return WrongStatus(record, "pending");
  }
  return End(transaction, std::move(record), "token.void", author);
}

Result<CredentialRecord> Credentials::Suspend(WriteTransaction& transaction,
                                              const std::string& id,
                                              const Author& author) {
  CredentialRecord record = TRY(FindAuthentic(id));
  if (record.status != CredentialStatus::kActive) {
    return WrongStatus(record, "active");
  }
  MarkEnd(record, CredentialStatus::kSuspended, clock_.Now(), author);
  TRY(Write(transaction, record, "token.suspend", author));
  return record;
}

Result<CredentialRecord> Credentials::Resume(WriteTransaction& transaction,
                                             const std::string& id,
                                             const Author& author) {
  CredentialRecord record = TRY(FindAuthentic(id));
  if (record.status != CredentialStatus::kSuspended) {
    return WrongStatus(record, "suspended");
  }
  record.status = CredentialStatus::kActive;
  record.ended_at.reset();
  record.ended_by.clear();
  record.ended_why.clear();
  TRY(Write(transaction, record, "token.resume", author));
  return record;
}

Result<CredentialRecord> Credentials::Revoke(WriteTransaction& transaction,
                                             const std::string& id,
                                             const Author& author) {
  CredentialRecord record = TRY(Find(id));
  if (record.status == CredentialStatus::kRevoked) return record;
  TRY(End(transaction, std::move(record), "token.revoke", author));
  return Find(id);
}

Result<std::int64_t> Credentials::RevokeAll(WriteTransaction& transaction,
                                            const ResourceId& token,
                                            const std::string& token_uid,
                                            const Author& author) {
  std::int64_t revoked = 0;
  for (CredentialRecord& record :
       OfUid(TRY(store_.credentials().ReadOf(token)), token_uid)) {
    if (record.status == CredentialStatus::kRevoked) continue;
    TRY(End(transaction, std::move(record), "token.revoke", author));
    ++revoked;
  }
  return revoked;
}

Status Credentials::VoidAbandoned(WriteTransaction& transaction,
                                  const ResourceId& token,
                                  const std::string& token_uid,
                                  const Author& author) {
  for (CredentialRecord& record :
       OfUid(TRY(store_.credentials().ReadOf(token)), token_uid)) {
    if (record.status != CredentialStatus::kPending) continue;
    if (!record.rotation.empty()) continue;
    TRY(End(transaction, std::move(record), "token.void", author));
  }
  return {};
}

Result<CredentialRecord> Credentials::Import(WriteTransaction& transaction,
                                             const ImportRequest& request,
                                             const Author& author) {
  TRY(WantKeys());
  if (store_.credentials().IsRevokedForGood(request.digest)) {
    return Fail(ErrorCode::kConflict, "that token was revoked here, for good");
  }
  TRY(CheckSlot(request.terms, ""));
  MintRequest mint{request.terms};
  mint.terms.rights.foreign = true;
  CredentialRecord record = TRY(MakeRecord(
      mint, kIdPrefix + random_.Hex(kIdDigits), SecretValue(), author));
  record.digest = request.digest;
  record.hint = request.hint.empty() ? record.family : request.hint;
  record.status = CredentialStatus::kActive;
  TRY(SignCredential(*keys_, record));
  TRY(store_.credentials().Insert(record));
  TRY(Audit(transaction, record, "token.import", author));
  return record;
}

Result<std::int64_t> Credentials::Refresh(WriteTransaction& transaction,
                                          const TokenTerms& terms,
                                          const Author& author) {
  const Timestamp now = TRY(EffectiveNow());
  std::int64_t changed = 0;
  for (const CredentialRecord& record :
       OfUid(TRY(store_.credentials().ReadOf(terms.token)), terms.token_uid)) {
    const bool lives = record.status == CredentialStatus::kActive ||
                       record.status == CredentialStatus::kSuspended;
    if (!lives || HasExpired(record, now)) continue;
    CredentialRights rights = terms.rights;
    rights.foreign = TRY(ParseRights(record.rights))
    .foreign;
    CredentialRecord next = record;
    next.rights = PrintRights(rights);
    next.not_before = terms.not_before;
    next.expires_at = terms.ExpiryOf(record.issued_at);
    if (next == record) continue;
    TRY(WantKeys());
    if (!IsAuthentic(record)) continue;
    TRY(Write(transaction, next, "token.refresh", author));
    ++changed;
  }
  return changed;
}

Result<std::int64_t> Credentials::EndExpired(WriteTransaction& transaction,
                                             const ResourceId& token) {
  const Timestamp now = TRY(EffectiveNow());
  std::int64_t ended = 0;
  for (CredentialRecord& record : TRY(store_.credentials().ReadOf(token))) {
    if (record.status == CredentialStatus::kRevoked) continue;
    if (!HasExpired(record, now) || !IsAuthentic(record)) continue;
    TRY(End(transaction, std::move(record), "token.expire",
            {kEndedByExpiry, "expired"}));
    ++ended;
  }
  return ended;
}

Status Credentials::UpdateTokenStatus(WriteTransaction& transaction,
                                      const ResourceId& token) {
  auto stored = TRY(store_.ReadStored(token));
  if (!stored) return {};
  const auto records =
      OfUid(TRY(store_.credentials().ReadOf(token)), stored->live.uid);
  std::string said = DescribeToken(records, TRY(EffectiveNow()));
  // Only what a person did is news to a plan.
  const bool was_ended = said != "issued" && said != "not issued";
  if (!was_ended) said.clear();
  if (stored->live.status == said) return {};
  stored->live.status = std::move(said);
  stored->settled = false;
  return transaction.Put(*stored, stored->live.generation);
}

Status Credentials::AuditTampering(WriteTransaction& transaction,
                                   const CredentialRecord& record,
                                   const Author& author) {
  return Audit(transaction, record, "token.tampered", author);
}

Result<Verification> Credentials::Verify(
    std::string_view token, const std::optional<IpAddress>& address) {
  Verification verification;
  verification.verdict = Verdict::kMalformed;
  if (!IsWorthLookingUp(token)) return verification;
  const Digest digest = TokenDigest(token);
  CredentialTable& table = store_.credentials();
  auto record = TRY(table.FindByDigest(digest));
  Circumstances circumstances;
  circumstances.is_revoked_for_good = table.IsRevokedForGood(digest);
  if (!record) {
    // Revoked before an older state was restored.
    if (circumstances.is_revoked_for_good) {
      verification.verdict = Verdict::kRevoked;
    } else if (ParseToken(token)) {
      verification.verdict = Verdict::kUnknown;
    }
    return verification;
  }
  const bool has_ended = record->status == CredentialStatus::kRevoked;
  if (!has_ended) TRY(WantKeys());
  auto rights = ParseRights(record->rights);
  circumstances.is_authentic = IsAuthentic(*record) && rights.has_value();
  circumstances.is_restored = TRY(store_.ReadFacts())
  .restored;
  circumstances.now = TRY(EffectiveNow());
  circumstances.address = address;
  verification.verdict =
      Judge(token, *record, rights.value_or(CredentialRights{}), circumstances);
  verification.record = *std::move(record);
  if (rights) verification.rights = *std::move(rights);
  return verification;
}

}  // namespace writ::reconciler
