// The address that libcurl is about to connect to.
#pragma once

#include <curl/curl.h>
#include <netinet/in.h>

#include <cstring>
#include <optional>

#include "reconciler/host/ip_network.h"

namespace writ::reconciler {

// Nothing: neither IPv4 nor IPv6.
inline std::optional<IpAddress> IpAddressOf(const curl_sockaddr& address) {
  IpAddress ip;
  if (address.family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address.addr, sizeof in);
    std::memcpy(ip.bytes.data(), &in.sin_addr, 4);
    return ip;
  }
  if (address.family != AF_INET6) return std::nullopt;
  sockaddr_in6 in{};
  std::memcpy(&in, &address.addr, sizeof in);
  ip.family = IpAddress::Family::kV6;
  std::memcpy(ip.bytes.data(), &in.sin6_addr, 16);
  return ip;
}

}  // namespace writ::reconciler
