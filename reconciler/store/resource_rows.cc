#include "reconciler/store/resource_rows.h"

#include <algorithm>
#include <limits>

#include "engine/state/desired_digest.h"
#include "reconciler/store/sqlite_error.h"

namespace writ::reconciler {
namespace {

constexpr char kFind[] =
    "SELECT id, generation, owner_id, uid FROM resources WHERE address = ?";

constexpr char kInsert[] =
    "INSERT INTO resources (address, parent, uid, owner_id, generation, "
    "content_digest, desired_digest, bucket, settled, protect, "
    "forget_on_delete, implied, status, commit_id, file, origin_file, line, "
    "col, changed_by, changed_at, changed_serial, created_serial) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
    "?15, ?16, ?17, ?18, ?19, ?20, ?21, ?21)";

constexpr char kUpdate[] =
    "UPDATE resources SET address = ?1, parent = ?2, uid = ?3, owner_id = ?4, "
    "generation = ?5, content_digest = ?6, desired_digest = ?7, bucket = ?8, "
    "settled = ?9, protect = ?10, forget_on_delete = ?11, implied = ?12, "
    "status = ?13, commit_id = ?14, file = ?15, origin_file = ?16, "
    "line = ?17, col = ?18, changed_by = ?19, changed_at = ?20, "
    "changed_serial = ?21 WHERE id = ?22";

constexpr char kTouch[] =
    "UPDATE resources SET desired_digest = ?, settled = ?, commit_id = ?, "
    "file = ?, origin_file = ?, line = ?, col = ? WHERE id = ?";

std::uint32_t Position(std::int64_t value) {
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max()) {
    throw CorruptState("a position is out of range");
  }
  return static_cast<std::uint32_t>(value);
}

template <typename T>
std::vector<T> SortedUnique(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

// The provenance's file is stored only where it differs from the other.
void BindFiles(Query& query, const StoredResource& stored) {
  query.Bind(stored.file);
  if (stored.live.provenance.file == stored.file) {
    query.BindNull();
  } else {
    query.Bind(stored.live.provenance.file);
  }
}

}  // namespace

ResourceId ParseAddress(std::string_view address) {
  std::optional<ResourceId> id = ResourceId::Parse(address);
  if (!id) {
    throw CorruptState("\"" + std::string(address) + "\" is no address");
  }
  return *std::move(id);
}

std::int64_t ReadLive(const Query& query, Dictionary& dictionary,
                      engine::LiveResource& live) {
  live.id = ParseAddress(query.View(1));
  if (!query.IsNull(2)) live.parent = ParseAddress(query.View(2));
  live.uid = query.View(3);
  if (!query.IsNull(4)) live.owner = dictionary.OwnerName(query.Integer(4));
  live.generation = query.Integer(5);
  live.content_digest = query.DigestAt(6);
  live.desired_digest = query.DigestAt(7);
  live.protect = query.Boolean(8);
  live.forget_on_delete = query.Boolean(9);
  live.implied = query.Boolean(10);
  live.status = query.View(11);
  if (!query.IsNull(12)) {
    dictionary.ReadCommit(query.Integer(12), live.provenance);
  }
  live.provenance.file = query.View(query.IsNull(14) ? 13 : 14);
  live.provenance.line = Position(query.Integer(15));
  live.provenance.column = Position(query.Integer(16));
  live.changed_by = query.View(17);
  live.changed_at = query.OptionalTime(18);
  return query.Integer(0);
}

std::optional<RowKey> ResourceRows::Find(const ResourceId& id) {
  Query query = database_.Prepare(kFind);
  if (!query.Bind(id.address()).Step()) return std::nullopt;
  RowKey key;
  key.id = query.Integer(0);
  key.generation = query.Integer(1);
  if (!query.IsNull(2)) key.owner_id = query.Integer(2);
  key.uid = query.View(3);
  return key;
}

std::optional<engine::LiveResource> ResourceRows::Read(const ResourceId& id) {
  engine::LiveResource live;
  std::int64_t row = 0;
  {
    Query query = database_.Prepare("SELECT " WRIT_RESOURCE_COLUMNS
                                    "FROM resources WHERE address = ?");
    if (!query.Bind(id.address()).Step()) return std::nullopt;
    row = ReadLive(query, dictionary_, live);
  }
  Query query = database_.Prepare(
      "SELECT content, applied FROM contents WHERE resource_id = ?");
  if (!query.Bind(row).Step()) {
    throw CorruptState(id.address() + " has no content");
  }
  live.content = query.View(0);
  live.applied = query.View(1);
  return live;
}

std::optional<StoredResource> ResourceRows::ReadStored(const ResourceId& id) {
  std::optional<engine::LiveResource> live = Read(id);
  if (!live) return std::nullopt;
  StoredResource stored;
  stored.live = *std::move(live);
  std::int64_t row = 0;
  {
    Query query = database_.Prepare(
        "SELECT id, settled, file FROM resources WHERE address = ?");
    query.Bind(id.address()).Step();
    row = query.Integer(0);
    stored.settled = query.Boolean(1);
    stored.file = query.View(2);
  }
  stored.time_edges = ReadTimeEdges(row);
  stored.references = ReadReferences(row);
  return stored;
}

std::vector<ResourceId> ResourceRows::ReadReferences(std::int64_t row) {
  std::vector<ResourceId> targets;
  Query query = database_.Prepare(
      "SELECT target FROM refs WHERE source_id = ? ORDER BY target");
  query.Bind(row);
  while (query.Step()) targets.push_back(ParseAddress(query.View(0)));
  return targets;
}

std::vector<Timestamp> ResourceRows::ReadTimeEdges(std::int64_t row) {
  std::vector<Timestamp> edges;
  Query query = database_.Prepare(
      "SELECT at FROM time_edges WHERE resource_id = ? ORDER BY at");
  query.Bind(row);
  while (query.Step()) edges.push_back(query.Time(0));
  return edges;
}

void ResourceRows::BindColumns(Query& query, const StoredResource& stored,
                               const std::optional<std::int64_t>& owner,
                               std::int64_t serial) {
  const engine::LiveResource& live = stored.live;
  query.Bind(live.id.address());
  if (live.parent.empty()) {
    query.BindNull();
  } else {
    query.Bind(live.parent.address());
  }
  query.Bind(live.uid).Bind(owner).Bind(live.generation);
  query.Bind(live.content_digest).Bind(live.desired_digest);
  query.Bind(std::int64_t{engine::BucketOf(live.id.address())});
  query.Bind(stored.settled).Bind(live.protect).Bind(live.forget_on_delete);
  query.Bind(live.implied).Bind(live.status);
  query.Bind(dictionary_.InternCommit(live.provenance));
  BindFiles(query, stored);
  query.Bind(std::int64_t{live.provenance.line});
  query.Bind(std::int64_t{live.provenance.column});
  query.Bind(live.changed_by).Bind(live.changed_at).Bind(serial);
}

std::optional<std::int64_t> ResourceRows::Insert(const StoredResource& stored,
                                                 std::int64_t serial) {
  std::optional<std::int64_t> owner;
  if (stored.live.owner) owner = dictionary_.InternOwner(*stored.live.owner);
  std::int64_t row = 0;
  {
    Query query = database_.Prepare(kInsert);
    BindColumns(query, stored, owner, serial);
    query.Run();
    row = database_.sqlite().getLastInsertRowid();
  }
  WriteContent(row, stored.live);
  InsertReferences(row, SortedUnique(stored.references));
  InsertTimeEdges(row, SortedUnique(stored.time_edges));
  return owner;
}

std::optional<std::int64_t> ResourceRows::Update(std::int64_t row,
                                                 const StoredResource& stored,
                                                 std::int64_t serial) {
  std::optional<std::int64_t> owner;
  if (stored.live.owner) owner = dictionary_.InternOwner(*stored.live.owner);
  {
    Query query = database_.Prepare(kUpdate);
    BindColumns(query, stored, owner, serial);
    query.Bind(row).Run();
  }
  WriteContent(row, stored.live);
  WriteReferences(row, stored);
  WriteTimeEdges(row, stored);
  return owner;
}

void ResourceRows::Touch(std::int64_t row, const StoredResource& stored) {
  const engine::LiveResource& live = stored.live;
  {
    Query query = database_.Prepare(kTouch);
    query.Bind(live.desired_digest).Bind(stored.settled);
    query.Bind(dictionary_.InternCommit(live.provenance));
    BindFiles(query, stored);
    query.Bind(std::int64_t{live.provenance.line});
    query.Bind(std::int64_t{live.provenance.column});
    query.Bind(row).Run();
  }
  database_
      .Prepare(
          "UPDATE contents SET applied = nullif(nullif(?1, ''), content) "
          "WHERE resource_id = ?2 "
          "AND applied IS NOT nullif(nullif(?1, ''), content)")
      .Bind(live.applied)
      .Bind(row)
      .Run();
  WriteReferences(row, stored);
  WriteTimeEdges(row, stored);
}

void ResourceRows::WriteContent(std::int64_t row,
                                const engine::LiveResource& live) {
  Query query = database_.Prepare(
      "INSERT INTO contents (resource_id, content, applied) VALUES (?, ?, ?) "
      "ON CONFLICT DO UPDATE SET content = excluded.content, "
      "applied = excluded.applied");
  query.Bind(row).Bind(live.content);
  if (live.applied.empty() || live.applied == live.content) {
    query.BindNull();
  } else {
    query.Bind(live.applied);
  }
  query.Run();
}

void ResourceRows::InsertReferences(std::int64_t row,
                                    const std::vector<ResourceId>& targets) {
  for (const ResourceId& target : targets) {
    database_.Prepare("INSERT INTO refs (source_id, target) VALUES (?, ?)")
        .Bind(row)
        .Bind(target.address())
        .Run();
  }
}

void ResourceRows::InsertTimeEdges(std::int64_t row,
                                   const std::vector<Timestamp>& edges) {
  for (const Timestamp at : edges) {
    database_.Prepare("INSERT INTO time_edges (resource_id, at) VALUES (?, ?)")
        .Bind(row)
        .Bind(at)
        .Run();
  }
}

void ResourceRows::WriteReferences(std::int64_t row,
                                   const StoredResource& stored) {
  const std::vector<ResourceId> wanted = SortedUnique(stored.references);
  const std::vector<ResourceId> present = ReadReferences(row);
  if (wanted == present) return;
  database_.Prepare("DELETE FROM refs WHERE source_id = ?").Bind(row).Run();
  InsertReferences(row, wanted);
}

void ResourceRows::WriteTimeEdges(std::int64_t row,
                                  const StoredResource& stored) {
  const std::vector<Timestamp> wanted = SortedUnique(stored.time_edges);
  const std::vector<Timestamp> present = ReadTimeEdges(row);
  if (wanted == present) return;
  database_.Prepare("DELETE FROM time_edges WHERE resource_id = ?")
      .Bind(row)
      .Run();
  InsertTimeEdges(row, wanted);
}

}  // namespace writ::reconciler
