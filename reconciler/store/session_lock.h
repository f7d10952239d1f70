// Tells a crash from a writer that is still at work: each writing session holds
// a shared lock on `state.db.lock`, which the operating system drops with the
// process. Where the state says "dirty" and nobody holds the lock, the last
// writer ended in the middle.
//
// An open-file-description lock: two stores in one process don't share it, and
// closing one doesn't drop the other's. One thread.
#pragma once

#include <string>

#include "schema/result.h"

namespace writ::reconciler {

class SessionLock {
 public:
  // Joins the sessions that write: exclusive where there is no other, until
  // Share. Waits while another one is exclusive. kIo, kPermission.
  static Result<SessionLock> Join(const std::string& file);
  // Says for good that there is a state beside the file, so that an empty
  // database can be told from one that was cut off.
  void MarkState();
  static bool IsMarked(const std::string& file);
  // True when some session holds it; looks only. False where there is no file.
  static bool IsHeld(const std::string& file);

  SessionLock() = default;
  ~SessionLock();
  SessionLock(SessionLock&& other) noexcept;
  SessionLock& operator=(SessionLock&& other) noexcept;

  bool exclusive() const { return exclusive_; }
  // Back to exclusive where there is no other session; doesn't wait.
  bool MakeExclusive();
  void Share();

 private:
  explicit SessionLock(int fd) : fd_(fd) {}

  int fd_ = -1;
  bool exclusive_ = false;
};

}  // namespace writ::reconciler
