// SIGKILL anywhere delivers every notification at least once, each always under
// the same id: the receiver itself kills the sender, at every request from the
// first on, before it answers or after.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "schema/digest.h"
#include "tests/reconciler/notify/notify_world.h"
#include "tests/reconciler/store/store_fixture.h"
#include "tests/support/http_server.h"

namespace writ::reconciler {
namespace {

using testing::HttpServer;
using testing::ReceivedRequest;
using testing::ScriptedResponse;

constexpr int kEvents = 12;
// Per event: of the rule without groups to two destinations.
constexpr std::size_t kNotifications = std::size_t{kEvents} * 2;

class Killed : public StoreTest {
 protected:
  Killed()
      : server_(
            [this](const ReceivedRequest& request) { return Take(request); }) {}

  void SetUp() override {
    store_ = Open();
    for (const char* name : {"one", "two"}) {
      Put(std::string("Destination/shop/") + name,
          R"({"app":"shop","channel":"webhook","rateLimit":"1000/s","url":
              {"secretRef":{"project":"pay","key":"URL"}}})");
    }
    Put("NotificationRule/shop/each",
        R"({"app":"shop","event":"payment.failed",
            "actions":[{"destination":"one"},{"destination":"two"}]})");
    events_ = testing::OpenEvents(folder_ / "state");
    for (int i = 1; i <= kEvents; ++i) {
      testing::PutEvent(*events_, i, SystemClock().Now());
    }
  }

  void Put(const std::string& address, const std::string& spec) {
    StoredResource stored;
    stored.live.id = *ResourceId::Parse(address);
    stored.live.parent = ResourceId("App", stored.live.id.parent());
    stored.live.owner = "shop";
    stored.live.content =
        CanonicalJson(testing::Json(R"({"spec":)" + spec + "}"));
    stored.live.content_digest = Sha256(stored.live.content);
    stored.live.changed_at = clock_.Now();
    PutAll(*store_, {stored});
  }

  ScriptedResponse Take(const ReceivedRequest& request) {
    ScriptedResponse response;
    const std::lock_guard lock(mutex_);
    const std::string id = request.Header("webhook-id");
    ++times_[id];
    bodies_[id].insert(request.body);
    if (left_ > 0 && --left_ == 0) {
      ::kill(child_, SIGKILL);
      killed_ = true;
      response.ending = ScriptedResponse::Ending::kHangUp;
    }
    changed_.notify_all();
    return response;
  }

  // Killed at that request of its own; 0: never.
  void Begin(int at) {
    const std::lock_guard lock(mutex_);
    left_ = at;
    killed_ = false;
    std::string folder = folder_ / "state";
    std::string url = server_.url() + "/x";
    std::string program = WRIT_NOTIFY_KILL_CHILD;
    char* const arguments[] = {program.data(), folder.data(), url.data(),
                               nullptr};
    ASSERT_EQ(::posix_spawn(&child_, program.c_str(), nullptr, nullptr,
                            arguments, environ),
              0);
  }

  template <typename Condition>
  bool Wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(2), condition);
  }

  void End() {
    ::kill(child_, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child_, &status, 0), child_);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << status;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> times_;
  std::map<std::string, std::set<std::string>> bodies_;
  pid_t child_ = 0;
  int left_ = 0;
  bool killed_ = false;
  HttpServer server_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Database> events_;
};

TEST_F(Killed, TellsEverythingAtLeastOnce) {
  for (int run = 0; run < 6; ++run) {
    SCOPED_TRACE(run);
    Begin(1 + run % 3);
    ASSERT_TRUE(Wait([&] { return killed_; }));
    End();
  }
  Begin(0);
  const bool all = Wait([&] { return times_.size() == kNotifications; });
  // Each outcome is kept soon after its answer.
  for (int i = 0; i < 12'000; ++i) {
    if (events_->Integer("SELECT count(*) FROM deliveries WHERE state = 0") ==
        0) {
      break;
    }
    ::usleep(10'000);
  }
  End();
  ASSERT_TRUE(all);
  EXPECT_EQ(events_->Integer("SELECT count(*) FROM deliveries WHERE state = 1"),
            static_cast<std::int64_t>(kNotifications));
  Query row = events_->Prepare("SELECT id FROM deliveries");
  std::size_t rows = 0;
  for (; row.Step(); ++rows) {
    EXPECT_GE(times_[row.Text(0)], 1) << row.Text(0);
    // What came again was the same, to the byte.
    EXPECT_EQ(bodies_[row.Text(0)].size(), 1U) << row.Text(0);
  }
  EXPECT_EQ(rows, kNotifications);
  EXPECT_EQ(times_.size(), kNotifications);
}

}  // namespace
}  // namespace writ::reconciler
