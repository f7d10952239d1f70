#include "reconciler/gateway/server/worker.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <cerrno>
#include <ctime>

#include "reconciler/gateway/server/connection.h"
#include "reconciler/gateway/server/request_checks.h"
#include "schema/check.h"

namespace writ::reconciler::gateway {
namespace {

namespace asio = boost::asio;
using ReusePort =
    asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr std::chrono::milliseconds kLongestTick{100};
constexpr std::chrono::milliseconds kShortestTick{5};

IpAddress ToIpAddress(const asio::ip::address& address) {
  IpAddress converted;
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    std::copy(bytes.begin(), bytes.end(), converted.bytes.begin());
    return converted;
  }
  converted.family = IpAddress::Family::kV6;
  const auto bytes = address.to_v6().to_bytes();
  std::copy(bytes.begin(), bytes.end(), converted.bytes.begin());
  return Unmapped(converted);
}

// So that a limit is met within a quarter of itself, however small.
std::chrono::milliseconds TickOf(const PhaseLimits& limits) {
  const auto shortest = std::min({limits.header, limits.body, limits.handler,
                                  limits.write, limits.idle, limits.linger});
  return std::clamp(shortest / 4, kShortestTick, kLongestTick);
}

// SplitMix64: ids have to differ, nothing rests on their being secret.
std::uint64_t Next(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

}  // namespace

Worker::Worker(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {
  CHECK(getrandom(id_state_, sizeof id_state_, 0) == sizeof id_state_);
}

Worker::~Worker() = default;

Status Worker::Listen(const Tcp::endpoint& endpoint) {
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error)
    acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.set_option(ReusePort(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error)
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (!error) return {};
  return Fail(ErrorCode::kIo,
              "can't listen on " + endpoint.address().to_string() + " port " +
                  std::to_string(endpoint.port()) + ": " + error.message());
}

Status Worker::ListenOn(int listening) {
  error_code error;
  const int own = fcntl(listening, F_DUPFD_CLOEXEC, 0);
  if (own < 0) error.assign(errno, boost::system::system_category());
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
  const bool is_v4 = address.ss_family == AF_INET;
  if (!error) acceptor_.assign(is_v4 ? Tcp::v4() : Tcp::v6(), own, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (!error) return {};
  return Fail(ErrorCode::kIo,
              "can't take the socket that was handed over: " + error.message());
}

void Worker::Run() {
  Accept();
  Tick();
  io_.run();
}

void Worker::Accept() {
  acceptor_.async_accept([this](error_code error, Tcp::socket socket) {
    OnAccept(error, std::move(socket));
  });
}

void Worker::OnAccept(error_code error, Tcp::socket socket) {
  if (!acceptor_.is_open()) return;
  if (error) {
    // No descriptors left, say. Trying again at once would only spin; the next
    // tick does.
    accept_failed_ = true;
    return;
  }
  Take(std::move(socket));
  Accept();
}

void Worker::Take(Tcp::socket socket) {
  const ServerLimits& limits = shared_->options.limits;
  const int count = ++shared_->connections;
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error || count > limits.connections + limits.reserved_connections) {
    --shared_->connections;
    if (!error) ++shared_->refused_connections;
    return;
  }
  socket.set_option(Tcp::no_delay(true), error);
  auto settings = shared_->CurrentSettings();
  auto stream = settings->tls ? MakeTlsStream(std::move(socket), settings->tls)
                              : MakePlainStream(std::move(socket));
  Begin(std::move(stream), ToIpAddress(peer.address()), std::move(settings),
        count > limits.connections);
}

void Worker::Serve(std::unique_ptr<ByteStream> stream, const IpAddress& peer) {
  ++shared_->connections;
  Begin(std::move(stream), peer, shared_->CurrentSettings(),
        /*is_reserved=*/false);
}

void Worker::Begin(std::unique_ptr<ByteStream> stream, const IpAddress& peer,
                   std::shared_ptr<const Settings> settings, bool is_reserved) {
  const auto connection = std::make_shared<Connection>(
      *this, std::move(stream), peer, std::move(settings), is_reserved);
  connections_.push_front(connection);
  connection->Start(connections_.begin());
}

void Worker::Deliver(Delivery delivery) {
  const std::scoped_lock lock(mutex_);
  delivered_.push_back(std::move(delivery));
  if (delivered_.size() == 1) asio::post(io_, [this] { HandOut(); });
}

void Worker::HandOut() {
  std::vector<Delivery> deliveries;
  {
    const std::scoped_lock lock(mutex_);
    deliveries.swap(delivered_);
  }
  for (Delivery& delivery : deliveries) {
    const auto connection = delivery.to.lock();
    if (!connection) continue;
    connection->OnResponse(delivery.number, std::move(delivery.response));
  }
}

void Worker::Remove(std::list<std::shared_ptr<Connection>>::iterator place) {
  connections_.erase(place);
  --shared_->connections;
}

void Worker::Drain(std::chrono::milliseconds limit) {
  const TimePoint until = std::chrono::steady_clock::now() + limit;
  asio::post(io_, [this, until] { StartDraining(until); });
}

// What the system has already accepted for us is served, not reset.
void Worker::TakeWaiting() {
  while (true) {
    error_code error;
    Tcp::socket socket(io_);
    acceptor_.accept(socket, error);
    if (error) return;
    Take(std::move(socket));
  }
}

void Worker::StartDraining(TimePoint until) {
  if (acceptor_.is_open()) TakeWaiting();
  error_code ignored;
  acceptor_.close(ignored);
  draining_ = true;
  drain_until_ = until;
  Sweep();
}

void Worker::Tick() {
  if (draining_ && connections_.empty()) return;
  tick_.expires_after(TickOf(shared_->options.limits.phases));
  tick_.async_wait([this](error_code error) {
    if (error) return;
    if (accept_failed_ && acceptor_.is_open()) {
      accept_failed_ = false;
      Accept();
    }
    Sweep();
    Tick();
  });
}

void Worker::Sweep() {
  const TimePoint now = std::chrono::steady_clock::now();
  const bool is_over = draining_ && now >= drain_until_;
  for (auto place = connections_.begin(); place != connections_.end();) {
    // Held, and left behind, before it may remove itself.
    const std::shared_ptr<Connection> connection = *place++;
    if (is_over) {
      connection->Close();
    } else {
      connection->Sweep(now);
    }
  }
}

std::string_view Worker::Date() {
  const std::time_t now = std::time(nullptr);
  if (now == date_of_) return date_;
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(),
                                         "%a, %d %b %Y %H:%M:%S GMT", &parts);
  date_.assign(text.data(), size);
  date_of_ = now;
  return date_;
}

std::string Worker::MakeRequestId() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id = "req_";
  for (std::uint64_t& state : id_state_) {
    std::uint64_t bits = Next(state);
    for (int i = 0; i < 16; ++i, bits >>= 4U) id += kDigits[bits & 15U];
  }
  return id;
}

}  // namespace writ::reconciler::gateway
