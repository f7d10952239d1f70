// The table in the header of compatibility.h, row by row, as it stands there.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "schema/event/compatibility.h"
#include "tests/schema/event/schemas.h"

namespace writ {
namespace {

using testing::Schema;
using testing::WithField;

struct Row {
  bool backward_breaks = false;
  bool forward_breaks = false;
};

struct Change {
  Value before;
  Value after;
};

// "//   change    ok    breaks", between the head of the table and a line
// without columns.
std::map<std::string, Row> ReadTable() {
  std::ifstream file(std::string(WRIT_SOURCE_DIR) +
                     "/schema/event/compatibility.h");
  std::map<std::string, Row> table;
  std::string line;
  bool inside = false;
  while (std::getline(file, line)) {
    if (line.rfind("//   change ", 0) == 0) {
      inside = true;
    } else if (inside && line.rfind("//   ", 0) == 0) {
      const std::size_t columns = line.find("   ", 5);
      std::istringstream verdicts(line.substr(columns));
      std::string backward;
      std::string forward;
      verdicts >> backward >> forward;
      EXPECT_TRUE(backward == "ok" || backward == "breaks") << line;
      EXPECT_TRUE(forward == "ok" || forward == "breaks") << line;
      table[line.substr(5, columns - 5)] = {backward == "breaks",
                                            forward == "breaks"};
    } else {
      inside = false;
    }
  }
  return table;
}

Value Metadata(const std::string& fields) {
  return Schema("'metadataFields':[" + fields + "]");
}

Value Unplanned(const std::string& word) {
  return Schema("'unplannedFields':'" + word + "','fields':[]");
}

Change Swap(Change change) { return {change.after, change.before}; }

Change Added(const std::string& field, const std::string& unplanned) {
  return {Unplanned(unplanned), WithField(field, unplanned)};
}

Change Altered(const std::string& before, const std::string& after) {
  return {WithField(before), WithField(after)};
}

using Examples = std::map<std::string, std::vector<Change>>;

void AddPresence(Examples& rows) {
  const std::string optional = "'name':'a','type':'string'";
  const std::string required = optional + ",'required':true";
  rows["optional field added, unplanned allowed"] = {Added(optional, "allow"),
                                                     Added(optional, "omit")};
  rows["optional field added, unplanned blocked"] = {Added(optional, "block")};
  rows["required field added, unplanned allowed"] = {Added(required, "allow"),
                                                     Added(required, "omit")};
  rows["required field added, unplanned blocked"] = {Added(required, "block")};
  rows["optional field removed, unplanned allowed"] = {
      Swap(Added(optional, "allow"))};
  rows["optional field removed, unplanned blocked"] = {
      Swap(Added(optional, "block"))};
  rows["required field removed, unplanned allowed"] = {
      Swap(Added(required, "allow"))};
  rows["required field removed, unplanned blocked"] = {
      Swap(Added(required, "block"))};
  rows["optional made required"] = {
      Altered(optional, required),
      // A default doesn't help: it's only for fields that may be absent.
      Altered(optional + ",'defaultValue':'x'",
              required + ",'defaultValue':'x'")};
  rows["required made optional"] = {Altered(required, optional)};
}

void AddTypes(Examples& rows) {
  const std::string text = "'name':'a','type':'string'";
  const std::string number = "'name':'a','type':'number'";
  const std::string choice = "'name':'a','type':'enum','enumValues':";
  const std::string date = "'name':'a','type':'date'";
  rows["type changed"] = {
      Altered(text, number),
      Altered(number, "'name':'a','type':'boolean'"),
      Altered(date, number),
      Altered(choice + "['x']", date),
      Altered(choice + "['long']", text + ",'validation':{'max':3}"),
      Altered(date, text + ",'validation':{'max':3}"),
      Altered(choice + "['x']", text + ",'validation':{'pattern':'y'}")};
  rows["enum or date made string without validation"] = {
      Altered(choice + "['x','y']", text), Altered(date, text),
      Altered(choice + "['x','y']", text + ",'validation':{'min':1,'max':1}")};
  rows["enum value added"] = {Altered(choice + "['x']", choice + "['y','x']")};
  rows["enum value removed"] = {
      Altered(choice + "['x','y']", choice + "['y']")};
}

void AddValidation(Examples& rows) {
  for (const std::string type : {"string", "number"}) {
    const std::string plain = "'name':'a','type':'" + type + "'";
    const auto with = [&](const std::string& rule) {
      return plain + ",'validation':{" + rule + "}";
    };
    const Change min_added = Altered(plain, with("'min':2"));
    const Change min_raised = Altered(with("'min':2"), with("'min':2.5"));
    const Change max_added = Altered(plain, with("'max':2"));
    const Change max_lowered = Altered(with("'max':9.5"), with("'max':2"));
    for (const Change& change : {min_added, min_raised}) {
      rows["minimum raised or added"].push_back(change);
      rows["minimum lowered or removed"].push_back(Swap(change));
    }
    for (const Change& change : {max_added, max_lowered}) {
      rows["maximum lowered or added"].push_back(change);
      rows["maximum raised or removed"].push_back(Swap(change));
    }
  }
  const std::string plain = "'name':'a','type':'string'";
  const std::string pattern = plain + ",'validation':{'pattern':'^x'}";
  rows["pattern added"] = {Altered(plain, pattern)};
  rows["pattern removed"] = {Altered(pattern, plain)};
  rows["pattern changed"] = {
      Altered(pattern, plain + ",'validation':{'pattern':'^xy?'}")};
}

void AddTheRest(Examples& rows) {
  rows["unplanned fields blocked"] = {{Unplanned("allow"), Unplanned("block")},
                                      {Unplanned("omit"), Unplanned("block")}};
  rows["unplanned fields no longer blocked"] = {
      {Unplanned("block"), Unplanned("allow")},
      {Unplanned("block"), Unplanned("omit")}};
  rows["unplanned fields omitted instead of allowed"] = {
      {Unplanned("allow"), Unplanned("omit")},
      {Unplanned("omit"), Unplanned("allow")}};
  const std::string trace = "{'name':'t','type':'string'}";
  rows["metadata field added or removed"] = {{Metadata(""), Metadata(trace)},
                                             {Metadata(trace), Metadata("")}};
  rows["metadata field's type changed"] = {
      {Metadata(trace), Metadata("{'name':'t','type':'number'}")}};
  const std::string plain = "'name':'a','type':'string'";
  rows["default, description, id, mode, order changed"] = {
      Altered(plain + ",'defaultValue':'x'", plain + ",'defaultValue':'y'"),
      Altered(plain, plain + ",'description':'d','id':'other'"),
      {Schema("'mode':'observe','description':'d'"),
       Schema("'mode':'enforce'")},
      {Schema("'fields':[{'name':'a','type':'date'},{" + plain.substr(0, 9) +
              "b','type':'date'}]"),
       Schema("'fields':[{" + plain.substr(0, 9) +
              "b','type':'date'},{'name':'a','type':'date'}]")}};
}

const Examples& AllExamples() {
  static const Examples kExamples = [] {
    Examples rows;
    AddPresence(rows);
    AddTypes(rows);
    AddValidation(rows);
    AddTheRest(rows);
    return rows;
  }();
  return kExamples;
}

TEST(CompatibilityTable, HasAnExampleOfEachRowAndNoOther) {
  const auto table = ReadTable();
  EXPECT_EQ(table.size(), 27U);
  for (const auto& [name, row] : table) {
    EXPECT_EQ(AllExamples().count(name), 1U) << name;
  }
  for (const auto& [name, changes] : AllExamples()) {
    EXPECT_EQ(table.count(name), 1U) << name;
  }
}

TEST(CompatibilityTable, HoldsAsItStandsInTheHeader) {
  for (const auto& [name, row] : ReadTable()) {
    SCOPED_TRACE(name);
    const auto changes = AllExamples().find(name);
    if (changes == AllExamples().end()) continue;
    for (const Change& change : changes->second) {
      SCOPED_TRACE(CompactJson(change.before) + " → " +
                   CompactJson(change.after));
      const auto breaks = [&](CompatibilityMode mode) {
        return CheckCompatibility(mode, change.before, change.after).breaking;
      };
      EXPECT_EQ(breaks(CompatibilityMode::kBackward), row.backward_breaks);
      EXPECT_EQ(breaks(CompatibilityMode::kForward), row.forward_breaks);
      EXPECT_EQ(breaks(CompatibilityMode::kFull),
                row.backward_breaks || row.forward_breaks);
      EXPECT_FALSE(breaks(CompatibilityMode::kNone));
    }
  }
}

}  // namespace
}  // namespace writ
