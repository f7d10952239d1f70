// POST /hooks/{github,gitlab,gitea,generic}: a push that pokes the loop, so
// that it needn't wait for its next poll. A hook is only a poke (T-23): which
// repository and ref are looked at comes from configuration, nothing of the
// body is read but to check its signature.
//
//   202  poked               401  not signed with the secret, or too late
//   200  seen within 24 h    400  no id of the delivery
//
// Delivery ids are kept for 24 hours in memory, so many at most: past that the
// oldest go first, which costs a poke. A hook without a secret isn't opened.
//
// Safe from any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/gateway/hooks/hook_signature.h"
#include "reconciler/gateway/http.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {

// Ids that were seen, for so long and so many.
class SeenDeliveries {
 public:
  static constexpr Duration kKept = std::chrono::hours(24);

  explicit SeenDeliveries(std::size_t most) : most_(most) {}

  // False where it was seen.
  bool Add(const std::string& id, Timestamp now);
  std::size_t size() const { return ids_.size(); }

 private:
  void Drop();

  const std::size_t most_;
  std::unordered_set<std::string> ids_;
  std::deque<std::pair<Timestamp, std::string>> order_;
};

struct HookSecret {
  HookKind kind = HookKind::kGeneric;
  SecretValue secret;
};

class Hooks {
 public:
  static constexpr std::size_t kMostDeliveries = 10'000;

  // `poke` never blocks. Clock and random outlive the hooks.
  // REQUIRES: no secret is empty, no kind is there twice.
  Hooks(std::vector<HookSecret> secrets, std::function<void()> poke,
        const Clock& clock, Random& random);
  ~Hooks();
  Hooks(const Hooks&) = delete;
  Hooks& operator=(const Hooks&) = delete;

  // Refer to this.
  std::vector<Route> routes();

 private:
  class Hook;
  HttpResponse Answer(const Hook& hook, const HttpRequest& request);

  std::function<void()> poke_;
  const Clock& clock_;
  std::string blind_;
  std::vector<std::unique_ptr<Hook>> hooks_;
  std::mutex mutex_;
  SeenDeliveries seen_{kMostDeliveries};
};

}  // namespace writ::reconciler::gateway
