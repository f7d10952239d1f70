#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <ostream>
#include <thread>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/remote_commands.h"
#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/cli/serve_reconcile.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/gateway/live_parts.h"
#include "reconciler/host/host_file.h"
#include "reconciler/host/inherited_socket.h"
#include "reconciler/keys/master_key.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

using gateway::Gateway;
using gateway::GatewayOptions;
using gateway::GatewayParts;
using gateway::LiveParts;
using gateway::LivePartsOptions;

constexpr std::chrono::milliseconds kBetweenLooks{50};
constexpr std::int64_t kMaxThreads = 256;
constexpr std::int64_t kMaxDrainS = 3600;

struct ServeArguments {
  SourceArguments source;
  std::string listen = "127.0.0.1:8443";
  std::string tls_certificate;
  std::string tls_key;
  std::string repository;
  std::string access_log;
  std::vector<std::string> metrics_from;
  std::int64_t threads = 0;
  std::int64_t drain_s = 20;
  bool allow_plain_public = false;
  ServedLoopArguments loop;
};

void DeclareServe(Options& options, ServeArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Text("--listen", arguments.listen,
               "ADDRESS:PORT; port 0 lets the system choose (default: "
               "127.0.0.1:8443)");
  options.Text("--tls-cert", arguments.tls_certificate,
               "The certificate and its chain, a PEM file");
  options.Text("--tls-key", arguments.tls_key, "Its key, a PEM file");
  options.Flag("--allow-plain-public", arguments.allow_plain_public,
               "Listen beyond the loopback without TLS: for a proxy that ends "
               "TLS before this");
  options.Text("--host-config", arguments.source.host_file,
               "The operator's file (default: /etc/writ/host.yaml)");
  options.Text("--repository", arguments.repository,
               "A git repository that commits are read from where the host "
               "file's applyFrom wants it");
  options.Text("--access-log", arguments.access_log,
               "A FILE for a JSON line a request; -: stderr (default: none)");
  options.Texts("--metrics-from", arguments.metrics_from,
                "Networks whose scrapes /metrics answers (default: the "
                "loopback)");
  options.Integer("--threads", arguments.threads,
                  "Threads that serve (default: as many as there are cores)");
  options.Integer("--drain-seconds", arguments.drain_s,
                  "How long requests under way may take once asked to stop "
                  "(default: 20)");
  DeclareRef(options, arguments.source);
  DeclareServedLoop(options, arguments.loop);
}

volatile std::sig_atomic_t reload_asked = 0;

void AskToReload(int /*signal*/) { reload_asked = 1; }

void CatchHangUp() {
  struct sigaction action = {};
  action.sa_handler = AskToReload;
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
}

// A connection is a descriptor: as many as the system lets this process have.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
};

Result<Endpoint> ParseListen(const std::string& text) {
  const auto wrong = [&] {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + text + "\" is no address to listen on",
                "write ADDRESS:PORT, as in 127.0.0.1:8443 or [::1]:8443");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return wrong();
  std::string host = text.substr(0, colon);
  const std::string port = text.substr(colon + 1);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  const auto address = ParseIpAddress(host);
  const bool is_number =
      !port.empty() && port.size() <= 5 &&
      std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  if (!address || !is_number || std::stoi(port) > 65535) return wrong();
  return Endpoint{*address, static_cast<std::uint16_t>(std::stoi(port))};
}

std::vector<IpNetwork> Loopback() {
  return {*ParseIpNetwork("127.0.0.0/8"), *ParseIpNetwork("::1")};
}

bool IsLoopback(const IpAddress& address) {
  return std::ranges::any_of(Loopback(), [&](const IpNetwork& network) {
    return network.Contains(address);
  });
}

Result<std::vector<IpNetwork>> MetricsFrom(const ServeArguments& arguments) {
  if (arguments.metrics_from.empty()) return Loopback();
  std::vector<IpNetwork> networks;
  for (const std::string& text : arguments.metrics_from) {
    const auto network = ParseIpNetwork(text);
    if (!network) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--metrics-from wants a network like 10.0.0.0/8, not \"" +
                      text + "\"");
    }
    networks.push_back(*network);
  }
  return networks;
}

std::vector<IpNetwork> ProxiesOf(const HostFile& host) {
  return host.trusted_proxies ? host.trusted_proxies->networks
                              : std::vector<IpNetwork>();
}

Status CheckArguments(const ServeArguments& arguments,
                      const Endpoint& endpoint) {
  const bool has_certificate = !arguments.tls_certificate.empty();
  if (has_certificate == arguments.tls_key.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--tls-cert and --tls-key go together");
  }
  if (!has_certificate && !IsLoopback(endpoint.address) &&
      !arguments.allow_plain_public) {
    return Fail(ErrorCode::kInvalidArgument,
                "without TLS, tokens would pass " + endpoint.address.Text() +
                    " in plain text",
                "give --tls-cert and --tls-key; or --allow-plain-public where "
                "a proxy before this speaks TLS");
  }
  if (arguments.threads < 0 || arguments.threads > kMaxThreads) {
    return Fail(ErrorCode::kInvalidArgument, "--threads wants 1 to 256");
  }
  if (arguments.drain_s < 0 || arguments.drain_s > kMaxDrainS) {
    return Fail(ErrorCode::kInvalidArgument, "--drain-seconds wants 0 to 3600");
  }
  return {};
}

Result<Endpoint> EndpointOf(const ServeArguments& arguments,
                            const std::optional<InheritedSocket>& inherited) {
  if (inherited) return Endpoint{inherited->address, inherited->port};
  return ParseListen(arguments.listen);
}

Result<GatewayOptions> OptionsOf(
    const ServeArguments& arguments, const HostFile& host,
    const std::optional<InheritedSocket>& inherited) {
  const Endpoint endpoint = TRY(EndpointOf(arguments, inherited));
  TRY(CheckArguments(arguments, endpoint));
  GatewayOptions options;
  if (inherited) options.server.listening = inherited->descriptor.get();
  options.server.address = endpoint.address.Text();
  options.server.port = endpoint.port;
  options.server.threads = static_cast<int>(
      arguments.threads > 0
          ? arguments.threads
          : std::max<std::int64_t>(1, std::thread::hardware_concurrency()));
  if (!arguments.tls_certificate.empty()) {
    options.server.tls =
        gateway::TlsFiles{arguments.tls_certificate, arguments.tls_key};
  }
  options.server.trusted_proxies = ProxiesOf(host);
  options.access_log = arguments.access_log;
  options.metrics_from = TRY(MetricsFrom(arguments));
  return options;
}

std::string UrlOf(const GatewayOptions& options, std::uint16_t port) {
  const std::string& address = options.server.address;
  const bool is_v6 = address.find(':') != std::string::npos;
  return std::string(options.server.tls ? "https://" : "http://") +
         (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

// What is never granted, whatever the operator's file says.
void Withhold(const Session& session, const std::string& state_folder,
              HostFile& host) {
  host.withheld.push_back(state_folder);
  if (const auto key = session.variable(kMasterKeyFileVariable)) {
    host.withheld.push_back(*key);
  }
}

Status Reload(const Session& session, const ServeArguments& arguments,
              const std::string& state_folder, Gateway& gateway,
              LiveParts& parts) {
  HostFile host = TRY(ReadHostFile(arguments.source.host_file));
  Withhold(session, state_folder, host);
  TRY(gateway.Reload(ProxiesOf(host)));
  return parts.Reload(std::move(host));
}

void RunUntilStopped(Session& session, const ServeArguments& arguments,
                     const std::string& state_folder, Gateway& gateway,
                     LiveParts& parts) {
  while (!session.interrupted()) {
    session.clock.Sleep(kBetweenLooks);
    if (reload_asked == 0) continue;
    reload_asked = 0;
    const auto reloaded =
        Reload(session, arguments, state_folder, gateway, parts);
    if (reloaded) {
      session.err << "Reloaded.\n" << std::flush;
      continue;
    }
    session.err << "Not reloaded, all goes on as before: "
                << EscapeTerminal(Describe(reloaded.error())) << "\n"
                << std::flush;
  }
}

Result<KeyRing> NeedKeys(StateStore& store) {
  auto keys = TRY(FindKeys(store));
  if (keys) return *std::move(keys);
  return Fail(ErrorCode::kNotFound, "there is no master key",
              "name its file in WRIT_MASTER_KEY_FILE: tokens are checked "
              "under it");
}

// The loop goes after the gateway, which has its routes.
struct Served {
  std::unique_ptr<ServedLoop> loop;  // null: none was asked for
  std::unique_ptr<LiveParts> parts;
};

Result<std::unique_ptr<ServedLoop>> OpenLoop(Session& session,
                                             const ServeArguments& arguments,
                                             StateStore& store,
                                             const KeyRing& keys) {
  ReconcileArguments reconcile;
  reconcile.source = arguments.source;
  const StateFacts facts = TRY(store.ReadFacts());
  reconcile.source.environment = facts.environment;
  return ServedLoop::Open(session, arguments.loop, std::move(reconcile),
                          facts.environment, keys, store);
}

std::unique_ptr<gateway::StateCommands> CommandsOf(
    Session& session, const ServeArguments& arguments,
    const std::string& folder) {
  ServedState state;
  state.folder = folder;
  state.source = arguments.source;
  state.host_file = arguments.source.host_file;
  state.cwd = session.cwd;
  state.clock = &session.clock;
  state.random = &session.random;
  return MakeServedCommands(std::move(state));
}

Result<Served> OpenParts(Session& session, const ServeArguments& arguments,
                         const std::string& folder, HostFile host,
                         gateway::StateCommands& commands) {
  auto store = TRY(OpenState(session, folder, OpenMode::kReadWrite, ""));
  KeyRing keys = TRY(NeedKeys(*store));
  Served served;
  served.loop = TRY(OpenLoop(session, arguments, *store, keys));
  SecretsArguments secrets;
  secrets.source = arguments.source;
  LivePartsOptions options;
  options.secret_environment =
      TRY(SecretEnvironmentOf(session, secrets, *store));
  options.host = std::move(host);
  options.host_file = arguments.source.host_file;
  options.repository = arguments.repository;
  options.commands = &commands;
  options.variable = session.variable;
  options.clock = &session.clock;
  options.random = &session.random;
  served.parts =
      TRY(LiveParts::Open(*store, std::move(keys), std::move(options)));
  return served;
}

Result<ExitCode> Run(Session& session, const ServeArguments& arguments) {
  HostFile host = TRY(ReadHostFile(arguments.source.host_file));
  const auto inherited = TRY(TakeInheritedSocket(session.variable));
  GatewayOptions options = TRY(OptionsOf(arguments, host, inherited));
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  options.state_folder = folder;
  Withhold(session, folder, host);
  CatchHangUp();
  RaiseDescriptorLimit();
  const auto commands = CommandsOf(session, arguments, options.state_folder);
  Served served = TRY(OpenParts(session, arguments, options.state_folder,
                                std::move(host), *commands));
  GatewayParts parts = served.parts->Parts();
  if (served.loop != nullptr) {
    for (gateway::Route& route : served.loop->routes()) {
      parts.routes.push_back(std::move(route));
    }
  }
  auto gateway = TRY(Gateway::Open(options, std::move(parts)));
  if (served.loop != nullptr) served.loop->Start();
  session.out << "Listening on " << UrlOf(options, gateway->port()) << "\n"
              << std::flush;
  RunUntilStopped(session, arguments, folder, *gateway, *served.parts);
  gateway->Stop(std::chrono::seconds(arguments.drain_s));
  gateway.reset();
  served.loop.reset();
  session.out << "Stopped.\n";
  return ExitCode::kDone;
}

ExitCode RunServe(Session& session, const ServeArguments& arguments) {
  const auto done = Run(session, arguments);
  return done ? *done : ReportError(session, done.error());
}

}  // namespace

Command ServeCommand() {
  Command command = MakeCommand<ServeArguments>(
      "serve", "Answer requests with what is live", DeclareServe, RunServe);
  command.description =
      "The gateway: checks tokens and takes events over HTTP/1.1. Wants the "
      "master key. Ends 0 after\nSIGTERM, once the requests under way are "
      "answered; reads certificate, key and host file again on\nSIGHUP. A "
      "socket that systemd hands over comes before --listen. See "
      "docs/gateway.md.";
  command.examples = {
      "writ serve -e prod",
      "writ serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem",
      "writ serve --listen 127.0.0.1:0 --access-log -",
      "writ serve --reconcile --hook github=/run/secrets/hook",
  };
  return command;
}

}  // namespace writ::reconciler
