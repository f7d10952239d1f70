// The syntax of addresses on a network: IPv4 and IPv6, networks of them, host
// names, URLs, e-mail addresses. Syntax alone: what may be called is decided
// where it is called.
#pragma once

#include <string_view>

namespace writ {

// An address, or an address and a prefix length: "10.0.0.0/8", "2001:db8::1".
bool IsCidr(std::string_view text);

// A name or an address: "smtp.example.org", "10.0.0.1", "::1".
bool IsHost(std::string_view text);

// https://host[:port][/path][?query], without user, password or fragment;
// http as well where the host is the machine itself (T-25).
bool IsSafeUrl(std::string_view text);

// local@domain
bool IsEmail(std::string_view text);

}  // namespace writ
