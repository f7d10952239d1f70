#include <string>
#include <utility>

#include "engine/state/desired_digest.h"
#include "reconciler/store/audit_chain.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/sqlite_store.h"

namespace writ::reconciler {
namespace {

// Past this many sentences nobody reads on.
constexpr std::size_t kMostSentences = 100;

struct Rule {
  const char* sql;  // one text column: what is wrong, or its subject
  const char* after;
};

constexpr Rule kRules[] = {
    {"SELECT address FROM resources WHERE NOT EXISTS "
     "(SELECT 1 FROM contents WHERE resource_id = resources.id)",
     " has no content"},
    {"SELECT address || ' has the parent ' || parent FROM resources "
     "WHERE parent IS NOT NULL AND NOT EXISTS "
     "(SELECT 1 FROM resources AS p WHERE p.address = resources.parent)",
     ", which is not in the state"},
    {"SELECT address || ' refers to ' || target FROM refs "
     "JOIN resources ON id = source_id WHERE NOT EXISTS "
     "(SELECT 1 FROM resources AS t WHERE t.address = target)",
     ", which is not in the state"},
    {"SELECT 'owner ' || name FROM owners WHERE resources <> "
     "(SELECT count(*) FROM resources AS r WHERE r.owner_id = owners.id)",
     " is said to have more or fewer resources than it has"},
    {"SELECT 'the state' FROM meta WHERE resource_count <> "
     "(SELECT count(*) FROM resources)",
     " is said to have more or fewer resources than it has"},
};

void VerifyStructure(Database& database, std::vector<std::string>& wrong) {
  {
    Query query = database.Prepare("PRAGMA integrity_check(100)");
    while (query.Step()) {
      if (query.View(0) != "ok") wrong.push_back("SQLite: " + query.Text(0));
    }
  }
  Query query = database.Prepare("PRAGMA foreign_key_check");
  while (query.Step()) {
    wrong.push_back("a row of " + query.Text(0) + " points to no row of " +
                    query.Text(2));
  }
}

void VerifyRules(Database& database, std::vector<std::string>& wrong) {
  for (const Rule& rule : kRules) {
    Query query = database.Prepare(rule.sql);
    while (wrong.size() < kMostSentences && query.Step()) {
      wrong.push_back(query.Text(0) + rule.after);
    }
  }
}

}  // namespace

void SqliteStore::VerifyRows(std::vector<std::string>& wrong) {
  Query query = database_->Prepare(
      "SELECT address, bucket, content_digest, content FROM resources "
      "JOIN contents ON resource_id = resources.id ORDER BY address");
  while (wrong.size() < kMostSentences && query.Step()) {
    const std::string address = query.Text(0);
    if (!ResourceId::Parse(address)) {
      wrong.push_back("\"" + address + "\" is no address");
    }
    if (query.Integer(1) != std::int64_t{engine::BucketOf(address)}) {
      wrong.push_back(address + " is in the wrong bucket");
    }
    if (query.DigestAt(2) != Sha256(query.View(3))) {
      wrong.push_back(address + " has a content that its digest doesn't fit");
    }
  }
}

Result<std::vector<std::string>> SqliteStore::Verify() {
  return Guarded(
      Doing("verifying the state"), [&]() -> Result<std::vector<std::string>> {
        const ReadScope scope(*database_);
        std::vector<std::string> wrong;
        VerifyStructure(*database_, wrong);
        // What is read over a broken tree would only say the same in other
        // words.
        if (!wrong.empty()) return wrong;
        VerifyRows(wrong);
        VerifyRules(*database_, wrong);
        const Result<AuditHead> chain = VerifyAuditChain(*this, std::nullopt);
        if (!chain) wrong.push_back(chain.error().message);
        return wrong;
      });
}

}  // namespace writ::reconciler
