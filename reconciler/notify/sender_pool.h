// A few threads that send, each one job at a time, so that one destination that
// doesn't answer holds up no other. As many jobs as threads: nothing queues.
//
// Safe from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "reconciler/notify/sender.h"

namespace writ::reconciler {

class SenderPool {
 public:
  using Done = std::pair<SendJob, Sent>;

  // `on_done` is called from the pool's threads after each job; the sender
  // outlives the pool.
  SenderPool(const Sender& sender, std::size_t threads,
             std::function<void()> on_done);
  // Waits for what is being sent.
  ~SenderPool();
  SenderPool(const SenderPool&) = delete;
  SenderPool& operator=(const SenderPool&) = delete;

  bool HasRoom() const;
  // REQUIRES: HasRoom(), and one thread that submits.
  void Submit(SendJob job);
  std::vector<Done> TakeDone();
  // Nothing is being sent, and everything done was taken.
  bool IsIdle() const;

 private:
  void Work(const std::stop_token& stop);

  const Sender& sender_;
  std::size_t size_;
  std::function<void()> on_done_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<SendJob> waiting_;
  std::size_t at_work_ = 0;
  std::vector<Done> done_;
  std::vector<std::jthread> threads_;
};

}  // namespace writ::reconciler
