// A thread for what would block the server's: reads of a disk, and what comes
// round by itself. Work runs in its order, one after the other.
//
// Safe from any thread. The destructor runs what is queued, then ends.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace writ::reconciler::gateway {

class Desk {
 public:
  // `round` runs at once and then every `period`, between the work.
  Desk(std::function<void()> round, std::chrono::milliseconds period);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // False where kMaxWork pieces are waiting already.
  bool Submit(std::function<void()> work);

  static constexpr std::size_t kMaxWork = 1024;

 private:
  void Run(const std::stop_token& stop);

  const std::function<void()> round_;
  const std::chrono::milliseconds period_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::function<void()>> queue_;
  std::jthread thread_;
};

}  // namespace writ::reconciler::gateway
