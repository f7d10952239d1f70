#include <algorithm>
#include <array>

#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/sqlite_store.h"

namespace writ::reconciler {
namespace {

// A row's id and its place in the order of addresses; sorted by id, so that
// tables in the order of ids are merged into the order of addresses without a
// sort of whole resources.
struct Place {
  std::int64_t row = 0;
  std::size_t rank = 0;
};

class Places {
 public:
  explicit Places(Database& database) {
    Query query = database.Prepare("SELECT id FROM resources ORDER BY address");
    while (query.Step()) {
      places_.push_back(Place{query.Integer(0), places_.size()});
    }
    std::sort(places_.begin(), places_.end(),
              [](const Place& a, const Place& b) { return a.row < b.row; });
  }

  std::size_t size() const { return places_.size(); }
  void Rewind() { at_ = 0; }

  // The place of a row. REQUIRES: rows come in rising order.
  std::size_t RankOf(std::int64_t row) {
    while (at_ < places_.size() && places_[at_].row < row) ++at_;
    if (at_ == places_.size() || places_[at_].row != row) {
      throw CorruptState("a row belongs to no resource");
    }
    return places_[at_].rank;
  }

 private:
  std::vector<Place> places_;
  std::size_t at_ = 0;
};

void ReadContents(Database& database, Places& places,
                  engine::Snapshot& snapshot) {
  Query query = database.Prepare(
      "SELECT resource_id, content, applied FROM contents "
      "ORDER BY resource_id");
  places.Rewind();
  while (query.Step()) {
    engine::LiveResource& live =
        snapshot.resources[places.RankOf(query.Integer(0))];
    live.content = query.View(1);
    live.applied = query.View(2);
  }
}

// Adds what one resource refers to: its sorted targets and its parent.
void AddReferences(const engine::LiveResource& live,
                   std::span<ResourceId> targets,
                   std::vector<engine::LiveReference>& out) {
  bool parent_added = live.parent.empty();
  for (ResourceId& target : targets) {
    // (to, false) stands before (to, true).
    if (!parent_added && live.parent < target) {
      out.push_back({live.id, live.parent, true});
      parent_added = true;
    }
    out.push_back({live.id, std::move(target), false});
  }
  if (!parent_added) out.push_back({live.id, live.parent, true});
}

void ReadReferences(Database& database, Places& places,
                    engine::Snapshot& snapshot) {
  struct Range {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  std::vector<ResourceId> targets;
  std::vector<Range> of_rank(snapshot.resources.size());
  Query query = database.Prepare(
      "SELECT source_id, target FROM refs ORDER BY source_id, target");
  places.Rewind();
  while (query.Step()) {
    Range& range = of_rank[places.RankOf(query.Integer(0))];
    if (range.size++ == 0) range.begin = targets.size();
    targets.push_back(ParseAddress(query.View(1)));
  }
  snapshot.references.reserve(targets.size() + snapshot.resources.size());
  for (std::size_t i = 0; i < of_rank.size(); ++i) {
    AddReferences(snapshot.resources[i],
                  std::span(targets).subspan(of_rank[i].begin, of_rank[i].size),
                  snapshot.references);
  }
}

void ReadSchemaHistories(Database& database, engine::Snapshot& snapshot) {
  Query query = database.Prepare(
      "SELECT address, content FROM schema_versions "
      "ORDER BY address, id DESC");
  while (query.Step()) {
    if (snapshot.schema_history.empty() ||
        snapshot.schema_history.back().id.address() != query.View(0)) {
      snapshot.schema_history.push_back({ParseAddress(query.View(0)), {}});
    }
    snapshot.schema_history.back().contents.push_back(query.Text(1));
  }
}

std::vector<ResourceId> SortedUnique(std::span<const ResourceId> ids) {
  std::vector<ResourceId> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

}  // namespace

Result<engine::Snapshot> SqliteStore::ReadAll(bool contents) {
  return Guarded(
      Doing("reading all resources"), [&]() -> Result<engine::Snapshot> {
        const ReadScope scope(*database_);
        const StateFacts facts = TRY(ReadFacts());
        engine::Snapshot snapshot;
        snapshot.lineage = facts.lineage;
        snapshot.serial = facts.serial;
        snapshot.environment = facts.environment;
        Places places(*database_);
        snapshot.resources.resize(places.size());
        {
          Query query = database_->Prepare("SELECT " WRIT_RESOURCE_COLUMNS
                                           "FROM resources ORDER BY id");
          while (query.Step()) {
            const std::size_t rank = places.RankOf(query.Integer(0));
            ReadLive(query, dictionary_, snapshot.resources[rank]);
          }
        }
        if (contents) {
          ReadContents(*database_, places, snapshot);
          ReadSchemaHistories(*database_, snapshot);
        }
        ReadReferences(*database_, places, snapshot);
        return snapshot;
      });
}

Result<std::vector<engine::LiveResource>> SqliteStore::ReadResources(
    std::span<const ResourceId> ids) {
  return Guarded(Doing("reading resources"),
                 [&]() -> Result<std::vector<engine::LiveResource>> {
                   const ReadScope scope(*database_);
                   std::vector<engine::LiveResource> found;
                   for (const ResourceId& id : SortedUnique(ids)) {
                     std::optional<engine::LiveResource> live = rows_.Read(id);
                     if (live) found.push_back(*std::move(live));
                   }
                   return found;
                 });
}

Result<std::vector<engine::LiveResource>> SqliteStore::ReadKind(
    const std::string& kind) {
  return Guarded(Doing("reading resources of a kind"),
                 [&]() -> Result<std::vector<engine::LiveResource>> {
                   const ReadScope scope(*database_);
                   const std::string first = kind + "/";
                   const std::string end = kind + "0";  // '0' follows '/'
                   std::vector<ResourceId> ids;
                   {
                     Query query = database_->Prepare(
                         "SELECT address FROM resources WHERE address > ? "
                         "AND address < ? ORDER BY address");
                     ids = ReadAddresses(query.Bind(first).Bind(end));
                   }
                   return ReadResources(ids);
                 });
}

Result<std::optional<StoredResource>> SqliteStore::ReadStored(
    const ResourceId& id) {
  return Guarded(Doing("reading a resource"),
                 [&]() -> Result<std::optional<StoredResource>> {
                   const ReadScope scope(*database_);
                   return rows_.ReadStored(id);
                 });
}

std::vector<ResourceId> SqliteStore::ReadAddresses(Query& query) {
  std::vector<ResourceId> ids;
  while (query.Step()) ids.push_back(ParseAddress(query.View(0)));
  return ids;
}

Result<std::vector<ResourceId>> SqliteStore::DeclaredIn(
    const std::string& owner, std::span<const std::string> files) {
  return Guarded(
      Doing("looking up files"), [&]() -> Result<std::vector<ResourceId>> {
        const ReadScope scope(*database_);
        std::vector<ResourceId> ids;
        const std::optional<std::int64_t> owner_id =
            dictionary_.FindOwner(owner);
        if (!owner_id) return ids;
        for (const std::string& file : files) {
          Query query = database_->Prepare(
              "SELECT address FROM resources WHERE owner_id = ? AND file = ?");
          const std::vector<ResourceId> found =
              ReadAddresses(query.Bind(*owner_id).Bind(file));
          ids.insert(ids.end(), found.begin(), found.end());
        }
        return SortedUnique(ids);
      });
}

Result<std::vector<ResourceId>> SqliteStore::Unsettled(
    const std::string& owner) {
  return Guarded(
      Doing("looking up what isn't settled"),
      [&]() -> Result<std::vector<ResourceId>> {
        const ReadScope scope(*database_);
        const std::optional<std::int64_t> owner_id =
            dictionary_.FindOwner(owner);
        if (!owner_id) return std::vector<ResourceId>();
        Query query = database_->Prepare(
            "SELECT address FROM resources WHERE settled = 0 AND owner_id = ? "
            "ORDER BY address");
        return ReadAddresses(query.Bind(*owner_id));
      });
}

Result<std::vector<engine::LiveReference>> SqliteStore::ReferencesFrom(
    std::span<const ResourceId> ids) {
  return Guarded(
      Doing("reading references"),
      [&]() -> Result<std::vector<engine::LiveReference>> {
        const ReadScope scope(*database_);
        std::vector<engine::LiveReference> found;
        for (const ResourceId& id : SortedUnique(ids)) {
          Query query = database_->Prepare(
              "SELECT parent, 1 FROM resources "
              "WHERE address = ?1 AND parent IS NOT NULL "
              "UNION ALL SELECT target, 0 FROM resources "
              "JOIN refs ON source_id = resources.id WHERE address = ?1");
          query.Bind(id.address());
          while (query.Step()) {
            found.push_back(
                {id, ParseAddress(query.View(0)), query.Boolean(1)});
          }
        }
        std::sort(found.begin(), found.end());
        return found;
      });
}

Result<std::vector<engine::LiveReference>> SqliteStore::ReferencesTo(
    std::span<const ResourceId> ids) {
  return Guarded(
      Doing("reading references"),
      [&]() -> Result<std::vector<engine::LiveReference>> {
        const ReadScope scope(*database_);
        std::vector<engine::LiveReference> found;
        for (const ResourceId& id : SortedUnique(ids)) {
          Query query = database_->Prepare(
              "SELECT address, 1 FROM resources WHERE parent = ?1 "
              "UNION ALL SELECT address, 0 FROM refs "
              "JOIN resources ON resources.id = source_id WHERE target = ?1");
          query.Bind(id.address());
          while (query.Step()) {
            found.push_back(
                {ParseAddress(query.View(0)), id, query.Boolean(1)});
          }
        }
        std::sort(found.begin(), found.end());
        return found;
      });
}

Result<std::vector<ResourceId>> SqliteStore::ChildrenSaying(
    std::span<const ResourceId> parents, const std::string& kind,
    const std::string& text) {
  return Guarded(
      Doing("searching children"), [&]() -> Result<std::vector<ResourceId>> {
        const ReadScope scope(*database_);
        std::vector<ResourceId> found;
        for (const ResourceId& parent : SortedUnique(parents)) {
          // A kind never has a wildcard.
          Query query = database_->Prepare(
              "SELECT address FROM resources "
              "JOIN contents ON resource_id = resources.id "
              "WHERE parent = ?1 AND address GLOB ?2 AND "
              "(instr(content, ?3) OR instr(applied, ?3))");
          const std::string of_kind = kind + "/*";
          query.Bind(parent.address()).Bind(of_kind).Bind(text);
          std::ranges::move(ReadAddresses(query), std::back_inserter(found));
        }
        std::sort(found.begin(), found.end());
        return found;
      });
}

Result<std::int64_t> SqliteStore::CountOwned(const std::string& owner) {
  return Guarded(Doing("counting resources"), [&]() -> Result<std::int64_t> {
    Query query =
        database_->Prepare("SELECT resources FROM owners WHERE name = ?");
    return query.Bind(owner).Step() ? query.Integer(0) : 0;
  });
}

Result<std::vector<std::pair<std::string, Digest>>> SqliteStore::ReadBucket(
    const std::string& owner, std::uint32_t bucket) {
  return Guarded(Doing("reading a bucket"),
                 [&]() -> Result<std::vector<std::pair<std::string, Digest>>> {
                   const ReadScope scope(*database_);
                   std::vector<std::pair<std::string, Digest>> entries;
                   const std::optional<std::int64_t> owner_id =
                       dictionary_.FindOwner(owner);
                   if (!owner_id) return entries;
                   Query query = database_->Prepare(
                       "SELECT address, desired_digest FROM resources "
                       "WHERE owner_id = ? AND bucket = ? ORDER BY address");
                   query.Bind(*owner_id).Bind(std::int64_t{bucket});
                   while (query.Step()) {
                     entries.emplace_back(query.Text(0), query.DigestAt(1));
                   }
                   return entries;
                 });
}

Result<std::optional<Timestamp>> SqliteStore::NextTimeEdge(
    const std::string& owner, Timestamp now) {
  return Guarded(Doing("looking up the next time edge"),
                 [&]() -> Result<std::optional<Timestamp>> {
                   const ReadScope scope(*database_);
                   const std::optional<std::int64_t> owner_id =
                       dictionary_.FindOwner(owner);
                   if (!owner_id) return std::optional<Timestamp>();
                   Query query = database_->Prepare(
                       "SELECT at FROM time_edges CROSS JOIN resources "
                       "ON resources.id = resource_id "
                       "WHERE at > ? AND owner_id = ? ORDER BY at LIMIT 1");
                   if (!query.Bind(now).Bind(*owner_id).Step()) {
                     return std::optional<Timestamp>();
                   }
                   return std::optional<Timestamp>(query.Time(0));
                 });
}

Result<std::vector<std::string>> SqliteStore::ReadSchemaHistory(
    const ResourceId& id) {
  return Guarded(Doing("reading a schema's history"),
                 [&]() -> Result<std::vector<std::string>> {
                   std::vector<std::string> contents;
                   Query query = database_->Prepare(
                       "SELECT content FROM schema_versions WHERE address = ? "
                       "ORDER BY id DESC LIMIT 100");
                   query.Bind(id.address());
                   while (query.Step()) contents.push_back(query.Text(0));
                   return contents;
                 });
}

}  // namespace writ::reconciler
