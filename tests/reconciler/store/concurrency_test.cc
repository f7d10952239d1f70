// Several writers: nothing is lost, nobody waits for ever.
#include <algorithm>
#include <functional>
#include <thread>

#include "reconciler/store/audit_chain.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

using StateStoreConcurrency = StoreTest;

TEST_F(StateStoreConcurrency, ASecondWriterWaitsForAWhileAndGivesUp) {
  const auto first = Open();
  const auto second = Open();
  {
    const auto write = Begin(*first);
    const auto refused = second->BeginWrite("");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kLocked);
    EXPECT_TRUE(second->ReadFacts());  // readers never wait
  }
  PutAll(*second, {MakeResource("App/a")});
}

// Each adds one to a counter kept in a resource, comparing generations.
TEST_F(StateStoreConcurrency, WritersLoseNoUpdate) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 20;
  PutAll(*Open(), {MakeResource("App/counter")});
  const auto add = [this](std::string& failure) {
    OpenOptions options = Options(OpenMode::kReadWrite);
    options.random = nullptr;
    options.busy_timeout = std::chrono::seconds(60);
    const auto store = StateStore::Open(options);
    if (!store) {
      failure = Describe(store.error());
      return;
    }
    for (int done = 0; done < kRounds;) {
      const auto read = (*store)->ReadStored(Id("App/counter"));
      auto write = (*store)->BeginWrite("");
      if (!read || !write) {
        failure = "can't read or write";
        return;
      }
      StoredResource counter = **read;
      counter.live.content += "+";
      const Status put = (*write)->Put(counter, counter.live.generation);
      if (!put && put.error().code == ErrorCode::kConflict) continue;
      AuditEntry entry;
      entry.action = "add";
      if (!put || !(*write)->AppendAudit(entry) || !(*write)->Commit()) {
        failure = "can't commit";
        return;
      }
      ++done;
    }
  };
  std::vector<std::string> failures(kThreads);
  std::vector<std::thread> threads;
  for (std::string& failure : failures) {
    threads.emplace_back(add, std::ref(failure));
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, std::vector<std::string>(kThreads));
  const auto store = Open(OpenMode::kReadOnly);
  const StoredResource counter = *store->ReadStored(Id("App/counter")).value();
  EXPECT_EQ(counter.live.generation, 1 + kThreads * kRounds);
  EXPECT_EQ(counter.live.content, MakeResource("App/counter").live.content +
                                      std::string(kThreads * kRounds, '+'));
  EXPECT_EQ(store->ReadFacts()->serial, 1 + kThreads * kRounds);
  EXPECT_EQ(VerifyAuditChain(*store, std::nullopt)->sequence,
            kThreads * kRounds);
}

TEST_F(StateStoreConcurrency, OneOfManyGetsTheLease) {
  Open();
  std::vector<int> taken(4);
  std::vector<std::thread> threads;
  for (int& mine : taken) {
    threads.emplace_back([this, &mine] {
      OpenOptions options = Options(OpenMode::kReadWrite);
      options.random = nullptr;
      options.clock = nullptr;
      options.busy_timeout = std::chrono::seconds(60);
      const auto store = StateStore::Open(options);
      if (!store) return;
      const auto lease = (*store)->AcquireLease("somebody", "apply",
                                                std::chrono::hours(1), {});
      mine = lease ? 1 : lease.error().code == ErrorCode::kLocked ? 2 : 3;
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(taken.begin(), taken.end());
  EXPECT_EQ(taken, (std::vector<int>{1, 2, 2, 2}));
}

}  // namespace
}  // namespace writ::reconciler
