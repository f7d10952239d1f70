// From a DeployTarget's spec to the Target that it means. The spec has passed
// validation and is normalised: defaults filled in, one block that is named for
// the type.
//
// What a target may touch is asked of the host file at each operation, and
// where it may send credentials when it's made (T-01, T-02).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/egress/http_client.h"
#include "reconciler/host/host_file.h"
#include "reconciler/targets/target.h"
#include "schema/value.h"

namespace writ::reconciler {

// By the field of the type's block: "token", "signingSecret", …
using AccessSecrets = std::map<std::string, SecretValue, std::less<>>;

// A secret that a target is called with, and the reference that stands for it.
struct AccessField {
  std::string field;
  Value reference;  // {project, key}
};

// All that the spec names; what MakeTarget wants a value for.
std::vector<AccessField> AccessFieldsOf(const Value& spec);

struct TargetSetup {
  const Value& spec;      // NOLINT: read while the target is made
  AccessSecrets secrets;  // moved into the target
  const HostFile& host;   // NOLINT: the three outlive the target
  HttpClient& http;       // NOLINT
  const Clock& clock;     // NOLINT
  // On the clock's monotonic time: by then each operation has ended. A target
  // that is kept for longer is made anew.
  std::chrono::nanoseconds deadline{};
  // Authorities to believe instead of the system's; empty: the system's.
  std::string ca_file;
};

// kPermission where the host file lacks a grant, kInvalidArgument where a
// secret is missing or the spec can't mean anything.
Result<std::unique_ptr<Target>> MakeTarget(TargetSetup setup);

}  // namespace writ::reconciler
