// What a token may learn of itself, and its end: of every family alike.
//
//   GET /v1/token      id, hint, type, scopes or role, expiry; never the value
//   DELETE /v1/token   revokes the credential that it is sent with, for good
//
// The address that a token may be used from is judged here as everywhere.
// Answers are problem documents where it won't do: 401, all alike (S-36), 429
// for who tries many, 503 where revocations can't be seen (T-18).
//
// Any thread. A revocation blocks on the disk: it happens on a thread of its
// own, one at a time, and few wait.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/access/guess_throttle.h"
#include "reconciler/gateway/access/presented_token.h"
#include "reconciler/gateway/http.h"

namespace writ::reconciler::gateway {

class TokenSelfService final : public HttpHandler {
 public:
  struct Parts {
    std::string folder;  // the state's
    Authenticator& authenticator;
    UseSink& uses;
    GuessThrottle& throttle;
    const Clock& clock;
    Random& random;
  };

  explicit TokenSelfService(Parts parts);
  // Ends what is under way; what waits is answered 503.
  ~TokenSelfService() override;

  void Handle(const HttpRequest& request, Respond respond) override;

 private:
  static constexpr std::size_t kMostWaiting = 64;

  struct Revocation {
    const HttpRequest* request = nullptr;
    std::shared_ptr<const Principal> principal;
    Respond respond;
  };

  HttpResponse RefuseToken(const HttpRequest& request,
                           PresentedToken::Kind kind);
  void Record(const HttpRequest& request, const Principal& principal,
              bool refused);
  void Enqueue(Revocation revocation);
  HttpResponse Revoke(const Revocation& revocation);
  void Run(const std::stop_token& stop);

  const Parts parts_;
  std::mutex mutex_;
  std::deque<Revocation> waiting_;
  std::condition_variable_any wakeup_;
  std::jthread thread_;
};

}  // namespace writ::reconciler::gateway
