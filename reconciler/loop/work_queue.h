// When each key of the loop is looked at next. A key is an environment; why it
// is looked at isn't kept: whoever looks compares what is desired with what is
// live, so that pokes which come together are one (level, not edge).
//
//   done           after the interval, and a little more, so that many
//                  machines don't come at once
//   retry          after 5 s, twice as long each time, at most 5 minutes
//   requeue after  then, where that is before the interval is over
//   terminal       as done: only what moves meanwhile makes a difference
//
// Pure: moments are given, on any clock that never goes back. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace writ::reconciler {

enum class RunEnd : std::uint8_t { kDone, kRetry, kRequeueAfter, kTerminal };

struct RunOutcome {
  RunEnd end = RunEnd::kDone;
  std::chrono::nanoseconds after{0};  // of kRequeueAfter

  bool operator==(const RunOutcome&) const = default;
};

struct QueueOptions {
  std::chrono::nanoseconds interval = std::chrono::seconds(60);
  double jitter = 0.1;  // of a wait, at most
  std::chrono::nanoseconds backoff = std::chrono::seconds(5);
  std::chrono::nanoseconds max_backoff = std::chrono::minutes(5);
  // In [0, 1).
  std::function<double()> chance;
};

class WorkQueue {
 public:
  using Moment = std::chrono::nanoseconds;

  // All are due at once.
  WorkQueue(const std::vector<std::string>& keys, QueueOptions options);

  // The one that is due longest; absent: none is. It is under way until Finish.
  std::optional<std::string> Take(Moment now);
  void Finish(const std::string& key, const RunOutcome& outcome, Moment now);

  // Due at once, or as soon as the run under way has finished. Unknown keys are
  // nothing.
  void Poke(const std::string& key, Moment now);
  void PokeAll(Moment now);

  // When the next is due; absent: there is none, or it is under way.
  std::optional<Moment> NextDue() const;

 private:
  struct Entry {
    Moment due{0};
    bool is_running = false;
    bool was_poked = false;
    int failures = 0;  // in a row
  };

  Moment WaitAfter(Entry& entry, const RunOutcome& outcome) const;

  QueueOptions options_;
  std::map<std::string, Entry> entries_;
};

}  // namespace writ::reconciler
