#include "reconciler/gateway/body_stream.h"

#include <utility>

namespace writ::reconciler::gateway {

void BodyStream::Tell() {
  std::function<void()> more;
  {
    const std::lock_guard lock(mutex_);
    more = more_;
  }
  if (more) more();
}

bool BodyStream::Write(std::string_view bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + bytes.size() > kMaxWaiting) abandoned_ = true;
    if (abandoned_) return false;
    waiting_ += bytes;
  }
  Tell();
  return true;
}

void BodyStream::End() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  Tell();
}

void BodyStream::OnMore(std::function<void()> more) {
  const std::lock_guard lock(mutex_);
  more_ = std::move(more);
}

BodyStream::Part BodyStream::Take() {
  const std::lock_guard lock(mutex_);
  return {std::exchange(waiting_, {}), ended_ || abandoned_};
}

void BodyStream::Abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  more_ = nullptr;
  std::string().swap(waiting_);
}

}  // namespace writ::reconciler::gateway
