#include "reconciler/applying/rotation_run.h"

#include <utility>

#include "reconciler/keys/master_key.h"

namespace writ::reconciler {

HostFile WithheldFrom(HostFile host, const RunEffects& effects,
                      const StateStore& store) {
  host.withheld.push_back(store.folder());
  if (const auto key = effects.variable(kMasterKeyFileVariable)) {
    host.withheld.push_back(*key);
  }
  return host;
}

RotationRun::RotationRun(const RunEffects& effects, StateStore& store,
                         const KeyRing& keys, HostFile host,
                         RotationSetup setup)
    : clock_(effects.clock),
      stop_(effects.stop),
      store_(store),
      setup_(std::move(setup)),
      host_(WithheldFrom(std::move(host), effects, store)),
      http_(host_),
      credentials_(store, &keys, effects.clock, effects.random),
      managed_(store, keys, effects.clock, effects.random),
      secrets_(store, &managed_,
               {host_, effects.clock, http_, effects.variable}),
      targets_(store,
               [this](const ResourceId& secret, const ResourceId& user) {
                 return secrets_.ReadFor(user, secret,
                                         setup_.secret_environment);
               },
               host_, http_, effects.clock, {}),
      usage_(store.folder()),
      driver_({store, credentials_, keys, targets_, usage_, effects.clock,
               effects.random},
              {setup_.lease_token, effects.actor(), stop_, {}}) {}

Result<RoundReport> RotationRun::Round(std::vector<ResourceId> touched,
                                       bool begins_due) {
  return MoveRotationsOn(
      store_, driver_, clock_,
      {std::move(touched), setup_.lease_token, stop_, begins_due});
}

}  // namespace writ::reconciler
