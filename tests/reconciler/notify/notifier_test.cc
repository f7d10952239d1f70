#include "reconciler/notify/notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "schema/digest.h"
#include "tests/reconciler/notify/notify_world.h"
#include "tests/reconciler/store/store_fixture.h"
#include "tests/support/http_server.h"

namespace writ::reconciler {
namespace {

using testing::HttpServer;
using testing::ReceivedRequest;
using testing::ScriptedResponse;

// Waits for what other threads do; the deadline is for a test that fails.
class Arrivals {
 public:
  void Note(const std::string& id) {
    {
      const std::lock_guard lock(mutex_);
      ids_.push_back(id);
    }
    changed_.notify_all();
  }
  bool WaitFor(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(2),
                             [&] { return ids_.size() >= count; });
  }
  std::vector<std::string> ids() {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> ids_;
};

class Notifiers : public StoreTest {
 protected:
  Notifiers()
      : server_([this](const ReceivedRequest& request) {
          arrivals_.Note(request.Header("webhook-id"));
          return ScriptedResponse{};
        }) {}

  void SetUp() override {
    store_ = Open();
    Put("Destination/shop/hook",
        R"({"app":"shop","channel":"webhook","url":
            {"secretRef":{"project":"pay","key":"URL"}}})");
    PutRule("each");
    events_ = testing::OpenEvents(folder_ / "state");
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

  void PutRule(const std::string& name) {
    Put("NotificationRule/shop/" + name,
        R"({"app":"shop","event":"payment.failed",
            "actions":[{"destination":"hook"}]})");
  }

  void Event() { testing::PutEvent(*events_, ++count_, system_.Now()); }

  NotifierOptions MakeOptions() {
    NotifierOptions options;
    options.folder = folder_ / "state";
    options.host.networks = {*ParseIpNetwork("127.0.0.0/8")};
    options.clock = &system_;
    options.random = &random_;
    options.secrets = [this](StateStore&) -> SecretOfUser {
      return [this](const ResourceId& user,
                    const ResourceId& secret) -> Result<SecretValue> {
        EXPECT_EQ(user.address(), "Destination/shop/hook");
        EXPECT_EQ(secret.address(), "Secret/pay/URL");
        return SecretValue::Copy(server_.url() + "/x");
      };
    };
    return options;
  }

  std::int64_t Count(const char* sql) { return events_->Integer(sql); }

  SystemClock system_;
  Arrivals arrivals_;
  HttpServer server_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Database> events_;
  int count_ = 0;
};

TEST_F(Notifiers, TellWhatIsStored) {
  Notifier notifier(MakeOptions());
  ASSERT_TRUE(notifier.Start());
  for (int i = 0; i < 5; ++i) Event();
  notifier.Wake();
  ASSERT_TRUE(arrivals_.WaitFor(5)) << notifier.status().error;
  notifier.Stop();
  EXPECT_EQ(Count("SELECT count(*) FROM deliveries WHERE state = 1"), 5);
  EXPECT_EQ(Count("SELECT count(*) FROM deliveries WHERE state = 0"), 0);
  const auto ids = arrivals_.ids();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 5U);
}

TEST_F(Notifiers, SeeEventsAndRulesWithoutAWake) {
  Notifier notifier(MakeOptions());
  ASSERT_TRUE(notifier.Start());
  Event();
  ASSERT_TRUE(arrivals_.WaitFor(1)) << notifier.status().error;
  PutRule("another");
  // Until the rule is seen, an event makes one notification.
  const char* const kOfTheOther =
      "SELECT count(*) FROM notifications WHERE rule LIKE '%/another'";
  for (int i = 0; i < 1000 && Count(kOfTheOther) == 0; ++i) {
    Event();
    ASSERT_TRUE(arrivals_.WaitFor(static_cast<std::size_t>(count_)));
  }
  notifier.Stop();
  EXPECT_GT(Count(kOfTheOther), 0);
}

TEST_F(Notifiers, GoOnWhereTheLastOneStopped) {
  {
    Notifier notifier(MakeOptions());
    ASSERT_TRUE(notifier.Start());
    Event();
    ASSERT_TRUE(arrivals_.WaitFor(1));
  }
  Event();
  Event();
  Notifier notifier(MakeOptions());
  ASSERT_TRUE(notifier.Start());
  ASSERT_TRUE(arrivals_.WaitFor(3));
  notifier.Stop();
  notifier.Stop();
  EXPECT_EQ(arrivals_.ids().size(), 3U);
}

TEST_F(Notifiers, SayWhatTheyCannotOpen) {
  NotifierOptions options = MakeOptions();
  options.folder = folder_ / "elsewhere";
  Notifier notifier(std::move(options));
  const Status started = notifier.Start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(notifier.status().running);
}

TEST_F(Notifiers, SayWhichRulesTheyCannotRead) {
  Put("NotificationRule/shop/broken",
      R"({"app":"shop","event":"payment.failed","when":"data.",
          "actions":[{"destination":"hook"}]})");
  Notifier notifier(MakeOptions());
  ASSERT_TRUE(notifier.Start());
  Event();
  ASSERT_TRUE(arrivals_.WaitFor(1));
  const NotifierStatus status = notifier.status();
  EXPECT_TRUE(status.running);
  ASSERT_EQ(status.faults.size(), 1U);
  EXPECT_THAT(status.faults[0], ::testing::HasSubstr("broken"));
}

}  // namespace
}  // namespace writ::reconciler
