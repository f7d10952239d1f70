#include "reconciler/store/plan_rows.h"

#include <array>
#include <utility>
#include <vector>

#include "reconciler/store/backup.h"
#include "reconciler/store/client_address.h"
#include "reconciler/store/database.h"
#include "reconciler/store/migrations.h"
#include "reconciler/store/plan_scope.h"
#include "reconciler/store/plan_tables.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/state_folder.h"
#include "schema/report/escape.h"
#include "schema/utf8.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kPlanHexDigits = "0123456789abcdef";

void AppendHexCell(std::string_view bytes, std::string& row) {
  row += '"';
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    row += kPlanHexDigits[byte >> 4];
    row += kPlanHexDigits[byte & 15];
  }
  row += '"';
}

// JSON holds no other text: a commit's subject may be in any code.
void AppendTextCell(std::string_view text, std::string& row) {
  if (IsValidUtf8(text)) {
    AppendCell(text, row);
  } else {
    AppendCell(EscapeTerminal(text), row);
  }
}

void AppendColumn(const Query& query, int at, const PlanColumn& column,
                  bool is_text, std::string& row) {
  if (query.IsNull(at)) return AppendNullCell(row);
  if (column.kind == PlanColumn::Kind::kBlob) {
    return AppendHexCell(query.View(at), row);
  }
  if (!is_text) return AppendCell(query.Integer(at), row);
  const std::string_view text = query.View(at);
  const bool hides =
      column.kind == PlanColumn::Kind::kAuthor && NamesAnIpAddress(text);
  AppendTextCell(hides ? std::string_view() : text, row);
}

CopiedTable EmptyCopyOf(const PlanTable& table) {
  CopiedTable copy{table.name, {}, table.keys, {}};
  for (const PlanColumn& column : table.columns) {
    copy.columns.emplace_back(column.name);
  }
  return copy;
}

// `scope` null: all rows.
CopiedTable ReadTable(Database& database, const PlanTable& table,
                      const PlanScope* scope) {
  CopiedTable copy = EmptyCopyOf(table);
  Query query = database.Prepare(table.select.c_str());
  while (query.Step()) {
    if (scope != nullptr && !scope->Shows(table, query)) continue;
    CopiedRow row;
    row.text = "[";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (i > 0) row.text += ',';
      const int at = static_cast<int>(i);
      AppendColumn(query, at, table.columns[i], query.IsText(at), row.text);
      if (i + 1 == table.keys) row.key = row.text.substr(1);
    }
    row.text += ']';
    copy.rows.push_back(std::move(row));
  }
  return copy;
}

// Of apps that are there: what is left of others is nobody's to lose.
CopiedTable CopyTotals(Database& database, const AppTotals& totals,
                       const PlanScope* scope) {
  CopiedTable copy = EmptyCopyOf(TotalsTable());
  Query query = database.Prepare(
      "SELECT uid FROM resources WHERE address >= 'App/' AND address < 'App0' "
      "ORDER BY uid");
  while (query.Step()) {
    const auto found = totals.find(query.Text(0));
    if (found == totals.end()) continue;
    if (scope != nullptr && !scope->ShowsApp(found->first)) continue;
    CopiedRow row;
    AppendCell(found->first, row.key);
    row.text = "[" + row.key + ",";
    AppendCell(found->second, row.text);
    row.text += ']';
    copy.rows.push_back(std::move(row));
  }
  return copy;
}

void ReadMeta(Database& database, PlanCopy& copy) {
  Query query =
      database.Prepare("SELECT lineage, serial, environment FROM meta");
  if (!query.Step()) throw CorruptState("it says nothing of itself");
  copy.lineage = query.Text(0);
  copy.serial = query.Integer(1);
  copy.environment = query.Text(2);
}

PlanCopy ReadRows(Database& database, const PlanScope* scope) {
  PlanCopy copy;
  copy.schema_version = SchemaVersion(database);
  ReadMeta(database, copy);
  for (const PlanTable& table : PlanTables()) {
    copy.tables.push_back(ReadTable(database, table, scope));
  }
  return copy;
}

int HexValue(char c) {
  const std::size_t at = kPlanHexDigits.find(c);
  if (at == std::string_view::npos) throw CorruptState("a blob is none");
  return static_cast<int>(at);
}

std::string FromHex(const std::string& digits) {
  if (digits.size() % 2 != 0) throw CorruptState("a blob is none");
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes +=
        static_cast<char>(HexValue(digits[i]) * 16 + HexValue(digits[i + 1]));
  }
  return bytes;
}

// Binds the first `count` cells. `bytes` keeps what blobs are bound to.
void BindCells(const PlanTable& table, const Value& row, std::size_t count,
               std::vector<std::string>& bytes, Query& query) {
  if (!row.IsList() || row.AsList().size() < count) {
    throw CorruptState("a row is too short");
  }
  bytes.clear();
  bytes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Value& cell = row.AsList()[i];
    if (cell.IsNull()) {
      query.BindNull();
    } else if (cell.IsInteger()) {
      query.Bind(cell.AsInteger());
    } else if (!cell.IsString()) {
      throw CorruptState("a cell is no text and no number");
    } else if (table.columns[i].kind == PlanColumn::Kind::kBlob) {
      query.BindBlob(bytes.emplace_back(FromHex(cell.AsString())));
    } else {
      query.Bind(cell.AsString());
    }
  }
}

void RemoveRows(Database& database, const PlanTable& table,
                const Value::List& rows) {
  std::vector<std::string> bytes;
  for (const Value& row : rows) {
    Query query = database.Prepare(table.remove.c_str());
    BindCells(table, row, table.keys, bytes, query);
    query.Run();
  }
}

void InsertRows(Database& database, const PlanTable& table,
                const Value::List& rows) {
  std::vector<std::string> bytes;
  for (const Value& row : rows) {
    Query query = database.Prepare(table.insert.c_str());
    BindCells(table, row, table.columns.size(), bytes, query);
    query.Run();
  }
}

bool HasItsColumns(const PlanTable& table,
                   const std::vector<std::string>& columns) {
  return EmptyCopyOf(table).columns == columns;
}

// Those of a state, and the one that a replica alone has.
std::vector<const PlanTable*> AllTables() {
  std::vector<const PlanTable*> tables;
  for (const PlanTable& table : PlanTables()) tables.push_back(&table);
  tables.push_back(&TotalsTable());
  return tables;
}

tl::unexpected<Error> OtherSchema(int version) {
  return Fail(ErrorCode::kUnsupported,
              "the gateway's state has the schema version " +
                  std::to_string(version) + ", this writ has " +
                  std::to_string(NewestVersion()),
              "use the version of writ that the gateway has");
}

Status CheckTables(const PlanCopyDocument& document) {
  if (document.schema_version != NewestVersion()) {
    return OtherSchema(document.schema_version);
  }
  for (const PlanTable* table : AllTables()) {
    const auto found = document.tables.find(table->name);
    if (found == document.tables.end() ||
        !HasItsColumns(*table, found->second.columns)) {
      return OtherSchema(document.schema_version);
    }
  }
  return {};
}

PlanCopy ReadReplica(Database& database) {
  PlanCopy copy = ReadRows(database, nullptr);
  copy.tables.push_back(ReadTable(database, TotalsTable(), nullptr));
  return copy;
}

bool IsEmpty(Database& database) {
  return database.Integer("SELECT count(*) FROM meta") == 0;
}

void WriteRows(Database& database, const PlanCopyDocument& document) {
  const auto tables = AllTables();
  // Before anything is put in: a name may have gone from one row to another.
  for (const PlanTable* table : tables) {
    const auto& change = document.tables.at(table->name);
    if (document.since.empty()) {
      database.Execute(table->clear.c_str());
      continue;
    }
    RemoveRows(database, *table, change.removed);
    RemoveRows(database, *table, change.rows);
  }
  for (const PlanTable* table : tables) {
    InsertRows(database, *table, document.tables.at(table->name).rows);
  }
}

// Undoes what isn't committed.
class ReplicaChange {
 public:
  explicit ReplicaChange(Database& database) : database_(database) {
    database_.Execute("BEGIN IMMEDIATE");
  }
  ~ReplicaChange() {
    if (database_.InTransaction()) database_.sqlite().tryExec("ROLLBACK");
  }
  ReplicaChange(const ReplicaChange&) = delete;
  ReplicaChange& operator=(const ReplicaChange&) = delete;
  void Commit() { database_.Execute("COMMIT"); }

 private:
  Database& database_;
};

Status PrepareReplica(Database& database, bool is_new) {
  if (is_new) {
    database.Execute("PRAGMA journal_mode=WAL");
    ReplicaChange change(database);
    MigrateFrom(database, 0, NewestVersion());
    MarkForPlan(database);
    database.Execute(
        "CREATE TABLE app_totals (app_uid TEXT PRIMARY KEY NOT NULL, "
        "stored INTEGER NOT NULL) STRICT");
    change.Commit();
  }
  const int version = SchemaVersion(database);
  if (version != NewestVersion()) return OtherSchema(version);
  RefuseForeignObjects(database);
  if (!IsForPlan(database)) throw CorruptState("it is no replica");
  // Rows come and go whole tables at a time; the version says what holds.
  database.Execute("PRAGMA foreign_keys=OFF");
  return {};
}

}  // namespace

PlanRowsReader::PlanRowsReader(std::unique_ptr<Database> database)
    : database_(std::move(database)) {}
PlanRowsReader::~PlanRowsReader() = default;

Result<std::unique_ptr<PlanRowsReader>> PlanRowsReader::Open(
    const std::string& folder) {
  const StateFolder place = TRY(OpenStateFolder(folder, FolderUse::kRead));
  return Guarded("opening the state",
                 [&]() -> Result<std::unique_ptr<PlanRowsReader>> {
                   DatabaseOptions options;
                   options.file = place.database;
                   options.read_only = true;
                   return std::unique_ptr<PlanRowsReader>(
                       new PlanRowsReader(std::make_unique<Database>(options)));
                 });
}

Result<std::int64_t> PlanRowsReader::DataVersion() {
  return Guarded("looking at the state", [&]() -> Result<std::int64_t> {
    return database_->Integer("PRAGMA data_version");
  });
}

Result<PlanCopy> PlanRowsReader::Read(const AppTotals& totals,
                                      const std::string& workspace_uid) {
  return Guarded("reading the state for plans", [&]() -> Result<PlanCopy> {
    const ReadScope scope(*database_);
    const auto shown = PlanScope::Read(*database_, workspace_uid);
    const PlanScope* within = shown ? &*shown : nullptr;
    PlanCopy copy = ReadRows(*database_, within);
    copy.tables.push_back(CopyTotals(*database_, totals, within));
    return copy;
  });
}

PlanReplica::PlanReplica(std::unique_ptr<Database> database)
    : database_(std::move(database)) {}
PlanReplica::~PlanReplica() = default;

Result<std::unique_ptr<PlanReplica>> PlanReplica::Open(
    const std::string& folder) {
  const StateFolder place = TRY(OpenStateFolder(folder, FolderUse::kCreate));
  return Guarded("opening the replica of a state",
                 [&]() -> Result<std::unique_ptr<PlanReplica>> {
                   DatabaseOptions options;
                   options.file = place.database;
                   auto database = std::make_unique<Database>(options);
                   const bool is_new = SchemaVersion(*database) == 0;
                   TRY(PrepareReplica(*database, is_new));
                   return std::unique_ptr<PlanReplica>(
                       new PlanReplica(std::move(database)));
                 });
}

Result<std::optional<std::string>> PlanReplica::Version() {
  return Guarded("reading the replica of a state",
                 [&]() -> Result<std::optional<std::string>> {
                   const ReadScope scope(*database_);
                   if (IsEmpty(*database_)) return std::nullopt;
                   return ReadReplica(*database_).Version();
                 });
}

Status PlanReplica::Write(const PlanCopyDocument& document) {
  TRY(CheckTables(document));
  return Guarded("writing the replica of a state", [&]() -> Status {
    ReplicaChange change(*database_);
    const bool is_delta = !document.since.empty();
    if (is_delta && (IsEmpty(*database_) ||
                     ReadReplica(*database_).Version() != document.since)) {
      return Fail(ErrorCode::kConflict,
                  "the replica isn't what the change is of");
    }
    WriteRows(*database_, document);
    if (IsEmpty(*database_) ||
        ReadReplica(*database_).Version() != document.version) {
      return Fail(ErrorCode::kCorrupt,
                  "what the gateway sent of its state isn't whole");
    }
    change.Commit();
    return {};
  });
}

Result<std::string> PlanReplica::Environment() {
  return Guarded(
      "reading the replica of a state", [&]() -> Result<std::string> {
        Query query = database_->Prepare("SELECT environment FROM meta");
        return query.Step() ? query.Text(0) : std::string();
      });
}

Result<AppTotals> PlanReplica::Totals() {
  return Guarded("reading the replica of a state", [&]() -> Result<AppTotals> {
    AppTotals totals;
    Query query = database_->Prepare(TotalsTable().select.c_str());
    while (query.Step()) totals.emplace(query.Text(0), query.Integer(1));
    return totals;
  });
}

}  // namespace writ::reconciler
