#include "reconciler/gateway/hooks/hooks.h"

#include "reconciler/gateway/problem.h"
#include "schema/check.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kBlindDigits = 32;

HttpResponse Told(int status, std::string_view standing) {
  HttpResponse response;
  response.status = status;
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = R"({"status":")" + std::string(standing) + "\"}\n";
  return response;
}

}  // namespace

bool SeenDeliveries::Add(const std::string& id, Timestamp now) {
  while (!order_.empty() && order_.front().first <= now - kKept) Drop();
  if (!ids_.insert(id).second) return false;
  order_.emplace_back(now, id);
  while (order_.size() > most_) Drop();
  return true;
}

void SeenDeliveries::Drop() {
  ids_.erase(order_.front().second);
  order_.pop_front();
}

class Hooks::Hook final : public HttpHandler {
 public:
  Hook(Hooks& hooks, HookSecret secret)
      : hooks_(hooks), secret_(std::move(secret)) {}

  void Handle(const HttpRequest& request, Respond respond) override {
    respond(hooks_.Answer(*this, request));
  }
  HookKind kind() const { return secret_.kind; }
  const SecretValue& secret() const { return secret_.secret; }

 private:
  Hooks& hooks_;
  HookSecret secret_;
};

Hooks::Hooks(std::vector<HookSecret> secrets, std::function<void()> poke,
             const Clock& clock, Random& random)
    : poke_(std::move(poke)), clock_(clock), blind_(random.Hex(kBlindDigits)) {
  for (HookSecret& secret : secrets) {
    CHECK(!secret.secret.empty());
    hooks_.push_back(std::make_unique<Hook>(*this, std::move(secret)));
  }
}

Hooks::~Hooks() = default;

std::vector<Route> Hooks::routes() {
  std::vector<Route> routes;
  for (const auto& hook : hooks_) {
    Route route;
    route.method = "POST";
    route.pattern = "/hooks/" + std::string(Name(hook->kind()));
    route.handler = hook.get();
    route.summary = "Look for new commits now; signed, see docs/reconcile.md";
    route.is_public = true;
    routes.push_back(std::move(route));
  }
  return routes;
}

HttpResponse Hooks::Answer(const Hook& hook, const HttpRequest& request) {
  const Timestamp now = clock_.Now();
  if (!IsSigned(hook.kind(), request, hook.secret(), blind_, now)) {
    return Problem(401, "bad_signature",
                   "This isn't signed with the hook's secret, or too late.",
                   request);
  }
  const auto id = DeliveryOf(hook.kind(), request);
  if (!id) {
    return Problem(400, "no_delivery_id", "The delivery has no id.", request);
  }
  {
    const std::lock_guard lock(mutex_);
    const std::string key = std::string(Name(hook.kind())) + ":" + *id;
    if (!seen_.Add(key, now)) return Told(200, "seen");
  }
  poke_();
  return Told(202, "accepted");
}

}  // namespace writ::reconciler::gateway
