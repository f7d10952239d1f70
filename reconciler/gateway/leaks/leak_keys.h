// The public keys that leak reports are signed with, by id: read from the one
// fixed URL through egress and kept (T-23). Who sends reports with ids that
// nobody has can't make this ask more often than once a minute.
//
// Belongs to one thread; blocks while it asks.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/egress/http_client.h"
#include "reconciler/host/host_file.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

// The host file may bind this to another base URL.
inline constexpr char kLeakReporter[] = "githubSecretScanning";
inline constexpr std::chrono::hours kLeakKeysKept{1};
inline constexpr std::chrono::minutes kBetweenLeakKeyReads{1};

class LeakKeys {
 public:
  // All outlive it.
  LeakKeys(HttpClient& http, const HostFile& host, const Clock& clock)
      : http_(http), host_(host), clock_(clock) {}

  // In PEM; nothing where nobody has that id. kIo where the keys can't be read
  // and none are kept.
  Result<std::optional<std::string>> Find(const std::string& id);

 private:
  Status Read();

  HttpClient& http_;
  const HostFile& host_;
  const Clock& clock_;
  std::map<std::string, std::string> keys_;
  std::optional<std::chrono::nanoseconds> read_at_;
  std::optional<std::chrono::nanoseconds> asked_at_;
};

}  // namespace writ::reconciler::gateway
