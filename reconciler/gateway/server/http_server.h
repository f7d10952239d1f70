// The HTTP/1.1 server: sockets on one side, requests and responses as values on
// the other. One event loop a thread, each with a listening socket of its own
// (SO_REUSEPORT); nothing waits in a thread, so that a slow client costs
// memory within the limits below and nothing else.
//
//   form of a request   request_checks.h, before anybody sees it
//   pipelining          in order: the next is read once this one is answered
//   a limit met         413, 431, 408, 503, 504 as a problem document
//
// Each response gets Date, X-Request-Id, X-Content-Type-Options: nosniff and,
// unless it brings its own, Cache-Control: no-store.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/gateway/http.h"
#include "reconciler/host/ip_network.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

// How long each phase of an exchange may take. Looked at ten times a second.
struct PhaseLimits {
  std::chrono::milliseconds header{10'000};  // from its first byte; TLS as well
  std::chrono::milliseconds body{30'000};
  std::chrono::milliseconds handler{30'000};
  std::chrono::milliseconds write{30'000};
  std::chrono::milliseconds idle{75'000};     // between two requests
  std::chrono::milliseconds linger{2'000};    // for the client to read the last
  std::chrono::milliseconds stream{900'000};  // between two parts of a body
};

struct ServerLimits {
  std::size_t header_bytes = 16 * 1024;  // request line and headers
  std::size_t headers = 100;
  std::size_t body_bytes = 1024 * 1024;
  int connections = 8'192;
  // Beyond `connections`: only the vital path is answered on them, the rest
  // gets 503. Beyond these a connection is closed at once.
  int reserved_connections = 64;
  int in_flight = 4'096;  // requests that handlers have; more get 503
  PhaseLimits phases;
};

struct TlsFiles {
  std::string certificate;  // PEM, the chain behind it
  std::string key;
};

// Whatever came in, answered or refused; for logs and metrics.
struct Exchange {
  const HttpRequest& request;  // without a method where none could be read
  int status = 0;
  std::size_t response_bytes = 0;  // of the body
  std::chrono::microseconds elapsed{};
};

class ExchangeObserver {
 public:
  virtual ~ExchangeObserver() = default;
  // On a thread of the server's, once the response is on its way; never
  // blocks.
  virtual void Observe(const Exchange& exchange) = 0;
};

// Where requests go in: finds the route, fills in `route` and `params`, hands
// the request to the route's handler. On a thread of the server's.
class HttpEntry {
 public:
  virtual ~HttpEntry() = default;
  virtual void Enter(HttpRequest& request, Respond respond) = 0;
  // How long the body of a request may be whose head has come.
  virtual std::size_t BodyLimit(const HttpRequest& /*request*/,
                                std::size_t usual) {
    return usual;
  }
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system chooses
  // A socket that listens already, instead of the two; -1: none. Open takes a
  // duplicate for each thread.
  int listening = -1;
  int threads = 1;
  ServerLimits limits;
  std::optional<TlsFiles> tls;
  std::vector<IpNetwork> trusted_proxies;
  std::string vital_path = "/healthz";  // answered even when overloaded
  ExchangeObserver* observer = nullptr;
};

struct ServerCounts {
  int connections = 0;
  int in_flight = 0;
  std::uint64_t refused_connections = 0;  // closed at once
  std::uint64_t overloaded = 0;           // requests that got 503
};

class HttpServer {
 public:
  // Listens; what comes waits until Start. `entry` and the observer outlive the
  // server. kInvalidArgument for an address that isn't one, kIo where it can't
  // be listened on, what TlsFiles name can't be read or don't fit.
  static Result<std::unique_ptr<HttpServer>> Open(ServerOptions options,
                                                  HttpEntry& entry);
  virtual ~HttpServer() = default;

  // Answers from here on. REQUIRES: not called before.
  virtual void Start() = 0;

  virtual std::uint16_t port() const = 0;
  virtual ServerCounts counts() const = 0;
  // For connections from now on; those that are open go on as they are. On an
  // error nothing changes.
  virtual Status Reload(const std::optional<TlsFiles>& tls,
                        std::vector<IpNetwork> trusted_proxies) = 0;
  // Takes no more connections, closes the idle ones, lets the rest finish for
  // so long at most, then closes them. Blocks until all threads have ended. A
  // Respond that is called later does nothing.
  virtual void Stop(std::chrono::milliseconds drain) = 0;
};

}  // namespace writ::reconciler::gateway
