// Dead letters after a mend of the schema.
#include "reconciler/gateway/ingest/dead_letter_replay.h"

#include <gtest/gtest.h>

#include "tests/reconciler/gateway/ingest/ingest_fixture.h"

namespace writ::reconciler::gateway {
namespace {

class DeadLetterReplay : public IngestTest {
 protected:
  void SetUp() override {
    IngestTest::SetUp();
    Post(R"([{"event":"order.placed","level":"info","data":{"a":1}},
             {"event":"order.shipped","level":"info","data":{"b":2},
              "timestamp":"2026-06-01T12:00:00Z"}])");
    ingest_.reset();
    clock_.Advance(std::chrono::hours(1));
    EventStoreOptions options;
    options.folder = folder_ / "state";
    options.clock = &clock_;
    store_ = *EventStore::Open(options);
    reader_ = *EventReader::Open(folder_ / "state");
  }

  // The ids' first characters and the events, in order.
  std::string Replay(const ReplayOptions& options = {}) {
    const auto catalog = ReadCatalog(*state_, nullptr);
    EXPECT_TRUE(catalog);
    const auto all = ReplayDeadLetters(*reader_, *store_, **catalog, options);
    EXPECT_TRUE(all) << Describe(all.error());
    std::string text;
    for (const ReplayedLetter& each : *all) {
      text += each.event + "=" + each.event_id.substr(0, 4) + " ";
      EXPECT_EQ(each.event_id.empty(), !each.violations.empty());
    }
    return text;
  }

  std::vector<StoredEvent> Stored() {
    EventQuery query;
    query.app_uid = "uid of App/shop";
    return reader_->List(query)->events;
  }

  std::unique_ptr<EventStore> store_;
  std::unique_ptr<EventReader> reader_;
};

TEST_F(DeadLetterReplay, LeavesWhatIsStillRefused) {
  EXPECT_EQ(Replay(), "order.placed= order.shipped= ");
  EXPECT_TRUE(Stored().empty());
}

TEST_F(DeadLetterReplay, StoresWhatTheMendedSchemaTakes) {
  PutAll(*state_, {With("EventSchema/shop/order.shipped", "App/shop", "{}")});
  EXPECT_EQ(Replay({"", true}), "order.placed= order.shipped=- ");
  EXPECT_TRUE(Stored().empty());
  EXPECT_EQ(Replay(), "order.placed= order.shipped=evt_ ");
  ASSERT_EQ(Stored().size(), 1U);
  EXPECT_EQ(Stored()[0].data, R"({"b":2})");
  EXPECT_EQ(FormatTimestamp(Stored()[0].timestamp), "2026-06-01T12:00:00Z");
  EXPECT_EQ(Stored()[0].ingested_at, clock_.Now());
  EXPECT_EQ(Replay(), "order.placed= ");
}

TEST_F(DeadLetterReplay, GivesAnEventTheTimeAtWhichItFirstCame) {
  const auto write = Begin(*state_);
  ASSERT_TRUE(
      write->Put(With("EventSchema/shop/order.placed", "App/shop", "{}"), 1));
  ASSERT_TRUE(write->Commit());
  EXPECT_EQ(Replay({"uid of App/shop"}), "order.placed=evt_ order.shipped= ");
  EXPECT_EQ(Stored()[0].timestamp, clock_.Now() - std::chrono::hours(1));
}

TEST_F(DeadLetterReplay, StoresALetterOnceHoweverOftenItIsReplayed) {
  NewBatch batch;
  batch.events.emplace_back();
  batch.from_dead_letter = 1;
  EXPECT_EQ(store_->AppendAndWait(batch)->verdict, AppendVerdict::kStored);
  const auto again = store_->AppendAndWait(batch);
  EXPECT_EQ(again->verdict, AppendVerdict::kLetterGone);
  EXPECT_TRUE(again->events.empty());
}

TEST_F(DeadLetterReplay, KeepsToTheAppItIsGiven) {
  EXPECT_EQ(Replay({"uid of App/cart"}), "");
}

}  // namespace
}  // namespace writ::reconciler::gateway
