// Times the gateway beside two constants of the same machine:
//
//   gateway_bench [--case NAME]… [--rounds N] [--seconds S] [--tokens N]
//                 [--threads N] [--writ PATH] [--ajv FOLDER]
//
//   writ    the release binary, `writ serve`
//   empty   our own server, router and metrics, with a handler that does
//           nothing
//   nginx   `return`: a constant
//   writ_in_memory   the same binary on a copy of the state in memory, where
//           fdatasync costs nothing: what is missing to it is the disk's
//           (ingest alone, where there is /dev/shm)
//
// wrk asks each in turn, round by round, so that what else the machine does
// strikes all alike; medians of the rounds are printed, a line of JSON each:
//
//   {"case":"authz","peer":"writ","connections":64,"requests_per_s":…,
//    "p50_ms":…,"p99_ms":…,"cpu_us_per_request":…,"peak_rss_mb":…,
//    "fdatasync_ms":…}
//
//   authz          /authz; 2,000 tokens of --tokens (100,000) take turns
//   ingest_single  durable; one event of 400 bytes, 256 connections
//   ingest_batch   durable; 100 such events a request, 16 connections
//   ingest_rules   as ingest_single, with 10,000 rules on the app: the cost
//                  follows those that can match (peers: none, other_events,
//                  one_in_100 that are for this event)
//   uniform        /authz, one connection: tokens that are refused take equally
//                  long, whatever is wrong with them (peers: unknown, revoked,
//                  malformed); p50_ms within 5 % of each other
//   validate       parse and validate, one core: ingest_bench beside Ajv, where
//                  `ci/ingest-peers` has installed that (0 for what isn't
//                  measured)
//
// cpu_us_per_request is the server's own processor time and varies least;
// fdatasync_ms, what the disk takes to make 4 KiB durable (ingest alone). Wants
// an idle machine, nginx and wrk.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "reconciler/gateway/front.h"
#include "schema/json.h"
#include "tests/bench/child.h"
#include "tests/bench/gateway_peers.h"
#include "tests/bench/gateway_state.h"

namespace writ::bench {
namespace {

namespace fs = std::filesystem;
using reconciler::gateway::Front;
using reconciler::gateway::HttpRequest;
using reconciler::gateway::HttpResponse;
using reconciler::gateway::HttpServer;
using reconciler::gateway::Metrics;
using reconciler::gateway::Router;
using reconciler::gateway::ServerOptions;
using reconciler::gateway::SimpleHandler;

constexpr char kConstant[] = R"({"success":true})";
constexpr int kBatch = 100;
constexpr int kAuthzConnections = 64;
constexpr int kSingleConnections = 256;
constexpr int kBatchConnections = 16;
constexpr int kRules = 10'000;

struct Options {
  std::vector<std::string> cases;
  int rounds = 5;
  int seconds = 5;
  int tokens = 100'000;
  int threads = 2;
  std::string writ = WRIT_BINARY;
  std::string ajv = WRIT_SOURCE_DIR "/build/ingest-peers";
  bool serves_empty = false;
};

double Median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all.empty() ? 0 : all[all.size() / 2];
}

// Until it's killed.
int ServeEmpty(int threads) {
  SimpleHandler allowed([](const HttpRequest& /*request*/) {
    HttpResponse response;
    response.body = kConstant;
    return response;
  });
  SimpleHandler accepted([](const HttpRequest& /*request*/) {
    HttpResponse response;
    response.status = 201;
    response.body = kConstant;
    return response;
  });
  auto router = Router::Create(
      {{"GET", "/authz", &allowed}, {"POST", "/v1/ingest", &accepted}});
  if (!router) Die(Describe(router.error()));
  Metrics metrics(router->routes());
  const reconciler::SystemClock clock;
  Front front(*router, metrics, nullptr, clock);
  ServerOptions options;
  options.threads = threads;
  options.observer = &front;
  auto server = HttpServer::Open(options, front);
  if (!server) Die(Describe(server.error()));
  (*server)->Start();
  std::cout << (*server)->port() << std::endl;
  while (true) std::this_thread::sleep_for(std::chrono::hours(1));
}

constexpr char kMemory[] = "/dev/shm";

// Made for one run, and gone with it.
class Scratch {
 public:
  explicit Scratch(const fs::path& under) {
    std::string name = under / "writ-bench-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) Die("can't make " + name);
    root_ = name;
  }
  ~Scratch() { fs::remove_all(root_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const char* name) const { return root_ / name; }

 private:
  fs::path root_;
};

struct Case {
  std::string name;
  Load load;
  int status = 200;  // of the constants
  bool is_durable = false;
};

Measured MedianOf(const std::vector<Measured>& rounds) {
  const auto middle = [&](double Measured::*member) {
    std::vector<double> all;
    for (const Measured& round : rounds) all.push_back(round.*member);
    return Median(std::move(all));
  };
  return {middle(&Measured::requests_per_s), middle(&Measured::p50_ms),
          middle(&Measured::p99_ms), middle(&Measured::cpu_us_per_request)};
}

class GatewayBench {
 public:
  explicit GatewayBench(Options options) : options_(std::move(options)) {
    std::ifstream file(std::string(WRIT_SOURCE_DIR) +
                       "/tests/bench/ingest_cases.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    cases_ = ParseJson(text).value();
    std::ofstream(scratch_ / "host.yaml")
        << "apiVersion: writ/v1\nkind: Host\nspec:\n  trustedProxies: "
           "{networks: [127.0.0.1/32], dialect: nginx}\n";
    fs::permissions(scratch_ / "host.yaml",
                    fs::perms::owner_read | fs::perms::owner_write);
  }

  void Run() {
    if (Wants("authz") || Wants("uniform") || Wants("ingest_single") ||
        Wants("ingest_batch")) {
      MakeState();
    }
    if (Wants("authz")) RunCase(Authz());
    if (Wants("uniform")) Uniform();
    if (Wants("ingest_single")) {
      RunCase(Ingest("ingest_single", 1, state_.app_key));
    }
    if (Wants("ingest_batch")) {
      RunCase(Ingest("ingest_batch", kBatch, state_.app_key));
    }
    if (Wants("ingest_rules")) IngestWithRules();
    if (Wants("validate")) Validate();
  }

 private:
  bool Wants(const std::string& name) const {
    return options_.cases.empty() ||
           std::find(options_.cases.begin(), options_.cases.end(), name) !=
               options_.cases.end();
  }

  GatewayState MakeStateIn(const std::string& folder, const std::string& key,
                           GatewayStateOptions options) const {
    fs::create_directory(folder);
    fs::permissions(folder, fs::perms::owner_all);
    options.schema = *cases_.Find("spec");
    auto made = MakeGatewayState(folder, key, options);
    if (!made) Die(Describe(made.error()));
    return *std::move(made);
  }

  void MakeState() {
    GatewayStateOptions options;
    options.tokens = options_.tokens;
    state_ = MakeStateIn(scratch_ / "state", scratch_ / "key", options);
  }

  Case Authz() const {
    Case one;
    one.name = "authz";
    one.load.connections = kAuthzConnections;
    for (const std::string& token : state_.tokens) {
      one.load.requests.push_back(AuthzRequest(token));
    }
    return one;
  }

  static std::string AuthzRequest(const std::string& token) {
    return "GET /authz HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " +
           token + "\r\nX-Workspace-Id: " + kBenchWorkspaceId +
           "\r\nX-Original-Method: GET\r\nX-Original-URI: "
           "/api/v1/inbox/conversations\r\nX-Forwarded-For: 192.0.2.7\r\n"
           "User-Agent: checkout/2.1\r\n\r\n";
  }

  void Uniform() const {
    // A checksum that doesn't hold.
    std::string malformed = state_.unknown;
    malformed.back() = malformed.back() == 'x' ? 'y' : 'x';
    const Server server = StartWrit();
    struct Kind {
      const char* name;
      std::string token;
      std::vector<Measured> rounds;
    };
    std::vector<Kind> kinds = {{"unknown", state_.unknown, {}},
                               {"revoked", state_.revoked, {}},
                               {"malformed", malformed, {}}};
    for (int round = 0; round < options_.rounds; ++round) {
      for (Kind& kind : kinds) {
        Load load;
        load.connections = 1;
        load.seconds = options_.seconds;
        load.requests = {AuthzRequest(kind.token)};
        load.is_refused = true;
        kind.rounds.push_back(RunWrk(server, load, scratch_ / "wrk.lua"));
      }
    }
    for (const Kind& kind : kinds) {
      Print("uniform", kind.name, 1, MedianOf(kind.rounds),
            server.peak_rss_mb(), 0);
    }
  }

  void IngestWithRules() const {
    struct Peer {
      const char* name;
      GatewayStateOptions state;
      std::string key = {};
      std::string app_key = {};
      std::vector<Measured> rounds = {};
      double peak_rss_mb = 0;
    };
    std::vector<Peer> peers = {
        {"none", {0, {}, 0, 0}},
        {"other_events", {0, {}, 0, kRules}},
        {"one_in_100", {0, {}, kRules / 100, kRules - kRules / 100}}};
    for (Peer& peer : peers) {
      peer.key = scratch_ / (std::string(peer.name) + ".key").c_str();
      peer.app_key =
          MakeStateIn(scratch_ / peer.name, peer.key, peer.state).app_key;
    }
    // One at a time: a server evaluates rules after it has answered.
    for (int round = 0; round < options_.rounds; ++round) {
      for (Peer& peer : peers) {
        const Server server = StartWrit(scratch_ / peer.name, peer.key);
        Load load = Ingest("ingest_rules", 1, peer.app_key).load;
        load.seconds = options_.seconds;
        peer.rounds.push_back(RunWrk(server, load, scratch_ / "wrk.lua"));
        peer.peak_rss_mb = server.peak_rss_mb();
      }
    }
    for (const Peer& peer : peers) {
      Print("ingest_rules", peer.name, kSingleConnections,
            MedianOf(peer.rounds), peer.peak_rss_mb, 0);
    }
  }

  Case Ingest(const std::string& name, int events,
              const std::string& app_key) const {
    const std::string event = CompactJson(*cases_.Find("event"));
    std::string body = event;
    for (int i = 1; i < events; ++i) body += "," + event;
    if (events > 1) body = "[" + body + "]";
    Case one;
    one.name = name;
    one.load.connections = events > 1 ? kBatchConnections : kSingleConnections;
    one.load.requests.push_back(
        "POST /v1/ingest HTTP/1.1\r\nHost: gateway\r\nX-Api-Key: " + app_key +
        "\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    one.status = 201;
    one.is_durable = true;
    return one;
  }

  Server StartWrit() const {
    return StartWrit(scratch_ / "state", scratch_ / "key");
  }
  Server StartWrit(const std::string& state, const std::string& key) const {
    std::vector<std::string> environment = CleanEnvironment(scratch_ / "cache");
    environment.push_back("WRIT_MASTER_KEY_FILE=" + key);
    return Server(
        {options_.writ, "serve", "--state", "sqlite:" + state, "--listen",
         "127.0.0.1:0", "--threads", std::to_string(options_.threads),
         "--host-config", scratch_ / "host.yaml"},
        environment, scratch_ / "writ.log");
  }

  Server StartEmpty() const {
    return Server({fs::read_symlink("/proc/self/exe"), "--serve-empty",
                   "--threads", std::to_string(options_.threads)},
                  CleanEnvironment(scratch_ / "cache"), scratch_ / "empty.log");
  }

  void RunCase(Case one) const {
    one.load.seconds = options_.seconds;
    struct Peer {
      const char* name;
      Server server;
      std::string disk;  // where a durable one stores
      std::vector<Measured> rounds = {};
      std::vector<double> durable = {};
    };
    const std::string disk = scratch_ / "state";
    std::vector<Peer> peers;
    peers.push_back({"writ", StartWrit(), disk});
    std::optional<Scratch> memory;
    if (one.is_durable && fs::is_directory(kMemory)) {
      memory.emplace(kMemory);
      const std::string copy = *memory / "state";
      fs::copy(disk, copy, fs::copy_options::recursive);
      fs::permissions(copy, fs::perms::owner_all);
      peers.push_back(
          {"writ_in_memory", StartWrit(copy, scratch_ / "key"), copy});
    }
    peers.push_back({"empty", StartEmpty(), disk});
    peers.push_back({"nginx",
                     Server::Nginx(scratch_ / "nginx", options_.threads,
                                   one.status, kConstant),
                     disk});
    for (int round = 0; round < options_.rounds; ++round) {
      for (Peer& peer : peers) {
        ::sync();  // what the one before left to be written isn't this one's
        if (one.is_durable) peer.durable.push_back(FdatasyncMs(peer.disk));
        peer.rounds.push_back(
            RunWrk(peer.server, one.load, scratch_ / "wrk.lua"));
      }
    }
    for (const Peer& peer : peers) {
      Print(one.name, peer.name, one.load.connections, MedianOf(peer.rounds),
            peer.server.peak_rss_mb(), Median(peer.durable));
    }
  }

  static void Print(const std::string& name, const std::string& peer,
                    int connections, const Measured& measured, double rss_mb,
                    double fdatasync_ms) {
    std::printf(
        "{\"case\":\"%s\",\"peer\":\"%s\",\"connections\":%d,"
        "\"requests_per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
        "\"cpu_us_per_request\":%.2f,\"peak_rss_mb\":%.1f,"
        "\"fdatasync_ms\":%.3f}\n",
        name.c_str(), peer.c_str(), connections, measured.requests_per_s,
        measured.p50_ms, measured.p99_ms, measured.cpu_us_per_request, rss_mb,
        fdatasync_ms);
    std::fflush(stdout);
  }

  // The other program's line of that case.
  void PrintValidated(const std::string& peer,
                      const std::vector<std::string>& argv) const {
    const Usage usage = RunChild({argv, CleanEnvironment(scratch_ / "cache"),
                                  scratch_ / "validate.log", 0});
    std::ifstream file(scratch_ / "validate.log");
    for (std::string line; std::getline(file, line);) {
      const auto value = ParseJson(line);
      if (!value || value->FindString("case") != "validate") continue;
      const Value* ops = value->Find("ops");
      const double rate = ops->IsInteger()
                              ? static_cast<double>(ops->AsInteger())
                              : ops->AsNumber();
      Print("validate", peer, 0, {rate, 0, 0, 1e6 / rate}, usage.peak_rss_mb,
            0);
    }
  }

  void Validate() const {
    const std::string cases =
        std::string(WRIT_SOURCE_DIR) + "/tests/bench/ingest_cases.json";
    const std::string rounds = std::to_string(options_.rounds);
    const fs::path own = fs::read_symlink("/proc/self/exe").parent_path();
    PrintValidated("writ", {own / "ingest_bench", cases, rounds, "500"});
    const fs::path ajv = fs::path(options_.ajv) / "ingest_peers.mjs";
    if (!fs::exists(ajv)) {
      std::cerr << "gateway_bench: no Ajv; install it with ci/ingest-peers\n";
      return;
    }
    PrintValidated("ajv", {"node", ajv, cases, rounds, "500"});
  }

  const Options options_;
  const Scratch scratch_{fs::temp_directory_path()};
  Value cases_;
  GatewayState state_;
};

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Times the gateway beside nginx and an empty handler");
  app.add_option("--case", options.cases)
      ->check(CLI::IsMember({"authz", "uniform", "ingest_single",
                             "ingest_batch", "ingest_rules", "validate"}));
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 1000));
  app.add_option("--seconds", options.seconds, "of each run of wrk")
      ->check(CLI::Range(1, 3600));
  app.add_option("--tokens", options.tokens)->check(CLI::Range(1, 1 << 24));
  app.add_option("--threads", options.threads, "of each server")
      ->check(CLI::Range(1, 256));
  app.add_option("--writ", options.writ, "the binary to time");
  app.add_option("--ajv", options.ajv, "the folder that has ingest_peers.mjs");
  app.add_flag("--serve-empty", options.serves_empty)->group("");
  CLI11_PARSE(app, argc, argv);
  if (options.serves_empty) return ServeEmpty(options.threads);
  GatewayBench(options).Run();
  return 0;
}

}  // namespace
}  // namespace writ::bench

int main(int argc, char** argv) { return writ::bench::Main(argc, argv); }
