// An immutable value that many threads read and one exchanges now and then. A
// thread keeps what it read last, so that reading touches no counter that
// others write, makes no system call and takes no lock until the next exchange.
//
// What was exchanged lives until every thread that read it has read again.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace writ::reconciler::gateway {

// Numbers the values that threads keep, so that none is taken for another's.
std::uint64_t NextPublishedId();

template <typename T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> first = nullptr)
      : id_(NextPublishedId()), value_(std::move(first)) {}

  void Set(std::shared_ptr<const T> value) {
    const std::scoped_lock lock(mutex_);
    value_ = std::move(value);
    version_.fetch_add(1, std::memory_order_release);
  }

  // Null only until there is one. Valid until this thread asks again, of this
  // or another of the type.
  const T* Get() const {
    struct Seen {
      std::uint64_t id = 0;
      std::uint64_t version = 0;
      std::shared_ptr<const T> value;
    };
    thread_local Seen seen;
    if (seen.id != id_ ||
        seen.version != version_.load(std::memory_order_acquire)) {
      const std::scoped_lock lock(mutex_);
      seen = Seen{id_, version_.load(std::memory_order_relaxed), value_};
    }
    return seen.value.get();
  }

 private:
  const std::uint64_t id_;
  mutable std::mutex mutex_;
  std::atomic<std::uint64_t> version_{1};
  std::shared_ptr<const T> value_;
};

}  // namespace writ::reconciler::gateway
