#include "tests/bench/rotation_sim_run.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/rotation/apply.h"
#include "engine/rotation/decide.h"
#include "engine/rotation/names.h"
#include "engine/rotation/rotation_json.h"
#include "schema/check.h"
#include "tests/bench/rotation_sim_laws.h"
#include "tests/bench/rotation_sim_world.h"

namespace writ::bench {
namespace {

using rotation::Action;
using rotation::Phase;
using rotation::Rotation;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
namespace event = rotation::event;

constexpr int kRestless = 60;  // steps in which things happen
constexpr int kMost = 900;     // steps
constexpr int kMostAtOnce = 150;

struct Crash {};

class Simulation {
 public:
  Simulation(Choices choices, bool with_story)
      : choices_(std::move(choices)), with_story_(with_story) {}

  SimulatedRotation Run();

 private:
  bool IsCalm() const { return world_.step > kRestless; }
  void Tell(std::string text);
  void Judge(BrokenLaw broken);
  bool IsBroken() const { return !result_.law.empty(); }

  // The journal: an older revision is refused.
  bool Save(int revision, Rotation next);
  // What somebody else than the driver does to the record.
  void Record(const Event& event);
  void TellWorld();

  // A driver's turn: what is due, or false where nothing is.
  bool Step(bool may_interfere);
  bool Act(const std::vector<rotation::Effect>& effects, int& revision);
  bool Do(const std::vector<rotation::Effect>& effects, int revision,
          const Rotation& decided);
  void Point();
  void Restart();
  void Wait();

  void Happen();
  void HappenOutside(int what);
  void Wish(int what);
  void ChangeTargets();
  void RevokeByHand();
  void Jump();
  bool MendStop();
  void SeeTheEnd();

  Choices choices_;
  World world_{choices_};
  Rotation journal_;
  int revision_ = 0;
  int crash_in_ = 0;
  int at_once_ = 0;
  int mended_ = 0;
  bool with_story_ = false;
  SimulatedRotation result_;
};

void Simulation::Tell(std::string text) {
  if (!with_story_) return;
  result_.story.push_back(FormatTimestamp(world_.now()) + " " +
                          std::string(rotation::Name(journal_.phase)) + ": " +
                          std::move(text));
}

void Simulation::Judge(BrokenLaw broken) {
  if (broken.law.empty() || IsBroken()) return;
  result_.law = std::move(broken.law);
  result_.detail = std::move(broken.detail);
  Tell("BROKEN: " + result_.law + " (" + result_.detail + ")");
}

bool Simulation::Save(int revision, Rotation next) {
  Point();
  if (revision != revision_) {
    Tell("a save of an older revision is refused");
    return false;
  }
  Judge(JudgeStep(world_, journal_, next));
  if (with_story_ && next.phase != journal_.phase) {
    Tell("-> " + std::string(rotation::Name(next.phase)) + " " + next.text);
  }
  journal_ = std::move(next);
  ++revision_;
  TellWorld();
  Point();
  return true;
}

// What people have asked for is so as soon as it is saved, also where the
// driver is killed right behind that.
void Simulation::TellWorld() {
  const bool forced =
      journal_.urgency != rotation::Urgency::kNone || journal_.retiring;
  if (forced) world_.ForceAll();
  for (FakeTarget& target : world_.targets) {
    world_.Declare(target,
                   std::any_of(journal_.targets.begin(), journal_.targets.end(),
                               [&](const auto& other) {
                                 return other.name == target.spec.name;
                               }));
  }
}

void Simulation::Record(const Event& event) {
  Save(revision_, rotation::Apply(journal_, event, world_.DriverNow()));
}

void Simulation::Point() {
  if (crash_in_ > 0 && --crash_in_ == 0) throw Crash();
}

bool Simulation::Step(bool may_interfere) {
  int revision = revision_;
  const auto effects = rotation::Decide(journal_, world_.DriverNow());
  if (effects.empty() || effects.front().action == Action::kWait) return false;
  // Another driver, while this one believes that it is the only one.
  if (may_interfere && choices_.Chance(5)) {
    Tell("a second driver acts");
    static_cast<void>(Step(false));
  }
  return Act(effects, revision);
}

bool IsOnTarget(Action action) {
  return action == Action::kPreflight || action == Action::kObserve ||
         action == Action::kPut || action == Action::kActivate ||
         action == Action::kCheckHealth || action == Action::kProbe ||
         action == Action::kRestore;
}

// What is writ's own is done one by one, what is targets' all at once.
bool Simulation::Act(const std::vector<rotation::Effect>& effects,
                     int& revision) {
  std::vector<rotation::Effect> now;
  for (const rotation::Effect& effect : effects) {
    const bool first_is_own = !IsOnTarget(effects.front().action);
    if (first_is_own ? now.empty() : IsOnTarget(effect.action)) {
      now.push_back(effect);
    }
  }
  const Rotation decided = journal_;
  Rotation next = journal_;
  for (const rotation::Effect& effect : now) {
    next = rotation::Apply(std::move(next),
                           event::Intended{effect.action, effect.subject},
                           world_.DriverNow());
  }
  if (!Save(revision, std::move(next))) return true;
  ++revision;
  return Do(now, revision, decided);
}

bool Simulation::Do(const std::vector<rotation::Effect>& effects, int revision,
                    const Rotation& decided) {
  if (revision != revision_) {
    Judge({"never two drivers", "an effect on an older revision"});
  }
  std::vector<Event> outcomes;
  for (const rotation::Effect& effect : effects) {
    if (effect.action == Action::kRevoke) {
      Judge(JudgeRevoke(world_, decided, effect.subject));
    }
    outcomes.push_back(world_.Perform(journal_, effect, IsCalm()));
    if (with_story_) {
      const auto* failed = std::get_if<event::Failed>(&outcomes.back());
      Tell(std::string(rotation::Name(effect.action)) + " " + effect.subject +
           (failed == nullptr
                ? ""
                : " fails: " + std::string(rotation::Name(failed->error))));
    }
    Point();
  }
  if (!IsCalm() && choices_.Chance(10)) Happen();
  Rotation next = journal_;
  for (const Event& outcome : outcomes) {
    next = rotation::Apply(std::move(next), outcome, world_.DriverNow());
  }
  static_cast<void>(Save(revision, std::move(next)));
  return true;
}

void Simulation::Restart() {
  ++result_.crashes;
  crash_in_ = 0;
  world_.ForgetMonotonicTime();
  Tell("the driver is killed, and started again");
  auto read = rotation::FromJson(rotation::ToJson(journal_));
  CHECK(read && *read == journal_);
  journal_ = *std::move(read);
}

void Simulation::Wait() {
  const auto effects = rotation::Decide(journal_, world_.DriverNow());
  Duration wait = minutes(10);
  for (const rotation::Effect& effect : effects) {
    if (effect.action != Action::kWait) continue;
    const auto until =
        std::chrono::ceil<Duration>(effect.until - world_.DriverNow().at);
    wait = std::clamp<Duration>(until, seconds(1), minutes(30));
  }
  // A driver is called now and then only.
  constexpr Duration kLate[] = {minutes(4), Duration(0), minutes(30)};
  wait += kLate[choices_.Weighted({6, 3, 1})];
  world_.AdvanceBy(wait);
  at_once_ = 0;
}

void Simulation::Jump() {
  constexpr Duration kOffsets[] = {Duration(0), seconds(-3), minutes(2),
                                   hours(1),    hours(5),    minutes(-2),
                                   hours(-1)};
  const Duration offset = kOffsets[choices_.Pick(7)];
  Tell("the clock jumps to " + std::to_string(offset.count() / 1000) + " s");
  world_.Jump(offset);
  world_.WatchJumps();
}

void Simulation::ChangeTargets() {
  std::vector<rotation::TargetSpec> specs;
  for (FakeTarget& target : world_.targets) {
    if (choices_.Chance(300)) continue;
    if (choices_.Chance(200)) target.spec.expected_period = minutes(45);
    if (choices_.Chance(100)) target.spec.dedicated = !target.spec.dedicated;
    specs.push_back(target.spec);
  }
  Tell("the manifests name " + std::to_string(specs.size()) + " targets");
  Record(event::TargetsChanged{specs});
}

void Simulation::RevokeByHand() {
  std::vector<std::string> valid;
  for (const rotation::Credential& credential : journal_.credentials) {
    if (world_.IsValid(credential.id)) valid.push_back(credential.id);
  }
  if (valid.empty()) return;
  const auto which = choices_.Pick(static_cast<int>(valid.size()));
  const std::string& id = valid[static_cast<std::size_t>(which)];
  Tell("somebody revokes " + id);
  world_.RevokeByHand(id);
  Record(event::Revoked{id, true});
}

void Simulation::Wish(int what) {
  switch (what) {
    case 0:
      Tell("somebody pauses it");
      if (rotation::WhyNotPause(journal_).empty()) {
        Record(event::PauseAsked{"look"});
      }
      break;
    case 1:
      Tell("somebody resumes it");
      if (rotation::WhyNotResume(journal_).empty()) {
        Record(event::ResumeAsked{});
      }
      break;
    case 2:
      Tell("somebody rolls it back");
      Record(event::RollbackAsked{"back"});
      break;
    case 3:
      RevokeByHand();
      break;
    case 4:
      ChangeTargets();
      break;
    case 5:
      Tell("it is to be immediate");
      Record(event::Requested{rotation::Cause::kManual,
                              rotation::Urgency::kImmediate});
      break;
    case 6:
      Tell("it is compromised");
      Record(event::Requested{rotation::Cause::kLeak,
                              rotation::Urgency::kCompromised});
      break;
    case 7:
      Tell("the principal is deleted");
      Record(event::PrincipalDeleted{});
      break;
    default:
      Tell("somebody abandons it");
      Record(event::AbandonAsked{"enough"});
  }
}

void Simulation::HappenOutside(int what) {
  const auto count = static_cast<int>(world_.targets.size());
  const auto gateways = static_cast<int>(world_.gateways.size());
  switch (what) {
    case 0: {
      const auto target = static_cast<std::size_t>(choices_.Pick(count));
      const bool garbage = choices_.Chance(250);
      Tell("somebody overwrites " + world_.targets[target].spec.name +
           (garbage ? " with something else" : " with what it held"));
      world_.PutBack(target, garbage);
      break;
    }
    case 1:
      Tell("a gateway dies");
      world_.KillGateway(static_cast<std::size_t>(choices_.Pick(gateways)));
      break;
    case 2:
      Tell("a gateway is slow");
      world_.SlowGateway(static_cast<std::size_t>(choices_.Pick(gateways)));
      break;
    case 3:
      Jump();
      break;
    default:
      Tell("the sealed value is lost");
      world_.LoseValue();
  }
}

void Simulation::Happen() {
  if (choices_.Chance(550)) {
    Wish(choices_.Weighted({30, 25, 15, 10, 12, 5, 4, 3, 2}));
  } else {
    HappenOutside(choices_.Weighted({30, 10, 10, 25, 8}));
  }
}

// Somebody looks at a rotation that stopped. False: nobody can help.
bool Simulation::MendStop() {
  if (journal_.abandoned || mended_ == 6) return false;
  world_.AdvanceBy(minutes(20));
  world_.MendGateways();
  if (++mended_ == 4 && rotation::WhyNotRollBack(journal_).empty()) {
    Wish(2);
  } else {
    Wish(1);
  }
  return true;
}

void Simulation::SeeTheEnd() {
  for (int i = 0; i < 4 && !IsBroken(); ++i) {
    world_.AdvanceBy(hours(1));
    Judge(JudgeStep(world_, journal_, journal_));
  }
  if (!rotation::IsOver(journal_)) return;
  for (int i = 0; i < 2 && !IsBroken(); ++i) {
    Wish(choices_.Pick(8));
    if (!IsBroken() &&
        !rotation::Decide(journal_, world_.DriverNow()).empty()) {
      while (Step(false)) {
      }
    }
  }
}

SimulatedRotation Simulation::Run() {
  journal_ = rotation::Begin(world_.MakeBeginning(), world_.DriverNow().at);
  for (; world_.step < kMost && !IsBroken(); ++world_.step) {
    try {
      if (!IsCalm() && choices_.Chance(40)) Happen();
      if (rotation::IsOver(journal_)) break;
      if (IsCalm()) {
        world_.Jump(Duration(0));
        world_.MendGateways();
      }
      if (!IsCalm() && choices_.Chance(30)) crash_in_ = 1 + choices_.Pick(12);
      const bool acted = Step(!IsCalm());
      crash_in_ = 0;
      if (acted && ++at_once_ > kMostAtOnce) {
        Judge({"it never acts without end", ""});
      }
      if (acted) continue;
      if (rotation::IsStopped(journal_) && (IsCalm() || choices_.Chance(100)) &&
          !MendStop()) {
        break;
      }
      Wait();
    } catch (const Crash&) {
      Restart();
    }
    Judge(JudgeStep(world_, journal_, journal_));
  }
  if (!IsBroken() && !rotation::IsOver(journal_) &&
      !rotation::IsStopped(journal_)) {
    Judge({"it comes to an end", ""});
  }
  if (!IsBroken()) SeeTheEnd();
  result_.needs_human =
      journal_.phase == Phase::kNeedsHuman && !journal_.abandoned;
  result_.failed_requests = world_.failed_requests;
  result_.schedule = choices_.schedule();
  return std::move(result_);
}

}  // namespace

SimulatedRotation Simulate(Choices choices, bool with_story) {
  return Simulation(std::move(choices), with_story).Run();
}

}  // namespace writ::bench
