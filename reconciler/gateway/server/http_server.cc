#include "reconciler/gateway/server/http_server.h"

#include <openssl/crypto.h>

// Asio 1.74 lacks this include (awaitable.hpp).
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <thread>

#include "reconciler/gateway/server/tls.h"
#include "reconciler/gateway/server/worker.h"
#include "reconciler/thread_name.h"

namespace writ::reconciler::gateway {
namespace {

Result<std::shared_ptr<const Settings>> MakeSettings(
    const std::optional<TlsFiles>& tls, std::vector<IpNetwork> proxies) {
  auto settings = std::make_shared<Settings>();
  if (tls) settings->tls = TRY(MakeTlsContext(*tls));
  settings->trusted_proxies = std::move(proxies);
  return std::shared_ptr<const Settings>(std::move(settings));
}

// Threads share a port (SO_REUSEPORT), and so would another gateway of the same
// user: each would get some of the requests, and nothing would say so.
Status CheckUnused(const Tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return {};
  boost::asio::io_context io;
  Tcp::acceptor probe(io);
  error_code error;
  probe.open(endpoint.protocol(), error);
  if (!error) {
    probe.set_option(boost::asio::socket_base::reuse_address(true), error);
  }
  if (!error) probe.bind(endpoint, error);
  if (!error) return {};
  const std::string port = std::to_string(endpoint.port());
  const bool is_taken = error == boost::asio::error::address_in_use;
  return Fail(ErrorCode::kIo,
              "can't listen on " + endpoint.address().to_string() + " port " +
                  port + ": " + error.message(),
              is_taken ? "see who does: ss -ltnp \"sport = :" + port +
                             "\"; or listen elsewhere: --listen ADDRESS:PORT"
                       : "");
}

class AsioServer final : public HttpServer {
 public:
  explicit AsioServer(std::shared_ptr<Shared> shared)
      : shared_(std::move(shared)) {}
  ~AsioServer() override { AsioServer::Stop({}); }

  Status Listen() {
    if (shared_->options.listening >= 0) return ListenOnInherited();
    error_code error;
    const auto address =
        boost::asio::ip::make_address(shared_->options.address, error);
    if (error) {
      return Fail(
          ErrorCode::kInvalidArgument,
          "\"" + shared_->options.address + "\" is no address to listen on");
    }
    std::uint16_t port = shared_->options.port;
    TRY(CheckUnused({address, port}));
    for (int i = 0; i < shared_->options.threads; ++i) {
      auto worker = std::make_shared<Worker>(shared_);
      TRY(worker->Listen({address, port}));
      port = worker->port();
      workers_.push_back(std::move(worker));
    }
    return {};
  }

  void Start() override {
    for (const auto& worker : workers_) {
      threads_.emplace_back([worker] {
        NameThread("writ-http");
        worker->Run();
        // OpenSSL's generators of this thread: nobody else frees them.
        OPENSSL_thread_stop();
      });
    }
  }

  std::uint16_t port() const override { return workers_.front()->port(); }

  ServerCounts counts() const override {
    return {shared_->connections, shared_->in_flight,
            shared_->refused_connections, shared_->overloaded};
  }

  Status Reload(const std::optional<TlsFiles>& tls,
                std::vector<IpNetwork> trusted_proxies) override {
    auto settings = TRY(MakeSettings(tls, std::move(trusted_proxies)));
    const std::lock_guard lock(shared_->mutex);
    shared_->settings = std::move(settings);
    return {};
  }

  void Stop(std::chrono::milliseconds drain) override {
    if (threads_.empty()) return;
    for (const auto& worker : workers_) worker->Drain(drain);
    threads_.clear();
  }

 private:
  Status ListenOnInherited() {
    for (int i = 0; i < shared_->options.threads; ++i) {
      auto worker = std::make_shared<Worker>(shared_);
      TRY(worker->ListenOn(shared_->options.listening));
      workers_.push_back(std::move(worker));
    }
    return {};
  }

  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::vector<std::jthread> threads_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Open(ServerOptions options,
                                                     HttpEntry& entry) {
  if (options.threads < 1) {
    return Fail(ErrorCode::kInvalidArgument, "a server needs a thread");
  }
  auto settings = TRY(MakeSettings(options.tls, options.trusted_proxies));
  auto shared = std::make_shared<Shared>(std::move(options), entry);
  shared->settings = std::move(settings);
  auto server = std::make_unique<AsioServer>(std::move(shared));
  TRY(server->Listen());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace writ::reconciler::gateway
