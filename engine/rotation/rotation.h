// One rotation of one token, as an inert value: what was asked, on what terms,
// how far each target and each credential is. It is all that the journal keeps;
// whoever reads it after a crash knows what a driver without one knows.
//
//   PREFLIGHT → CREATED → DEPLOYING → DEPLOYED → VERIFYING → VERIFIED
//     → DRAINING → REVOKING → DONE
//   side exits: PAUSED, ROLLING_BACK → ROLLED_BACK, NEEDS_HUMAN
//
// Credentials have a generation: 0 were valid before, n are of the n-th value
// that the rotation minted. Only those of the newest generation are new; all
// others are old, whoever made them, and revoked on the same evidence.
//
// apply.h says what an event makes of it, decide.h what is to be done next.
// Pure values, safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/time.h"

namespace writ::engine::rotation {

enum class Phase : std::uint8_t {
  kPreflight,    // targets are asked whether they could be written
  kCreated,      // the new credentials exist, nobody holds them
  kDeploying,    // targets are written, the canary first, then in waves
  kDeployed,     // every target was written and is healthy
  kVerifying,    // targets read back, probes, consumers seen
  kVerified,     // the value is erased; consumers use the new one
  kDraining,     // the old one has to be quiet
  kRevoking,     // the evidence is there
  kDone,         //
  kPaused,       // goes on where it was when somebody resumes it
  kRollingBack,  // targets get back what they had, the new one is revoked
  kRolledBack,   //
  kNeedsHuman,   // limits were met; resumed like a pause
};
inline constexpr std::size_t kPhases = 13;

// Why there is a rotation.
enum class Cause : std::uint8_t {
  kIssue,  // the token's first credential
  kSchedule,
  kRotationId,
  kScopes,
  kNetworks,
  kTargets,
  kManual,
  kCompromised,
  kLeak,
  kReplaced,  // another Token stands at its address: of another family, say
};

// What force is used against the old credential.
enum class Urgency : std::uint8_t {
  kNone,         // revoked on evidence alone
  kImmediate,    // revoked once every target holds the new one
  kCompromised,  // revoked at once, whatever breaks
};

enum class Evidence : std::uint8_t { kReadback, kProbe, kUsage };
enum class OnFailure : std::uint8_t { kPause, kRollback };

// Of a step that failed. Only the first two are mended by trying again.
enum class ErrorClass : std::uint8_t {
  kNone,
  kTransient,
  kThrottled,  // with or without a time to come back
  kAuth,
  kConflict,  // somebody else wrote meanwhile: look, then try again
  kInvalid,   // the target refuses what it is given
  kGone,
  kUnknown,  // no answer: look, then try again
};

// Why a rotation is in PAUSED, NEEDS_HUMAN or ROLLING_BACK.
enum class Why : std::uint8_t {
  kNone,
  kAsked,
  kStepFailed,
  kOutOfAttempts,
  kCannotFinish,  // not in time, not with the evidence asked for
  kNotSeen,       // no consumer has used the new one by the deadline
  kStillInUse,    // the old one is used, or may be, at the deadline
  kOverwritten,   // a target lost the new one to somebody else
  kAltered,       // a target holds something else than what was written
  kHoldsNew,      // rolling back: a target can't be given back what it had
  kAbandoned,
  kRefused,  // a consumer came with the new one and was turned away
};

// What the schedule said when the rotation began.
struct Terms {
  Duration grace{std::chrono::hours(24)};
  Evidence evidence = Evidence::kUsage;
  Duration quiet_for{std::chrono::hours(1)};
  int max_in_flight = 3;
  int per_attempt = 5;
  int per_cycle = 3;
  Duration backoff{std::chrono::seconds(5)};
  Duration max_backoff{std::chrono::minutes(5)};
  OnFailure on_failure = OnFailure::kPause;
  int max_active = 2;  // valid at once, for each set of targets sharing one

  bool operator==(const Terms&) const = default;
};

// A use of a credential, as the gateway recorded it.
struct Sighting {
  Timestamp at;
  std::string address;
  std::string agent;
  std::string route;

  bool operator==(const Sighting&) const = default;
};

struct Credential {
  enum class Issue : std::uint8_t { kNo, kIntended, kYes };

  std::string id;      // new ones: CredentialId
  std::string target;  // that it is dedicated to; empty: shared by the rest
  int generation = 0;
  Issue issue = Issue::kNo;
  bool held = false;   // a target may hold or may have held it
  std::string digest;  // of its value, an opaque text
  std::string hint;    // its visible prefix
  std::optional<Timestamp> expires_at;
  bool revoke_intended = false;  // revoked or not: nobody knows
  std::optional<Timestamp> revoked_at;
  std::optional<Sighting> last_used;  // by anybody but writ itself

  bool operator==(const Credential&) const = default;
};

// Tries of a step, and what came of the last one.
struct Tries {
  int count = 0;
  std::optional<Timestamp> next_at;
  ErrorClass error = ErrorClass::kNone;
  std::string text;

  bool operator==(const Tries&) const = default;
};

// What a target can do; preflight finds out.
struct Capabilities {
  bool reads_back = false;      // tells the digest of what it holds
  bool activates = false;       // its consumer has to be restarted
  bool reports_health = false;  //
  bool probes = false;          // has a probe that uses the new value
  bool restores = false;        // puts back an earlier version, by its name

  bool operator==(const Capabilities&) const = default;
};

// How far a target is. Each is reached after the one before; steps that the
// target can't do are passed over.
enum class TargetState : std::uint8_t {
  kWaiting,
  kPutIntended,  // written or not: nobody knows until it is observed
  kPut,
  kActivated,
  kHealthy,
  kReadBack,
  kConfirmed,
  kRestored,  // rolled back, its consumer not yet restarted
  kReleased,  // holds none that this rotation minted
};

struct Target {
  std::string name;  // the DeployTarget's
  std::string key;   // the name that the value gets there
  bool dedicated = false;
  int wave = 0;  // 0: the canary, where there is one
  bool canary = false;
  std::optional<Duration> expected_period;

  bool ready = false;  // preflight passed
  Capabilities can;
  std::string previous_digest;   // what it held before; empty: not known
  std::string previous_version;  // for restoring
  std::string version;           // last seen
  TargetState state = TargetState::kWaiting;
  int held_generation = 0;  // the newest it may hold; 0: none of ours
  int held_before = 0;      // before the write that was intended last
  Tries tries;
  std::optional<Sighting> seen;         // its consumer, using the new one
  std::optional<Sighting> refused;      // turned away with it, first; not seen
  std::optional<Timestamp> checked_at;  // seen holding it, last
  int overwritten = 0;

  bool operator==(const Target&) const = default;
};

// What is asked of a rotation about a target: part of the manifests.
struct TargetSpec {
  std::string name;
  std::string key;
  bool dedicated = false;
  bool canary = false;
  std::optional<Duration> expected_period;

  bool operator==(const TargetSpec&) const = default;
};

enum class SealedValue : std::uint8_t { kNone, kSealed, kErased };

struct Rotation {
  std::string id;
  std::string token;  // address
  std::string token_uid;
  Cause cause = Cause::kManual;
  std::string asked_by;
  std::string basis;  // what the token asked for when it began (wanted.h)
  Terms terms;
  Urgency urgency = Urgency::kNone;

  Phase phase = Phase::kPreflight;
  Phase stopped_in = Phase::kPreflight;  // where PAUSED, NEEDS_HUMAN came from
  Why why = Why::kNone;
  std::string text;       // of the reason, for people
  bool announce = false;  // somebody has to be told
  bool retiring = false;  // the principal is gone: all is revoked
  bool abandoned = false;

  int generation = 1;
  int attempt = 1;
  SealedValue value = SealedValue::kNone;
  std::vector<Credential> credentials;
  std::vector<Target> targets;       // in the order of waves
  std::vector<std::string> dropped;  // no longer targets, may hold the value
  Tries tries;                       // of steps that aren't a target's

  std::optional<Timestamp> complete_until;  // the watermark of use
  std::optional<Timestamp> usage_read_at;
  std::optional<Timestamp> look_at;   // when to read use again
  std::optional<Timestamp> deadline;  // end of grace, the driver's (section 7)
  std::optional<Timestamp> released_at;  // rolled back: the last target was
  Timestamp started_at;
  Timestamp seen_at;  // the latest `now` it was ever given
  std::array<std::optional<Timestamp>, kPhases> entered;  // last time

  bool operator==(const Rotation&) const = default;
};

// What a rotation is begun with.
struct Beginning {
  std::string id;
  std::string token;
  std::string token_uid;
  Cause cause = Cause::kManual;
  std::string asked_by;
  std::string basis;
  Terms terms;
  Urgency urgency = Urgency::kNone;
  std::vector<Credential> old;  // all that are valid now
  std::vector<TargetSpec> targets;
};

// In PREFLIGHT, with the credentials to be minted named. Without a target, the
// evidence asked for is use.
Rotation Begin(Beginning beginning, Timestamp now);

// What is left of it when its record may be older than the world, as after a
// restore: each target that may have been written is observed before anything
// else is done, and what was seen of use counts no longer (T-10).
Rotation Doubt(Rotation rotation, Timestamp now);

// The same for the same rotation, generation and target, so that a retry names
// the credential that the first try may have minted.
std::string CredentialId(std::string_view rotation, int generation,
                         std::string_view dedicated_target);

// The credential that the target is to hold. Null: there is none, a bug.
const Credential* NewFor(const Rotation& rotation, const Target& target);

// Nothing more will come: DONE, ROLLED_BACK, or abandoned and nothing sealed.
bool IsOver(const Rotation& rotation);
// PAUSED or NEEDS_HUMAN.
bool IsStopped(const Rotation& rotation);

std::optional<Timestamp> EnteredAt(const Rotation& rotation, Phase phase);

}  // namespace writ::engine::rotation
