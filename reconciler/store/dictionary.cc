#include "reconciler/store/dictionary.h"

#include "reconciler/store/sqlite_error.h"

namespace writ::reconciler {

std::optional<std::int64_t> Dictionary::FindOwner(const std::string& name) {
  const auto known = owner_ids_.find(name);
  if (known != owner_ids_.end()) return known->second;
  Query query = database_.Prepare("SELECT id FROM owners WHERE name = ?");
  if (!query.Bind(name).Step()) return std::nullopt;
  return owner_ids_[name] = query.Integer(0);
}

std::int64_t Dictionary::InternOwner(const std::string& name) {
  if (const std::optional<std::int64_t> id = FindOwner(name)) return *id;
  Query query = database_.Prepare(
      "INSERT INTO owners (name, resources) VALUES (?, 0) RETURNING id");
  query.Bind(name).Step();
  const std::int64_t id = query.Integer(0);
  query.Run();
  return owner_ids_[name] = id;
}

const std::string& Dictionary::OwnerName(std::int64_t id) {
  const auto known = owner_names_.find(id);
  if (known != owner_names_.end()) return known->second;
  Query query = database_.Prepare("SELECT name FROM owners WHERE id = ?");
  if (!query.Bind(id).Step()) throw CorruptState("a resource has no owner row");
  return owner_names_[id] = query.Text(0);
}

std::optional<std::int64_t> Dictionary::InternCommit(
    const engine::Provenance& provenance) {
  const std::string& hash = provenance.commit;
  const std::string& subject = provenance.subject;
  const std::string& author = provenance.author;
  if (hash.empty() && subject.empty() && author.empty()) return std::nullopt;
  if (last_commit_.id != 0 && last_commit_.hash == hash &&
      last_commit_.subject == subject && last_commit_.author == author) {
    return last_commit_.id;
  }
  CommitRow row{0, hash, subject, author};
  {
    Query query = database_.Prepare(
        "SELECT id FROM commits WHERE hash = ? AND subject = ? AND author = ?");
    if (query.Bind(hash).Bind(subject).Bind(author).Step()) {
      row.id = query.Integer(0);
    }
  }
  if (row.id == 0) {
    Query query = database_.Prepare(
        "INSERT INTO commits (hash, subject, author) VALUES (?, ?, ?) "
        "RETURNING id");
    query.Bind(hash).Bind(subject).Bind(author).Step();
    row.id = query.Integer(0);
    query.Run();
  }
  last_commit_ = row;
  return row.id;
}

const Dictionary::CommitRow& Dictionary::Commit(std::int64_t id) {
  const auto known = commits_.find(id);
  if (known != commits_.end()) return known->second;
  Query query = database_.Prepare(
      "SELECT hash, subject, author FROM commits WHERE id = ?");
  if (!query.Bind(id).Step())
    throw CorruptState("a resource has no commit row");
  return commits_[id] =
             CommitRow{id, query.Text(0), query.Text(1), query.Text(2)};
}

void Dictionary::ReadCommit(std::int64_t id, engine::Provenance& provenance) {
  const CommitRow& row = Commit(id);
  provenance.commit = row.hash;
  provenance.subject = row.subject;
  provenance.author = row.author;
}

void Dictionary::Forget() {
  owner_ids_.clear();
  owner_names_.clear();
  commits_.clear();
  last_commit_ = CommitRow();
}

}  // namespace writ::reconciler
