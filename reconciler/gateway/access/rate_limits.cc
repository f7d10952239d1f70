#include "reconciler/gateway/access/rate_limits.h"

#include <algorithm>

namespace writ::reconciler::gateway {
namespace {

// Neighbours of one key land in different shards.
std::uint64_t Mix(std::uint64_t key) {
  key ^= key >> 33U;
  key *= 0xff51afd7ed558ccdU;
  key ^= key >> 33U;
  return key;
}

}  // namespace

RateLimits::RateLimits(std::size_t capacity)
    : per_shard_(std::max<std::size_t>(1, capacity / kShards)) {}

RateLimits::Shard& RateLimits::ShardOf(std::uint64_t key) {
  return shards_[Mix(key) % kShards];
}

void RateLimits::MakeRoom(Shard& shard, std::chrono::nanoseconds now) const {
  if (shard.windows.size() < per_shard_) return;
  std::erase_if(shard.windows,
                [&](const auto& entry) { return entry.second.ends <= now; });
  if (shard.windows.size() < per_shard_) return;
  // A quarter at once, so that the search above isn't made each time.
  const std::size_t target = per_shard_ - (per_shard_ + 3) / 4;
  while (shard.windows.size() > target) {
    shard.windows.erase(shard.windows.begin());
  }
}

RateVerdict RateLimits::Take(std::uint64_t key, std::int64_t limit,
                             std::chrono::nanoseconds period,
                             std::chrono::nanoseconds now) {
  Shard& shard = ShardOf(key);
  const std::scoped_lock lock(shard.mutex);
  auto found = shard.windows.find(key);
  if (found == shard.windows.end()) {
    MakeRoom(shard, now);
    found = shard.windows.emplace(key, Window{now + period, 0}).first;
  }
  Window& window = found->second;
  if (window.ends <= now) window = {now + period, 0};
  // A limit that was made shorter meanwhile counts from now on.
  window.ends = std::min(window.ends, now + period);
  RateVerdict verdict;
  verdict.is_allowed = window.count < limit;
  if (verdict.is_allowed) ++window.count;
  verdict.remaining = std::max<std::int64_t>(0, limit - window.count);
  verdict.until_reset = window.ends - now;
  return verdict;
}

bool RateLimits::IsSpent(std::uint64_t key, std::int64_t limit,
                         std::chrono::nanoseconds now) {
  Shard& shard = ShardOf(key);
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.windows.find(key);
  return found != shard.windows.end() && found->second.ends > now &&
         found->second.count >= limit;
}

std::size_t RateLimits::size() {
  std::size_t size = 0;
  for (Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    size += shard.windows.size();
  }
  return size;
}

}  // namespace writ::reconciler::gateway
