// The effects of a rotation that aren't a target's: issue, revoke, erase, look
// at use, tell somebody.
#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "engine/rotation/apply.h"
#include "engine/rotation/gates.h"
#include "engine/rotation/names.h"
#include "reconciler/keys/ephemeral_key.h"
#include "reconciler/rotation/driver.h"
#include "reconciler/rotation/target_work.h"
#include "schema/check.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

namespace event = engine::rotation::event;
namespace rotation = engine::rotation;
using rotation::Credential;
using rotation::Effect;
using rotation::Rotation;

const Credential& CredentialOf(const Rotation& rotation, const Effect& effect) {
  const auto found = std::find_if(
      rotation.credentials.begin(), rotation.credentials.end(),
      [&](const Credential& each) { return each.id == effect.subject; });
  CHECK(found != rotation.credentials.end());
  return *found;
}

Result<EphemeralKey> OpenOrCreateKey(const std::string& file, Random& random) {
  auto key = TRY(EphemeralKey::Open(file));
  if (key) return *std::move(key);
  return EphemeralKey::Create(file, random);
}

// What it replaces: the newest of the old ones for the same target.
Result<std::optional<CredentialRecord>> Replaced(Credentials& credentials,
                                                 const Rotation& rotation,
                                                 const Credential& wanted) {
  for (const Credential& old : rotation.credentials) {
    if (old.generation != 0) continue;
    if (old.target != wanted.target && !old.target.empty()) continue;
    return std::optional(TRY(credentials.Find(old.id)));
  }
  return std::optional<CredentialRecord>();
}

// A failure of writ's own, which isn't the store's: it may pass, or a person
// has to mend it.
event::Failed FailedOwn(const Effect& effect, const Error& error) {
  return {effect.action, effect.subject,
          IsRetryable(error.code) ? rotation::ErrorClass::kTransient
                                  : rotation::ErrorClass::kInvalid,
          InOneLine(error), std::nullopt};
}

bool IsOfCredential(ErrorCode code) {
  return code == ErrorCode::kLimit || code == ErrorCode::kInvalidArgument ||
         code == ErrorCode::kNotFound || code == ErrorCode::kPermission;
}

}  // namespace

Status RotationDriver::Mint(OpenRotation& open, const Effect& effect) {
  const Rotation& rotation = open.rotation;
  const Credential& wanted = CredentialOf(rotation, effect);
  const auto token = ResourceId::Parse(rotation.token);
  CHECK(token);
  auto read = ReadRotatedToken(effects_.store, *token);
  if (!read && IsOfCredential(read.error().code)) {
    return Note(open, effect, FailedOwn(effect, read.error()));
  }
  const RotatedToken live = TRY(std::move(read));
  MintRequest request;
  request.terms = live.terms;
  request.target = wanted.target;
  request.rotation = rotation.id;
  request.generation = wanted.generation;
  request.basis = rotation.basis;
  request.replaces = TRY(Replaced(effects_.credentials, rotation, wanted));
  const EphemeralKey key =
      TRY(OpenOrCreateKey(KeyFile(rotation.id), effects_.random));

  // Minted inside the transaction that says so: what it comes to is known only
  // there, so the record is written anew within it.
  const Author author{options_.actor, "rotation " + rotation.id};
  auto transaction = TRY(effects_.store.BeginWrite(options_.lease_token));
  auto minted = effects_.credentials.Mint(*transaction, request, author);
  if (!minted) {
    if (!IsOfCredential(minted.error().code)) {
      return tl::unexpected<Error>(minted.error());
    }
    transaction.reset();
    return Note(open, effect, FailedOwn(effect, minted.error()));
  }
  CHECK(minted->value);
  const std::string& id = minted->record.id;
  TRY(effects_.credentials.Activate(*transaction, id, author));
  TRY(ScheduleCredential(effects_.store, live, minted->record,
                         effects_.clock.Now()));
  TRY(effects_.store.rotations().WritePendingValue(
      rotation.id, id, key.Seal(id, *minted->value, effects_.random)));
  event::Minted outcome;
  outcome.credential = effect.subject;
  outcome.hint = minted->record.hint;
  outcome.expires_at = minted->record.expires_at;
  outcome.digest =
      ValueDigests(effects_.keys, rotation.token_uid).Of(*minted->value);
  return journal_.SaveWithin(
      *transaction, open, rotation::Apply(rotation, outcome, TRY(Now())),
      {{StepKind::kOutcome, effect.action, effect.subject, {}}});
}

Status RotationDriver::Revoke(OpenRotation& open, const Effect& effect) {
  const Rotation& rotation = open.rotation;
  const std::string id = StoredId(rotation, CredentialOf(rotation, effect));
  const Author author{options_.actor, "rotation " + rotation.id};
  return Note(open, effect, event::Revoked{effect.subject, false},
              [&](WriteTransaction& transaction) -> Status {
                auto revoked =
                    effects_.credentials.Revoke(transaction, id, author);
                // One that never came to be needs no revoking.
                if (revoked || revoked.error().code == ErrorCode::kNotFound) {
                  return {};
                }
                return tl::unexpected<Error>(revoked.error());
              });
}

Status RotationDriver::EraseValue(OpenRotation& open, const Effect& effect) {
  const std::string id = open.rotation.id;
  TRY(EphemeralKey::Destroy(KeyFile(id)));
  TRY(Note(open, effect, event::Erased{}, [&](WriteTransaction&) {
    return effects_.store.rotations().ErasePendingValues(id);
  }));
  // Without its key the sealed value is noise already; a reader may keep its
  // bytes in the log for a while.
  const Status emptied = effects_.store.Checkpoint();
  if (emptied || emptied.error().code == ErrorCode::kLocked) return {};
  return emptied;
}

Status RotationDriver::ReadUsage(OpenRotation& open, const Effect& effect) {
  const Rotation& rotation = open.rotation;
  event::UsageRead read;
  read.complete_until = TRY(effects_.usage.CompleteUntil());
  std::vector<std::string> ids;
  for (const Credential& credential : rotation.credentials) {
    ids.push_back(StoredId(rotation, credential));
  }
  std::vector<std::pair<std::string, Consumer>> consumers;
  for (const rotation::Target& target : rotation.targets) {
    const auto address = ResourceId::Parse(target.name);
    auto opened = effects_.targets.Open(*address);
    if (opened) consumers.emplace_back(target.name, opened->consumer);
  }
  for (CredentialUse& use :
       TRY(effects_.usage.Read(ids, rotation.started_at))) {
    const auto at = std::find(ids.begin(), ids.end(), use.credential);
    if (at == ids.end()) continue;
    const rotation::Credential& credential =
        rotation.credentials[static_cast<std::size_t>(at - ids.begin())];
    const bool is_going = rotation.phase == rotation::Phase::kRollingBack ||
                          !rotation::IsNew(rotation, credential);
    if (use.may_be_lost && !is_going) continue;
    event::Use seen;
    seen.credential = credential.id;
    for (const auto& [name, consumer] : consumers) {
      if (!use.may_be_lost &&
          consumer.Matches(use.sighting.address, use.sighting.agent)) {
        seen.targets.push_back(name);
      }
    }
    seen.sighting = std::move(use.sighting);
    seen.own_probe = use.own_probe;
    seen.refused = use.refused;
    read.uses.push_back(std::move(seen));
  }
  return Note(open, effect, read);
}

// Channels come with the gateway; until then the audit is who is told, and
// whoever reads `rotation list`.
Status RotationDriver::Notify(OpenRotation& open, const Effect& effect) {
  const Rotation& rotation = open.rotation;
  Value details;
  details.Set("phase", rotation::Name(rotation.phase));
  details.Set("rotation", rotation.id);
  details.Set("text", rotation.text);
  details.Set("why", rotation::Name(rotation.why));
  return Note(open, effect, event::Notified{},
              [&](WriteTransaction& transaction) {
                return transaction.AppendAudit({0,
                                                effects_.clock.Now(),
                                                options_.actor,
                                                "rotation.attention",
                                                rotation.token,
                                                CanonicalJson(details),
                                                {},
                                                {}});
              });
}

}  // namespace writ::reconciler
