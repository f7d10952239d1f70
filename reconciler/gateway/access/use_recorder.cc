#include "reconciler/gateway/access/use_recorder.h"

#include <algorithm>
#include <utility>

#include "reconciler/thread_name.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::chrono::seconds kFlushEvery{2};
constexpr std::size_t kIdDigits = 16;

void AppendPart(std::string_view part, std::string& key) {
  key += part;
  key += '\0';
}

std::string KeyOf(const Use& use) {
  std::string key;
  key.reserve(use.credential.size() + use.agent.size() + use.route.size() +
              use.scope.size() + 24);
  AppendPart(use.credential, key);
  AppendPart(use.agent, key);
  AppendPart(use.route, key);
  AppendPart(use.scope, key);
  key += use.refused ? '1' : '0';
  key += use.client.family == IpAddress::Family::kV4 ? '4' : '6';
  key.append(use.client.bytes.begin(), use.client.bytes.end());
  return key;
}

UseSum SumOf(Use use) {
  UseSum sum;
  sum.credential = std::move(use.credential);
  sum.client = use.client.Text();
  sum.agent = std::move(use.agent);
  sum.route = std::move(use.route);
  sum.scope = std::move(use.scope);
  sum.refused = use.refused;
  sum.first_at = use.at;
  sum.last_at = use.at;
  sum.count = 1;
  return sum;
}

void Merge(const UseSum& more, UseSum& sum) {
  sum.first_at = std::min(sum.first_at, more.first_at);
  sum.last_at = std::max(sum.last_at, more.last_at);
  sum.count += more.count;
}

}  // namespace

UseRecorder::UseRecorder(const UseRecorderOptions& options,
                         std::unique_ptr<UseRecords> records)
    : options_(options), records_(std::move(records)) {}

Result<std::unique_ptr<UseRecorder>> UseRecorder::Open(
    const UseRecorderOptions& options) {
  EventDatabaseOptions database;
  database.folder = options.folder;
  database.mode = EventDatabaseMode::kMigrate;
  auto records = TRY(UseRecords::Open(database));
  TRY(records->Register(options.random->Hex(kIdDigits), options.clock->Now()));
  std::unique_ptr<UseRecorder> recorder(
      new UseRecorder(options, std::move(records)));
  if (options.has_thread) {
    recorder->thread_ =
        std::jthread([self = recorder.get()](const std::stop_token& stop) {
          self->Run(stop);
        });
  }
  return recorder;
}

UseRecorder::~UseRecorder() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  // Where the last flush fails, others see a gateway that was killed.
  if (Flush()) static_cast<void>(records_->Deregister());
}

void UseRecorder::Record(Use use) {
  const std::string key = KeyOf(use);
  const std::scoped_lock lock(mutex_);
  use.at = std::max(use.at, watermark_);
  const auto found = sums_.find(key);
  if (found == sums_.end()) {
    Put(sums_, key, SumOf(std::move(use)));
    return;
  }
  found->second.last_at = std::max(found->second.last_at, use.at);
  ++found->second.count;
}

void UseRecorder::Put(Sums& sums, const std::string& key, UseSum sum) {
  if (sums.size() < options_.max_sums) {
    sums.emplace(key, std::move(sum));
    return;
  }
  // Of whom is lost, that it was used is not.
  Use together;
  together.credential = sum.credential;
  together.refused = sum.refused;
  const std::string short_key = KeyOf(together);
  sum.client.clear();
  sum.agent.clear();
  sum.route.clear();
  sum.scope.clear();
  const auto found = sums.find(short_key);
  if (found != sums.end()) {
    Merge(sum, found->second);
  } else if (sums.size() < 2 * options_.max_sums) {
    sums.emplace(short_key, std::move(sum));
  } else {
    has_lost_ = true;
  }
}

Status UseRecorder::Flush() {
  const std::scoped_lock flushing(flushing_);
  Sums taken;
  Timestamp until;
  bool has_lost = false;
  {
    const std::scoped_lock lock(mutex_);
    watermark_ = std::max(watermark_, options_.clock->Now());
    until = watermark_;
    taken.swap(sums_);
    has_lost = std::exchange(has_lost_, false);
  }
  std::vector<UseSum> sums;
  sums.reserve(taken.size());
  for (const auto& [key, sum] : taken) sums.push_back(sum);
  Status flushed = records_->Flush(sums, until, has_lost);
  if (flushed) return flushed;
  const std::scoped_lock lock(mutex_);
  has_lost_ = has_lost_ || has_lost;
  for (auto& [key, sum] : taken) {
    const auto found = sums_.find(key);
    if (found == sums_.end()) {
      Put(sums_, key, std::move(sum));
    } else {
      Merge(sum, found->second);
    }
  }
  return flushed;
}

void UseRecorder::Run(const std::stop_token& stop) {
  NameThread("writ-uses");
  while (!stop.stop_requested()) {
    // A disk that is full may have room the next time.
    static_cast<void>(Flush());
    std::unique_lock lock(wakeup_mutex_);
    wakeup_.wait_for(lock, stop, kFlushEvery, [] { return false; });
  }
}

}  // namespace writ::reconciler::gateway
