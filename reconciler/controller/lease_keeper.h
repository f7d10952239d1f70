// Holds a state's lease for as long as it lives: takes it, gives a sign of life
// from a thread with a connection of its own, and releases it at the end.
// Losing it shows at the next write, which the store refuses (kLocked).
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

inline constexpr std::chrono::milliseconds kLeaseTtl{15'000};

class LeaseKeeper {
 public:
  // Blocks up to `timeout` while somebody else holds it (kLocked past that).
  static Result<std::unique_ptr<LeaseKeeper>> Take(
      const OpenOptions& options, const std::string& holder,
      const std::string& operation, std::chrono::milliseconds timeout);
  ~LeaseKeeper();
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  const std::string& token() const { return lease_.token; }
  const std::string& holder() const { return lease_.holder; }

 private:
  LeaseKeeper(std::unique_ptr<StateStore> store, LeaseRecord lease);
  void Beat(const std::stop_token& stop);

  std::unique_ptr<StateStore> store_;  // the thread's, once it runs
  LeaseRecord lease_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace writ::reconciler
