// The lease. Nobody's clock is compared with anybody else's: a taker watches
// the heartbeat counter stand still on its own monotonic clock.
#include <algorithm>

#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/sqlite_store.h"
#include "reconciler/store/sqlite_write.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kTokenDigits = 32;
constexpr std::chrono::milliseconds kPollInterval{100};

tl::unexpected<Error> HeldBy(const LeaseRecord& lease) {
  return Fail(ErrorCode::kLocked,
              lease.holder + " holds the state's lease for " + lease.operation +
                  ", since " + FormatTimestamp(lease.acquired_at),
              "wait for it to end; if it's gone for good: "
              "writ lock break " +
                  lease.token + " --reason TEXT");
}

AuditEntry LeaseAudit(Timestamp now, const std::string& actor,
                      const std::string& action, const LeaseRecord& lease,
                      const std::string& reason) {
  Value details;
  details.Set("holder", lease.holder);
  details.Set("operation", lease.operation);
  if (!reason.empty()) details.Set("reason", reason);
  AuditEntry entry;
  entry.at = now;
  entry.actor = actor;
  entry.action = action;
  entry.details = CanonicalJson(details);
  return entry;
}

}  // namespace

std::optional<LeaseRecord> SqliteStore::FindLease() {
  Query query = database_->Prepare(
      "SELECT holder, token, operation, heartbeat, acquired_at, ttl_ms "
      "FROM lease");
  if (!query.Step()) return std::nullopt;
  return LeaseRecord{query.Text(0),    query.Text(1), query.Text(2),
                     query.Integer(3), query.Time(4), query.Integer(5)};
}

Result<std::optional<LeaseRecord>> SqliteStore::ReadLease() {
  return Guarded(
      Doing("reading the lease"),
      [&]() -> Result<std::optional<LeaseRecord>> { return FindLease(); });
}

bool SqliteStore::StandsStill(const LeaseRecord& lease, Watch& watch) const {
  const std::chrono::nanoseconds now = clock().Monotonic();
  if (watch.token != lease.token || watch.heartbeat != lease.heartbeat) {
    watch = Watch{lease.token, lease.heartbeat, now};
    return false;
  }
  return now - watch.since >= std::chrono::milliseconds(lease.ttl_ms);
}

Result<std::optional<LeaseRecord>> SqliteStore::TryTakeLease(
    const std::string& holder, const std::string& operation,
    std::chrono::milliseconds ttl, const std::optional<LeaseRecord>& seen) {
  std::unique_ptr<SqliteWrite> write = TRY(SqliteWrite::Begin(*this, ""));
  const std::optional<LeaseRecord> now = FindLease();
  const bool same = now.has_value() == seen.has_value() &&
                    (!now || (now->token == seen->token &&
                              now->heartbeat == seen->heartbeat));
  if (!same) return std::optional<LeaseRecord>();
  LeaseRecord lease;
  lease.holder = holder;
  lease.token = random().Hex(kTokenDigits);
  lease.operation = operation;
  lease.acquired_at = clock().Now();
  lease.ttl_ms = ttl.count();
  database_
      ->Prepare(
          "INSERT OR REPLACE INTO lease (id, holder, token, operation, "
          "heartbeat, "
          "acquired_at, ttl_ms) VALUES (1, ?, ?, ?, 0, ?, ?)")
      .Bind(lease.holder)
      .Bind(lease.token)
      .Bind(lease.operation)
      .Bind(lease.acquired_at)
      .Bind(lease.ttl_ms)
      .Run();
  if (seen) {
    TRY(write->AppendAudit(
        LeaseAudit(lease.acquired_at, holder, "lock.takeover", *seen, "")));
  }
  TRY(write->Commit());
  return std::optional<LeaseRecord>(std::move(lease));
}

Result<LeaseRecord> SqliteStore::AcquireLease(
    const std::string& holder, const std::string& operation,
    std::chrono::milliseconds ttl, std::chrono::milliseconds timeout) {
  TRY(MayWrite());
  return Guarded(Doing("taking the lease"), [&]() -> Result<LeaseRecord> {
    const std::chrono::nanoseconds deadline = clock().Monotonic() + timeout;
    Watch watch;
    while (true) {
      const std::optional<LeaseRecord> seen = FindLease();
      if (!seen || StandsStill(*seen, watch)) {
        std::optional<LeaseRecord> taken =
            TRY(TryTakeLease(holder, operation, ttl, seen));
        if (taken) return *std::move(taken);
        continue;
      }
      if (clock().Monotonic() >= deadline) return HeldBy(*seen);
      clock().Sleep(kPollInterval);
    }
  });
}

Status SqliteStore::UpdateLease(const std::string& lease_token,
                                const char* doing, const char* sql) {
  TRY(MayWrite());
  return Guarded(Doing(doing), [&]() -> Status {
    std::unique_ptr<SqliteWrite> write =
        TRY(SqliteWrite::Begin(*this, lease_token));
    database_->Prepare(sql).Run();
    return write->Commit();
  });
}

Status SqliteStore::Heartbeat(const std::string& lease_token) {
  return UpdateLease(lease_token, "renewing the lease",
                     "UPDATE lease SET heartbeat = heartbeat + 1");
}

Status SqliteStore::ReleaseLease(const std::string& lease_token) {
  return UpdateLease(lease_token, "giving the lease back", "DELETE FROM lease");
}

Status SqliteStore::BreakLease(const std::string& lease_token,
                               const std::string& actor,
                               const std::string& reason) {
  TRY(MayWrite());
  return Guarded(Doing("breaking the lease"), [&]() -> Status {
    std::unique_ptr<SqliteWrite> write = TRY(SqliteWrite::Begin(*this, ""));
    const std::optional<LeaseRecord> lease = FindLease();
    if (!lease || lease->token != lease_token) {
      return Fail(ErrorCode::kNotFound,
                  "there is no lease with the token " + lease_token,
                  lease ? "`writ lock list` shows the one there is" : "");
    }
    database_->Prepare("DELETE FROM lease").Run();
    TRY(write->AppendAudit(
        LeaseAudit(clock().Now(), actor, "lock.break", *lease, reason)));
    return write->Commit();
  });
}

}  // namespace writ::reconciler
