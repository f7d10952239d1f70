#include "reconciler/notify/notifier.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "reconciler/egress/curl_http_client.h"
#include "reconciler/egress/smtp_client.h"
#include "reconciler/events/event_database.h"
#include "reconciler/notify/sender_pool.h"
#include "reconciler/thread_name.h"
#include "schema/check.h"

namespace writ::reconciler {
namespace {

// How soon what other processes wrote is seen.
constexpr auto kPoll = std::chrono::milliseconds(1000);
// Commits of ingest come by the hundred a second; those of this while are
// looked at together, or each would cost a commit of its own.
constexpr auto kGather = std::chrono::milliseconds(10);
constexpr Duration kPruneEvery = std::chrono::hours(1);
constexpr Duration kKeepDelivered = std::chrono::hours(24 * 30);
constexpr Duration kKeepDead = std::chrono::hours(24 * 90);

}  // namespace

// What belongs to the thread. Made by Start, so that errors are its caller's.
class Notifier::Thread {
 public:
  static Result<std::unique_ptr<Thread>> Open(Notifier& notifier) {
    const NotifierOptions& options = notifier.options_;
    OpenOptions open;
    open.folder = options.folder;
    open.mode = OpenMode::kReadWrite;
    open.environment = options.environment;
    open.clock = options.clock;
    open.random = options.random;
    auto store = TRY(StateStore::Open(open));
    auto database = TRY(
        OpenEventDatabase({options.folder, EventDatabaseMode::kMigrate, {}}));
    return std::make_unique<Thread>(notifier, std::move(store),
                                    std::move(database));
  }

  Thread(Notifier& notifier, std::unique_ptr<StateStore> store,
         std::unique_ptr<Database> database)
      : notifier_(notifier),
        clock_(*notifier.options_.clock),
        store_(std::move(store)),
        database_(std::move(database)),
        outbox_(*database_),
        round_(outbox_, clock_, notifier.options_.secrets(*store_)),
        sender_(*notifier.options_.http, *notifier.options_.smtp,
                notifier.options_.host, clock_, notifier.options_.ca_file),
        pool_(sender_, notifier.options_.senders,
              [&notifier] { notifier.TellSettled(); }) {}

  void Run(const std::stop_token& stop) {
    NameThread("writ-notify");
    while (!stop.stop_requested()) {
      const Status passed = Pass(stop);
      {
        const std::lock_guard lock(notifier_.mutex_);
        notifier_.status_.error = passed ? "" : Describe(passed.error());
      }
      Wait(stop, passed.has_value());
    }
    // What is on its way: its outcome is worth the wait.
    while (!pool_.IsIdle()) {
      const bool kept = Settle().has_value();
      Wait({}, kept);
      if (!kept) return;
    }
  }

 private:
  Status Pass(const std::stop_token& stop) {
    TRY(Settle());
    TRY(Refresh());
    while (TRY(round_.Evaluate()) && !stop.stop_requested()) {
    }
    while (pool_.HasRoom() && !stop.stop_requested()) {
      auto job = TRY(round_.NextJob());
      if (!job) break;
      pool_.Submit(*std::move(job));
    }
    return Prune();
  }

  Status Settle() {
    Status first;
    for (const auto& [job, sent] : pool_.TakeDone()) {
      const Status kept = round_.Settle(job, sent);
      if (!kept && first) first = kept;
    }
    return first;
  }

  Status Refresh() {
    const std::int64_t serial = TRY(store_->ReadFacts())
    .serial;
    if (serial != serial_) {
      auto subjects = TRY(ReadSubjects(*store_));
      {
        const std::lock_guard lock(notifier_.mutex_);
        notifier_.status_.faults = subjects->rules->faults();
      }
      serial_ = subjects->serial;
      round_.SetSubjects(std::move(subjects));
    }
    // Every commit of ingest moves the version; replays can wait for a poll.
    const auto now = clock_.Monotonic();
    if (reloaded_ && now - *reloaded_ < kPoll) return {};
    const std::int64_t version = TRY(outbox_.DataVersion());
    if (version == version_) return {};
    TRY(round_.Reload());
    version_ = version;
    reloaded_ = now;
    return {};
  }

  Status Prune() {
    const Timestamp now = clock_.Now();
    if (pruned_ && now - *pruned_ < kPruneEvery) return {};
    TRY(outbox_.Prune(now - kKeepDelivered, now - kKeepDead));
    pruned_ = now;
    return {};
  }

  void Wait(const std::stop_token& stop, bool went_well) {
    auto time = std::chrono::duration_cast<std::chrono::microseconds>(kPoll);
    const auto due = went_well ? round_.NextDue() : std::nullopt;
    // Room in the pool comes with a wake.
    if (due && pool_.HasRoom()) {
      time =
          std::clamp(*due - clock_.Now(), std::chrono::microseconds(0), time);
    }
    std::unique_lock lock(notifier_.mutex_);
    const auto is_settled = [&] { return notifier_.settled_; };
    notifier_.wake_.wait_for(lock, stop, time,
                             [&] { return is_settled() || notifier_.stored_; });
    if (notifier_.stored_ && !is_settled()) {
      notifier_.wake_.wait_for(lock, stop, kGather, is_settled);
    }
    notifier_.stored_ = false;
    notifier_.settled_ = false;
  }

  Notifier& notifier_;
  const Clock& clock_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Database> database_;
  Outbox outbox_;
  Round round_;
  Sender sender_;
  SenderPool pool_;
  std::int64_t serial_ = -1;
  std::int64_t version_ = -1;
  std::optional<std::chrono::nanoseconds> reloaded_;
  std::optional<Timestamp> pruned_;
};

Notifier::Notifier(NotifierOptions options) : options_(std::move(options)) {
  CHECK(options_.clock != nullptr && options_.random != nullptr);
  CHECK(options_.secrets && options_.senders > 0);
  MakeClients();
}

// Those that are its own, under the host file as it is now.
void Notifier::MakeClients() {
  if (options_.http == nullptr || own_http_) {
    own_http_ = std::make_unique<CurlHttpClient>(options_.host);
    options_.http = own_http_.get();
  }
  if (options_.smtp == nullptr || own_smtp_) {
    own_smtp_ = std::make_unique<CurlSmtpClient>(options_.host);
    options_.smtp = own_smtp_.get();
  }
}

Notifier::~Notifier() { Stop(); }

Status Notifier::Start() {
  CHECK(!thread_.joinable());
  std::shared_ptr<Thread> thread = TRY(Thread::Open(*this));
  {
    const std::lock_guard lock(mutex_);
    status_ = {};
    status_.running = true;
  }
  thread_ = std::jthread(
      [thread](const std::stop_token& stop) { thread->Run(stop); });
  return {};
}

void Notifier::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  const std::lock_guard lock(mutex_);
  status_.running = false;
}

Status Notifier::Restart(HostFile host) {
  Stop();
  options_.host = std::move(host);
  MakeClients();
  return Start();
}

void Notifier::Wake() {
  {
    const std::lock_guard lock(mutex_);
    stored_ = true;
  }
  wake_.notify_all();
}

void Notifier::TellSettled() {
  {
    const std::lock_guard lock(mutex_);
    settled_ = true;
  }
  wake_.notify_all();
}

NotifierStatus Notifier::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace writ::reconciler
