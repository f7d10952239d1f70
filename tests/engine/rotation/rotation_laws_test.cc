// Every string of so many events from every phase, whether it makes sense or
// not, keeps the laws. Since Apply is a function, strings that led to the same
// rotation are gone on from once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "engine/rotation/record_fields.h"
#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

struct Letter {
  std::string name;
  Event event;
  Duration at{0};  // it doesn't come before
};

std::string NewId(int generation) { return CredentialId("r1", generation, ""); }

std::vector<Letter> Alphabet() {
  const Capabilities full{true, false, false, false, true};
  const Capabilities none{};
  const event::Use new_use{
      NewId(1), {"one"}, {kStart + minutes(1), "::1", "x", "/"}, false};
  const event::Use old_use{
      "old", {"one"}, {kStart + minutes(90), "::1", "x", "/"}, false};
  const auto failed = [](Action action, ErrorClass error) {
    return event::Failed{action, "one", error, "no", std::nullopt};
  };
  return {
      {"ready", event::Ready{"one", full, "digest of old", "v1"}},
      {"ready, blind", event::Ready{"one", none, "", ""}},
      {"mint intended", event::Intended{Action::kMint, NewId(1)}},
      {"minted", event::Minted{NewId(1), "new", "h", std::nullopt}},
      {"minted again", event::Minted{NewId(2), "newer", "h", std::nullopt}},
      {"value lost", event::ValueLost{}},
      {"put intended", event::Intended{Action::kPut, "one"}},
      {"written", event::Written{"one", "v2"}},
      {"holds new", event::Observed{"one", true, "new", "v2"}},
      {"holds old", event::Observed{"one", true, "digest of old", "v1"}},
      {"holds other", event::Observed{"one", true, "other", "v3"}},
      {"silent", event::Observed{"one", false, "", ""}},
      {"used", event::UsageRead{kStart + hours(1), {new_use}}},
      {"old used", event::UsageRead{kStart + hours(2), {new_use, old_use}}},
      {"quiet", event::UsageRead{kStart + hours(3), {new_use}}, hours(3)},
      {"unwatched", event::UsageRead{std::nullopt, {new_use}}, hours(28)},
      {"erased", event::Erased{}},
      {"old revoked", event::Revoked{"old", false}},
      {"new revoked", event::Revoked{NewId(1), true}},
      {"restored", event::Restored{"one"}},
      {"refused", failed(Action::kPut, ErrorClass::kAuth)},
      {"invalid", failed(Action::kPut, ErrorClass::kInvalid)},
      {"no answer", failed(Action::kPut, ErrorClass::kUnknown)},
      {"pause", event::PauseAsked{"look"}},
      {"resume", event::ResumeAsked{}},
      {"rollback", event::RollbackAsked{"back"}},
      {"abandon", event::AbandonAsked{"enough"}},
      {"compromised", event::Requested{Cause::kLeak, Urgency::kCompromised}},
      {"no targets", event::TargetsChanged{{}}},
      {"deleted", event::PrincipalDeleted{}},
  };
}

bool Force(const Rotation& rotation) {
  return rotation.urgency != Urgency::kNone || rotation.retiring;
}

// What has to be so before an old credential is revoked unforced.
bool HasEvidence(const Rotation& rotation) {
  if (rotation.terms.evidence != Evidence::kUsage) {
    return std::all_of(rotation.targets.begin(), rotation.targets.end(),
                       [](const Target& target) {
                         return target.state == TargetState::kConfirmed;
                       });
  }
  return IsNewSeen(rotation) && rotation.complete_until && IsOldQuiet(rotation);
}

bool AnyHolds(const Rotation& rotation) {
  return std::any_of(
      rotation.targets.begin(), rotation.targets.end(),
      [](const Target& target) { return target.held_generation > 0; });
}

std::string BrokenEffects(const Rotation& rotation, const Moment& now) {
  for (const Effect& effect : Decide(rotation, now)) {
    if (effect.action == Action::kWait && effect.until <= now.at) {
      return "waits for what was";
    }
    if (effect.action == Action::kPut &&
        rotation.value != SealedValue::kSealed) {
      return "writes a value that isn't there";
    }
    if (effect.action != Action::kRevoke || Force(rotation)) continue;
    for (const Credential& credential : rotation.credentials) {
      if (credential.id != effect.subject || !credential.held) continue;
      if (credential.generation == 0 && !HasEvidence(rotation)) {
        return "revokes an old one without evidence";
      }
      if (IsNew(rotation, credential) &&
          (rotation.phase != Phase::kRollingBack || AnyHolds(rotation))) {
        return "revokes a new one that is held";
      }
    }
  }
  return "";
}

std::string BrokenStep(const Rotation& before, const Rotation& after,
                       const Event& event, Timestamp now) {
  const bool was_over =
      before.phase == Phase::kDone || before.phase == Phase::kRolledBack;
  if (was_over && after.phase != before.phase) return "leaves its end";
  if (before.abandoned && after.phase != before.phase) return "is picked up";
  if (IsStopped(before) && !IsStopped(after) && !Force(after) &&
      !std::holds_alternative<event::RollbackAsked>(event)) {
    // From there it may go on at once, or back for newer evidence.
    const bool back = EnteredAt(after, before.stopped_in) == now ||
                      after.generation > before.generation;
    if (!std::holds_alternative<event::ResumeAsked>(event) || !back) {
      return "leaves a stop by itself";
    }
  }
  if (after.generation < before.generation) return "forgets a generation";
  if (after.phase == Phase::kDone || after.phase == Phase::kRolledBack) {
    if (after.value == SealedValue::kSealed) return "leaves a value";
    for (const Credential& credential : after.credentials) {
      const bool stays = after.phase == Phase::kDone
                             ? IsNew(after, credential) && !after.retiring
                             : credential.generation == 0;
      if (!stays && !credential.revoked_at &&
          credential.issue != Credential::Issue::kNo) {
        return "leaves an extra credential";
      }
    }
  }
  for (const Credential& credential : before.credentials) {
    if (!credential.revoked_at) continue;
    for (const Credential& same : after.credentials) {
      if (same.id == credential.id &&
          same.revoked_at != credential.revoked_at) {
        return "takes a revocation back";
      }
    }
  }
  return "";
}

struct State {
  Rotation rotation;
  Timestamp now;
  std::string path;
};

// A rotation in each phase that can be rested in, on the terms given.
std::vector<State> Beginnings(const Terms& terms) {
  Beginning beginning = TwoTargets();
  beginning.targets.pop_back();
  beginning.terms = terms;
  Stage stage(std::move(beginning));
  stage.can["one"] = {true, false, false, false, true};
  std::vector<State> states;
  std::set<Phase> had;
  const auto keep = [&] {
    if (!had.insert(stage.rotation.phase).second) return;
    states.push_back({stage.rotation, stage.now, In(stage.rotation)});
  };
  for (int i = 0; i < 100 && !IsOver(stage.rotation); ++i) {
    keep();
    const auto effects = Decide(stage.rotation, stage.Now());
    if (effects[0].action == Action::kWait) {
      stage.now += minutes(10);
      stage.UseAll();
      continue;
    }
    stage.Tell(event::Intended{effects[0].action, effects[0].subject});
    keep();
    stage.Tell(stage.Perform(effects[0]));
  }
  keep();
  return states;
}

// Takes every field of a record into one number.
class Hasher {
 public:
  template <typename T>
  void operator()(std::string_view, T& field) {
    Take(field);
  }
  std::uint64_t hash() const { return hash_; }

 private:
  void Add(std::uint64_t number) {
    hash_ = (hash_ ^ number) * 0x9e3779b97f4a7c15U;
    hash_ ^= hash_ >> 29U;
  }
  void Take(std::string& text) { Add(std::hash<std::string>{}(text)); }
  void Take(Timestamp& at) {
    Add(static_cast<std::uint64_t>(at.time_since_epoch().count()));
  }
  void Take(Duration& duration) {
    Add(static_cast<std::uint64_t>(duration.count()));
  }
  template <typename T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void Take(T value) {
    Add(static_cast<std::uint64_t>(value));
  }
  template <typename T>
  void Take(std::optional<T>& field) {
    Add(field ? 1 : 0);
    if (field) Take(*field);
  }
  template <typename T, std::size_t kSize>
  void Take(std::array<T, kSize>& items) {
    for (T& item : items) Take(item);
  }
  template <typename T>
  void Take(std::vector<T>& items) {
    Add(items.size());
    for (T& item : items) Take(item);
  }
  template <typename T>
  requires std::is_class_v<T>
  void Take(T& record) { Fields(*this, record); }

  std::uint64_t hash_ = 0;
};

// A state's identity: all that Apply and Decide look at, and not what is only
// for people.
std::uint64_t Key(State state) {
  Rotation& rotation = state.rotation;
  rotation.text.clear();
  rotation.terms = {};
  for (const Phase phase :
       {Phase::kPreflight, Phase::kCreated, Phase::kDeploying,
        Phase::kVerifying, Phase::kVerified, Phase::kRevoking, Phase::kDone,
        Phase::kPaused, Phase::kRolledBack, Phase::kNeedsHuman}) {
    rotation.entered[static_cast<std::size_t>(phase)].reset();
  }
  Hasher hasher;
  Fields(hasher, rotation);
  hasher("now", state.now);
  return hasher.hash();
}

std::size_t Explore(const Terms& terms, const std::vector<Letter>& alphabet,
                    int most) {
  std::vector<State> states = Beginnings(terms);
  EXPECT_EQ(states.size(), terms.evidence == Evidence::kUsage ? 7U : 6U);
  std::unordered_set<std::uint64_t> known;
  for (int length = 0; length < most; ++length) {
    std::vector<State> next;
    for (const State& state : states) {
      for (const Letter& letter : alphabet) {
        const Timestamp now = std::max(state.now, kStart + letter.at);
        State after{Apply(state.rotation, letter.event, {now}), now,
                    state.path + ", " + letter.name};
        std::string broken =
            BrokenStep(state.rotation, after.rotation, letter.event, now);
        if (broken.empty()) broken = BrokenEffects(after.rotation, {now});
        if (!broken.empty()) {
          ADD_FAILURE() << broken << ": " << after.path;
          return known.size();
        }
        if (length + 1 < most && known.insert(Key(after)).second) {
          next.push_back(std::move(after));
        }
      }
    }
    states = std::move(next);
  }
  return known.size();
}

Terms Impatient() {
  Terms terms;
  terms.per_attempt = 2;
  terms.per_cycle = 1;
  return terms;
}

// Those that move a rotation most.
std::vector<Letter> ShortAlphabet() {
  const std::set<std::string> kChosen = {
      "put intended", "written",     "holds new",   "holds old", "old used",
      "quiet",        "erased",      "refused",     "resume",    "rollback",
      "restored",     "old revoked", "new revoked", "value lost"};
  std::vector<Letter> letters;
  for (Letter& letter : Alphabet()) {
    if (kChosen.contains(letter.name)) letters.push_back(std::move(letter));
  }
  EXPECT_EQ(letters.size(), kChosen.size());
  return letters;
}

TEST(RotationLaws, HoldForAllStringsOfFourEvents) {
  EXPECT_GT(Explore(Impatient(), Alphabet(), 4), 10'000U);
}

TEST(RotationLaws, HoldForAllStringsOfSixEvents) {
  EXPECT_GT(Explore(Impatient(), ShortAlphabet(), 6), 10'000U);
}

TEST(RotationLaws, HoldWhereFailureRollsBack) {
  Terms terms = Impatient();
  terms.on_failure = OnFailure::kRollback;
  EXPECT_GT(Explore(terms, ShortAlphabet(), 5), 3'000U);
}

TEST(RotationLaws, HoldWhereReadbackIsEvidence) {
  Terms terms = Impatient();
  terms.evidence = Evidence::kReadback;
  EXPECT_GT(Explore(terms, ShortAlphabet(), 5), 3'000U);
}

}  // namespace
}  // namespace writ::engine::rotation
