// How often each of many may do something: a window for each, of fixed length,
// that begins with the first time. Bounded (T-20): past so many, those whose
// window has ended are forgotten, then some others, whose count begins anew.
//
// Any thread; takes one of several locks for a moment.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace writ::reconciler::gateway {

struct RateVerdict {
  bool is_allowed = true;
  std::int64_t remaining = 0;
  std::chrono::nanoseconds until_reset{};
};

class RateLimits {
 public:
  explicit RateLimits(std::size_t capacity);

  // Counts one, unless `limit` of them were counted in this window.
  RateVerdict Take(std::uint64_t key, std::int64_t limit,
                   std::chrono::nanoseconds period,
                   std::chrono::nanoseconds now);
  // As Take would answer; counts nothing.
  bool IsSpent(std::uint64_t key, std::int64_t limit,
               std::chrono::nanoseconds now);

  std::size_t size();

 private:
  static constexpr std::size_t kShards = 16;

  struct Window {
    std::chrono::nanoseconds ends{};
    std::int64_t count = 0;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::uint64_t, Window> windows;
  };

  Shard& ShardOf(std::uint64_t key);
  // REQUIRES: the shard's lock.
  void MakeRoom(Shard& shard, std::chrono::nanoseconds now) const;

  const std::size_t per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace writ::reconciler::gateway
