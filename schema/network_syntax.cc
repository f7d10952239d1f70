#include "schema/network_syntax.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

namespace writ {
namespace {

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

std::optional<int> ParseNumber(std::string_view text, int limit) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (value > limit) return std::nullopt;
  return value;
}

// 32 or 128; 0 where it is no address.
int BitsOfAddress(std::string_view text) {
  if (text.size() > 45) return 0;
  const std::string terminated(text);
  unsigned char bytes[16];
  if (inet_pton(AF_INET, terminated.c_str(), bytes) == 1) return 32;
  if (inet_pton(AF_INET6, terminated.c_str(), bytes) == 1) return 128;
  return 0;
}

bool IsDomainLabel(std::string_view label) {
  if (label.empty() || label.size() > 63) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return IsLetterOrDigit(c) || c == '-' || c == '_';
  });
}

bool IsDomain(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!IsDomainLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && BitsOfAddress(host) == 32);
}

struct Authority {
  std::string_view host;
  std::string_view port;
  bool has_port = false;
};

std::optional<Authority> SplitAuthority(std::string_view text) {
  Authority result;
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    result.host = text.substr(1, end - 1);
    if (BitsOfAddress(result.host) != 128) return std::nullopt;
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    result.host = text.substr(0, end);
    if (!IsDomain(result.host)) return std::nullopt;
  }
  if (end == text.size()) return result;
  if (text[end] != ':') return std::nullopt;
  result.port = text.substr(end + 1);
  result.has_port = true;
  return result;
}

// What RFC 3986 allows in a path or query, without the rest.
bool IsUrlCharacter(char c) {
  return IsLetterOrDigit(c) ||
         std::string_view("-._~!$&'()*+,;=:@/?%").find(c) !=
             std::string_view::npos;
}

}  // namespace

bool IsCidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  const int bits = BitsOfAddress(text.substr(0, slash));
  if (bits == 0) return false;
  if (slash == std::string_view::npos) return true;
  return ParseNumber(text.substr(slash + 1), bits).has_value();
}

bool IsHost(std::string_view text) {
  return BitsOfAddress(text) != 0 || IsDomain(text);
}

bool IsSafeUrl(std::string_view text) {
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  if (text.size() > 2048) return false;
  const bool secure = text.starts_with(kHttps);
  if (!secure && !text.starts_with(kHttp)) return false;
  text.remove_prefix(secure ? kHttps.size() : kHttp.size());
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  const std::optional<Authority> authority =
      SplitAuthority(text.substr(0, end));
  if (!authority) return false;
  if (authority->has_port && !ParseNumber(authority->port, 65535)) {
    return false;
  }
  if (!secure && !IsLoopback(authority->host)) return false;
  const std::string_view rest = text.substr(end);
  return std::all_of(rest.begin(), rest.end(), IsUrlCharacter);
}

bool IsEmail(std::string_view text) {
  if (text.size() > 254) return false;
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const std::string_view local = text.substr(0, at);
  const bool plain = std::all_of(local.begin(), local.end(), [](char c) {
    return IsLetterOrDigit(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) !=
               std::string_view::npos;
  });
  return plain && local.front() != '.' && local.back() != '.' &&
         local.find("..") == std::string_view::npos &&
         IsDomain(text.substr(at + 1));
}

}  // namespace writ
