#include "reconciler/notify/subjects.h"

#include <utility>
#include <vector>

#include "reconciler/store/live_spec.h"
#include "schema/digest.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

Result<std::vector<engine::RuleSource>> ReadSources(StateStore& store,
                                                    const std::string& kind) {
  std::vector<engine::RuleSource> sources;
  for (const engine::LiveResource& live : TRY(store.ReadKind(kind))) {
    sources.push_back({
      live.id, live.uid, std::make_shared<const Value>(TRY(SpecOf(live)))
    });
  }
  return sources;
}

}  // namespace

LiveDestination MakeDestination(const ResourceId& id, Value spec) {
  LiveDestination destination;
  destination.id = id;
  destination.digest = Sha256(CanonicalJson(spec)).Hex();
  const auto rate = engine::ParseRate(spec.FindString("rateLimit"));
  destination.rate =
      rate ? *rate : engine::DefaultRate(spec.FindString("channel"));
  destination.spec = std::make_shared<const Value>(std::move(spec));
  return destination;
}

Result<std::shared_ptr<const Subjects>> ReadSubjects(StateStore& store) {
  TRY(store.BeginRead());
  auto read = [&]() -> Result<std::shared_ptr<const Subjects>> {
    auto subjects = std::make_shared<Subjects>();
    subjects->serial = TRY(store.ReadFacts())
    .serial;
    subjects->rules = std::make_unique<const engine::RuleSet>(
        TRY(ReadSources(store, "NotificationRule")),
        TRY(ReadSources(store, "Silence")));
    for (const auto& live : TRY(store.ReadKind("Destination"))) {
      subjects->destinations.emplace(
          live.id.address(), MakeDestination(live.id, TRY(SpecOf(live))));
    }
    return std::shared_ptr<const Subjects>(std::move(subjects));
  }();
  store.EndRead();
  return read;
}

}  // namespace writ::reconciler
