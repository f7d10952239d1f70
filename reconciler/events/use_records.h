// Use of credentials in events.db: sums by who used what, and how far each
// gateway's are complete (T-09).
//
//   Register    a gateway says that it records from now on; those that were
//               killed are taken note of: until now anything may have been used
//   Flush       sums and watermark, in one transaction
//   Deregister  after the last flush: this gateway answers nobody any more
//
// A gateway that was killed and that nobody took note of keeps its watermark
// where it was, and with it that of all: no quiet time accrues.
//
// Bounded (T-20): kMaxRows a credential, kKeptFor. One thread. Errors: those of
// OpenEventDatabase; kIo, kLocked, kCorrupt.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reconciler/events/event_database.h"
#include "reconciler/store/session_lock.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

struct UseSum {
  std::string credential;
  std::string client;  // as text; empty with `agent`: of many
  std::string agent;
  std::string route;  // a pattern
  std::string scope;
  bool refused = false;
  Timestamp first_at;
  Timestamp last_at;
  std::int64_t count = 0;

  bool operator==(const UseSum&) const = default;
};

// Of one credential; refused tries and probes of writ's own don't count.
struct UseTotal {
  std::string credential;
  std::optional<Timestamp> last_at;  // accepted
  std::int64_t count = 0;            // in the last days

  bool operator==(const UseTotal&) const = default;
};

struct ScopeUse {
  std::string credential;
  std::string scope;
  Timestamp last_at;

  bool operator==(const ScopeUse&) const = default;
};

// What a probe's User-Agent begins with.
inline constexpr char kProbeAgent[] = "writ-probe/";

class UseRecords {
 public:
  static constexpr std::int64_t kMaxRows = 512;
  static constexpr std::chrono::hours kKeptFor{24 * 400};
  static constexpr int kDaysKept = 32;

  static Result<std::unique_ptr<UseRecords>> Open(
      const EventDatabaseOptions& options);
  UseRecords(std::string folder, std::unique_ptr<Database> database)
      : folder_(std::move(folder)), database_(std::move(database)) {}

  // `gateway` is of this run alone. Holds a lock until the end of this object,
  // by which others see that the gateway lives.
  Status Register(const std::string& gateway, Timestamp now);
  Status Deregister();
  // All use before `complete_until` is in what was flushed, this included.
  // `has_lost`: but some was lost, of whatever credential. REQUIRES: Register.
  Status Flush(std::span<const UseSum> sums, Timestamp complete_until,
               bool has_lost);

  // The least of all watermarks. Nothing: nobody records, or one has none yet.
  Result<std::optional<Timestamp>> CompleteUntil();
  // Until then anything may have been used unseen.
  Result<std::optional<Timestamp>> LostUntil();
  // The earliest use that is kept.
  Result<std::optional<Timestamp>> FirstAt();
  // Of one credential, newest first.
  Result<std::vector<UseSum>> ReadOf(const std::string& credential);
  // What each was used for since then, by credential and scope; refused tries
  // and probes don't count.
  Result<std::vector<ScopeUse>> Scopes(Timestamp since);
  // Of all that were used, by credential; counts of today and so many days
  // before (at most kDaysKept), as UTC has them.
  Result<std::vector<UseTotal>> Totals(Timestamp now, int days);

 private:
  std::string LockFile(const std::string& gateway) const;
  void TakeNoteOfDead(Timestamp now);
  void NoteLost(Timestamp until);
  void Add(const UseSum& sum);
  void CountDay(const UseSum& sum);

  const std::string folder_;
  std::unique_ptr<Database> database_;
  std::string gateway_;
  std::optional<SessionLock> lock_;
};

}  // namespace writ::reconciler
