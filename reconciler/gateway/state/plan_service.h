// Plans that runners send, made again here, and applied: the server believes no
// plan that it didn't make (T-03). What was planned is remembered for a while,
// so that applying it takes its digest alone.
//
// Methods may be called from several threads; each keeps its thread until it is
// done. Blocks on disk, on the lease, and on targets.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "reconciler/applying/apply_run.h"
#include "reconciler/applying/run_effects.h"
#include "reconciler/applying/sent_plan.h"
#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/keys/key_ring.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct PlanServiceOptions {
  std::string folder;       // of the state
  std::string environment;  // that it holds
  std::string host_file;    // --host-config
  // A git repository that commits are read from where the host file says what
  // may be applied; empty: none.
  std::string repository;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  std::function<std::optional<std::string>(const char* name)> variable;
};

class PlanService {
 public:
  // Options' clock and random outlive it, and so do the keys.
  PlanService(PlanServiceOptions options, const KeyRing& keys)
      : options_(std::move(options)), keys_(keys) {}

  // POST /v1/plans: 201 with the plan; 412 for another digest than the one
  // that was sent; 422 with what is wrong with the manifests; 403 with the
  // `addresses` of what the caller doesn't reach.
  HttpResponse Plan(const HttpRequest& request, const Principal& caller);
  // POST /v1/plans/{digest}/apply: a problem, or the apply's events.
  void Apply(const HttpRequest& request, const Principal& caller,
             const Respond& respond);
  // Applies under way end after the change in progress.
  void Stop() { stopping_ = true; }

  // T-20: what is remembered, and for how long.
  static constexpr std::size_t kMaxPlans = 16;
  static constexpr std::size_t kMaxBytes = std::size_t{128} << 20;
  static constexpr std::chrono::minutes kKeptFor{15};
  // Of one request.
  static constexpr std::size_t kMaxBody = std::size_t{64} << 20;

 private:
  struct Kept {
    std::string digest;
    std::string credential;  // who sent it, and may apply it
    std::shared_ptr<const SentPlan> plan;
    std::size_t bytes = 0;
    std::chrono::nanoseconds at{0};  // monotonic
  };

  RunEffects EffectsOf(const Principal& caller) const;
  // With where its manifests and the state are. kUntrusted where the host file
  // wants a commit that can't be read here.
  Result<PlanRequest> RequestOf(const SentPlan& plan) const;
  void Keep(Kept kept);
  std::shared_ptr<const SentPlan> Find(const std::string& digest,
                                       const Principal& caller);
  Status ApplyFound(const SentPlan& plan, const HttpRequest& request,
                    const Principal& caller, const Respond& respond);

  const PlanServiceOptions options_;
  const KeyRing& keys_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::deque<Kept> kept_;  // the oldest first; under the mutex
};

}  // namespace writ::reconciler::gateway
