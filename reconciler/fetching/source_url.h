// The address of a repository somewhere else: what is one, what is refused, and
// how it's written where people see it.
//
//   https://host[:port]/path   http only on the loopback: the rest is refused
//   ssh://[user@]host[:port]/path, user@host:path
//   file:///path
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "schema/result.h"

namespace writ::reconciler {

enum class SourceScheme : std::uint8_t { kHttps, kHttp, kSsh, kFile };

struct SourceUrl {
  std::string text;  // as git takes it; holds no password
  SourceScheme scheme = SourceScheme::kHttps;
  std::string host;  // with its port where one is given; empty: this host
};

// Whether it is an address rather than a path.
bool IsSourceUrl(std::string_view text);

// kInvalidArgument, without the address where it holds a password: the error
// ends in logs. kUnsupported: another scheme.
Result<SourceUrl> ParseSourceUrl(std::string_view text);

}  // namespace writ::reconciler
