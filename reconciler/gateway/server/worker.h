// One thread of the server: its event loop, its listening socket, and the
// connections that it took, which belong to it and to no other thread. What all
// threads share is in Shared.
//
// Private to this folder.
#pragma once

// Asio 1.74 lacks this include (awaitable.hpp).
#include <utility>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/gateway/server/byte_stream.h"
#include "reconciler/gateway/server/http_server.h"

namespace writ::reconciler::gateway {

// What a reload changes; a connection keeps what was when it came.
struct Settings {
  std::shared_ptr<boost::asio::ssl::context> tls;  // null: plain
  std::vector<IpNetwork> trusted_proxies;
};

struct Shared {
  Shared(ServerOptions chosen, HttpEntry& into)
      : options(std::move(chosen)), entry(into) {}

  std::shared_ptr<const Settings> CurrentSettings() {
    const std::lock_guard lock(mutex);
    return settings;
  }

  const ServerOptions options;
  HttpEntry& entry;
  std::atomic<int> connections = 0;
  std::atomic<int> in_flight = 0;
  std::atomic<std::uint64_t> refused_connections = 0;
  std::atomic<std::uint64_t> overloaded = 0;
  std::mutex mutex;
  std::shared_ptr<const Settings> settings;  // under the mutex
};

class Connection;

// A response on its way to the connection that waits for it.
struct Delivery {
  std::weak_ptr<Connection> to;
  std::uint64_t number = 0;  // of the exchange
  HttpResponse response;
  // Given back here, to be freed by the thread that made it.
  std::shared_ptr<void> request;
};

class Worker : public std::enable_shared_from_this<Worker> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Worker(std::shared_ptr<Shared> shared);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Status Listen(const Tcp::endpoint& endpoint);
  // On a duplicate of a socket that listens already.
  Status ListenOn(int listening);
  std::uint16_t port() const { return port_; }
  // Serves one more connection, however its bytes come. On the thread that runs
  // io().
  void Serve(std::unique_ptr<ByteStream> stream, const IpAddress& peer);
  // Until drained; on the thread of the worker's own from here on.
  void Run();
  // From any thread. What comes while it is busy wakes it once.
  void Deliver(Delivery delivery);
  // From any thread.
  void Drain(std::chrono::milliseconds limit);

  Shared& shared() { return *shared_; }
  const std::shared_ptr<Shared>& shared_pointer() const { return shared_; }
  boost::asio::io_context& io() { return io_; }
  bool is_draining() const { return draining_; }
  std::string_view Date();
  std::string MakeRequestId();
  void Remove(std::list<std::shared_ptr<Connection>>::iterator place);

 private:
  void HandOut();
  void Accept();
  void OnAccept(error_code error, Tcp::socket socket);
  void Take(Tcp::socket socket);
  void Begin(std::unique_ptr<ByteStream> stream, const IpAddress& peer,
             std::shared_ptr<const Settings> settings, bool is_reserved);
  void TakeWaiting();
  void StartDraining(TimePoint until);
  void Tick();
  void Sweep();

  std::shared_ptr<Shared> shared_;
  boost::asio::io_context io_{1};
  Tcp::acceptor acceptor_{io_};
  boost::asio::steady_timer tick_{io_};
  std::list<std::shared_ptr<Connection>> connections_;
  std::uint16_t port_ = 0;
  bool accept_failed_ = false;
  bool draining_ = false;
  TimePoint drain_until_;
  std::mutex mutex_;
  std::vector<Delivery> delivered_;  // under the mutex
  std::uint64_t id_state_[2];
  std::time_t date_of_ = 0;
  std::string date_;
};

}  // namespace writ::reconciler::gateway
