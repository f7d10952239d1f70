// A plan: what would change, why, and what stands in the way. Inert data, made
// by engine/plan/planner.h and printed by engine/plan/render_*.
//
// Three parts (design, section 4): the *decision* is what the digest covers;
// the *context* says where things come from; *evidence* is gathered from live
// traffic. The same desired and live state give the same decision, byte for
// byte.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/finding.h"
#include "engine/state/snapshot.h"
#include "schema/diagnostic.h"
#include "schema/digest.h"
#include "schema/facts.h"
#include "schema/resource_id.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::engine {

enum class Action : std::uint8_t {
  kNoOp,
  kCreate,   // +
  kUpdate,   // ~
  kReplace,  // -/+
  kDelete,   // -
  kForget,   // .   stays live, this repository no longer manages it
  kAdopt,    // <=
  kMove,     // →   may carry field changes as well
  kRotate,   // ↻
};

enum class Reason : std::uint8_t {
  kNotLive,            // declared, not live
  kManifestChanged,    // the manifest says something else than was applied
  kImmutableChanged,   // a field that can't change in place
  kNotDeclared,        // no manifest declares it any more
  kDestroyRequested,   // --destroy
  kDrifted,            // live was changed outside of git
  kAdoptRequested,     // lifecycle.adopt, or state transfer
  kRenamed,            // lifecycle.moved
  kParentMoved,        // carried along by its parent
  kImpliedByApp,       // Token/<app>/default
  kSupersededByToken,  // the default token, now that one is declared
  kForgetOnDelete,     // lifecycle.onDelete: forget
  kRotationDue,        // a schedule, or rotationId
};

enum class Cause : std::uint8_t { kGit, kDrift, kDependency, kSchedule };

// Whose work a change is, where a branch's merge result was planned.
enum class Origin : std::uint8_t {
  kBranch,    // the branch brings it
  kMerged,    // the ref it is merged into has it, not yet applied
  kDrift,     // made outside of git
  kSchedule,  // due by time
};

// Symbols and stable names: "+", "create"; "not_live"; "git".
std::string_view Symbol(Action action);
std::string_view Name(Action action);
std::string_view Name(Reason reason);
std::string_view Name(Cause cause);
std::string_view Name(Origin origin);
std::optional<Action> ParseAction(std::string_view name);
std::optional<Reason> ParseReason(std::string_view name);
std::optional<Cause> ParseCause(std::string_view name);
std::optional<Origin> ParseOrigin(std::string_view name);

struct FieldChange {
  std::string path;             // "spec.fields[currency].required"
  std::optional<Value> before;  // absent: not there; never set when sensitive
  std::optional<Value> after;
  bool sensitive = false;
  bool known_after_apply = false;  // a computed field
  bool forces_replacement = false;
  Cause cause = Cause::kGit;
  Location written_at;  // context; the value in its file or patch
};

// Why a plan can't be applied as it is, and which flag would let it.
enum class GuardKind : std::uint8_t {
  kDeletesOverLimit,  // --allow-deletes N
  kUpdatesOverLimit,  // --allow-updates N
  kEmptyDesired,      // --allow-empty
  kProtected,         // --allow-protected ADDRESS
  kDataLoss,          // --allow-data-loss ADDRESS (T-12)
  kForeignOwner,      // no flag: adopt: {from} or writ state transfer
  kUnmanaged,         // no flag: lifecycle.adopt
  kHasChildren,       // no flag: delete or move the children
};
std::string_view Name(GuardKind kind);

struct Guard {
  GuardKind kind = GuardKind::kProtected;
  ResourceId subject;   // empty: the plan as a whole
  std::string message;  // a sentence
  std::string flag;     // what allows it; empty: nothing does
  bool allowed = false;
};

// Why a change stands at the head of a plan beyond what its action says; made
// by engine/plan/alarm.h from full contents, holds no sensitive value.
enum class AlarmKind : std::uint8_t {
  kRecipient,     // a value will be sent somewhere it wasn't before (T-02)
  kWidened,       // a credential or scope set may do more than before
  kWeakensGuard,  // a policy, exception or protection gives way (T-04)
};
std::string_view Name(AlarmKind kind);
std::optional<AlarmKind> ParseAlarmKind(std::string_view name);
std::optional<GuardKind> ParseGuardKind(std::string_view name);

struct Alarm {
  AlarmKind kind = AlarmKind::kRecipient;
  std::string path;  // the field; empty: the resource as a whole
  std::string text;  // "its value will be sent to hooks.example.org"

  bool operator==(const Alarm&) const = default;
};

struct Touched {
  ResourceId id;
  std::int64_t generation = 0;  // 0: not live

  auto operator<=>(const Touched&) const = default;
};

// What a rotation that is due will do; of kRotate.
struct RotationOutlook {
  Timestamp due_since{};
  std::string schedule;              // its name
  std::vector<std::string> targets;  // names, the canary first
  std::string evidence;              // waited for; empty: none
  std::string quiet_for;             // of evidence "usage"
  std::vector<std::string> revokes;  // visible prefixes of what it replaces

  bool operator==(const RotationOutlook&) const = default;
};

// What the newest events of an app say of a changed schema or rule: how many of
// them it would have rejected, or fired on. Counts alone (T-16).
struct EventReplay {
  std::int64_t events = 0;  // of its name, or that the rule could see
  std::int64_t affected = 0;

  bool operator==(const EventReplay&) const = default;
};

struct Change {
  ResourceId id;
  Action action = Action::kNoOp;
  Reason reason = Reason::kNotLive;
  Cause cause = Cause::kGit;
  // The live resource's address before; absent: `id`. Of kMove, and of kReplace
  // where its parent moves in this plan and carries it to `id` first.
  std::optional<ResourceId> moved_from;
  // Where its parent's move in this plan has taken the live resource by the
  // time of this change; absent: its parent doesn't move.
  std::optional<ResourceId> carried_to;
  std::vector<FieldChange> fields;  // by path; empty for create and delete
  // Normalised contents; what is sensitive is taken out when printed. What
  // apply writes is `after`, computed and ignored fields merged in.
  std::shared_ptr<const Value> before;
  std::shared_ptr<const Value> after;
  Digest desired_digest;           // Resource::digest; zero where not desired
  std::int64_t generation = 0;     // of the live resource; 0: none
  std::vector<Touched> refers_to;  // sorted; live generations of references
  std::vector<ResourceId> after_changes;  // applied before this one, sorted
  bool suspended = false;                 // planned, never applied
  std::vector<Guard> guards;
  std::vector<Alarm> alarms;
  std::optional<Compatibility> compatibility;
  std::string status;  // of the live resource: "revoked by …"
  // What policies say of it, but for what passed; places are context.
  std::vector<Finding> findings;

  // Evidence. Of an EventSchema or a NotificationRule; absent: nothing is
  // known.
  std::optional<EventReplay> replay;

  // Context.
  Location written_at;     // where it is declared, or was
  Provenance provenance;   // of the live resource: who applied it last
  std::string drifted_by;  // who changed it outside git
  std::optional<Timestamp> drifted_at;
  std::vector<ResourceId> dependents;  // the first 20 by address
  std::int64_t dependent_count = 0;
  std::vector<std::string> patches;
  // Environments in which a secret that is required has no value.
  std::vector<std::string> missing_values;
  std::optional<RotationOutlook> rotation;
  std::optional<Origin> origin;  // set where Plan::merged_with is
};

struct Counts {
  std::int64_t create = 0;
  std::int64_t update = 0;
  std::int64_t replace = 0;
  std::int64_t remove = 0;
  std::int64_t forget = 0;
  std::int64_t adopt = 0;
  std::int64_t move = 0;
  std::int64_t rotate = 0;
  std::int64_t suspended = 0;

  bool operator==(const Counts&) const = default;
};

struct Plan {
  // Decision.
  std::string environment;
  std::string owner;
  std::string lineage;    // empty: the state doesn't exist yet
  Digest desired_digest;  // of all that is desired
  Digest policies_digest;
  std::vector<Change> changes;        // in the order of apply
  std::vector<Guard> guards;          // of the plan as a whole
  std::string mode = "normal";        // normal | destroy | refresh-only
  std::vector<std::string> targets;   // --target, sorted
  std::vector<std::string> excludes;  // --exclude, sorted
  // What policies say of the plan as a whole.
  std::vector<Finding> findings;

  // Changes caused by a schedule: shown, outside the digest.
  std::vector<Change> scheduled;
  // Drift that this plan was asked to leave, as what would put it back.
  std::vector<Change> left_drift;

  // Context.
  Commit commit;
  // Whose signature of the commit holds; absent: nobody's was verified.
  std::optional<std::string> signed_by;
  // Why the commit may not be applied, a sentence each (T-05).
  std::vector<std::string> untrusted;
  std::string source_ref;  // the ref it was planned from
  // From the repository's root to the source's, which files are named from.
  std::string source_folder;
  std::string compared_with;  // a comparison's first revision
  std::string merged_with;    // the ref that the commit was merged with for it
  std::vector<std::string> variables;  // names given by --var; no values
  std::int64_t serial = 0;
  std::int64_t resource_count = 0;  // desired, in all
  std::int64_t existing = 0;        // owned and live, in all
  std::optional<Timestamp> planned_at;
  std::string writ_version;
  Totals verdicts;                          // of all that policies judged
  std::vector<ExceptionNotice> exceptions;  // to be looked after
  std::vector<Alarm> alarms;  // guards that writ.yaml sets give way (T-04)
  // Sentences about what doesn't change anything now: a possible rename, an
  // expired silence, uncommitted changes that were left out.
  std::vector<std::string> notices;
  bool has_digest = true;  // a working tree's plan has none
  Digest digest;           // of the decision (render_json.h)

  Counts counts() const;
  bool empty() const { return changes.empty() && scheduled.empty(); }
  // True when apply would refuse: a guard that nothing allows.
  bool unsafe() const;
  // True when apply would refuse: a policy that nobody overrides.
  bool denied() const;
};

// Puts findings at the changes that they speak of, and the digest anew.
// REQUIRES: Finding::change counts in plan.changes.
void SetJudgement(Judgement judgement, Plan& plan);

}  // namespace writ::engine
