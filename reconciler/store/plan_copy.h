// What plans read of a state, row by row, as a document that goes over a wire:
// the same part of it as a copy for plans has (ExportForPlan), and nothing
// else. No sealed value, no digest of a token or a value, no MAC, no audit, no
// client's address is ever read for it (T-06).
//
// A version names the rows: "LINEAGE-SERIAL-DIGEST". The digest covers every
// row, so that whoever has a document's rows can tell that they have them all,
// as they were sent. A delta says what became of an earlier version's rows.
//
//   {"format_version": "1.0", "lineage", "serial", "environment",
//    "schema_version", "version", "since": VERSION where it is a delta,
//    "tables": {NAME: {"columns": […], "rows": [[…], …],
//                      "removed": [[KEY…], …] in a delta}}}
//
// Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

struct CopiedRow {
  std::string key;   // its first columns, as JSON: `17` or `"uid","prod"`
  std::string text;  // all of them: `[17,"App/orders",…]`
};

struct CopiedTable {
  std::string name;
  std::vector<std::string> columns;
  std::size_t keys = 1;  // so many columns tell rows apart
  std::vector<CopiedRow> rows;
};

// A cell as JSON; blobs are hexadecimal digits.
void AppendCell(std::int64_t number, std::string& row);
void AppendCell(std::string_view text, std::string& row);
void AppendNullCell(std::string& row);

struct PlanCopy {
  std::string lineage;
  std::int64_t serial = 0;
  std::string environment;
  int schema_version = 0;
  std::vector<CopiedTable> tables;

  std::string Version() const;
  // The document of all rows.
  std::string Text(const std::string& version) const;
};

// What is kept of a version to tell later what became of it: a few bytes a row.
class PlanCopyMarks {
 public:
  PlanCopyMarks(std::string version, const PlanCopy& copy);

  const std::string& version() const { return version_; }
  std::size_t size() const { return size_; }
  // The document of what differs in `now`, which has that version.
  std::string DeltaText(const PlanCopy& now,
                        const std::string& now_version) const;

 private:
  using Marks = std::unordered_map<std::string, std::uint64_t>;
  std::string version_;
  std::size_t size_ = 0;
  std::map<std::string, Marks> tables_;
};

// A document that came in. kCorrupt where it is none, kUnsupported where a
// newer writ wrote it.
struct PlanCopyDocument {
  struct Table {
    std::vector<std::string> columns;
    Value::List rows;
    Value::List removed;
  };
  std::string lineage;
  std::int64_t serial = 0;
  std::string environment;
  int schema_version = 0;
  std::string version;
  std::string since;  // empty: all rows
  std::map<std::string, Table> tables;
};

Result<PlanCopyDocument> ParsePlanCopy(std::string_view text);

}  // namespace writ::reconciler
