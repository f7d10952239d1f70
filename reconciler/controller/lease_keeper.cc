#include "reconciler/controller/lease_keeper.h"

#include <utility>

namespace writ::reconciler {

Result<std::unique_ptr<LeaseKeeper>> LeaseKeeper::Take(
    const OpenOptions& options, const std::string& holder,
    const std::string& operation, std::chrono::milliseconds timeout) {
  auto store = TRY(StateStore::Open(options));
  LeaseRecord lease =
      TRY(store->AcquireLease(holder, operation, kLeaseTtl, timeout));
  return std::unique_ptr<LeaseKeeper>(
      new LeaseKeeper(std::move(store), std::move(lease)));
}

LeaseKeeper::LeaseKeeper(std::unique_ptr<StateStore> store, LeaseRecord lease)
    : store_(std::move(store)),
      lease_(std::move(lease)),
      thread_([this](const std::stop_token& stop) { Beat(stop); }) {}

LeaseKeeper::~LeaseKeeper() {
  thread_.request_stop();
  thread_.join();
  // Where it was lost, there is nothing to release.
  (void)store_->ReleaseLease(lease_.token);
}

void LeaseKeeper::Beat(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    wake_.wait_for(lock, stop, kLeaseTtl / 5, [] { return false; });
    if (stop.stop_requested()) return;
    // A missed beat is made up by the next; a lost lease shows at the writer.
    (void)store_->Heartbeat(lease_.token);
  }
}

}  // namespace writ::reconciler
