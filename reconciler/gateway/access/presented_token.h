// The token in a request's Authorization header (RFC 6750, section 2.1), and
// what is said where it won't do (section 3).
//
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reconciler/gateway/http.h"

namespace writ::reconciler::gateway {

struct PresentedToken {
  enum class Kind : std::uint8_t {
    kNone,     // no Authorization at all
    kInvalid,  // twice, or none of the Bearer scheme
    kToken,
  };

  Kind kind = Kind::kNone;
  std::string_view token;  // of the request
};

PresentedToken FindBearer(const HttpRequest& request);

// WWW-Authenticate. Where nobody presented anything it names no error, so that
// nobody takes a first request for a wrong one.
HttpHeader ChallengeFor(PresentedToken::Kind kind);
// Of a token that lacks a scope.
HttpHeader ScopeChallenge(std::string_view scope);

}  // namespace writ::reconciler::gateway
