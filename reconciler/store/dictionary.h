// Owners and commits by number, each row stored once. Rows that were read or
// made are remembered; they never change, but what a rollback took back must be
// forgotten.
//
// Calls throw SQLite::Exception (database.h). One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/state/snapshot.h"
#include "reconciler/store/database.h"

namespace writ::reconciler {

class Dictionary {
 public:
  explicit Dictionary(Database& database) : database_(database) {}

  // Nothing where the owner has never had a resource.
  std::optional<std::int64_t> FindOwner(const std::string& name);
  std::int64_t InternOwner(const std::string& name);
  const std::string& OwnerName(std::int64_t id);

  // Nothing for a provenance that names no commit.
  std::optional<std::int64_t> InternCommit(
      const engine::Provenance& provenance);
  // Sets commit, subject and author.
  void ReadCommit(std::int64_t id, engine::Provenance& provenance);

  void Forget();

 private:
  struct CommitRow {
    std::int64_t id = 0;
    std::string hash;
    std::string subject;
    std::string author;
  };

  const CommitRow& Commit(std::int64_t id);

  Database& database_;
  std::unordered_map<std::string, std::int64_t> owner_ids_;
  std::unordered_map<std::int64_t, std::string> owner_names_;
  std::unordered_map<std::int64_t, CommitRow> commits_;
  // An apply writes most of its resources from one commit.
  CommitRow last_commit_;
};

}  // namespace writ::reconciler
