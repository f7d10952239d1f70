// Rows of `resources` and what hangs on them, to and from StoredResource.
//
// Calls throw SQLite::Exception (database.h). One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/store/database.h"
#include "reconciler/store/dictionary.h"
#include "reconciler/store/state_store.h"

// What ReadLive reads, in its order.
#define WRIT_RESOURCE_COLUMNS                                         \
  "id, address, parent, uid, owner_id, generation, content_digest, "  \
  "desired_digest, protect, forget_on_delete, implied, status, "      \
  "commit_id, file, origin_file, line, col, changed_by, changed_at, " \
  "settled "

namespace writ::reconciler {

ResourceId ParseAddress(std::string_view address);

// All but the contents; gives the row's id.
std::int64_t ReadLive(const Query& query, Dictionary& dictionary,
                      engine::LiveResource& live);

struct RowKey {
  std::int64_t id = 0;
  std::int64_t generation = 0;
  std::optional<std::int64_t> owner_id;
  std::string uid;
};

class ResourceRows {
 public:
  ResourceRows(Database& database, Dictionary& dictionary)
      : database_(database), dictionary_(dictionary) {}

  std::optional<RowKey> Find(const ResourceId& id);
  // With contents; nothing where it isn't there.
  std::optional<engine::LiveResource> Read(const ResourceId& id);
  std::optional<StoredResource> ReadStored(const ResourceId& id);

  // `stored` is complete: digest, uid and generation are set. Gives the row's
  // owner.
  std::optional<std::int64_t> Insert(const StoredResource& stored,
                                     std::int64_t serial);
  std::optional<std::int64_t> Update(std::int64_t row,
                                     const StoredResource& stored,
                                     std::int64_t serial);
  // What WriteTransaction::Touch says.
  void Touch(std::int64_t row, const StoredResource& stored);

 private:
  void BindColumns(Query& query, const StoredResource& stored,
                   const std::optional<std::int64_t>& owner,
                   std::int64_t serial);
  void WriteContent(std::int64_t row, const engine::LiveResource& live);
  void InsertReferences(std::int64_t row,
                        const std::vector<ResourceId>& targets);
  void InsertTimeEdges(std::int64_t row, const std::vector<Timestamp>& edges);
  void WriteReferences(std::int64_t row, const StoredResource& stored);
  void WriteTimeEdges(std::int64_t row, const StoredResource& stored);
  std::vector<ResourceId> ReadReferences(std::int64_t row);
  std::vector<Timestamp> ReadTimeEdges(std::int64_t row);

  Database& database_;
  Dictionary& dictionary_;
};

}  // namespace writ::reconciler
