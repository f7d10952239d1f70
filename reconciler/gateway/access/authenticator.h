// Who asks: a presented token against what is live, without a database read a
// request (design, section 8).
//
// Safe from any thread; never blocks but for the cases that the design names
// (a writer in the middle of its commit, a snapshot that has to be read anew).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "reconciler/credentials/rights.h"
#include "reconciler/credentials/verdict.h"
#include "reconciler/host/ip_network.h"
#include "schema/resource_id.h"
#include "schema/time.h"

namespace writ::reconciler {

// A credential that is live; immutable.
struct Principal {
  std::string credential;  // "crd_…"
  ResourceId token;        // the Token that it was issued for
  std::string token_uid;
  std::string hint;  // what may be shown of it
  CredentialRights rights;
  std::optional<Timestamp> expires_at;
};

struct Authentication {
  Verdict verdict = Verdict::kUnknown;
  // Of a credential that is known and authentic, whatever the verdict; null
  // otherwise.
  std::shared_ptr<const Principal> principal;
  // False where the state has changed and can't be read: the verdict says
  // nothing, and the request is answered 503 (T-18).
  bool is_current = true;
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual Authentication Check(std::string_view token,
                               const IpAddress& client) = 0;
  // False where revocations can't be seen (T-18): authenticated routes answer
  // 503 with Retry-After, /readyz fails.
  virtual bool IsCurrent() = 0;
  // False where a credential isn't what writ wrote (T-13): that one isn't
  // served, /readyz fails. Never blocks.
  virtual bool IsIntact() { return true; }
};

// What a request did with a credential (T-09); refused tries too.
struct Use {
  std::string credential;
  Timestamp at;
  IpAddress client;
  std::string agent;  // User-Agent, cut to 256 bytes
  std::string route;  // a pattern, never a path
  std::string scope;  // that it needed; empty: none
  bool refused = false;
};

class UseSink {
 public:
  virtual ~UseSink() = default;
  // Never blocks.
  virtual void Record(Use use) = 0;
};

}  // namespace writ::reconciler
