#include "reconciler/store/plan_tables.h"

#include <array>
#include <utility>

namespace writ::reconciler {
namespace {

using Kind = PlanColumn::Kind;

std::vector<PlanTable> Declare() {
  std::vector<PlanTable> tables;
  tables.push_back({"meta",
                    1,
                    {{"id"},
                     {"lineage"},
                     {"environment"},
                     {"serial"},
                     {"created_at"},
                     {"restored"},
                     {"resource_count"}},
                    {{"high_water", "0"},
                     {"dirty", "0"},
                     {"audit_sequence", "0"},
                     {"audit_digest", "zeroblob(32)"}}});
  tables.push_back({"owners", 1, {{"id"}, {"name"}, {"resources"}}, {}});
  tables.push_back({"commits",
                    1,
                    {{"id"}, {"hash"}, {"subject"}, {"author"}},
                    {},
                    "id IN (SELECT commit_id FROM resources)"});
  tables.push_back({"resources",
                    1,
                    {{"id"},
                     {"address"},
                     {"parent"},
                     {"uid"},
                     {"owner_id"},
                     {"generation"},
                     {"content_digest", Kind::kBlob},
                     {"desired_digest", Kind::kBlob},
                     {"bucket"},
                     {"settled"},
                     {"protect"},
                     {"forget_on_delete"},
                     {"implied"},
                     {"status"},
                     {"commit_id"},
                     {"file"},
                     {"origin_file"},
                     {"line"},
                     {"col"},
                     {"changed_by", Kind::kAuthor},
                     {"changed_at"},
                     {"created_serial"},
                     {"changed_serial"}},
                    {}});
  tables.push_back(
      {"contents", 1, {{"resource_id"}, {"content"}, {"applied"}}, {}});
  tables.push_back({"refs", 2, {{"source_id"}, {"target"}}, {}});
  tables.push_back({"time_edges", 2, {{"resource_id"}, {"at"}}, {}});
  tables.push_back(
      {"schema_versions", 1, {{"id"}, {"address"}, {"content"}}, {}});
  return tables;
}

// Whose rows they are.
void SayWhose(PlanTable& table) {
  using Of = PlanTable::Of;
  struct Whose {
    std::string_view table;
    Of of;
    int column;
  };
  constexpr std::array kWhose = {
      Whose{"owners", Of::kOwner, 0},
      Whose{"commits", Of::kCommit, 0},
      Whose{"resources", Of::kResource, 0},
      Whose{"contents", Of::kResource, 0},
      Whose{"refs", Of::kResource, 0},
      Whose{"time_edges", Of::kResource, 0},
      Whose{"schema_versions", Of::kAddress, 1},
      Whose{"bases", Of::kWholeOwner, 0},
      Whose{"guards", Of::kWholeOwner, 0},
      Whose{"credentials", Of::kAddress, 1},
      Whose{"secret_values", Of::kAddress, 1},
      Whose{"secret_pointers", Of::kAddress, 2},
      Whose{"rotations", Of::kAddress, 1},
  };
  for (const Whose& each : kWhose) {
    if (each.table != table.name) continue;
    table.of = each.of;
    table.of_column = each.column;
  }
}

// What held at each owner's last complete apply.
void DeclareBases(std::vector<PlanTable>& tables) {
  tables.push_back({"bases",
                    1,
                    {{"owner"},
                     {"tree_id"},
                     {"commit_id"},
                     {"inputs", Kind::kBlob},
                     {"kind_tables"},
                     {"writ_version"},
                     {"policies", Kind::kBlob},
                     {"serial"},
                     {"valid_until"},
                     {"desired_count"},
                     {"file_count"},
                     {"desired_buckets", Kind::kBlob}},
                    {}});
  tables.push_back({"guards", 1, {{"owner"}, {"guards"}}, {}});
}

// What lies beside resources: that something is there, when and by whom.
void DeclareBeside(std::vector<PlanTable>& tables) {
  tables.push_back(
      {"key_generations",
       1,
       {{"generation"}, {"lineage"}, {"created_at"}, {"retired_at"}},
       {{"check_value", "zeroblob(32)"}}});
  tables.push_back({"credentials",
                    1,
                    {{"id"},
                     {"address"},
                     {"token_uid"},
                     {"target"},
                     {"family"},
                     {"hint"},
                     {"status"},
                     {"rights"},
                     {"issued_at"},
                     {"issued_by", Kind::kAuthor},
                     {"not_before"},
                     {"expires_at"},
                     {"rotate_at"},
                     {"basis"},
                     {"rotation"},
                     {"ended_at"},
                     {"ended_by", Kind::kAuthor},
                     {"ended_why", Kind::kAuthor},
                     {"sequence"},
                     {"key_generation"}},
                    // Must be unique, and there is none to show.
                    {{"digest", "randomblob(32)"}, {"mac", "zeroblob(32)"}}});
  tables.push_back({"secret_values",
                    1,
                    {{"id"},
                     {"address"},
                     {"secret_uid"},
                     {"environment"},
                     {"version"},
                     {"key_generation"},
                     {"created_at"},
                     {"created_by", Kind::kAuthor}},
                    {{"digest", "zeroblob(32)"}}});
  tables.push_back({"secret_pointers",
                    2,
                    {{"secret_uid"},
                     {"environment"},
                     {"address"},
                     {"version"},
                     {"key_generation"},
                     {"moved_at"},
                     {"moved_by", Kind::kAuthor}},
                    {{"mac", "zeroblob(32)"}}});
  tables.push_back({"rotations",
                    1,
                    {{"id"},
                     {"address"},
                     {"token_uid"},
                     {"phase"},
                     {"observe"},
                     {"revision"},
                     {"opened_at"},
                     {"next_at"},
                     {"ended_at"}},
                    {{"state", "'{}'"}}});
}

void WriteStatements(PlanTable& table) {
  std::string names;
  std::string marks;
  for (const PlanColumn& column : table.columns) {
    if (!names.empty()) {
      names += ", ";
      marks += ", ";
    }
    names += column.name;
    marks += "?";
  }
  std::string order;
  std::string is_row;
  for (std::size_t i = 0; i < table.keys; ++i) {
    order += (i > 0 ? ", " : "") + std::string(table.columns[i].name);
    is_row += (i > 0 ? " AND " : "") + std::string(table.columns[i].name);
    is_row += " = ?";
  }
  table.select = "SELECT " + names + " FROM " + table.name;
  if (!table.where.empty()) {
    table.select += " WHERE " + std::string(table.where);
  }
  table.select += " ORDER BY " + order;
  for (const auto& [name, expression] : table.blanks) {
    names += ", " + std::string(name);
    marks += ", " + std::string(expression);
  }
  table.insert =
      "INSERT INTO " + table.name + " (" + names + ") VALUES (" + marks + ")";
  table.remove = "DELETE FROM " + table.name + " WHERE " + is_row;
  table.clear = "DELETE FROM " + table.name;
}

}  // namespace

std::span<const PlanTable> PlanTables() {
  static const std::vector<PlanTable> kTables = [] {
    std::vector<PlanTable> tables = Declare();
    DeclareBases(tables);
    DeclareBeside(tables);
    for (PlanTable& table : tables) {
      WriteStatements(table);
      SayWhose(table);
    }
    return tables;
  }();
  return kTables;
}

const PlanTable& TotalsTable() {
  static const PlanTable kTable = [] {
    PlanTable table{"app_totals", 1, {{"app_uid"}, {"stored"}}, {}};
    WriteStatements(table);
    return table;
  }();
  return kTable;
}

}  // namespace writ::reconciler
