#include "reconciler/gateway/ingest/desk.h"

#include <utility>

#include "reconciler/thread_name.h"

namespace writ::reconciler::gateway {

Desk::Desk(std::function<void()> round, std::chrono::milliseconds period)
    : round_(std::move(round)),
      period_(period),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Desk::~Desk() {
  thread_.request_stop();
  thread_.join();
}

bool Desk::Submit(std::function<void()> work) {
  const std::scoped_lock lock(mutex_);
  if (queue_.size() >= kMaxWork) return false;
  queue_.push_back(std::move(work));
  wake_.notify_one();
  return true;
}

void Desk::Run(const std::stop_token& stop) {
  NameThread("writ-desk");
  using std::chrono::steady_clock;
  auto next = steady_clock::now();
  while (true) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_until(lock, stop, next, [this] { return !queue_.empty(); });
      if (queue_.empty() && stop.stop_requested()) return;
      if (!queue_.empty()) {
        work = std::move(queue_.front());
        queue_.pop_front();
      }
    }
    if (work) work();
    if (stop.stop_requested() || steady_clock::now() < next) continue;
    round_();
    next = steady_clock::now() + period_;
  }
}

}  // namespace writ::reconciler::gateway
