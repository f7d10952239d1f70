// Which tables and columns of a state plans read. What isn't named here leaves
// no gateway: no sealed value, no digest of a token or value, no MAC (T-06).
//
// Private to this folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::reconciler {

struct PlanColumn {
  enum class Kind : std::uint8_t {
    kPlain,   // an integer, a text, or NULL
    kBlob,    // of manifests' digests; hexadecimal in a document
    kAuthor,  // a text that goes without a client's address
  };
  std::string_view name;
  Kind kind = Kind::kPlain;
};

struct PlanTable {
  std::string name;
  std::size_t keys = 1;  // so many columns are its primary key
  std::vector<PlanColumn> columns;
  // What stands in a replica where a state has what nobody may see:
  // "mac = zeroblob(32)". Names and SQL expressions.
  std::vector<std::pair<std::string_view, std::string_view>> blanks;
  std::string_view where = {};
  // What a row is of, and in which column that stands (plan_scope.h).
  enum class Of : std::uint8_t {
    kState,       // nobody's
    kResource,    // its id
    kAddress,     // its address
    kCommit,      // one that resources came from
    kOwner,       // a repository's id
    kWholeOwner,  // a repository's name; only with all that it owns
  };
  Of of = Of::kState;
  int of_column = 0;

  // Statements, made once; texts stay where they are.
  std::string select = {};
  std::string insert = {};
  std::string remove = {};
  std::string clear = {};
};

std::span<const PlanTable> PlanTables();
// Events by app; in a replica's own table (plan_rows.h).
const PlanTable& TotalsTable();

}  // namespace writ::reconciler
