#include "reconciler/loop/work_queue.h"

#include <algorithm>
#include <utility>

namespace writ::reconciler {
namespace {

// Beyond so many doublings every backoff is the greatest.
constexpr int kMostDoublings = 20;

// What asks to be looked at "now" again and again must not spin.
constexpr std::chrono::nanoseconds kShortestWait = std::chrono::seconds(1);

}  // namespace

WorkQueue::WorkQueue(const std::vector<std::string>& keys, QueueOptions options)
    : options_(std::move(options)) {
  for (const std::string& key : keys) entries_.emplace(key, Entry{});
}

std::optional<std::string> WorkQueue::Take(Moment now) {
  auto longest = entries_.end();
  for (auto each = entries_.begin(); each != entries_.end(); ++each) {
    if (each->second.is_running || each->second.due > now) continue;
    if (longest == entries_.end() || each->second.due < longest->second.due) {
      longest = each;
    }
  }
  if (longest == entries_.end()) return std::nullopt;
  longest->second.is_running = true;
  longest->second.was_poked = false;
  return longest->first;
}

WorkQueue::Moment WorkQueue::WaitAfter(Entry& entry,
                                       const RunOutcome& outcome) const {
  const auto stretched = [&](Moment wait) {
    const double part = options_.jitter * options_.chance();
    return wait + std::chrono::duration_cast<Moment>(wait * part);
  };
  if (outcome.end == RunEnd::kRetry) {
    const int doublings = std::min(entry.failures++, kMostDoublings);
    const Moment wait =
        std::min(options_.backoff * (std::int64_t{1} << doublings),
                 options_.max_backoff);
    return stretched(wait);
  }
  entry.failures = 0;
  const Moment interval = stretched(options_.interval);
  if (outcome.end != RunEnd::kRequeueAfter) return interval;
  return std::clamp(outcome.after, kShortestWait,
                    std::max(interval, kShortestWait));
}

void WorkQueue::Finish(const std::string& key, const RunOutcome& outcome,
                       Moment now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.is_running = false;
  const Moment wait = WaitAfter(entry, outcome);
  entry.due = entry.was_poked ? now : now + wait;
}

void WorkQueue::Poke(const std::string& key, Moment now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  found->second.was_poked = true;
  found->second.due = std::min(found->second.due, now);
}

void WorkQueue::PokeAll(Moment now) {
  for (auto& [key, entry] : entries_) Poke(key, now);
}

std::optional<WorkQueue::Moment> WorkQueue::NextDue() const {
  std::optional<Moment> next;
  for (const auto& [key, entry] : entries_) {
    if (entry.is_running) continue;
    next = next ? std::min(*next, entry.due) : entry.due;
  }
  return next;
}

}  // namespace writ::reconciler
