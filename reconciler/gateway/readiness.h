// Whether this gateway may be sent requests: the state opens, the master key is
// the one it was sealed under, revocations are seen (T-18), no credential was
// tampered with (T-13). A thread of its own
// looks every two seconds, since looking blocks on a disk.
//
// Now() may be asked from any thread and never blocks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/keys/key_ring.h"

namespace writ::reconciler::gateway {

struct ReadinessFacts {
  bool state = false;        // opens and can be read
  bool keys = false;         // its key generations open with the master key
  bool revocations = false;  // are seen
  bool credentials = false;  // are all as writ wrote them (T-13)

  bool is_ready() const { return state && keys && revocations && credentials; }
};

class Readiness {
 public:
  // Looks once before it returns. The ring and the authenticator outlive it.
  Readiness(std::string state_folder, const KeyRing& keys,
            Authenticator& authenticator);
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  ReadinessFacts Now() const;
  // 200, or 503 with what is missing; never why, which is for the log.
  HttpResponse Answer(const HttpRequest& request) const;

 private:
  void Look();
  void Watch(const std::stop_token& stop);

  const std::string folder_;
  const KeyRing& keys_;
  Authenticator& authenticator_;
  std::atomic<bool> has_state_ = false;
  std::atomic<bool> has_keys_ = false;
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;
};

}  // namespace writ::reconciler::gateway
