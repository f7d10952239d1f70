// What a gateway serves of one state, opened and wired together: who asks
// (access/), events in and out (ingest/), the notifications that follow from
// them (reconciler/notify), projects' configuration (projects/), and the rest
// of what is live (management/), and runners that plan from afar (state/).
// Whoever opens it has read the master key.
//
// Opened and destroyed by one thread, after the server that has its routes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "reconciler/clock.h"
#include "reconciler/egress/curl_http_client.h"
#include "reconciler/gateway/access/live_access.h"
#include "reconciler/gateway/gateway.h"
#include "reconciler/gateway/ingest/ingest.h"
#include "reconciler/gateway/leaks/leak_reports.h"
#include "reconciler/gateway/management/management.h"
#include "reconciler/gateway/projects/projects.h"
#include "reconciler/gateway/state/remote_state.h"
#include "reconciler/host/host_file.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/notify/notifier.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct LivePartsOptions {
  HostFile host;
  // Whose values destinations are called with.
  std::string secret_environment;
  // Of the process's environment, for secrets that come from there.
  std::function<std::optional<std::string>(const char* name)> variable;
  const Clock* clock = nullptr;  // both outlive the parts
  Random* random = nullptr;
};

class LiveParts {
 public:
  // `store` is needed only now. Notifications are sent from here on. Errors:
  // those of the parts.
  static Result<std::unique_ptr<LiveParts>> Open(StateStore& store,
                                                 KeyRing keys,
                                                 LivePartsOptions options);
  ~LiveParts();
  LiveParts(const LiveParts&) = delete;
  LiveParts& operator=(const LiveParts&) = delete;

  // Refers to this.
  GatewayParts Parts();

  // Who may ask /authz and in which words, and what notifications may call,
  // from now on. Waits for what is being sent. On an error of the dialect
  // nothing changes.
  Status Reload(HostFile host);

 private:
  LiveParts(KeyRing keys, LivePartsOptions options)
      : keys_(std::move(keys)), options_(std::move(options)) {}
  std::string Dialect() const;
  Status OpenAccess(StateStore& store);
  Status OpenEvents(const std::string& folder);
  Status OpenProjects(const std::string& folder);
  Status OpenManagement(const std::string& folder);
  Status OpenRemoteState(const std::string& folder);
  void OpenLeakReports(const std::string& folder);

  const KeyRing keys_;
  LivePartsOptions options_;
  // Each is used by those below it until they are gone.
  std::unique_ptr<LiveAccess> access_;
  std::unique_ptr<Notifier> notifier_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<Projects> projects_;
  std::unique_ptr<Management> management_;
  std::unique_ptr<RemoteState> remote_state_;
  // Leak reports: under the host file as it was at the start.
  HostFile leak_host_;
  std::unique_ptr<CurlHttpClient> leak_http_;
  std::unique_ptr<LeakReports> leak_reports_;
};

}  // namespace writ::reconciler::gateway
