// The lease: one holder, fenced writes, takeover only after the heartbeat stood
// still for the TTL on the taker's own clock.
#include <functional>

#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTtl = seconds(30);

// A clock on which somebody else does something while we sleep.
class BusyClock final : public Clock {
 public:
  explicit BusyClock(const Clock& clock) : clock_(clock) {}
  Timestamp Now() const override { return clock_.Now(); }
  std::chrono::nanoseconds Monotonic() const override {
    return clock_.Monotonic();
  }
  void Sleep(milliseconds duration) const override {
    clock_.Sleep(duration);
    if (on_sleep) on_sleep();
  }

  std::function<void()> on_sleep;

 private:
  const Clock& clock_;
};

class StateStoreLease : public StoreTest {
 protected:
  StateStoreLease() : busy_(clock_), store_(Open()), other_(OpenOther()) {}

  std::unique_ptr<StateStore> OpenOther() {
    OpenOptions options = Options(OpenMode::kMigrate);
    options.clock = &busy_;
    return StateStore::Open(options).value();
  }

  LeaseRecord Acquire(StateStore& store, const std::string& holder) {
    return store.AcquireLease(holder, "apply", kTtl, {}).value();
  }

  BusyClock busy_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<StateStore> other_;
};

TEST_F(StateStoreLease, HasOneHolder) {
  const LeaseRecord lease = Acquire(*store_, "ana@runner-4 (pid 4711)");
  EXPECT_EQ(lease.holder, "ana@runner-4 (pid 4711)");
  EXPECT_EQ(lease.operation, "apply");
  EXPECT_EQ(lease.ttl_ms, kTtl.count());
  EXPECT_EQ(lease.acquired_at, clock_.Now());
  const auto refused = other_->AcquireLease("bo", "apply", kTtl, seconds(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLocked);
  EXPECT_NE(refused.error().message.find("ana@runner-4"), std::string::npos);
  const auto read = other_->ReadLease().value();
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->token, lease.token);
}

TEST_F(StateStoreLease, IsFreeAfterItsRelease) {
  const LeaseRecord lease = Acquire(*store_, "ana");
  ASSERT_TRUE(store_->ReleaseLease(lease.token));
  EXPECT_EQ(store_->ReadLease().value(), std::nullopt);
  const LeaseRecord next = Acquire(*other_, "bo");
  EXPECT_NE(next.token, lease.token);
  EXPECT_EQ(store_->ReleaseLease(lease.token).error().code, ErrorCode::kLocked);
}

TEST_F(StateStoreLease, IsWaitedFor) {
  const LeaseRecord lease = Acquire(*store_, "ana");
  int sleeps = 0;
  busy_.on_sleep = [&] {
    if (++sleeps != 3) return;
    ASSERT_TRUE(store_->ReleaseLease(lease.token));
  };
  const auto taken = other_->AcquireLease("bo", "apply", kTtl, seconds(10));
  ASSERT_TRUE(taken) << Describe(taken.error());
  EXPECT_EQ(sleeps, 3);
}

TEST_F(StateStoreLease, IsTakenOverWhenItsHeartbeatStandsStill) {
  const LeaseRecord lease = Acquire(*store_, "ana");
  const auto before = clock_.Monotonic();
  const auto taken = other_->AcquireLease("bo", "apply", kTtl, seconds(60));
  ASSERT_TRUE(taken) << Describe(taken.error());
  EXPECT_GE(clock_.Monotonic() - before, kTtl);
  EXPECT_EQ(taken->holder, "bo");
  // The former holder is fenced off.
  EXPECT_EQ(store_->BeginWrite(lease.token).error().code, ErrorCode::kLocked);
  EXPECT_EQ(store_->Heartbeat(lease.token).error().code, ErrorCode::kLocked);
  const auto audit = store_->ReadAudit(1, 10).value();
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].action, "lock.takeover");
  EXPECT_EQ(audit[0].actor, "bo");
  EXPECT_NE(audit[0].details.find("ana"), std::string::npos);
}

TEST_F(StateStoreLease, StaysWithAHolderWhoseHeartMoves) {
  const LeaseRecord lease = Acquire(*store_, "ana");
  int sleeps = 0;
  busy_.on_sleep = [&] {
    if (++sleeps % 100 != 0) return;
    ASSERT_TRUE(store_->Heartbeat(lease.token));
  };
  // A hundred times the TTL.
  const auto refused = other_->AcquireLease("bo", "apply", kTtl, 100 * kTtl);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLocked);
  EXPECT_GT(store_->ReadLease().value()->heartbeat, 100);
  EXPECT_TRUE(store_->BeginWrite(lease.token));
}

// However old a lease looks by the wall clock: it must be watched.
TEST_F(StateStoreLease, IsNotTakenOverUnwatched) {
  Acquire(*store_, "ana");
  clock_.Advance(std::chrono::hours(24));
  const auto refused =
      other_->AcquireLease("bo", "apply", kTtl, kTtl - seconds(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLocked);
}

TEST_F(StateStoreLease, FencesWrites) {
  const LeaseRecord lease = Acquire(*store_, "ana");
  EXPECT_EQ(store_->BeginWrite("another token").error().code,
            ErrorCode::kLocked);
  const auto write = Begin(*store_, lease.token);
  ASSERT_TRUE(write->Put(MakeResource("App/a"), 0));
  ASSERT_TRUE(write->Commit());
  // Writers without a lease compare generations instead.
  PutAll(*other_, {MakeResource("App/b")});
}

TEST_F(StateStoreLease, IsBrokenWithAReason) {
  const LeaseRecord lease = Acquire(*store_, "ana");
  EXPECT_EQ(other_->BreakLease("wrong", "bo", "why").error().code,
            ErrorCode::kNotFound);
  ASSERT_TRUE(other_->BreakLease(lease.token, "bo", "runner 4 is gone"));
  EXPECT_EQ(store_->ReadLease().value(), std::nullopt);
  EXPECT_EQ(store_->BeginWrite(lease.token).error().code, ErrorCode::kLocked);
  const auto audit = store_->ReadAudit(1, 10).value();
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].action, "lock.break");
  EXPECT_EQ(audit[0].actor, "bo");
  EXPECT_NE(audit[0].details.find("runner 4 is gone"), std::string::npos);
}

TEST_F(StateStoreLease, MovesNoSerial) {
  const LeaseRecord lease = Acquire(*store_, "ana");
  ASSERT_TRUE(store_->Heartbeat(lease.token));
  ASSERT_TRUE(store_->ReleaseLease(lease.token));
  EXPECT_EQ(store_->ReadFacts().value().serial, 0);
}

}  // namespace
}  // namespace writ::reconciler
