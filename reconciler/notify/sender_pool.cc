#include "reconciler/notify/sender_pool.h"

#include "reconciler/thread_name.h"
#include "schema/check.h"

namespace writ::reconciler {

SenderPool::SenderPool(const Sender& sender, std::size_t threads,
                       std::function<void()> on_done)
    : sender_(sender), size_(threads), on_done_(std::move(on_done)) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { Work(stop); });
  }
}

SenderPool::~SenderPool() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

bool SenderPool::HasRoom() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() + at_work_ < size_;
}

bool SenderPool::IsIdle() const {
  const std::lock_guard lock(mutex_);
  return waiting_.empty() && at_work_ == 0 && done_.empty();
}

void SenderPool::Submit(SendJob job) {
  {
    const std::lock_guard lock(mutex_);
    CHECK(waiting_.size() + at_work_ < size_);
    waiting_.push_back(std::move(job));
  }
  wake_.notify_one();
}

std::vector<SenderPool::Done> SenderPool::TakeDone() {
  const std::lock_guard lock(mutex_);
  return std::exchange(done_, {});
}

void SenderPool::Work(const std::stop_token& stop) {
  NameThread("writ-send");
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, stop, [&] { return !waiting_.empty(); })) {
    SendJob job = std::move(waiting_.back());
    waiting_.pop_back();
    ++at_work_;
    lock.unlock();
    Sent sent = sender_.Send(job);
    lock.lock();
    --at_work_;
    done_.emplace_back(std::move(job), std::move(sent));
    lock.unlock();
    on_done_();
    lock.lock();
  }
}

}  // namespace writ::reconciler
