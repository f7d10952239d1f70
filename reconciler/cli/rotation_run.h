// All that moving rotations on takes, wired for one command: the operator's
// file, the way out, the secrets that targets are called with, the driver.
// Stays where it is.
#pragma once

#include <optional>
#include <string>

#include "reconciler/cli/session.h"
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
#include "schema/value.h"

namespace writ::reconciler {

struct RotationSetup {
  std::string secret_environment;  // whose values targets are called with
  std::string host_file;           // --host-config
  std::string lease_token;
};

class RotationRun {
 public:
  // `keys` outlives it.
  RotationRun(Session& session, StateStore& store, const KeyRing& keys,
              HostFile host, RotationSetup setup);
  RotationRun(const RotationRun&) = delete;
  RotationRun& operator=(const RotationRun&) = delete;

  RotationDriver& driver() { return driver_; }
  Result<RoundReport> Round(std::vector<ResourceId> touched);

 private:
  Session& session_;
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

// What an apply, or a person, is told of a round: as lines, as JSON.
void PrintRound(Session& session, const RoundReport& report);
Value RoundToValue(const RoundReport& report);

}  // namespace writ::reconciler
