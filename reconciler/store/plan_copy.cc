#include "reconciler/store/plan_copy.h"

#include <cstring>
#include <optional>
#include <utility>

#include "schema/digest.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kFormatVersion = "1.0";
constexpr std::size_t kVersionDigits = 32;

// Two rows that share it are found out by the version.
std::uint64_t MarkOf(const std::string& row) {
  const Digest digest = Sha256(row);
  std::uint64_t mark = 0;
  std::memcpy(&mark, digest.bytes.data(), sizeof mark);
  return mark;
}

void AppendMember(std::string_view name, std::string_view text,
                  std::string& out) {
  AppendQuotedJson(name, out);
  out += ':';
  AppendQuotedJson(text, out);
  out += ',';
}

void AppendHead(const PlanCopy& copy, const std::string& version,
                std::string_view since, std::string& out) {
  out += '{';
  AppendMember("format_version", kFormatVersion, out);
  AppendMember("lineage", copy.lineage, out);
  out += "\"serial\":" + std::to_string(copy.serial) + ",";
  AppendMember("environment", copy.environment, out);
  out += "\"schema_version\":" + std::to_string(copy.schema_version) + ",";
  AppendMember("version", version, out);
  if (!since.empty()) AppendMember("since", since, out);
  out += "\"tables\":{";
}

void AppendTableHead(const CopiedTable& table, std::string& out) {
  AppendQuotedJson(table.name, out);
  out += ":{\"columns\":[";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) out += ',';
    AppendQuotedJson(table.columns[i], out);
  }
  out += "],\"rows\":[";
}

void AppendItem(std::string_view item, bool& first, std::string& out) {
  if (!first) out += ',';
  first = false;
  out += item;
}

tl::unexpected<Error> NoCopy(const char* what) {
  return Fail(ErrorCode::kCorrupt,
              std::string("that is no copy of a state: ") + what);
}

Result<std::string> TextOf(const Value& document, std::string_view key) {
  const Value* found = document.Find(key);
  if (found == nullptr || !found->IsString()) {
    return NoCopy("it says nothing of itself");
  }
  return found->AsString();
}

Result<std::int64_t> NumberOf(const Value& document, std::string_view key) {
  const Value* found = document.Find(key);
  if (found == nullptr || !found->IsInteger()) {
    return NoCopy("it says nothing of itself");
  }
  return found->AsInteger();
}

Result<PlanCopyDocument::Table> TableOf(const Value& value) {
  PlanCopyDocument::Table table;
  const Value* columns = value.Find("columns");
  const Value* rows = value.Find("rows");
  if (columns == nullptr || !columns->IsList() || rows == nullptr ||
      !rows->IsList()) {
    return NoCopy("a table has no rows");
  }
  for (const Value& column : columns->AsList()) {
    if (!column.IsString()) return NoCopy("a column has no name");
    table.columns.push_back(column.AsString());
  }
  table.rows = rows->AsList();
  if (const Value* removed = value.Find("removed")) {
    if (!removed->IsList()) return NoCopy("a table has no rows");
    table.removed = removed->AsList();
  }
  return table;
}

}  // namespace

void AppendCell(std::int64_t number, std::string& row) {
  row += std::to_string(number);
}

void AppendCell(std::string_view text, std::string& row) {
  AppendQuotedJson(text, row);
}

void AppendNullCell(std::string& row) { row += "null"; }

std::string PlanCopy::Version() const {
  Sha256Stream stream;
  stream.UpdateFramed(environment);
  for (const CopiedTable& table : tables) {
    stream.UpdateFramed(table.name);
    for (const CopiedRow& row : table.rows) stream.UpdateFramed(row.text);
  }
  return lineage + "-" + std::to_string(serial) + "-" +
         stream.Finish().Hex().substr(0, kVersionDigits);
}

std::string PlanCopy::Text(const std::string& version) const {
  std::string out;
  AppendHead(*this, version, "", out);
  bool first_table = true;
  for (const CopiedTable& table : tables) {
    AppendItem("", first_table, out);
    AppendTableHead(table, out);
    bool first = true;
    for (const CopiedRow& row : table.rows) AppendItem(row.text, first, out);
    out += "]}";
  }
  return out + "}}";
}

PlanCopyMarks::PlanCopyMarks(std::string version, const PlanCopy& copy)
    : version_(std::move(version)) {
  for (const CopiedTable& table : copy.tables) {
    Marks& marks = tables_[table.name];
    marks.reserve(table.rows.size());
    for (const CopiedRow& row : table.rows) {
      marks.emplace(row.key, MarkOf(row.text));
    }
    size_ += table.rows.size();
  }
}

std::string PlanCopyMarks::DeltaText(const PlanCopy& now,
                                     const std::string& now_version) const {
  std::string out;
  AppendHead(now, now_version, version_, out);
  bool first_table = true;
  for (const CopiedTable& table : now.tables) {
    const auto known = tables_.find(table.name);
    Marks gone = known == tables_.end() ? Marks() : known->second;
    AppendItem("", first_table, out);
    AppendTableHead(table, out);
    bool first = true;
    for (const CopiedRow& row : table.rows) {
      const auto before = gone.find(row.key);
      const bool same =
          before != gone.end() && before->second == MarkOf(row.text);
      if (before != gone.end()) gone.erase(before);
      if (!same) AppendItem(row.text, first, out);
    }
    out += "],\"removed\":[";
    first = true;
    for (const auto& [key, mark] : gone) {
      AppendItem("[" + key + "]", first, out);
    }
    out += "]}";
  }
  return out + "}}";
}

Result<PlanCopyDocument> ParsePlanCopy(std::string_view text) {
  const auto parsed = ParseJson(text);
  if (!parsed || !parsed->IsMap()) return NoCopy("it is no JSON object");
  PlanCopyDocument document;
  const std::string format = TRY(TextOf(*parsed, "format_version"));
  if (format != kFormatVersion) {
    return Fail(ErrorCode::kUnsupported,
                "the copy of the state has the format " + format +
                    ", this writ reads " + std::string(kFormatVersion),
                "use the version of writ that the gateway has");
  }
  document.lineage = TRY(TextOf(*parsed, "lineage"));
  document.serial = TRY(NumberOf(*parsed, "serial"));
  document.environment = TRY(TextOf(*parsed, "environment"));
  document.schema_version =
      static_cast<int>(TRY(NumberOf(*parsed, "schema_version")));
  document.version = TRY(TextOf(*parsed, "version"));
  if (parsed->Find("since") != nullptr) {
    document.since = TRY(TextOf(*parsed, "since"));
  }
  const Value* tables = parsed->Find("tables");
  if (tables == nullptr || !tables->IsMap()) return NoCopy("it has no tables");
  for (const Value::Entry& entry : tables->AsMap()) {
    document.tables.emplace(std::string(entry.key), TRY(TableOf(entry.value)));
  }
  return document;
}

}  // namespace writ::reconciler
