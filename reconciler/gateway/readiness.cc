#include "reconciler/gateway/readiness.h"

#include <chrono>
#include <utility>

#include "reconciler/store/state_store.h"
#include "reconciler/thread_name.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::chrono::seconds kBetweenLooks{2};

}  // namespace

Readiness::Readiness(std::string state_folder, const KeyRing& keys,
                     Authenticator& authenticator)
    : folder_(std::move(state_folder)),
      keys_(keys),
      authenticator_(authenticator) {
  Look();
  thread_ = std::jthread([this](const std::stop_token& stop) { Watch(stop); });
}

// Opened anew each time: what matters is the state that the path leads to now.
void Readiness::Look() {
  OpenOptions options;
  options.folder = folder_;
  const auto store = StateStore::Open(options);
  has_state_ = store && (*store)->ReadFacts();
  has_keys_ = store && keys_.Refreshed((*store)->secrets());
}

void Readiness::Watch(const std::stop_token& stop) {
  NameThread("writ-ready");
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    ended_.wait_for(lock, stop, kBetweenLooks, [] { return false; });
    if (!stop.stop_requested()) Look();
  }
}

ReadinessFacts Readiness::Now() const {
  return {has_state_, has_keys_, authenticator_.IsCurrent(),
          authenticator_.IsIntact()};
}

HttpResponse Readiness::Answer(const HttpRequest& /*request*/) const {
  const ReadinessFacts facts = Now();
  Value checks;
  checks.Set("state", facts.state);
  checks.Set("keys", facts.keys);
  checks.Set("revocations", facts.revocations);
  checks.Set("credentials", facts.credentials);
  Value body;
  body.Set("status", facts.is_ready() ? "ready" : "not ready");
  body.Set("checks", std::move(checks));
  HttpResponse response;
  response.body = CompactJson(body);
  if (facts.is_ready()) return response;
  response.status = 503;
  response.headers.push_back({"Retry-After", "2"});
  return response;
}

}  // namespace writ::reconciler::gateway
