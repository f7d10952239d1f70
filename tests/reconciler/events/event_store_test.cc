// Events for good: what is stored, what comes twice, what is kept how long.
#include "reconciler/events/event_store.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "tests/reconciler/events/event_fixture.h"
#include "tests/reconciler/store/raw_database.h"

namespace writ::reconciler {
namespace {

using std::chrono::hours;

IdempotencyKey KeyOf(const std::string& key, const std::string& body = "b",
                     const std::string& credential = "crd_1") {
  return IdempotencyKey{credential, "/v1/ingest", key, Sha256(body)};
}

NewBatch Keyed(IdempotencyKey key) {
  NewBatch batch;
  batch.events = {MakeEvent()};
  batch.key = std::move(key);
  return batch;
}

NewDeadLetter LetterOf(const std::string& body,
                       const std::string& app = "shop") {
  return NewDeadLetter{app, "uid-" + app, "order.placed", body, "[]", 3};
}

std::vector<std::string> Ids(const std::vector<StoredEvent>& events) {
  std::vector<std::string> ids;
  for (const StoredEvent& event : events) ids.push_back(event.id);
  return ids;
}

TEST_F(EventStoreTest, KeepsAnEventAsItWasGiven) {
  NewEvent event = MakeEvent();
  event.customer_id = "c1";
  event.metadata = R"({"traceId":"t"})";
  event.timestamp = clock_.Now() - hours(5);
  event.own_id = "o-1";
  const Appended appended = Append({event, MakeEvent("order.paid")});
  ASSERT_EQ(appended.events.size(), 2U);
  Reopen();
  const auto read = reader_->Read(appended.events[0].id);
  ASSERT_TRUE(read && *read);
  const StoredEvent& stored = **read;
  EXPECT_EQ(stored.app, "shop");
  EXPECT_EQ(stored.event, "order.placed");
  EXPECT_EQ(stored.level, "info");
  EXPECT_EQ(stored.customer_id, "c1");
  EXPECT_EQ(stored.data, event.data);
  EXPECT_EQ(stored.metadata, event.metadata);
  EXPECT_EQ(stored.timestamp, *event.timestamp);
  EXPECT_EQ(stored.ingested_at, clock_.Now());
  EXPECT_EQ(stored.schema_generation, 3);
  EXPECT_EQ(stored.own_id, "o-1");
  const auto second = reader_->Read(appended.events[1].id);
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->timestamp, clock_.Now());
  EXPECT_FALSE((*second)->customer_id);
  EXPECT_FALSE(*reader_->Read("evt_nothing"));
}

TEST_F(EventStoreTest, NumbersEventsWithoutEverUsingANumberAgain) {
  const auto first = Append({MakeEvent(), MakeEvent()});
  EXPECT_EQ(first.events[0].sequence + 1, first.events[1].sequence);
  RunSql(folder_ / "events.db", "DELETE FROM events");
  Reopen();
  EXPECT_GT(Append({MakeEvent()}).events[0].sequence, first.events[1].sequence);
}

TEST_F(EventStoreTest, AnswersTheFirstIdToARepeatOfAnOwnId) {
  NewEvent event = MakeEvent();
  event.own_id = "o-1";
  const auto first = Append({event});
  event.data = R"({"other":1})";
  const auto again = Append({event, MakeEvent()});
  EXPECT_EQ(again.events[0].id, first.events[0].id);
  EXPECT_TRUE(again.events[0].duplicate);
  EXPECT_EQ(again.events[0].data, first.events[0].data);
  EXPECT_FALSE(again.events[1].duplicate);
  NewEvent elsewhere = MakeEvent("order.placed", "cart");
  elsewhere.own_id = "o-1";
  EXPECT_FALSE(Append({elsewhere}).events[0].duplicate);
  EXPECT_EQ(All().size(), 2U);
}

TEST_F(EventStoreTest, SeesARepeatWithinOneBatch) {
  NewEvent event = MakeEvent();
  event.own_id = "o-1";
  const auto appended = Append({event, event});
  EXPECT_EQ(appended.events[0].id, appended.events[1].id);
  EXPECT_FALSE(appended.events[0].duplicate);
  EXPECT_TRUE(appended.events[1].duplicate);
  EXPECT_EQ(All().size(), 1U);
}

// T-19
TEST_F(EventStoreTest, AnswersAKeyTheSameAgainForADay) {
  const auto first = Append(Keyed(KeyOf("k")));
  EXPECT_EQ(first.verdict, AppendVerdict::kStored);
  const auto again = Append(Keyed(KeyOf("k")));
  EXPECT_EQ(again.verdict, AppendVerdict::kReplayed);
  EXPECT_EQ(Ids(again.events), Ids(first.events));
  EXPECT_EQ(again.events[0].data, first.events[0].data);
  EXPECT_EQ(All().size(), 1U);
  clock_.Advance(hours(24));
  const auto later = Append(Keyed(KeyOf("k")));
  EXPECT_EQ(later.verdict, AppendVerdict::kStored);
  EXPECT_NE(Ids(later.events), Ids(first.events));
}

// T-19
TEST_F(EventStoreTest, RefusesAKeyWithAnotherBody) {
  Append(Keyed(KeyOf("k")));
  const auto other = Append(Keyed(KeyOf("k", "other")));
  EXPECT_EQ(other.verdict, AppendVerdict::kKeyReused);
  EXPECT_EQ(All().size(), 1U);
  EXPECT_EQ(Append(Keyed(KeyOf("k", "other", "crd_2"))).verdict,
            AppendVerdict::kStored);
}

// T-20
TEST_F(EventStoreTest, HoldsSoManyKeysOfACredential) {
  RunSql(folder_ / "events.db",
         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
         "WHERE i < 50000) INSERT INTO idempotency SELECT 'crd_1', "
         "'/v1/ingest', 'k' || i, zeroblob(32), '', " +
             std::to_string(clock_.Now().time_since_epoch().count()) +
             " FROM n");
  EXPECT_EQ(Append(Keyed(KeyOf("new"))).verdict, AppendVerdict::kTooManyKeys);
  EXPECT_EQ(Append(Keyed(KeyOf("new", "b", "crd_2"))).verdict,
            AppendVerdict::kStored);
  EXPECT_EQ(All().size(), 1U);
  clock_.Advance(hours(24));
  RetentionPlan plan;
  plan.now = clock_.Now();
  for (int i = 0; i < 26; ++i) ASSERT_TRUE(store_->PurgeAndWait(plan));
  EXPECT_EQ(Append(Keyed(KeyOf("new"))).verdict, AppendVerdict::kStored);
}

TEST_F(EventStoreTest, GivesOnlyTheIdOfWhatIsDeletedSince) {
  const auto first = Append(Keyed(KeyOf("k")));
  RunSql(folder_ / "events.db", "DELETE FROM events");
  const auto again = Append(Keyed(KeyOf("k")));
  EXPECT_EQ(Ids(again.events), Ids(first.events));
  EXPECT_TRUE(again.events[0].data.empty());
}

// T-12
TEST_F(EventStoreTest, CountsWhatAnAppHas) {
  Append({MakeEvent(), MakeEvent(), MakeEvent("a", "cart")});
  clock_.Advance(hours(1));
  Append({MakeEvent()});
  const auto totals = reader_->Totals();
  ASSERT_TRUE(totals);
  ASSERT_EQ(totals->size(), 2U);
  EXPECT_EQ((*totals)[0].app_uid, "uid-cart");
  EXPECT_EQ((*totals)[0].stored, 1);
  EXPECT_EQ((*totals)[1].stored, 3);
  EXPECT_EQ((*totals)[1].last_at, clock_.Now());
}

// T-20
TEST_F(EventStoreTest, StopsAtTheDisksReserve) {
  Append({MakeEvent()});
  free_bytes_ = 1 << 20;
  NewBatch batch;
  batch.events = {MakeEvent()};
  const auto refused = store_->AppendAndWait(batch);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_NE(refused.error().message.find("64 MiB"), std::string::npos);
  free_bytes_ = std::uint64_t{1} << 40U;
  EXPECT_EQ(Append({MakeEvent()}).events.size(), 1U);
  EXPECT_EQ(All().size(), 2U);
}

// T-20
TEST_F(EventStoreTest, RefusesWhatItsQueueDoesNotHold) {
  EventStoreOptions options = Options();
  options.max_queued_bytes = 1000;
  store_.reset();
  store_ = *EventStore::Open(options);
  NewBatch large;
  large.events = {MakeEvent()};
  large.events[0].data = std::string(2000, ' ');
  const auto refused = store_->AppendAndWait(large);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLocked);
  EXPECT_EQ(Append({MakeEvent()}).events.size(), 1U);
}

TEST_F(EventStoreTest, StoresWhatManySendAtOnce) {
  constexpr int kSenders = 8;
  constexpr int kBatches = 25;
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> senders;
    for (int s = 0; s < kSenders; ++s) {
      senders.emplace_back([this, &failed] {
        for (int i = 0; i < kBatches; ++i) {
          NewBatch batch;
          batch.events = {MakeEvent(), MakeEvent()};
          if (!store_->AppendAndWait(std::move(batch))) ++failed;
        }
      });
    }
  }
  EXPECT_EQ(failed, 0);
  const auto ids = Ids(All());
  EXPECT_EQ(ids.size(), std::size_t{kSenders * kBatches * 2});
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  // The later ones are before, and ids sort as they came.
  EXPECT_TRUE(std::is_sorted(ids.rbegin(), ids.rend()));
}

TEST_F(EventStoreTest, WritesWhatIsQueuedBeforeItEnds) {
  std::atomic<int> stored{0};
  for (int i = 0; i < 200; ++i) {
    NewBatch batch;
    batch.events = {MakeEvent()};
    store_->Append(std::move(batch), [&stored](const Result<Appended>& result) {
      if (result) ++stored;
    });
  }
  store_.reset();
  EXPECT_EQ(stored, 200);
  EXPECT_EQ(All().size(), 200U);
}

TEST_F(EventStoreTest, SaysWhenThereAreNewEvents) {
  std::atomic<int> woken{0};
  store_.reset();
  store_ = *EventStore::Open(Options());
  store_->OnStored([&woken] { ++woken; });
  Append({MakeEvent()});
  store_.reset();
  EXPECT_EQ(woken, 1);
}

// T-20
TEST_F(EventStoreTest, KeepsEachDeadLetterOnceAndSoManyOfAnApp) {
  NewBatch batch;
  batch.dead_letters = {LetterOf("{\"a\":1}"), LetterOf("{\"a\":1}"),
                        LetterOf("{\"a\":1}", "cart")};
  Append(batch);
  clock_.Advance(hours(1));
  batch.dead_letters.resize(1);
  Append(batch);
  const auto letters = reader_->DeadLetters("uid-shop", 0, 10);
  ASSERT_TRUE(letters);
  ASSERT_EQ(letters->size(), 1U);
  EXPECT_EQ((*letters)[0].times, 3);
  EXPECT_EQ((*letters)[0].last_at - (*letters)[0].first_at, hours(1));
  NewBatch many;
  for (int i = 0; i < 1100; ++i) {
    many.dead_letters.push_back(LetterOf(std::to_string(i)));
  }
  Append(many);
  const auto capped = reader_->DeadLetters("uid-shop", 0, 2000);
  ASSERT_TRUE(capped);
  EXPECT_EQ(capped->size(), static_cast<std::size_t>(kMaxDeadLetters));
  EXPECT_EQ(capped->front().letter.body, "1099");
  EXPECT_EQ(reader_->DeadLetters("", 0, 2000)->size(), 1001U);
  EXPECT_EQ(reader_->DeadLettersAfter("uid-cart", 0, 10)->size(), 1U);
}

class EventRetention : public EventStoreTest {
 protected:
  void SetUp() override {
    EventStoreTest::SetUp();
    EvaluateUpTo(1'000'000);
  }

  // As rules do once they have looked at what is stored.
  void EvaluateUpTo(std::int64_t sequence) {
    RunSql(folder_ / "events.db",
           "INSERT OR REPLACE INTO notify_cursor (id, sequence) VALUES (1, " +
               std::to_string(sequence) + ")");
  }

  RetentionPlan Keep(hours shop, hours others) {
    RetentionPlan plan;
    plan.now = clock_.Now();
    plan.keep_from["uid-shop"] = clock_.Now() - shop;
    plan.others_from = clock_.Now() - others;
    return plan;
  }
};

TEST_F(EventRetention, DeletesWhatIsPastItsTimeInBoundedBatches) {
  for (int i = 0; i < 50; ++i) {
    Append(std::vector<NewEvent>(100, MakeEvent()));
  }
  Append({MakeEvent("a", "cart")});
  clock_.Advance(hours(10));
  Append({MakeEvent()});
  const RetentionPlan plan = Keep(hours(5), hours(100));
  std::vector<std::int64_t> gone;
  for (int i = 0; i < 4; ++i) gone.push_back(*store_->PurgeAndWait(plan));
  EXPECT_EQ(gone, (std::vector<std::int64_t>{2000, 2000, 1000, 0}));
  EXPECT_EQ(All().size(), 1U);
  EXPECT_EQ(All("cart").size(), 1U);
  EXPECT_EQ((*reader_->Totals())[1].stored, 1);
}

TEST_F(EventRetention, BeginsAgainAtTheEnd) {
  Append({MakeEvent(), MakeEvent("a", "cart")});
  EXPECT_EQ(*store_->PurgeAndWait(Keep(hours(1), hours(1))), 0);
  clock_.Advance(hours(2));
  EXPECT_EQ(*store_->PurgeAndWait(Keep(hours(9), hours(1))), 1);
  EXPECT_EQ(*store_->PurgeAndWait(Keep(hours(1), hours(1))), 1);
  EXPECT_TRUE(All().empty());
}

TEST_F(EventRetention, KeepsWhatRulesHaveNotLookedAt) {
  EvaluateUpTo(1);
  Append({MakeEvent("a"), MakeEvent("b")});
  clock_.Advance(hours(2));
  EXPECT_EQ(*store_->PurgeAndWait(Keep(hours(1), hours(1))), 1);
  ASSERT_EQ(All().size(), 1U);
  EXPECT_EQ(All()[0].event, "b");
}

// Where nobody looks any more, the disk still doesn't fill.
TEST_F(EventRetention, WaitsForRulesAWeekAtMost) {
  EvaluateUpTo(0);
  Append({MakeEvent()});
  clock_.Advance(hours(24 * 7));
  EXPECT_EQ(*store_->PurgeAndWait(Keep(hours(1), hours(1))), 0);
  clock_.Advance(hours(2));
  EXPECT_EQ(*store_->PurgeAndWait(Keep(hours(1), hours(1))), 1);
}

TEST_F(EventRetention, DropsOldDeadLetters) {
  NewBatch batch;
  batch.dead_letters = {LetterOf("1")};
  Append(batch);
  clock_.Advance(kDeadLetterRetention);
  batch.dead_letters = {LetterOf("2")};
  Append(batch);
  clock_.Advance(hours(1));
  ASSERT_TRUE(store_->PurgeAndWait(Keep(hours(1), hours(1))));
  const auto letters = reader_->DeadLetters("uid-shop", 0, 10);
  ASSERT_EQ(letters->size(), 1U);
  EXPECT_EQ((*letters)[0].letter.body, "2");
}

class EventListing : public EventStoreTest {
 protected:
  // Five an hour apart; two of them share a time.
  void SetUp() override {
    EventStoreTest::SetUp();
    int hour = 0;
    for (const auto& [name, level] :
         {std::pair("a", "info"), std::pair("b", "error"),
          std::pair("a", "error"), std::pair("c", "info")}) {
      NewEvent event = MakeEvent(name);
      event.level = level;
      event.timestamp = clock_.Now() - hours(hour++);
      Append({event});
    }
    NewEvent last = MakeEvent("d");
    last.timestamp = clock_.Now();
    Append({last, MakeEvent("x", "cart")});
    query_.app_uid = "uid-shop";
  }

  std::string List() {
    const auto page = reader_->List(query_);
    EXPECT_TRUE(page) << Describe(page.error());
    std::string names;
    for (const StoredEvent& event : page->events) names += event.event;
    return names + (page->next_cursor.empty() ? "" : "…");
  }

  EventQuery query_;
};

TEST_F(EventListing, GivesTheNewestTimestampFirst) {
  EXPECT_EQ(List(), "dabac");
}

TEST_F(EventListing, PagesWithoutLossOrRepetition) {
  for (const int limit : {1, 2, 3, 4, 5, 100}) {
    std::string names;
    for (const StoredEvent& event : All("shop", limit)) names += event.event;
    EXPECT_EQ(names, "dabac") << limit;
  }
  query_.limit = 4;
  EXPECT_EQ(List(), "daba…");
  query_.limit = 5;
  EXPECT_EQ(List(), "dabac");
}

TEST_F(EventListing, TakesWhatItsFiltersName) {
  query_.level = "error";
  EXPECT_EQ(List(), "ba");
  query_.event = "a";
  EXPECT_EQ(List(), "a");
  query_.level.reset();
  query_.limit = 1;
  EXPECT_EQ(List(), "a…");
  query_ = EventQuery{};
  query_.app_uid = "uid-shop";
  query_.from = clock_.Now() - hours(2);
  EXPECT_EQ(List(), "daba");
  query_.to = clock_.Now() - hours(1);
  EXPECT_EQ(List(), "ba");
  query_.app_uid = "uid-nobody";
  EXPECT_EQ(List(), "");
}

TEST_F(EventListing, RefusesACursorThatNoPageGave) {
  for (const char* cursor :
       {"x", "c1-", "c1--", "c1-1", "c1-1-", "c1-g-1", "c1--1-1", "c1-1-1-1",
        "c1-ffffffffffffffffff-1", "c2-1-1"}) {
    query_.cursor = cursor;
    const auto page = reader_->List(query_);
    ASSERT_FALSE(page) << cursor;
    EXPECT_EQ(page.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST_F(EventListing, GivesTheMostRecentForEvidence) {
  EXPECT_EQ(reader_->Recent("uid-shop", 3)->size(), 3U);
  EXPECT_EQ(reader_->Recent("uid-shop", 10'000)->front().event, "d");
}

// T-20: a filter that hardly anything matches ends the page, not the patience.
TEST_F(EventListing, EndsAPageAfterSoManyRows) {
  for (int i = 0; i < 250; ++i) {
    Append(std::vector<NewEvent>(100, MakeEvent("z")));
  }
  query_.event = "c";
  EXPECT_EQ(List(), "…");
  query_.cursor = reader_->List(query_)->next_cursor;
  EXPECT_EQ(List(), "c");
}

}  // namespace
}  // namespace writ::reconciler
