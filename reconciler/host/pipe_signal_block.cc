#include "reconciler/host/pipe_signal_block.h"

#include <ctime>

namespace writ::reconciler {

PipeSignalBlock::PipeSignalBlock() {
  sigemptyset(&pipe_);
  sigaddset(&pipe_, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
}

PipeSignalBlock::~PipeSignalBlock() {
  const timespec now{};
  if (sigismember(&before_, SIGPIPE) == 0) {
    while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace writ::reconciler
