#include "reconciler/rotation/driver.h"

#include <algorithm>
#include <span>
#include <thread>
#include <utility>

#include "engine/rotation/apply.h"
#include "engine/rotation/decide.h"
#include "reconciler/keys/ephemeral_key.h"
#include "reconciler/rotation/target_work.h"
#include "schema/check.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

namespace event = engine::rotation::event;
namespace rotation = engine::rotation;
using rotation::Action;
using rotation::Credential;
using rotation::Effect;
using rotation::Event;
using rotation::Rotation;

constexpr std::chrono::seconds kClockTolerance{5};

bool IsOnTarget(Action action) {
  switch (action) {
    case Action::kPreflight:
    case Action::kObserve:
    case Action::kPut:
    case Action::kActivate:
    case Action::kCheckHealth:
    case Action::kProbe:
    case Action::kRestore:
      return true;
    case Action::kMint:
    case Action::kReadUsage:
    case Action::kEraseValue:
    case Action::kRevoke:
    case Action::kNotify:
    case Action::kWait:
      break;
  }
  return false;
}

const rotation::Target* FindTarget(const Rotation& rotation,
                                   const std::string& name) {
  for (const rotation::Target& target : rotation.targets) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

// What the log says of an outcome: why it failed, or nothing.
std::string OutcomeText(const Event& event) {
  const auto* failed = std::get_if<event::Failed>(&event);
  return failed == nullptr ? std::string() : failed->text;
}

Event FailedBy(const Effect& effect, const Error& error) {
  const bool passing = IsRetryable(error.code);
  return event::Failed{effect.action, effect.subject,
                       passing ? rotation::ErrorClass::kTransient
                               : rotation::ErrorClass::kInvalid,
                       InOneLine(error), std::nullopt};
}

}  // namespace

std::string StoredId(const Rotation& rotation, const Credential& credential) {
  if (credential.generation == 0) return credential.id;
  return CredentialIdOf(rotation.id, credential.generation, credential.target);
}

RotationDriver::RotationDriver(RotationEffects effects, DriverOptions options)
    : effects_(effects),
      options_(std::move(options)),
      journal_(effects.store, effects.clock, options_.lease_token,
               options_.actor) {}

// T-24: nothing is decided by a clock that is behind what was seen before.
Result<rotation::Moment> RotationDriver::Now() const {
  const StateFacts facts = TRY(effects_.store.ReadFacts());
  const Timestamp now = effects_.clock.Now();
  return rotation::Moment{now, now + kClockTolerance <= facts.high_water};
}

std::string RotationDriver::KeyFile(const std::string& rotation) const {
  return effects_.store.folder() + "/rotation-" + rotation + ".key";
}

Result<Rotation> RotationDriver::Begin(const ResourceId& token,
                                       rotation::Cause cause,
                                       rotation::Urgency urgency) {
  const auto live = TRY(effects_.store.rotations().FindOpen(token));
  if (live) return Tell(live->id, event::Requested{cause, urgency});
  const RotatedToken read = TRY(ReadRotatedToken(effects_.store, token));
  rotation::Beginning beginning =
      TRY(BeginningOf(effects_.store, read, cause, options_.actor));
  beginning.id = NewRotationId(effects_.random);
  beginning.urgency = std::max(beginning.urgency, urgency);
  OpenRotation open = TRY(journal_.Insert(
      rotation::Begin(std::move(beginning), effects_.clock.Now())));
  return std::move(open.rotation);
}

Result<Rotation> RotationDriver::Tell(const std::string& id,
                                      const Event& event) {
  OpenRotation open = TRY(journal_.Load(id));
  const rotation::Moment now = TRY(Now());
  TRY(journal_.Save(open, rotation::Apply(open.rotation, event, now), {}));
  return std::move(open.rotation);
}

Result<Rotation> RotationDriver::Advance(const std::string& id) {
  OpenRotation open = TRY(journal_.Load(id));
  if (open.record.observe) {
    // The record is of an older backup: what targets hold is looked at first.
    TRY(journal_.Save(
        open, rotation::Doubt(open.rotation, effects_.clock.Now()), {}));
  }
  while (!Stopped() &&
         TRY(While(Step(open), "rotating " + open.rotation.token))) {
    if (options_.progress) options_.progress(open.rotation);
  }
  return std::move(open.rotation);
}

Result<bool> RotationDriver::Step(OpenRotation& open) {
  const rotation::Moment now = TRY(Now());
  const Effects effects = rotation::Decide(open.rotation, now);
  const bool waits = effects.empty() || effects.front().action == Action::kWait;
  if (waits) return false;
  const Effect& first = effects.front();
  if (!IsOnTarget(first.action)) {
    TRY(SaveIntents(open, {first}, now));
    TRY(DoOwn(open, first));
    return true;
  }
  Effects on_targets;
  std::copy_if(effects.begin(), effects.end(), std::back_inserter(on_targets),
               [](const Effect& effect) { return IsOnTarget(effect.action); });
  TRY(SaveIntents(open, on_targets, now));
  const Events outcomes = TRY(WorkOnTargets(open, on_targets));
  TRY(SaveOutcomes(open, on_targets, outcomes));
  return true;
}

Status RotationDriver::SaveIntents(OpenRotation& open, const Effects& effects,
                                   const rotation::Moment& now) {
  Rotation next = open.rotation;
  std::vector<LoggedStep> steps;
  for (const Effect& effect : effects) {
    next = rotation::Apply(std::move(next),
                           event::Intended{effect.action, effect.subject}, now);
    steps.push_back({StepKind::kIntent, effect.action, effect.subject, {}});
  }
  return journal_.Save(open, std::move(next), steps);
}

Status RotationDriver::SaveOutcomes(OpenRotation& open, const Effects& effects,
                                    const Events& outcomes) {
  CHECK(effects.size() == outcomes.size());
  const rotation::Moment now = TRY(Now());
  Rotation next = open.rotation;
  std::vector<LoggedStep> steps;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    next = rotation::Apply(std::move(next), outcomes[i], now);
    steps.push_back({StepKind::kOutcome, effects[i].action, effects[i].subject,
                     OutcomeText(outcomes[i])});
  }
  return journal_.Save(open, std::move(next), steps);
}

Result<RotationDriver::Events> RotationDriver::WorkOnTargets(
    const OpenRotation& open, const Effects& effects) {
  std::vector<TargetWork> work;
  std::vector<SecretValue> values;
  values.reserve(effects.size());  // work points into it
  std::vector<std::optional<Event>> settled;
  for (const Effect& effect : effects) {
    settled.push_back(TRY(Prepare(open, effect, work, values)));
  }
  std::vector<std::optional<Event>> done(work.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < work.size(); ++i) {
      threads.emplace_back([&, i] { done[i] = Perform(work[i]); });
    }
    if (!work.empty()) done[0] = Perform(work[0]);
  }
  Events outcomes;
  std::size_t next = 0;
  for (std::optional<Event>& event : settled) {
    outcomes.push_back(event ? *std::move(event) : *std::move(done[next++]));
  }
  return outcomes;
}

// Adds the work, or says what came of it already.
Result<std::optional<Event>> RotationDriver::Prepare(
    const OpenRotation& open, const Effect& effect,
    std::vector<TargetWork>& work, std::vector<SecretValue>& values) {
  const Rotation& rotation = open.rotation;
  const rotation::Target* target = FindTarget(rotation, effect.subject);
  const auto id = ResourceId::Parse(effect.subject);
  CHECK(target != nullptr && id);
  auto opened = effects_.targets.Open(*id);
  if (!opened) return std::optional<Event>(FailedBy(effect, opened.error()));
  const Credential* wanted = rotation::NewFor(rotation, *target);
  CHECK(wanted != nullptr);
  TargetWork one{
      effect.action,
      effect.subject,
      *std::move(opened),
      Delivery{target->key, rotation.id, rotation.generation},
      nullptr,
      {},
      ValueDigests(effects_.keys, rotation.token_uid, wanted->digest)};
  if (effect.action == Action::kRestore) one.version = target->previous_version;
  if (effect.action == Action::kPut || effect.action == Action::kProbe) {
    auto value = TRY(FindValue(rotation, *wanted));
    if (!value) return std::optional<Event>(event::ValueLost{});
    values.push_back(*std::move(value));
    one.value = &values.back();
  }
  if (effect.action == Action::kPreflight &&
      !one.open.target->ScopePath().empty()) {
    one.other_places = OtherPlaces(rotation, *target);
  }
  work.push_back(std::move(one));
  return std::optional<Event>();
}

std::vector<std::string> RotationDriver::OtherPlaces(
    const Rotation& rotation, const rotation::Target& target) {
  std::vector<std::string> places;
  for (const rotation::Target& other : rotation.targets) {
    if (other.name == target.name || other.key != target.key) continue;
    const auto id = ResourceId::Parse(other.name);
    CHECK(id);
    // One that can't be opened fails in its own preflight.
    const auto opened = effects_.targets.Open(*id);
    if (opened) places.push_back(opened->target->ScopePath());
  }
  return places;
}

Result<std::optional<SecretValue>> RotationDriver::FindValue(
    const Rotation& rotation, const Credential& credential) {
  const std::string id = StoredId(rotation, credential);
  const auto sealed = TRY(effects_.store.rotations().FindPendingValue(id));
  if (!sealed) return std::optional<SecretValue>();
  const auto key = TRY(EphemeralKey::Open(KeyFile(rotation.id)));
  if (!key) return std::optional<SecretValue>();
  auto value = key->Unseal(id, *sealed);
  if (!value && value.error().code == ErrorCode::kCorrupt) {
    return std::optional<SecretValue>();
  }
  return std::optional<SecretValue>(TRY(std::move(value)));
}

Status RotationDriver::Note(
    OpenRotation& open, const Effect& effect, const Event& event,
    const std::function<Status(WriteTransaction&)>& more) {
  const rotation::Moment now = TRY(Now());
  return journal_.Save(
      open, rotation::Apply(open.rotation, event, now),
      {{StepKind::kOutcome, effect.action, effect.subject, OutcomeText(event)}},
      more);
}

Status RotationDriver::DoOwn(OpenRotation& open, const Effect& effect) {
  switch (effect.action) {
    case Action::kMint:
      return Mint(open, effect);
    case Action::kRevoke:
      return Revoke(open, effect);
    case Action::kEraseValue:
      return EraseValue(open, effect);
    case Action::kReadUsage:
      return ReadUsage(open, effect);
    case Action::kNotify:
      return Notify(open, effect);
    case Action::kPreflight:
    case Action::kObserve:
    case Action::kPut:
    case Action::kActivate:
    case Action::kCheckHealth:
    case Action::kProbe:
    case Action::kRestore:
    case Action::kWait:
      break;
  }
  CHECK(false);
  return {};
}

}  // namespace writ::reconciler
