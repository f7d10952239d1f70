// Writing to a pipe or socket that nobody reads must not end this process:
// while a block stands, this thread gets no SIGPIPE, and what a write caused is
// taken back before the thread's mask is as it was. Of one thread, nests.
#pragma once

#include <signal.h>

namespace writ::reconciler {

class PipeSignalBlock {
 public:
  PipeSignalBlock();
  ~PipeSignalBlock();
  PipeSignalBlock(const PipeSignalBlock&) = delete;
  PipeSignalBlock& operator=(const PipeSignalBlock&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

}  // namespace writ::reconciler
