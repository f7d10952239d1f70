#include "reconciler/events/use_records.h"

#include <unistd.h>

#include <functional>
#include <utility>

#include "reconciler/store/sqlite_error.h"

namespace writ::reconciler {
namespace {

constexpr std::int64_t kPurgedAtOnce = 1000;

// Since 1970, in UTC.
std::int64_t DayOf(Timestamp at) {
  return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}

Status InTransaction(Database& database, const char* doing,
                     const std::function<void()>& body) {
  const Status done = Guarded(doing, [&]() -> Status {
    database.Execute("BEGIN IMMEDIATE");
    body();
    database.Execute("COMMIT");
    return {};
  });
  if (!done && database.InTransaction()) {
    database.sqlite().tryExec("ROLLBACK");
  }
  return done;
}

}  // namespace

Result<std::unique_ptr<UseRecords>> UseRecords::Open(
    const EventDatabaseOptions& options) {
  auto database = TRY(OpenEventDatabase(options));
  return std::make_unique<UseRecords>(options.folder, std::move(database));
}

std::string UseRecords::LockFile(const std::string& gateway) const {
  return folder_ + "/gateway-" + gateway + ".lock";
}

Status UseRecords::Register(const std::string& gateway, Timestamp now) {
  lock_ = TRY(SessionLock::Join(LockFile(gateway)));
  gateway_ = gateway;
  return InTransaction(*database_, "registering the gateway", [&] {
    TakeNoteOfDead(now);
    database_->Prepare("INSERT INTO gateways (id, started_at) VALUES (?, ?)")
        .Bind(gateway_)
        .Bind(now)
        .Run();
  });
}

void UseRecords::TakeNoteOfDead(Timestamp now) {
  std::vector<std::string> dead;
  {
    Query query = database_->Prepare("SELECT id FROM gateways");
    while (query.Step()) {
      const std::string id = query.Text(0);
      if (!SessionLock::IsHeld(LockFile(id))) dead.push_back(id);
    }
  }
  if (!dead.empty()) NoteLost(now);
  for (const std::string& id : dead) {
    database_->Prepare("DELETE FROM gateways WHERE id = ?").Bind(id).Run();
    ::unlink(LockFile(id).c_str());
  }
}

void UseRecords::NoteLost(Timestamp until) {
  database_
      ->Prepare(
          "INSERT INTO use_lost (id, until) VALUES (1, ?) ON CONFLICT (id) "
          "DO UPDATE SET until = max(until, excluded.until)")
      .Bind(until)
      .Run();
}

Status UseRecords::Deregister() {
  const Status done =
      InTransaction(*database_, "taking leave of the gateway", [&] {
        database_->Prepare("DELETE FROM gateways WHERE id = ?")
            .Bind(gateway_)
            .Run();
      });
  if (done) ::unlink(LockFile(gateway_).c_str());
  return done;
}

Status UseRecords::Flush(std::span<const UseSum> sums, Timestamp complete_until,
                         bool has_lost) {
  return InTransaction(*database_, "recording use", [&] {
    for (const UseSum& sum : sums) {
      Add(sum);
      CountDay(sum);
    }
    if (has_lost) NoteLost(complete_until);
    database_
        ->Prepare(
            "UPDATE gateways SET complete_until = "
            "max(coalesce(complete_until, ?1), ?1) WHERE id = ?2")
        .Bind(complete_until)
        .Bind(gateway_)
        .Run();
    const Timestamp oldest = complete_until - kKeptFor;
    database_
        ->Prepare(
            "DELETE FROM use_sums WHERE (credential, client, agent, route, "
            "scope, refused) IN (SELECT credential, client, agent, route, "
            "scope, refused FROM use_sums WHERE last_at < ? LIMIT ?)")
        .Bind(oldest)
        .Bind(kPurgedAtOnce)
        .Run();
    database_
        ->Prepare(
            "DELETE FROM use_days WHERE (credential, day) IN (SELECT "
            "credential, day FROM use_days WHERE day < ? LIMIT ?)")
        .Bind(DayOf(complete_until) - kDaysKept)
        .Bind(kPurgedAtOnce)
        .Run();
  });
}

void UseRecords::CountDay(const UseSum& sum) {
  if (sum.refused || sum.agent.starts_with(kProbeAgent)) return;
  database_
      ->Prepare(
          "INSERT INTO use_days (credential, day, count) VALUES (?, ?, ?) ON "
          "CONFLICT DO UPDATE SET count = count + excluded.count")
      .Bind(sum.credential)
      .Bind(DayOf(sum.last_at))
      .Bind(sum.count)
      .Run();
}

void UseRecords::Add(const UseSum& sum) {
  UseSum kept = sum;
  const bool is_there = database_
                            ->Prepare(
                                "SELECT 1 FROM use_sums WHERE credential = ? "
                                "AND client = ? AND agent = ? AND route = ? "
                                "AND scope = ? AND refused = ?")
                            .Bind(kept.credential)
                            .Bind(kept.client)
                            .Bind(kept.agent)
                            .Bind(kept.route)
                            .Bind(kept.scope)
                            .Bind(kept.refused)
                            .Step();
  if (!is_there) {
    Query query = database_->Prepare(
        "SELECT count(*) FROM use_sums WHERE credential = ?");
    query.Bind(kept.credential).Step();
    if (query.Integer(0) >= kMaxRows) {
      // Of all those together, whatever it was that they did.
      kept.client.clear();
      kept.agent.clear();
      kept.route.clear();
      kept.scope.clear();
    }
  }
  database_
      ->Prepare(
          "INSERT INTO use_sums (credential, client, agent, route, scope, "
          "refused, first_at, last_at, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
          "?) ON CONFLICT DO UPDATE SET "
          "first_at = min(first_at, excluded.first_at), "
          "last_at = max(last_at, excluded.last_at), "
          "count = count + excluded.count")
      .Bind(kept.credential)
      .Bind(kept.client)
      .Bind(kept.agent)
      .Bind(kept.route)
      .Bind(kept.scope)
      .Bind(kept.refused)
      .Bind(kept.first_at)
      .Bind(kept.last_at)
      .Bind(kept.count)
      .Run();
}

Result<std::optional<Timestamp>> UseRecords::CompleteUntil() {
  return Guarded("reading how far use is known",
                 [&]() -> Result<std::optional<Timestamp>> {
                   Query query = database_->Prepare(
                       "SELECT count(*), count(complete_until), "
                       "min(complete_until) FROM gateways");
                   query.Step();
                   const bool all_said_so =
                       query.Integer(0) > 0 &&
                       query.Integer(0) == query.Integer(1);
                   if (!all_said_so) return std::optional<Timestamp>();
                   return query.OptionalTime(2);
                 });
}

Result<std::optional<Timestamp>> UseRecords::LostUntil() {
  return Guarded(
      "reading what use was lost", [&]() -> Result<std::optional<Timestamp>> {
        Query query = database_->Prepare("SELECT until FROM use_lost");
        if (!query.Step()) return std::optional<Timestamp>();
        return query.OptionalTime(0);
      });
}

Result<std::optional<Timestamp>> UseRecords::FirstAt() {
  return Guarded("reading use", [&]() -> Result<std::optional<Timestamp>> {
    Query query = database_->Prepare("SELECT min(first_at) FROM use_sums");
    query.Step();
    return query.OptionalTime(0);
  });
}

Result<std::vector<UseSum>> UseRecords::ReadOf(const std::string& credential) {
  return Guarded("reading use", [&]() -> Result<std::vector<UseSum>> {
    Query query = database_->Prepare(
        "SELECT client, agent, route, scope, refused, first_at, last_at, "
        "count FROM use_sums WHERE credential = ? "
        "ORDER BY last_at DESC, client, agent, route, scope, refused");
    query.Bind(credential);
    std::vector<UseSum> sums;
    while (query.Step()) {
      UseSum sum;
      sum.credential = credential;
      sum.client = query.Text(0);
      sum.agent = query.Text(1);
      sum.route = query.Text(2);
      sum.scope = query.Text(3);
      sum.refused = query.Boolean(4);
      sum.first_at = query.Time(5);
      sum.last_at = query.Time(6);
      sum.count = query.Integer(7);
      sums.push_back(std::move(sum));
    }
    return sums;
  });
}

Result<std::vector<ScopeUse>> UseRecords::Scopes(Timestamp since) {
  return Guarded("reading use", [&]() -> Result<std::vector<ScopeUse>> {
    Query query = database_->Prepare(
        "SELECT credential, scope, max(last_at) FROM use_sums WHERE last_at >= "
        "?1 AND scope != '' AND refused = 0 AND substr(agent, 1, ?2) != ?3 "
        "GROUP BY credential, scope ORDER BY credential, scope");
    const std::string probe = kProbeAgent;
    query.Bind(since).Bind(static_cast<std::int64_t>(probe.size())).Bind(probe);
    std::vector<ScopeUse> uses;
    while (query.Step()) {
      uses.push_back({query.Text(0), query.Text(1), query.Time(2)});
    }
    return uses;
  });
}

Result<std::vector<UseTotal>> UseRecords::Totals(Timestamp now, int days) {
  return Guarded("reading use", [&]() -> Result<std::vector<UseTotal>> {
    // An events.db that no gateway of this version has written to yet.
    const bool has_days = database_->Integer("PRAGMA user_version") >= 4;
    Query query = database_->Prepare(
        has_days ? "SELECT credential, max(last_at), (SELECT coalesce(sum(count"
                   "), 0) FROM use_days WHERE use_days.credential = "
                   "use_sums.credential AND day > ?1) FROM use_sums WHERE "
                   "refused = 0 AND substr(agent, 1, ?2) != ?3 GROUP BY "
                   "credential ORDER BY credential"
                 : "SELECT credential, max(last_at), 0 * ?1 FROM use_sums "
                   "WHERE refused = 0 AND substr(agent, 1, ?2) != ?3 GROUP BY "
                   "credential ORDER BY credential");
    const std::string probe = kProbeAgent;
    query.Bind(DayOf(now) - days)
        .Bind(static_cast<std::int64_t>(probe.size()))
        .Bind(probe);
    std::vector<UseTotal> totals;
    while (query.Step()) {
      totals.push_back(
          {query.Text(0), query.OptionalTime(1), query.Integer(2)});
    }
    return totals;
  });
}

}  // namespace writ::reconciler
