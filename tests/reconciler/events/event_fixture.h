// A store of events in a folder of its own, under a clock that stands.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/events/event_reader.h"
#include "reconciler/events/event_store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace writ::reconciler {

inline NewEvent MakeEvent(const std::string& event = "order.placed",
                          const std::string& app = "shop") {
  NewEvent made;
  made.app = app;
  made.app_uid = "uid-" + app;
  made.event = event;
  made.level = "info";
  made.data = R"({"amountCents":1200})";
  made.schema_generation = 3;
  return made;
}

class EventStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Reopen(); }

  EventStoreOptions Options() {
    EventStoreOptions options;
    options.folder = folder_.path();
    options.clock = &clock_;
    options.free_bytes = [this] { return free_bytes_.load(); };
    return options;
  }

  void Reopen() {
    store_.reset();
    auto store = EventStore::Open(Options());
    ASSERT_TRUE(store) << Describe(store.error());
    store_ = *std::move(store);
    auto reader = EventReader::Open(folder_.path());
    ASSERT_TRUE(reader) << Describe(reader.error());
    reader_ = *std::move(reader);
  }

  Appended Append(NewBatch batch) {
    auto appended = store_->AppendAndWait(std::move(batch));
    EXPECT_TRUE(appended) << Describe(appended.error());
    return appended ? *std::move(appended) : Appended{};
  }

  Appended Append(std::vector<NewEvent> events) {
    NewBatch batch;
    batch.events = std::move(events);
    return Append(std::move(batch));
  }

  // Everything of the app, page by page, newest first.
  std::vector<StoredEvent> All(const std::string& app = "shop",
                               int limit = 100) {
    std::vector<StoredEvent> all;
    EventQuery query;
    query.app_uid = "uid-" + app;
    query.limit = limit;
    while (true) {
      auto page = reader_->List(query);
      EXPECT_TRUE(page) << Describe(page.error());
      if (!page) return all;
      for (StoredEvent& event : page->events) all.push_back(std::move(event));
      if (page->next_cursor.empty()) return all;
      query.cursor = page->next_cursor;
    }
  }

  testing::TempFolder folder_;
  testing::ManualClock clock_;
  std::atomic<std::uint64_t> free_bytes_{std::uint64_t{1} << 40U};
  std::unique_ptr<EventStore> store_;
  std::unique_ptr<EventReader> reader_;
};

}  // namespace writ::reconciler
