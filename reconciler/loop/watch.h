// The loop that lasts: looks at each environment when it is due, and at once
// when it is poked. Ends after the run under way once `stop` says so.
//
// Run belongs to one thread; Poke is for any.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/loop/work_queue.h"

namespace writ::reconciler {

class Watch {
 public:
  // One run over an environment; what it says decides when the next is.
  using RunOne = std::function<RunOutcome(const std::string& environment)>;

  Watch(const std::vector<std::string>& environments, QueueOptions options,
        const Clock& clock)
      : clock_(clock), queue_(environments, std::move(options)) {}

  // Blocks until `stop`. Looks for it, and for pokes, 20 times a second.
  void Run(const RunOne& run_one, const std::function<bool()>& stop);

  // All environments are due at once; many pokes are one.
  void Poke();

 private:
  const Clock& clock_;
  std::mutex mutex_;
  WorkQueue queue_;
};

// A source of chance for jitter.
std::function<double()> ChanceOf(Random& random);

}  // namespace writ::reconciler
