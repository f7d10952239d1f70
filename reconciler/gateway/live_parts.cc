#include "reconciler/gateway/live_parts.h"

#include <cstdint>
#include <vector>

#include "reconciler/egress/curl_http_client.h"
#include "reconciler/gateway/leaks/leak_response.h"
#include "reconciler/secrets/managed_secrets.h"
#include "reconciler/secrets/secret_reader.h"

namespace writ::reconciler::gateway {
namespace {

// The notifier's way to destinations' secrets, on its thread and over its
// store.
class DestinationSecrets {
 public:
  DestinationSecrets(StateStore& store, const KeyRing& keys,
                     const LivePartsOptions& options)
      : options_(options),
        http_(options.host),
        managed_(store, keys, *options.clock, *options.random),
        reader_(store, &managed_,
                {options.host, *options.clock, http_, options.variable}) {}

  Result<SecretValue> Read(const ResourceId& user, const ResourceId& secret) {
    return reader_.ReadFor(user, secret, options_.secret_environment);
  }

 private:
  const LivePartsOptions& options_;
  CurlHttpClient http_;
  ManagedSecrets managed_;
  SecretReader reader_;
};

Reading Counted(std::string name, std::string help,
                std::function<double()> read) {
  return {std::move(name), std::move(help), Reading::Kind::kCounter,
          std::move(read)};
}

Reading OfIngest(const Ingest& ingest, std::string name, std::string help,
                 std::uint64_t IngestCounts::*member) {
  return Counted(std::move(name), std::move(help), [&ingest, member] {
    return static_cast<double>(ingest.counts().*member);
  });
}

Reading OfAccess(LiveAccess& access, std::string name, std::string help,
                 std::int64_t LiveCredentialsCounts::*member) {
  return Counted(std::move(name), std::move(help), [&access, member] {
    return static_cast<double>(access.counts().*member);
  });
}

}  // namespace

Result<std::unique_ptr<LiveParts>> LiveParts::Open(StateStore& store,
                                                   KeyRing keys,
                                                   LivePartsOptions options) {
  std::unique_ptr<LiveParts> parts(
      new LiveParts(std::move(keys), std::move(options)));
  TRY(parts->OpenAccess(store));
  TRY(parts->OpenEvents(store.folder()));
  TRY(parts->OpenProjects(store.folder()));
  TRY(parts->OpenManagement(store.folder()));
  TRY(parts->OpenRemoteState(store.folder()));
  parts->OpenLeakReports(store.folder());
  return parts;
}

LiveParts::~LiveParts() = default;

std::string LiveParts::Dialect() const {
  const auto& proxies = options_.host.trusted_proxies;
  return proxies ? proxies->dialect : std::string();
}

Status LiveParts::Reload(HostFile host) {
  const auto& proxies = host.trusted_proxies;
  TRY(access_->SetDialect(proxies ? proxies->dialect : std::string()));
  // Its thread reads the options: not while it runs.
  notifier_->Stop();
  options_.host = std::move(host);
  return notifier_->Restart(options_.host);
}

Status LiveParts::OpenAccess(StateStore& store) {
  LiveAccessOptions access;
  access.folder = store.folder();
  access.clock = options_.clock;
  access.random = options_.random;
  access.dialect = Dialect();
  KeyRing keys = TRY(keys_.Refreshed(store.secrets()));
  access_ = TRY(LiveAccess::Open(access, std::move(keys)));
  return {};
}

Status LiveParts::OpenEvents(const std::string& folder) {
  IngestOptions ingest;
  ingest.store.folder = folder;
  ingest.store.clock = options_.clock;
  ingest.store.random = options_.random;
  ingest.authenticator = access_.get();
  ingest.uses = access_.get();
  ingest.clock = options_.clock;
  NotifierOptions notifier;
  notifier.folder = folder;
  notifier.host = options_.host;
  notifier.clock = options_.clock;
  notifier.random = options_.random;
  notifier.secrets = [this](StateStore& store) -> SecretOfUser {
    auto secrets = std::make_shared<DestinationSecrets>(store, keys_, options_);
    return [secrets](const ResourceId& user, const ResourceId& secret) {
      return secrets->Read(user, secret);
    };
  };
  notifier_ = std::make_unique<Notifier>(std::move(notifier));
  ingest_ = TRY(Ingest::Open(ingest));
  ingest_->store().OnStored([this] { notifier_->Wake(); });
  return notifier_->Start();
}

Status LiveParts::OpenProjects(const std::string& folder) {
  ProjectsOptions projects;
  projects.store = {folder, options_.host, options_.clock, options_.random,
                    options_.variable};
  projects.authenticator = access_.get();
  projects.uses = access_.get();
  projects_ = TRY(Projects::Open(std::move(projects), keys_));
  return {};
}

Status LiveParts::OpenManagement(const std::string& folder) {
  const ManagementOptions management{folder, options_.clock, options_.random};
  management_ =
      TRY(Management::Open(management, keys_, *access_, access_.get()));
  return {};
}

Status LiveParts::OpenRemoteState(const std::string& folder) {
  RemoteStateOptions options;
  options.folder = folder;
  options.clock = options_.clock;
  remote_state_ = TRY(RemoteState::Open(options, *access_, access_.get()));
  return {};
}

void LiveParts::OpenLeakReports(const std::string& folder) {
  leak_host_ = options_.host;
  leak_http_ = std::make_unique<CurlHttpClient>(leak_host_);
  const LeakResponse response{folder,
                              &keys_,
                              &leak_host_,
                              options_.secret_environment,
                              options_.variable,
                              options_.clock,
                              options_.random};
  leak_reports_ = std::make_unique<LeakReports>(LeakReports::Options{
      leak_http_.get(), &leak_host_, options_.clock,
      [response](std::string_view text) { return response.Answer(text); }});
}

GatewayParts LiveParts::Parts() {
  std::vector<Route> routes = access_->routes();
  for (Route& route : ingest_->routes()) routes.push_back(std::move(route));
  for (Route& route : projects_->routes()) routes.push_back(std::move(route));
  for (Route& route : leak_reports_->routes()) {
    routes.push_back(std::move(route));
  }
  for (Route& route : management_->routes()) {
    routes.push_back(std::move(route));
  }
  for (Route& route : remote_state_->routes()) {
    routes.push_back(std::move(route));
  }
  std::vector<Reading> readings = {
      OfIngest(*ingest_, "writ_events_accepted_total", "Events stored",
               &IngestCounts::accepted),
      OfIngest(*ingest_, "writ_events_duplicate_total",
               "Events that were there before", &IngestCounts::duplicates),
      OfIngest(*ingest_, "writ_events_rejected_total",
               "Events refused by what their app declares",
               &IngestCounts::rejected),
      OfAccess(*access_, "writ_credential_reloads_total",
               "Times that all credentials were read",
               &LiveCredentialsCounts::reloads),
      OfAccess(*access_, "writ_credential_alarms_total",
               "Commits to the state that no writer of writ's made",
               &LiveCredentialsCounts::alarms),
      OfAccess(*access_, "writ_credential_tampered_total",
               "Rows of credentials that aren't served",
               &LiveCredentialsCounts::tampered),
  };
  readings.push_back({"writ_notifier_running", "1 while notifications are sent",
                      Reading::Kind::kGauge, [this] {
                        return notifier_->status().running ? 1.0 : 0.0;
                      }});
  return {*access_, keys_, *options_.clock, std::move(routes),
          std::move(readings)};
}

}  // namespace writ::reconciler::gateway
