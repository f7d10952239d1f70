// One JSON line for each exchange, on standard error or in a file. Queries are
// left out, what looks like a credential is masked (T-25), and nothing that a
// client sent stands in it unescaped (T-17).
//
// Lines are written by a thread of the log's own; where it falls behind, lines
// are dropped and counted rather than requests held up.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/gateway/server/http_server.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

// Without the newline at its end. Pure.
std::string AccessLogLine(const Exchange& exchange, Timestamp at);

class AccessLog {
 public:
  // "-" is standard error; else a file that is appended to, made 0600 where
  // there is none, and no link. kIo. The clock outlives the log.
  static Result<std::unique_ptr<AccessLog>> Open(const std::string& path,
                                                 const Clock& clock);
  // Writes what is waiting.
  virtual ~AccessLog() = default;

  // From any thread; never blocks on what is written to.
  virtual void Write(const Exchange& exchange) = 0;
  // After the file was moved away: goes on in a new one of the same name.
  virtual Status Reopen() = 0;
  virtual std::uint64_t dropped() const = 0;  // lines
};

}  // namespace writ::reconciler::gateway
