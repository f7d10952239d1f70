// Use of credentials, gathered in memory and flushed to events.db by a thread
// of its own, with how far it is complete (T-09).
//
// What Record was told before a flush began is in that flush, or comes with a
// time no earlier than the watermark that it sets: a request that dawdles moves
// its use, never the truth of the watermark. A flush that fails keeps what it
// had for the next, and the watermark where it was. Bounded (T-20): past so
// many different users of credentials, more of them are counted together.
//
// Record: any thread, one lock for a moment. The destructor flushes, and takes
// leave; who is killed before can't, and nobody takes its silence for quiet.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/events/use_records.h"
#include "reconciler/gateway/access/authenticator.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct UseRecorderOptions {
  std::string folder;  // the state's
  const Clock* clock = nullptr;
  Random* random = nullptr;
  // False: nobody flushes but who calls Flush.
  bool has_thread = true;
  std::size_t max_sums = 64 * 1024;
};

class UseRecorder final : public UseSink {
 public:
  // Makes or migrates events.db; errors of OpenEventDatabase.
  static Result<std::unique_ptr<UseRecorder>> Open(
      const UseRecorderOptions& options);
  ~UseRecorder() override;

  void Record(Use use) override;
  Status Flush();

 private:
  using Sums = std::unordered_map<std::string, UseSum>;

  UseRecorder(const UseRecorderOptions& options,
              std::unique_ptr<UseRecords> records);
  // REQUIRES: mutex_.
  void Put(Sums& sums, const std::string& key, UseSum sum);
  void Run(const std::stop_token& stop);

  const UseRecorderOptions options_;

  std::mutex mutex_;
  Sums sums_;
  Timestamp watermark_;  // what is recorded from now on is no earlier
  bool has_lost_ = false;

  std::mutex flushing_;  // records_ belongs to who holds it
  std::unique_ptr<UseRecords> records_;

  std::mutex wakeup_mutex_;
  std::condition_variable_any wakeup_;
  std::jthread thread_;
};

}  // namespace writ::reconciler::gateway
