#include "reconciler/store/sqlite_write.h"

#include <utility>

#include "engine/state/desired_digest.h"
#include "reconciler/store/resource_json.h"
#include "reconciler/store/retention.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/sqlite_write_do.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kUidDigits = 32;

tl::unexpected<Error> NotThere(const ResourceId& id) {
  return Fail(ErrorCode::kNotFound, id.address() + " is not in the state");
}

tl::unexpected<Error> Taken(const ResourceId& id) {
  return Fail(ErrorCode::kConflict, id.address() + " is in the state already");
}

tl::unexpected<Error> Moved(const ResourceId& id, std::int64_t expected,
                            std::int64_t actual) {
  std::string message = id.address();
  if (actual == 0) {
    message += " was deleted meanwhile";
  } else if (expected == 0) {
    message += " was created meanwhile";
  } else {
    message += " was changed meanwhile: it has generation " +
               std::to_string(actual) + ", not " + std::to_string(expected);
  }
  return Fail(ErrorCode::kConflict, std::move(message), "plan again");
}

// Where a child goes when its parent gets another name; itself where its
// address doesn't say the parent's.
ResourceId Carried(const ResourceId& child, const ResourceId& from,
                   const ResourceId& to) {
  if (child.parent() != from.name()) return child;
  return ResourceId(child.kind(), to.name(), child.name());
}

}  // namespace

Result<std::unique_ptr<SqliteWrite>> SqliteWrite::Begin(
    SqliteStore& store, const std::string& lease_token) {
  Database& database = store.database();
  if (database.InTransaction()) {
    return Fail(ErrorCode::kInternal, "a transaction is open already");
  }
  database.Execute("BEGIN IMMEDIATE");
  // From here on the destructor rolls back.
  auto write = std::make_unique<SqliteWrite>(store);
  if (!lease_token.empty()) {
    Query query = database.Prepare("SELECT token, holder FROM lease");
    const bool held = query.Step();
    if (!held || query.View(0) != lease_token) {
      return Fail(ErrorCode::kLocked,
                  held ? "the lease was taken over by " + query.Text(1)
                       : std::string("the lease was broken"),
                  "look at the audit for who did; then run it again");
    }
  }
  Query query = database.Prepare(
      "SELECT serial, resource_count, audit_sequence, audit_digest FROM meta");
  if (!query.Step()) throw CorruptState("it says nothing of itself");
  write->pending_.serial = query.Integer(0);
  write->pending_.resource_count = query.Integer(1);
  write->pending_.audit = AuditHead{query.Integer(2), query.DigestAt(3)};
  return write;
}

SqliteWrite::~SqliteWrite() {
  if (open_) End();
}

void SqliteWrite::End() {
  open_ = false;
  if (database().InTransaction()) database().sqlite().tryExec("ROLLBACK");
  store_.dictionary().Forget();
}

Result<std::optional<RowKey>> SqliteWrite::Expect(const ResourceId& id,
                                                  std::int64_t generation) {
  std::optional<RowKey> row = store_.rows().Find(id);
  const std::int64_t actual = row ? row->generation : 0;
  if (actual != generation) return Moved(id, generation, actual);
  return row;
}

// A resource that comes back after a delete goes on counting, so that no plan
// mistakes it for the one that it saw.
std::int64_t SqliteWrite::GenerationInTrash(const ResourceId& id) {
  Query query = database().Prepare(
      "SELECT generation FROM deleted WHERE address = ? "
      "ORDER BY id DESC LIMIT 1");
  return query.Bind(id.address()).Step() ? query.Integer(0) : 0;
}

void SqliteWrite::CountOwner(const std::optional<std::int64_t>& before,
                             const std::optional<std::int64_t>& after) {
  if (before == after) return;
  if (before) --pending_.owned[*before];
  if (after) ++pending_.owned[*after];
}

void SqliteWrite::Insert(const StoredResource& complete) {
  const std::optional<std::int64_t> owner =
      store_.rows().Insert(complete, pending_.serial);
  CountOwner(std::nullopt, owner);
  ++pending_.resource_count;
}

Status SqliteWrite::Put(const StoredResource& resource,
                        std::int64_t expected_generation) {
  return Do("writing", resource.live.id.address(), [&]() -> Status {
    const std::optional<RowKey> row =
        TRY(Expect(resource.live.id, expected_generation));
    StoredResource complete = resource;
    engine::LiveResource& live = complete.live;
    live.content_digest = Sha256(live.content);
    if (live.uid.empty() && row) live.uid = row->uid;
    if (live.uid.empty()) live.uid = store_.random().Hex(kUidDigits);
    live.generation = 1 + (row ? row->generation : GenerationInTrash(live.id));
    ++pending_.serial;
    if (!row) {
      Insert(complete);
      return {};
    }
    CountOwner(row->owner_id,
               store_.rows().Update(row->id, complete, pending_.serial));
    return {};
  });
}

Status SqliteWrite::Touch(const StoredResource& resource) {
  return Do("writing", resource.live.id.address(), [&]() -> Status {
    const std::optional<RowKey> row = store_.rows().Find(resource.live.id);
    if (!row) return NotThere(resource.live.id);
    store_.rows().Touch(row->id, resource);
    return {};
  });
}

Status SqliteWrite::Delete(const ResourceId& id,
                           std::int64_t expected_generation) {
  return Do("deleting", id.address(), [&]() -> Status {
    const std::optional<RowKey> row = TRY(Expect(id, expected_generation));
    if (!row) return NotThere(id);
    const std::string json = ResourceToJson(*store_.rows().ReadStored(id));
    database()
        .Prepare(
            "INSERT INTO deleted (address, deleted_at, generation, "
            "resource) VALUES (?, ?, ?, ?)")
        .Bind(id.address())
        .Bind(store_.clock().Now())
        .Bind(row->generation)
        .Bind(json)
        .Run();
    database()
        .Prepare("DELETE FROM resources WHERE id = ?")
        .Bind(row->id)
        .Run();
    CountOwner(row->owner_id, std::nullopt);
    --pending_.resource_count;
    ++pending_.serial;
    return {};
  });
}

Status SqliteWrite::Undelete(const ResourceId& id) {
  return Do("bringing back", id.address(), [&]() -> Status {
    if (store_.rows().Find(id)) return Taken(id);
    const Timestamp since = store_.clock().Now() - kTrashRetention;
    std::int64_t trash = 0;
    std::string json;
    {
      Query query = database().Prepare(
          "SELECT id, resource FROM deleted "
          "WHERE address = ? AND deleted_at > ? ORDER BY id DESC LIMIT 1");
      if (!query.Bind(id.address()).Bind(since).Step()) {
        return Fail(ErrorCode::kNotFound,
                    id.address() + " was not deleted in the last 7 days");
      }
      trash = query.Integer(0);
      json = query.Text(1);
    }
    StoredResource stored = TRY(ResourceFromJson(json));
    const ResourceId& parent = stored.live.parent;
    if (!parent.empty() && !store_.rows().Find(parent)) {
      return Fail(ErrorCode::kConflict,
                  "its parent " + parent.address() + " is not in the state",
                  "bring that back first");
    }
    stored.settled = false;
    ++stored.live.generation;
    ++pending_.serial;
    Insert(stored);
    database().Prepare("DELETE FROM deleted WHERE id = ?").Bind(trash).Run();
    return {};
  });
}

Status SqliteWrite::CheckRenames(const ResourceId& from, const ResourceId& to) {
  if (store_.rows().Find(to)) return Taken(to);
  const ResourceId parents[] = {from};
  for (const engine::LiveReference& child : TRY(store_.ReferencesTo(parents))) {
    if (!child.is_parent) continue;
    const ResourceId carried = Carried(child.from, from, to);
    if (carried != child.from) TRY(CheckRenames(child.from, carried));
  }
  return {};
}

void SqliteWrite::RenameRow(const ResourceId& from, const ResourceId& to) {
  database()
      .Prepare(
          "UPDATE resources SET address = ?, bucket = ?, "
          "generation = generation + 1, settled = 0, changed_serial = ? "
          "WHERE address = ?")
      .Bind(to.address())
      .Bind(std::int64_t{engine::BucketOf(to.address())})
      .Bind(pending_.serial)
      .Bind(from.address())
      .Run();
  // "or replace": some resource may name both.
  database()
      .Prepare("UPDATE OR REPLACE refs SET target = ? WHERE target = ?")
      .Bind(to.address())
      .Bind(from.address())
      .Run();
  database()
      .Prepare("UPDATE schema_versions SET address = ? WHERE address = ?")
      .Bind(to.address())
      .Bind(from.address())
      .Run();
  database()
      .Prepare(
          "INSERT INTO renames (from_address, to_address, journal_id) "
          "SELECT ?, ?, coalesce(max(id), 0) FROM journal")
      .Bind(from.address())
      .Bind(to.address())
      .Run();
  RenameBeside(from, to);
}

// Each gets a sequence of its own, so that who caches credentials learns of it.
void SqliteWrite::RenameCredentials(const ResourceId& from,
                                    const ResourceId& to) {
  std::vector<std::string> ids;
  {
    Query query = database().Prepare(
        "SELECT id FROM credentials WHERE address = ? ORDER BY sequence");
    query.Bind(from.address());
    while (query.Step()) ids.push_back(query.Text(0));
  }
  for (const std::string& id : ids) {
    database()
        .Prepare(
            "UPDATE credentials SET address = ?, sequence = "
            "(SELECT max(sequence) + 1 FROM credentials) WHERE id = ?")
        .Bind(to.address())
        .Bind(id)
        .Run();
  }
}

// Credentials, values and rotations keep to the resource by its uid; the
// address beside it is for people and lookups.
void SqliteWrite::RenameBeside(const ResourceId& from, const ResourceId& to) {
  const auto rename = [&](const char* sql) {
    database().Prepare(sql).Bind(to.address()).Bind(from.address()).Run();
  };
  if (from.kind() == "Token") {
    RenameCredentials(from, to);
    rename("UPDATE rotations SET address = ? WHERE address = ?");
  } else if (from.kind() == "Secret") {
    rename("UPDATE secret_values SET address = ? WHERE address = ?");
    rename("UPDATE secret_pointers SET address = ? WHERE address = ?");
  } else if (from.kind() == "DeployTarget") {
    rename("UPDATE credentials SET target = ? WHERE target = ?");
  }
}

void SqliteWrite::RenameChildren(const ResourceId& from, const ResourceId& to) {
  std::vector<ResourceId> children;
  {
    Query query = database().Prepare(
        "SELECT address FROM resources WHERE parent = ? ORDER BY address");
    query.Bind(from.address());
    while (query.Step()) children.push_back(ParseAddress(query.View(0)));
  }
  database()
      .Prepare("UPDATE resources SET parent = ?, settled = 0 WHERE parent = ?")
      .Bind(to.address())
      .Bind(from.address())
      .Run();
  for (const ResourceId& child : children) {
    const ResourceId carried = Carried(child, from, to);
    if (carried == child) continue;
    RenameRow(child, carried);
    RenameChildren(child, carried);
  }
}

Status SqliteWrite::Rename(const ResourceId& from, const ResourceId& to,
                           std::int64_t expected_generation) {
  return Do("renaming", from.address(), [&]() -> Status {
    const std::optional<RowKey> row = TRY(Expect(from, expected_generation));
    if (!row) return NotThere(from);
    if (from.kind() != to.kind()) {
      return Fail(ErrorCode::kInvalidArgument,
                  to.address() + " is of another kind than " + from.address());
    }
    TRY(CheckRenames(from, to));
    ++pending_.serial;
    RenameRow(from, to);
    RenameChildren(from, to);
    return {};
  });
}

}  // namespace writ::reconciler
