// A client that sends bytes as they are and reads what comes back: what no
// well-behaved client would say has to be said byte by byte.
//
// Every wait has one generous deadline, after which the test fails.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "reconciler/descriptor.h"

namespace writ::testing {

struct RawResponse {
  int status = 0;
  std::string head;
  std::string body;

  bool Has(std::string_view line) const {
    return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_open_ = ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address),
                         sizeof address) == 0;
  }

  bool is_open() const { return is_open_; }

  // Never blocks for long: a peer that has gone is no failure here.
  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      if (!IsReady(POLLOUT)) return;
      const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(),
                               MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void EndSending() { ::shutdown(socket_.get(), SHUT_WR); }

  // The next response, by its Content-Length; nothing where the connection
  // ended before one was whole. `has_body` false for an answer to HEAD.
  std::optional<RawResponse> Read(bool has_body = true) {
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return std::nullopt;
    }
    RawResponse response;
    response.head = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    response.status = std::atoi(response.head.substr(9, 3).c_str());
    const std::size_t size = has_body ? LengthIn(response.head) : 0;
    while (received_.size() < size) {
      if (!Receive()) return std::nullopt;
    }
    response.body = received_.substr(0, size);
    received_.erase(0, size);
    return response;
  }

  // The next chunk of a body; empty at its end. Nothing where the connection
  // ended before one was whole.
  std::optional<std::string> ReadChunk() {
    std::size_t line = std::string::npos;
    while ((line = received_.find("\r\n")) == std::string::npos) {
      if (!Receive()) return std::nullopt;
    }
    const auto size =
        static_cast<std::size_t>(std::strtoul(received_.c_str(), nullptr, 16));
    while (received_.size() < line + size + 4) {
      if (!Receive()) return std::nullopt;
    }
    std::string chunk = received_.substr(line + 2, size);
    received_.erase(0, line + size + 4);
    return chunk;
  }
  // All that comes until the connection ends.
  std::string ReadToEnd() {
    while (Receive()) {
    }
    return std::exchange(received_, {});
  }

  // True once the server has closed its side and nothing came before that.
  bool IsClosed() { return received_.empty() && !Receive(); }

 private:
  static std::size_t LengthIn(const std::string& head) {
    const std::size_t at = head.find("Content-Length: ");
    return at == std::string::npos
               ? 0
               : static_cast<std::size_t>(std::atoi(head.c_str() + at + 16));
  }

  bool IsReady(short events) const {
    pollfd wanted{socket_.get(), events, 0};
    return ::poll(&wanted, 1, 60'000) == 1;
  }

  bool Receive() {
    if (!IsReady(POLLIN)) return false;
    char bytes[4096];
    const auto size = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  reconciler::Descriptor socket_;
  bool is_open_ = false;
  std::string received_;
};

}  // namespace writ::testing
