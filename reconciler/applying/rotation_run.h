// All that moving rotations on takes, wired for one run: the operator's file,
// the way out, the secrets that targets are called with, the driver. Stays
// where it is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reconciler/applying/run_effects.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/egress/curl_http_client.h"
#include "reconciler/host/host_file.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/rotation/driver.h"
#include "reconciler/rotation/event_usage.h"
#include "reconciler/rotation/round.h"
#include "reconciler/secrets/managed_secrets.h"
#include "reconciler/secrets/secret_reader.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

struct RotationSetup {
  std::string secret_environment;  // whose values targets are called with
  std::string host_file;           // --host-config
  std::string lease_token;
};

class RotationRun {
 public:
  // Effects, store and keys outlive it.
  RotationRun(const RunEffects& effects, StateStore& store, const KeyRing& keys,
              HostFile host, RotationSetup setup);
  RotationRun(const RotationRun&) = delete;
  RotationRun& operator=(const RotationRun&) = delete;

  RotationDriver& driver() { return driver_; }
  // `begins_due` false: those under way go on, and none that is due begins.
  Result<RoundReport> Round(std::vector<ResourceId> touched,
                            bool begins_due = true);

 private:
  const Clock& clock_;
  std::function<bool()> stop_;
  StateStore& store_;
  RotationSetup setup_;
  HostFile host_;
  CurlHttpClient http_;
  Credentials credentials_;
  ManagedSecrets managed_;
  SecretReader secrets_;
  LiveTargets targets_;
  EventUsage usage_;
  RotationDriver driver_;
};

// The operator's file, with what is writ's own withheld from its grants (T-01).
HostFile WithheldFrom(HostFile host, const RunEffects& effects,
                      const StateStore& store);

}  // namespace writ::reconciler
