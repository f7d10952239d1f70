// A world for rotations to act in: targets, credentials, consumers, a gateway
// and a clock, all in memory, and a driver that does what Decide says.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/rotation/apply.h"
#include "engine/rotation/decide.h"
#include "engine/rotation/gates.h"
#include "engine/rotation/names.h"

namespace writ::engine::rotation {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline constexpr Timestamp kStart{std::chrono::sys_days{
    std::chrono::year(2026) / std::chrono::November / 21}};

inline Credential Old(std::string id, std::string target = "") {
  Credential credential;
  credential.id = std::move(id);
  credential.target = std::move(target);
  credential.digest = "digest of " + credential.id;
  return credential;
}

inline TargetSpec Spec(std::string name) {
  TargetSpec spec;
  spec.name = std::move(name);
  spec.key = "TOKEN";
  return spec;
}

inline Beginning TwoTargets() {
  Beginning beginning;
  beginning.id = "r1";
  beginning.token = "Token/acme/ci";
  beginning.token_uid = "uid";
  beginning.cause = Cause::kSchedule;
  beginning.old = {Old("old")};
  beginning.targets = {Spec("one"), Spec("two")};
  return beginning;
}

class Stage {
 public:
  explicit Stage(Beginning beginning = TwoTargets())
      : rotation(Begin(std::move(beginning), kStart)) {
    for (const Credential& credential : rotation.credentials) {
      if (credential.generation == 0) issued.insert(credential.id);
    }
    for (const Target& target : rotation.targets) {
      can[target.name] = {true, true, true, true, true};
      holds[target.name] = OldDigest(target.name);
    }
  }

  // Answers the next such effect with this event.
  void Answer(Action action, std::string subject, Event event) {
    answers[{action, std::move(subject)}].push_back(std::move(event));
  }
  void FailNext(Action action, const std::string& subject, ErrorClass error,
                int times = 1,
                std::optional<Duration> retry_after = std::nullopt) {
    for (int i = 0; i < times; ++i) {
      Answer(action, subject,
             event::Failed{action, subject, error, "it says no", retry_after});
    }
  }

  // Throws at the nth point at which a driver may be killed: before a save,
  // after it, before what it announces, after that.
  struct Crash {};
  void Point() {
    if (crash_in && --*crash_in == 0) throw Crash();
  }

  void Tell(const Event& event) {
    rotation = Apply(rotation, event, Now());
    Point();
    saved = rotation;
    Point();
  }
  // As a new driver finds it.
  void Restart() {
    crash_in.reset();
    rotation = saved;
  }
  Moment Now() const { return {now, false}; }

  // Every consumer uses what its target holds.
  void UseAll() {
    for (const auto& [target, digest] : holds) UseOf(target, digest);
  }
  void UseOf(const std::string& target, const std::string& digest) {
    for (const Credential& credential : rotation.credentials) {
      if (credential.digest != digest || digest.empty()) continue;
      uses.push_back({credential.id,
                      {target},
                      {now, "10.0.4.7", "checkout/2.1", "POST /v1/apps"},
                      false});
    }
  }

  // Does what is due, once round. False: there was nothing to do now.
  bool Step() {
    const std::vector<Effect> effects = Decide(rotation, Now());
    bool acted = false;
    for (const Effect& effect : effects) {
      if (effect.action == Action::kWait) continue;
      done.push_back(std::string(Name(effect.action)) +
                     (effect.subject.empty() ? "" : " " + effect.subject));
      Tell(event::Intended{effect.action, effect.subject});
      acted = true;
    }
    std::vector<Event> outcomes;
    for (const Effect& effect : effects) {
      if (effect.action == Action::kWait) continue;
      outcomes.push_back(Perform(effect));
      Point();
    }
    for (const Event& outcome : outcomes) Tell(outcome);
    return acted;
  }
  // Until it would have to wait.
  void Run() {
    for (int i = 0; Step(); ++i) {
      ASSERT_LT(i, 1000) << "it never waits";
      ASSERT_EQ(Broken(), "");
    }
  }
  // And waits, with consumers at work, for so long.
  void RunFor(Duration duration, bool at_work = true) {
    const Timestamp end = now + duration;
    while (true) {
      Run();
      if (testing::Test::HasFatalFailure()) return;
      const std::vector<Effect> effects = Decide(rotation, Now());
      Timestamp next = end;
      if (!effects.empty()) next = std::min(end, effects[0].until);
      if (next >= end) break;
      now = std::max(next, now + seconds(1));
      if (at_work) UseAll();
    }
    now = end;
    if (at_work) UseAll();
    Run();
  }

  std::string OldDigest(const std::string& target) const {
    for (const Credential& credential : rotation.credentials) {
      if (credential.generation == 0 &&
          (credential.target.empty() || credential.target == target)) {
        return credential.digest;
      }
    }
    return "";
  }

  // The first law that doesn't hold; "" where all do.
  std::string Broken() const {
    for (const auto& [target, digest] : holds) {
      const bool valid = digest.empty() || forced || IsValid(digest);
      if (!valid) return target + " holds a credential that isn't valid";
    }
    if (!IsOver(rotation)) return "";
    if (sealed) return "a value is left behind";
    if (rotation.abandoned) return "";
    for (const Credential& credential : rotation.credentials) {
      const bool extra = rotation.phase == Phase::kDone
                             ? !IsNew(rotation, credential)
                             : credential.generation > 0;
      if (extra && issued.contains(credential.id)) {
        return credential.id + " is left valid";
      }
    }
    return "";
  }

  Event Perform(const Effect& effect) {
    auto& queued = answers[{effect.action, effect.subject}];
    if (!queued.empty()) {
      Event event = std::move(queued.front());
      queued.pop_front();
      return event;
    }
    return Succeed(effect);
  }

  Event Succeed(const Effect& effect) {
    const std::string& subject = effect.subject;
    switch (effect.action) {
      case Action::kPreflight:
        return event::Ready{subject, can[subject], holds[subject], "v1"};
      case Action::kMint:
        ++minted;
        issued.insert(subject);
        sealed = true;
        return event::Minted{subject, "digest of " + subject, "vela_cs_Qx81",
                             std::nullopt};
      case Action::kObserve:
        return Seen(subject);
      case Action::kPut:
        previous[subject] = holds[subject];
        holds[subject] = WantedDigest(subject);
        return event::Written{subject, "v2"};
      case Action::kActivate:
        return event::Activated{subject};
      case Action::kCheckHealth:
        return event::Healthy{subject};
      case Action::kProbe:
        return event::Probed{subject};
      case Action::kReadUsage:
        return event::UsageRead{now - lag, uses};
      case Action::kEraseValue:
        sealed = false;
        return event::Erased{};
      case Action::kRevoke:
        issued.erase(subject);
        return event::Revoked{subject, false};
      case Action::kRestore:
        holds[subject] = OldDigest(subject);
        return event::Restored{subject};
      case Action::kNotify:
      case Action::kWait:
        break;
    }
    return event::Notified{};
  }

  event::Observed Seen(const std::string& target) {
    if (!can[target].reads_back) return {target, false, "", ""};
    return {target, true, holds[target], "v"};
  }

  std::string WantedDigest(const std::string& name) const {
    for (const Target& target : rotation.targets) {
      if (target.name == name) return NewFor(rotation, target)->digest;
    }
    return "";
  }
  bool IsValid(const std::string& digest) const {
    for (const Credential& credential : rotation.credentials) {
      if (credential.digest == digest && issued.contains(credential.id)) {
        return true;
      }
    }
    return false;
  }
  const Target& At(const std::string& name) const {
    for (const Target& target : rotation.targets) {
      if (target.name == name) return target;
    }
    ADD_FAILURE() << "no target " << name;
    return rotation.targets.front();
  }

  Rotation rotation;
  Rotation saved = rotation;
  std::optional<int> crash_in;
  Timestamp now = kStart;
  Duration lag{0};
  bool sealed = false;
  int minted = 0;
  bool forced = false;  // consumers may be cut off
  std::map<std::string, Capabilities> can;
  std::map<std::string, std::string> holds;
  std::map<std::string, std::string> previous;
  std::set<std::string> issued;
  std::vector<event::Use> uses;
  std::vector<std::string> done;
  std::map<std::pair<Action, std::string>, std::deque<Event>> answers;
};

inline std::string In(const Rotation& rotation) {
  return std::string(Name(rotation.phase));
}

// The id of the credential that a generation mints.
inline std::string New(int generation = 1, std::string_view target = "") {
  return CredentialId("r1", generation, target);
}

inline Stage WithTerms(const std::function<void(Terms&)>& set) {
  Beginning beginning = TwoTargets();
  set(beginning.terms);
  return Stage(std::move(beginning));
}

// With consumers at work.
inline void Until(Stage& stage, Phase phase) {
  for (int i = 0; i < 500 && stage.rotation.phase != phase; ++i) {
    if (stage.Step()) continue;
    stage.now += minutes(5);
    stage.UseAll();
  }
  ASSERT_EQ(In(stage.rotation), Name(phase)) << stage.rotation.text;
}

inline void ExpectPaused(const Stage& stage, Why why, const std::string& text) {
  EXPECT_EQ(In(stage.rotation), "PAUSED");
  EXPECT_EQ(Name(stage.rotation.why), Name(why));
  EXPECT_THAT(stage.rotation.text, testing::HasSubstr(text));
}

}  // namespace writ::engine::rotation
