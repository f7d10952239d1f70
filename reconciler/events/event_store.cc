#include "reconciler/events/event_store.h"

#include <sys/statvfs.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "reconciler/events/event_database.h"
#include "reconciler/events/event_transaction.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/thread_name.h"

namespace writ::reconciler {
namespace {

// What waits longer than a commit takes only makes the next one longer.
constexpr std::size_t kGroupEvents = 4'000;
constexpr std::size_t kEventOverhead = 256;

std::size_t SizeOf(const NewBatch& batch) {
  std::size_t size = kEventOverhead;
  for (const NewEvent& event : batch.events) {
    size += kEventOverhead + event.data.size() + event.metadata.size();
  }
  for (const NewDeadLetter& letter : batch.dead_letters) {
    size += kEventOverhead + letter.body.size() + letter.violations.size();
  }
  return size;
}

std::uint64_t FreeBytesOf(const std::string& folder) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) return 0;
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

Error QueueIsFull() {
  return Error{ErrorCode::kLocked,
               "more events are waiting than may wait",
               "send them again a little later",
               {}};
}

Error DiskIsReserved(std::uint64_t reserve) {
  return Error{ErrorCode::kIo,
               "the disk has less than " + std::to_string(reserve >> 20U) +
                   " MiB left, which events may not use",
               "free some space",
               {}};
}

}  // namespace

class EventStore::Writer {
 public:
  Writer(EventStoreOptions options, std::unique_ptr<Database> database)
      : options_(std::move(options)),
        database_(std::move(database)),
        ids_(options_.random != nullptr ? *options_.random : system_random_),
        transactions_(*database_, ids_) {}

  void Start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  }

  ~Writer() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void Append(NewBatch batch, Done done) {
    const std::size_t size = SizeOf(batch);
    {
      const std::scoped_lock lock(mutex_);
      if (queue_.size() < options_.max_queued &&
          queued_bytes_ + size <= options_.max_queued_bytes) {
        queued_bytes_ += size;
        queue_.emplace_back(Request{std::move(batch), std::move(done), size});
        wake_.notify_one();
        return;
      }
    }
    done(tl::unexpected<Error>(QueueIsFull()));
  }

  void Purge(RetentionPlan plan,
             std::function<void(Result<std::int64_t>)> done) {
    const std::scoped_lock lock(mutex_);
    queue_.emplace_back(Cleaning{std::move(plan), std::move(done)});
    wake_.notify_one();
  }

  void OnStored(std::function<void()> wake) { on_stored_ = std::move(wake); }

 private:
  struct Request {
    NewBatch batch;
    Done done;
    std::size_t size = 0;
  };
  struct Cleaning {
    RetentionPlan plan;
    std::function<void(Result<std::int64_t>)> done;
  };
  using Work = std::variant<Request, Cleaning>;

  void Run(const std::stop_token& stop) {
    NameThread("writ-events");
    while (true) {
      std::vector<Request> group;
      std::optional<Cleaning> cleaning;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, stop, [this] { return !queue_.empty(); });
        if (queue_.empty()) return;  // asked to stop, and nothing is left
        TakeGroup(group, cleaning);
      }
      if (!group.empty()) Write(std::move(group));
      if (cleaning) Clean(*cleaning);
    }
  }

  // Up to the next cleaning. REQUIRES: the lock.
  void TakeGroup(std::vector<Request>& group,
                 std::optional<Cleaning>& cleaning) {
    std::size_t events = 0;
    while (!queue_.empty() && !cleaning && events < kGroupEvents) {
      if (Request* request = std::get_if<Request>(&queue_.front())) {
        events += request->batch.events.size() + 1;
        queued_bytes_ -= request->size;
        group.push_back(std::move(*request));
      } else {
        cleaning = std::move(std::get<Cleaning>(queue_.front()));
      }
      queue_.pop_front();
    }
  }

  Timestamp Now() const {
    return options_.clock != nullptr ? options_.clock->Now()
                                     : system_clock_.Now();
  }

  Status CheckDisk() const {
    const std::uint64_t free = options_.free_bytes
                                   ? options_.free_bytes()
                                   : FreeBytesOf(options_.folder);
    if (free >= options_.disk_reserve) return {};
    return tl::unexpected<Error>(DiskIsReserved(options_.disk_reserve));
  }

  Result<std::vector<Appended>> WriteAll(std::vector<Request>& group) {
    TRY(CheckDisk());
    return Guarded("storing events", [&]() -> Result<std::vector<Appended>> {
      transactions_.Begin(Now());
      for (Request& request : group) {
        transactions_.Append(std::move(request.batch));
      }
      return transactions_.Commit();
    });
  }

  void Write(std::vector<Request> group) {
    Result<std::vector<Appended>> written = WriteAll(group);
    if (!written) transactions_.Rollback();
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (written) {
        group[i].done(std::move((*written)[i]));
      } else {
        group[i].done(tl::unexpected<Error>(written.error()));
      }
    }
    if (written && on_stored_) on_stored_();
  }

  void Clean(const Cleaning& cleaning) {
    Result<std::int64_t> gone =
        Guarded("deleting old events", [&]() -> Result<std::int64_t> {
          return transactions_.Purge(cleaning.plan);
        });
    if (!gone) transactions_.Rollback();
    cleaning.done(std::move(gone));
  }

  const EventStoreOptions options_;
  const SystemClock system_clock_;
  SystemRandom system_random_;
  std::unique_ptr<Database> database_;
  EventIds ids_;
  EventTransactions transactions_;
  std::function<void()> on_stored_;

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Work> queue_;
  std::size_t queued_bytes_ = 0;
  std::jthread thread_;
};

EventStore::EventStore(std::unique_ptr<Writer> writer)
    : writer_(std::move(writer)) {}
EventStore::~EventStore() = default;

Result<std::unique_ptr<EventStore>> EventStore::Open(
    EventStoreOptions options) {
  EventDatabaseOptions connection;
  connection.folder = options.folder;
  connection.mode = EventDatabaseMode::kMigrate;
  auto database = TRY(OpenEventDatabase(connection));
  auto writer =
      std::make_unique<Writer>(std::move(options), std::move(database));
  writer->Start();
  return std::unique_ptr<EventStore>(new EventStore(std::move(writer)));
}

void EventStore::Append(NewBatch batch, Done done) {
  writer_->Append(std::move(batch), std::move(done));
}

Result<Appended> EventStore::AppendAndWait(NewBatch batch) {
  // Shared: set_value may still be at it when get returns.
  auto promise = std::make_shared<std::promise<Result<Appended>>>();
  auto future = promise->get_future();
  writer_->Append(std::move(batch), [promise](Result<Appended> result) {
    promise->set_value(std::move(result));
  });
  return future.get();
}

void EventStore::Purge(RetentionPlan plan,
                       std::function<void(Result<std::int64_t>)> done) {
  writer_->Purge(std::move(plan), std::move(done));
}

Result<std::int64_t> EventStore::PurgeAndWait(RetentionPlan plan) {
  auto promise = std::make_shared<std::promise<Result<std::int64_t>>>();
  auto future = promise->get_future();
  writer_->Purge(std::move(plan), [promise](Result<std::int64_t> result) {
    promise->set_value(std::move(result));
  });
  return future.get();
}

void EventStore::OnStored(std::function<void()> wake) {
  writer_->OnStored(std::move(wake));
}

}  // namespace writ::reconciler
