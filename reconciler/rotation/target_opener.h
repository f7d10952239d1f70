// Where a rotation gets at its targets: a live DeployTarget becomes a Target to
// write to, with the secrets that it is called with, and a probe.
//
// Belongs to the store's thread; what it opens may be used from another, one at
// a time.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reconciler/egress/http_client.h"
#include "reconciler/host/host_file.h"
#include "reconciler/host/ip_network.h"
#include "reconciler/store/state_store.h"
#include "reconciler/targets/target.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// Authenticates with a value somewhere, as a consumer would.
class Probe {
 public:
  virtual ~Probe() = default;
  // kAuth where the value was refused; kTransient where who should judge it
  // can't be reached (F46: that says nothing of the value).
  virtual TargetStatus Run(const SecretValue& value) = 0;
};

// Whose use of a credential counts as the target's.
struct Consumer {
  std::vector<IpNetwork> networks;  // empty: from anywhere
  std::string user_agent;           // with "*"; empty: any

  bool Matches(const std::string& address, const std::string& agent) const;
};

struct OpenTarget {
  std::unique_ptr<Target> target;
  std::unique_ptr<Probe> probe;  // null: it has none
  Consumer consumer;
};

class TargetOpener {
 public:
  virtual ~TargetOpener() = default;
  // kNotFound where it isn't live; what keeps it from being called.
  virtual Result<OpenTarget> Open(const ResourceId& target) = 0;
};

// The value of a secret for a user of it. kPermission where it isn't for that
// user (T-02), kNotFound where it has none.
using SecretLookup = std::function<Result<SecretValue>(const ResourceId& secret,
                                                       const ResourceId& user)>;

class LiveTargets final : public TargetOpener {
 public:
  struct Options {
    // Each operation's, on the clock's monotonic time.
    std::chrono::nanoseconds timeout = std::chrono::seconds(30);
    std::string ca_file;
  };

  LiveTargets(StateStore& store, SecretLookup secrets, const HostFile& host,
              HttpClient& http, const Clock& clock, Options options)
      : store_(store),
        secrets_(std::move(secrets)),
        host_(host),
        http_(http),
        clock_(clock),
        options_(std::move(options)) {}

  Result<OpenTarget> Open(const ResourceId& target) override;

 private:
  StateStore& store_;
  SecretLookup secrets_;
  const HostFile& host_;
  HttpClient& http_;
  const Clock& clock_;
  Options options_;
};

}  // namespace writ::reconciler
