// Names that `top -H`, `perf` and a debugger show, so that whoever looks at a
// busy process sees what is busy.
#pragma once

#include <pthread.h>

namespace writ::reconciler {

// Of the thread that calls; 15 bytes at most (pthread_setname_np(3)).
inline void NameThread(const char* name) {
  pthread_setname_np(pthread_self(), name);
}

}  // namespace writ::reconciler
