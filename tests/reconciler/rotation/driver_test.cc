#include "reconciler/rotation/driver.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/reconciler/rotation/rotation_fixture.h"

namespace writ::reconciler {
namespace {

namespace event = engine::rotation::event;
namespace fs = std::filesystem;
using engine::rotation::Cause;
using engine::rotation::Name;
using engine::rotation::Rotation;
using engine::rotation::Urgency;

class RotationDriverTest : public RotationTest {};

TEST_F(RotationDriverTest, DeliversAFirstCredential) {
  Deliver();
  EXPECT_FALSE(Held(kFirst).empty());
  EXPECT_EQ(Held(kFirst), Held(kSecond));
  EXPECT_TRUE(Opens(Held(kFirst)));
  EXPECT_EQ(CountActive(), 1);
}

// S-03, S-13: whoever holds the old one until it reads the new one is let in
// at every moment.
TEST_F(RotationDriverTest, ReplacesWithoutAMomentWithoutAValidOne) {
  Deliver();
  const std::string old = Held(kFirst);
  for (auto& [name, place] : targets_.places) {
    place.on_put = [&](const std::string& value) {
      EXPECT_TRUE(Opens(old));
      EXPECT_TRUE(Opens(value));
    };
  }
  const Rotation done = Advance(Begin().id);
  EXPECT_EQ(Name(done.phase), "DONE") << done.text;
  EXPECT_NE(Held(kFirst), old);
  EXPECT_TRUE(Opens(Held(kFirst)));
  EXPECT_FALSE(Opens(old));
  EXPECT_EQ(CountActive(), 1);
}

// T-15.
TEST_F(RotationDriverTest, LeavesNoValueBehind) {
  std::set<std::string> values;
  for (auto& [name, place] : targets_.places) {
    place.on_put = [&](const std::string& value) {
      values.insert(value);
      EXPECT_TRUE(fs::exists(
          KeyFile(store_->rotations().ReadAll(false).value()[0].id)));
    };
  }
  Deliver();
  Advance(Begin().id);
  ASSERT_EQ(values.size(), 2U);
  for (const auto& entry : fs::directory_iterator(store_->folder())) {
    EXPECT_EQ(entry.path().filename().string().find("rotation-"),
              std::string::npos);
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)),
                            std::istreambuf_iterator<char>());
    for (const std::string& value : values) {
      EXPECT_EQ(bytes.find(value), std::string::npos) << entry.path();
    }
  }
}

TEST_F(RotationDriverTest, WaitsForUseAndForQuiet) {
  DeclareSchedule("usage");
  Deliver();
  const std::string old = Held(kFirst);
  const std::string old_id =
      credentials_->Verify(old, std::nullopt).value().record->id;
  const std::string id = Begin().id;
  Rotation waiting = Advance(id);
  EXPECT_FALSE(engine::rotation::IsOver(waiting));
  EXPECT_TRUE(Opens(old));
  ASSERT_TRUE(store_->rotations().FindById(id).value()->next_at);

  const std::string fresh =
      credentials_->Verify(Held(kFirst), std::nullopt).value().record->id;
  clock_.Advance(std::chrono::minutes(10));
  usage_.uses = {{fresh, {clock_.Now(), "10.0.4.7", "checkout/2.1", "/"}}};
  usage_.complete_until = clock_.Now();
  waiting = Advance(id);
  EXPECT_TRUE(Opens(old));

  // F40 and T-09: quiet counts only as far as the watermark has come.
  clock_.Advance(std::chrono::hours(2));
  waiting = Advance(id);
  EXPECT_FALSE(engine::rotation::IsOver(waiting));
  usage_.complete_until = clock_.Now();
  clock_.Advance(std::chrono::minutes(1));
  const Rotation done = Advance(id);
  EXPECT_EQ(Name(done.phase), "DONE") << done.text;
  EXPECT_FALSE(Opens(old));
}

// F20: the target wrote, and the answer was lost.
TEST_F(RotationDriverTest, LooksBeforeItWritesAgain) {
  Deliver();
  MemoryPlace& place = targets_.places[kFirst];
  const int before = place.puts;
  bool lost = false;
  place.applies_lost_puts = true;
  place.fault =
      [&](const std::string& operation) -> std::optional<FailureClass> {
    if (operation != "put" || lost) return std::nullopt;
    lost = true;
    return FailureClass::kUnknown;
  };
  const std::string id = Begin().id;
  Rotation moved = Advance(id);
  for (int i = 0; i < 10 && !engine::rotation::IsOver(moved); ++i) {
    clock_.Advance(std::chrono::minutes(5));
    moved = Advance(id);
  }
  EXPECT_EQ(Name(moved.phase), "DONE") << moved.text;
  EXPECT_EQ(place.puts, before + 1);
}

// F33: a value that nobody would see is not written.
TEST_F(RotationDriverTest, PausesBeforeAnythingWhereTheNameIsShadowed) {
  Deliver();
  const std::string old = Held(kFirst);
  targets_.places[kFirst].name = "/repos/acme/shop";
  targets_.places[kFirst].shadows = {"/repos/acme/shop/environments/eu"};
  const std::string id = Begin().id;
  Rotation moved = Advance(id);
  EXPECT_EQ(Name(moved.phase), "PAUSED");
  EXPECT_EQ(moved.text,
            "DeployTarget/acme/first: SECRET in /repos/acme/shop/environments/"
            "eu hides it there (remove it, or deliver the token there as "
            "well)");
  EXPECT_EQ(Held(kFirst), old);
  EXPECT_EQ(CountActive(), 1);
  // Delivered there as well, it is the new value that hides the new value.
  targets_.places[kSecond].name = "/repos/acme/shop/environments/eu";
  ASSERT_TRUE(Driver().Tell(id, engine::rotation::event::ResumeAsked{}));
  moved = Advance(id);
  EXPECT_EQ(Name(moved.phase), "DONE") << moved.text;
}

// F47: a consumer from where the token isn't admitted is no evidence.
TEST_F(RotationDriverTest, ARefusedConsumerKeepsTheOldOne) {
  DeclareSchedule("usage");
  Deliver();
  const std::string old = Held(kFirst);
  const std::string id = Begin().id;
  Advance(id);
  const std::string fresh =
      credentials_->Verify(Held(kFirst), std::nullopt).value().record->id;
  clock_.Advance(std::chrono::minutes(10));
  CredentialUse refused{fresh, {clock_.Now(), "198.51.100.7", "new/1", "/"}};
  refused.refused = true;
  usage_.uses = {refused};
  usage_.complete_until = clock_.Now();
  Advance(id);
  clock_.Advance(std::chrono::hours(5));
  usage_.complete_until = clock_.Now();
  const Rotation moved = Advance(id);
  EXPECT_EQ(Name(moved.phase), "PAUSED");
  EXPECT_EQ(Name(moved.why), "refused");
  EXPECT_TRUE(Opens(old));
}

// F23: the old one stays valid while a person looks at it.
TEST_F(RotationDriverTest, PausesWhereATargetRefuses) {
  Deliver();
  const std::string old = Held(kFirst);
  targets_.places[kSecond].fault =
      [](const std::string& operation) -> std::optional<FailureClass> {
    if (operation == "put") return FailureClass::kAuth;
    return std::nullopt;
  };
  const std::string id = Begin().id;
  Rotation stopped = Advance(id);
  EXPECT_EQ(Name(stopped.phase), "PAUSED");
  EXPECT_TRUE(Opens(old));
  EXPECT_TRUE(Opens(Held(kFirst)));

  targets_.places[kSecond].fault = {};
  ASSERT_TRUE(Driver().Tell(id, event::ResumeAsked{}));
  EXPECT_EQ(Name(Advance(id).phase), "DONE");
  EXPECT_FALSE(Opens(old));
  EXPECT_EQ(Held(kFirst), Held(kSecond));
}

TEST_F(RotationDriverTest, ACompromisedOneIsRevokedAtOnce) {
  Deliver();
  const std::string old = Held(kFirst);
  auto begun =
      Driver().Begin(Id(kDeploy), Cause::kCompromised, Urgency::kCompromised);
  ASSERT_TRUE(begun);
  for (auto& [name, place] : targets_.places) {
    place.on_put = [&](const std::string&) { EXPECT_FALSE(Opens(old)); };
  }
  EXPECT_EQ(Name(Advance(begun->id).phase), "DONE");
  EXPECT_TRUE(Opens(Held(kFirst)));
}

// F14, F19.
TEST_F(RotationDriverTest, ASecondRequestJoinsTheFirst) {
  DeclareSchedule("usage");
  Deliver();
  const std::string id = Begin().id;
  EXPECT_EQ(Begin(Cause::kSchedule).id, id);
  auto forced =
      Driver().Begin(Id(kDeploy), Cause::kLeak, Urgency::kCompromised);
  ASSERT_TRUE(forced);
  EXPECT_EQ(forced->id, id);
  EXPECT_EQ(Name(Advance(id).phase), "DONE");
  EXPECT_EQ(store_->rotations().ReadOf(Id(kDeploy)).value().size(), 2U);
}

// F10: a value that can't be opened any more is never delivered.
TEST_F(RotationDriverTest, MintsAnewWhereTheKeyIsGone) {
  Deliver();
  const std::string old = Held(kFirst);
  bool blocked = true;
  targets_.places[kFirst].fault =
      [&](const std::string& operation) -> std::optional<FailureClass> {
    if (operation == "put" && blocked) return FailureClass::kThrottled;
    return std::nullopt;
  };
  const std::string id = Begin().id;
  Rotation moved = Advance(id);
  ASSERT_TRUE(fs::remove(KeyFile(id)));
  blocked = false;
  for (int i = 0; i < 10 && !engine::rotation::IsOver(moved); ++i) {
    clock_.Advance(std::chrono::minutes(5));
    moved = Advance(id);
  }
  EXPECT_EQ(Name(moved.phase), "DONE") << moved.text;
  EXPECT_TRUE(Opens(Held(kFirst)));
  EXPECT_EQ(Held(kFirst), Held(kSecond));
  EXPECT_FALSE(Opens(old));
  EXPECT_EQ(CountActive(), 1);
}

// F1…F6, F8: every write fails in turn; who comes after finishes the job, and
// at no moment is a consumer without a valid credential.
TEST_F(RotationDriverTest, AnyWriteMayFailAndTheNextRunFinishes) {
  Deliver();
  int faults = 0;
  for (std::int64_t at = 1;; ++at) {
    const std::string old = Held(kFirst);
    const std::string id = Begin().id;
    writ::testing::FaultPlan plan;
    plan.fail_at = at;
    writ::testing::FaultyStore faulty(*store_, plan);
    Credentials credentials(faulty, &*keys_, clock_, chance_);
    const auto first = DriverOver(faulty, credentials).Advance(id);
    ASSERT_TRUE(Opens(Held(kFirst)) || Opens(old)) << "fault " << at;
    ASSERT_TRUE(Opens(Held(kSecond))) << "fault " << at;
    if (plan.fired) ++faults;
    Rotation moved = Advance(id);
    for (int i = 0; i < 10 && !engine::rotation::IsOver(moved); ++i) {
      clock_.Advance(std::chrono::minutes(5));
      moved = Advance(id);
    }
    ASSERT_EQ(Name(moved.phase), "DONE") << "fault " << at << moved.text;
    ASSERT_EQ(CountActive(), 1) << "fault " << at;
    ASSERT_EQ(Held(kFirst), Held(kSecond));
    ASSERT_TRUE(Opens(Held(kFirst)));
    ASSERT_FALSE(fs::exists(KeyFile(id)));
    if (!plan.fired) break;
  }
  EXPECT_GT(faults, 20);
}

// Never two drivers.
TEST_F(RotationDriverTest, TheSlowerOfTwoDriversIsRefused) {
  Deliver();
  const std::string id = Begin().id;
  bool entered = false;
  targets_.places[kFirst].fault =
      [&](const std::string& operation) -> std::optional<FailureClass> {
    if (operation != "preflight" || std::exchange(entered, true)) {
      return std::nullopt;
    }
    EXPECT_TRUE(Driver().Tell(id, event::PauseAsked{"look"}));
    return std::nullopt;
  };
  const auto slower = Driver().Advance(id);
  ASSERT_FALSE(slower);
  EXPECT_EQ(slower.error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_->rotations().FindById(id).value()->phase, "PAUSED");
}

TEST_F(RotationDriverTest, WithoutATargetThereIsNowhereToPutIt) {
  const auto begun = Driver().Begin(Id(kCi), Cause::kManual);
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace writ::reconciler
