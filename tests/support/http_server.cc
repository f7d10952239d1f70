#include "tests/support/http_server.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>

namespace writ::testing {
namespace {

constexpr int kPatienceS = 5;  // with a client that says nothing

void Require(bool holds) {
  if (!holds) std::abort();
}

// A connection, with or without TLS.
class Connection {
 public:
  Connection(int socket, SSL_CTX* tls) : socket_(socket) {
    const timeval patience{kPatienceS, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, socket_);
    usable_ = SSL_accept(ssl_) == 1;
  }
  ~Connection() {
    if (ssl_ != nullptr) {
      if (usable_) SSL_shutdown(ssl_);
      SSL_free(ssl_);
    }
    close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool usable() const { return usable_; }
  // Appends what comes next; false at the end.
  bool Read(std::string& text) {
    std::array<char, 4096> buffer{};
    const ssize_t got =
        ssl_ != nullptr
            ? SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()))
            : recv(socket_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }
  void Write(const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
      const char* rest = text.data() + done;
      const std::size_t left = text.size() - done;
      const ssize_t wrote = ssl_ != nullptr
                                ? SSL_write(ssl_, rest, static_cast<int>(left))
                                : send(socket_, rest, left, MSG_NOSIGNAL);
      if (wrote <= 0) return;
      done += static_cast<std::size_t>(wrote);
    }
  }

 private:
  int socket_;
  SSL* ssl_ = nullptr;
  bool usable_ = true;
};

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

ReceivedRequest ParseHead(const std::string& head) {
  ReceivedRequest request;
  std::size_t at = head.find("\r\n");
  const std::string line = head.substr(0, at);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  while (at != std::string::npos) {
    const std::size_t from = at + 2;
    at = head.find("\r\n", from);
    const std::string field = head.substr(from, at - from);
    const std::size_t colon = field.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t value = field.find_first_not_of(' ', colon + 1);
    request.headers[LowerCase(field.substr(0, colon))] =
        value == std::string::npos ? "" : field.substr(value);
  }
  return request;
}

std::optional<ReceivedRequest> ReadRequest(Connection& connection) {
  std::string text;
  std::size_t end = std::string::npos;
  while ((end = text.find("\r\n\r\n")) == std::string::npos) {
    if (!connection.Read(text)) return std::nullopt;
  }
  ReceivedRequest request = ParseHead(text.substr(0, end));
  const std::size_t size =
      std::strtoul(request.Header("content-length").c_str(), nullptr, 10);
  while (text.size() < end + 4 + size) {
    if (!connection.Read(text)) return std::nullopt;
  }
  request.body = text.substr(end + 4, size);
  return request;
}

std::string Serialize(const ScriptedResponse& response, bool head) {
  if (response.ending == ScriptedResponse::Ending::kRaw) return response.body;
  std::string text =
      "HTTP/1.1 " + std::to_string(response.status) + " Said\r\n";
  bool has_length = false;
  for (const auto& [name, value] : response.headers) {
    text += name + ": " + value + "\r\n";
    has_length = has_length || LowerCase(name) == "content-length";
  }
  if (!has_length && response.status != 204) {
    text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  }
  text += "Connection: close\r\n\r\n";
  return head ? text : text + response.body;
}

}  // namespace

class HttpServer::Listener {
 public:
  Listener(Answer answer, const TestCertificate* certificate)
      : answer_(std::move(answer)) {
    if (certificate != nullptr) OpenTls(*certificate);
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Require(bind(socket_, reinterpret_cast<sockaddr*>(&here), sizeof here) ==
            0);
    Require(listen(socket_, 16) == 0);
    socklen_t size = sizeof here;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&here), &size);
    port_ = ntohs(here.sin_port);
    Require(pipe(stop_.data()) == 0);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Listener() {
    close(stop_[1]);
    thread_.join();
    close(stop_[0]);
    close(socket_);
    kept_open_.clear();
    SSL_CTX_free(tls_);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return port_; }
  bool secure() const { return tls_ != nullptr; }
  std::vector<ReceivedRequest> received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  void OpenTls(const TestCertificate& certificate) {
    tls_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_chain_file(tls_, certificate.chain_file().c_str());
    Require(SSL_CTX_use_PrivateKey_file(tls_, certificate.key_file().c_str(),
                                        SSL_FILETYPE_PEM) == 1);
    if (certificate.max_tls() == 0) return;
    // Old versions are offered at the lowest level of security only.
    SSL_CTX_set_security_level(tls_, 0);
    SSL_CTX_set_min_proto_version(tls_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls_, certificate.max_tls());
  }

  void Serve() {
    // SSL_write to a client that went away.
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
    while (true) {
      std::array<pollfd, 2> waits = {pollfd{socket_, POLLIN, 0},
                                     pollfd{stop_[0], POLLIN, 0}};
      poll(waits.data(), waits.size(), -1);
      if (waits[1].revents != 0) return;
      const int client = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client >= 0) {
        ServeOne(std::make_unique<Connection>(client, tls_));
      }
    }
  }

  void ServeOne(std::unique_ptr<Connection> connection) {
    if (!connection->usable()) return;
    const std::optional<ReceivedRequest> request = ReadRequest(*connection);
    if (!request) return;
    {
      const std::lock_guard lock(mutex_);
      received_.push_back(*request);
    }
    const ScriptedResponse response = answer_(*request);
    if (response.ending == ScriptedResponse::Ending::kSilence) {
      kept_open_.push_back(std::move(connection));
    } else if (response.ending != ScriptedResponse::Ending::kHangUp) {
      connection->Write(Serialize(response, request->method == "HEAD"));
    }
  }

  Answer answer_;
  SSL_CTX* tls_ = nullptr;
  int socket_ = -1;
  int port_ = 0;
  std::array<int, 2> stop_{};
  mutable std::mutex mutex_;
  std::vector<ReceivedRequest> received_;
  std::vector<std::unique_ptr<Connection>> kept_open_;
  std::thread thread_;
};

HttpServer::HttpServer(Answer answer, const TestCertificate* certificate)
    : listener_(std::make_unique<Listener>(std::move(answer), certificate)) {}

HttpServer::~HttpServer() = default;

int HttpServer::port() const { return listener_->port(); }

std::string HttpServer::url() const {
  return std::string(listener_->secure() ? "https" : "http") +
         "://127.0.0.1:" + std::to_string(port());
}

std::vector<ReceivedRequest> HttpServer::received() const {
  return listener_->received();
}

}  // namespace writ::testing
