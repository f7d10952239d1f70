// One transaction of several batches, whose rows are written some at a time:
// what is not written yet is found like what is.
#include "reconciler/events/event_transaction.h"

#include <gtest/gtest.h>

#include "reconciler/clock.h"
#include "reconciler/events/event_database.h"
#include "tests/reconciler/events/event_fixture.h"

namespace writ::reconciler {
namespace {

class EventTransactionTest : public EventStoreTest {
 protected:
  void SetUp() override {
    EventStoreTest::SetUp();
    store_.reset();
    EventDatabaseOptions options;
    options.folder = folder_.path();
    options.mode = EventDatabaseMode::kMigrate;
    database_ = *OpenEventDatabase(options);
    transactions_.emplace(*database_, ids_);
  }

  static NewBatch BatchOf(std::vector<NewEvent> events,
                          std::optional<IdempotencyKey> key = {}) {
    NewBatch batch;
    batch.events = std::move(events);
    batch.key = std::move(key);
    return batch;
  }

  static NewEvent Own(const std::string& id) {
    NewEvent event = MakeEvent();
    event.own_id = id;
    return event;
  }

  SystemRandom random_;
  EventIds ids_{random_};
  std::unique_ptr<Database> database_;
  std::optional<EventTransactions> transactions_;
};

TEST_F(EventTransactionTest, WritesAnyNumberOfRowsInTheirOrder) {
  std::size_t total = 0;
  for (const std::size_t count : {1U, 2U, 15U, 16U, 17U, 32U, 33U, 100U}) {
    SCOPED_TRACE(count);
    transactions_->Begin(clock_.Now());
    std::vector<std::string> data;
    for (std::size_t i = 0; i < count; ++i) {
      NewEvent event = MakeEvent();
      event.data = "{\"n\":" + std::to_string(total + i) + "}";
      if (i % 3 == 0) event.customer_id = "c" + std::to_string(i);
      data.push_back(event.data);
      transactions_->Append(BatchOf({std::move(event)}));
    }
    const auto appended = transactions_->Commit();
    ASSERT_EQ(appended.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto read = reader_->Read(appended[i].events.at(0).id);
      ASSERT_TRUE(read && *read) << i;
      EXPECT_EQ((*read)->data, data[i]);
      EXPECT_EQ((*read)->customer_id, appended[i].events[0].customer_id);
      EXPECT_EQ((*read)->sequence, appended[i].events[0].sequence);
    }
    total += count;
    EXPECT_EQ(All().size(), total);
    EXPECT_EQ(reader_->Totals()->at(0).stored,
              static_cast<std::int64_t>(total));
  }
}

// Of 40, 16 and 16 are written when the repeats come, and 8 are not.
TEST_F(EventTransactionTest, FindsEveryOwnIdBeforeItCommits) {
  transactions_->Begin(clock_.Now());
  for (int i = 0; i < 40; ++i) {
    transactions_->Append(BatchOf({Own("o-" + std::to_string(i))}));
  }
  for (int i = 0; i < 40; ++i) {
    transactions_->Append(BatchOf({Own("o-" + std::to_string(i))}));
  }
  NewEvent elsewhere = MakeEvent("order.placed", "cart");
  elsewhere.own_id = "o-39";
  transactions_->Append(BatchOf({elsewhere}));
  const auto appended = transactions_->Commit();
  ASSERT_EQ(appended.size(), 81U);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(appended[i].events[0].id, appended[40 + i].events[0].id);
    EXPECT_FALSE(appended[i].events[0].duplicate);
    EXPECT_TRUE(appended[40 + i].events[0].duplicate);
  }
  EXPECT_FALSE(appended[80].events[0].duplicate);
  EXPECT_EQ(All().size(), 40U);
}

// T-19
TEST_F(EventTransactionTest, AnswersAKeyAgainBeforeItCommits) {
  const IdempotencyKey key{"crd_1", "/v1/ingest", "k", Sha256("b")};
  transactions_->Begin(clock_.Now());
  transactions_->Append(BatchOf({MakeEvent()}, key));
  transactions_->Append(BatchOf({MakeEvent()}, key));
  const auto appended = transactions_->Commit();
  ASSERT_EQ(appended.size(), 2U);
  EXPECT_EQ(appended[1].verdict, AppendVerdict::kReplayed);
  EXPECT_EQ(appended[1].events[0].id, appended[0].events[0].id);
  EXPECT_EQ(appended[1].events[0].data, appended[0].events[0].data);
  EXPECT_EQ(All().size(), 1U);
}

TEST_F(EventTransactionTest, ForgetsWhatItTookBack) {
  transactions_->Begin(clock_.Now());
  transactions_->Append(BatchOf({MakeEvent(), Own("o-1")}));
  transactions_->Rollback();
  transactions_->Begin(clock_.Now());
  transactions_->Append(BatchOf({Own("o-1")}));
  const auto appended = transactions_->Commit();
  ASSERT_EQ(appended.size(), 1U);
  EXPECT_FALSE(appended[0].events[0].duplicate);
  EXPECT_EQ(All().size(), 1U);
}

}  // namespace
}  // namespace writ::reconciler
