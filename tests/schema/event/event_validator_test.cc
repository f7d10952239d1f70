// Events against their schema: what fits, what is stored, what is said.
#include "schema/event/event_validator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "schema/json.h"

namespace writ {
namespace {

// What became of data (and metadata) under spec.fields and the like.
struct Outcome {
  std::string violations;  // "code instance schema; …"
  std::string stored;
};

Outcome Judge(const std::string& spec, const std::string& data,
              const std::string& metadata = "") {
  const auto content = ParseJson("{\"spec\":" + spec + "}");
  EXPECT_TRUE(content) << spec;
  const auto validator = EventValidator::Compile(*content);
  JsonReader reader;
  const JsonTree* tree =
      reader.Read("{\"data\":" + data +
                  (metadata.empty() ? "" : ",\"metadata\":" + metadata) + "}");
  EXPECT_NE(tree, nullptr) << data;
  EventVerdict verdict;
  const std::uint32_t node = FindMember(*tree, 0, "data");
  validator->Check(*tree, node, FindMember(*tree, 0, "metadata"), verdict);
  Outcome outcome;
  for (const EventViolation& violation : verdict.violations) {
    if (!outcome.violations.empty()) outcome.violations += "; ";
    outcome.violations += std::string(Name(violation.code)) + " " +
                          violation.instance_path + " " + violation.schema_path;
    EXPECT_FALSE(violation.message.empty());
  }
  validator->AppendData(*tree, node, verdict, outcome.stored);
  return outcome;
}

std::string Field(const std::string& rest) {
  return R"({"fields":[{"name":"f",)" + rest + "}]}";
}

struct Case {
  const char* field;  // members of the field "f"
  const char* value;
  const char* want;  // "" or "code schema-path-behind-the-field"
};

TEST(EventValidator, ChecksTypesAndConstraints) {
  const Case cases[] = {
      {R"("type":"string")", R"("x")", ""},
      {R"("type":"string")", "1", "type_mismatch .type"},
      {R"("type":"string")", "{}", "type_mismatch .type"},
      {R"("type":"number")", "1", ""},
      {R"("type":"number")", "1.5", ""},
      {R"("type":"number")", "18446744073709551615", ""},
      {R"("type":"number")", R"("1")", "type_mismatch .type"},
      {R"("type":"number")", "true", "type_mismatch .type"},
      {R"("type":"boolean")", "false", ""},
      {R"("type":"boolean")", "0", "type_mismatch .type"},
      {R"("type":"object")", R"({"a":[]})", ""},
      {R"("type":"object")", "[]", "type_mismatch .type"},
      {R"("type":"date")", R"("2024-06-01T12:00:00Z")", ""},
      {R"("type":"date")", R"("2024-06-01")", ""},
      {R"("type":"date")", R"("yesterday")", "constraint_failed .type"},
      {R"("type":"date")", "1717243200", "type_mismatch .type"},
      {R"("type":"enum","enumValues":["EUR","USD"])", R"("EUR")", ""},
      {R"("type":"enum","enumValues":["EUR","USD"])", R"("eur")",
       "constraint_failed .enumValues"},
      {R"("type":"enum","enumValues":["EUR","USD"])", "1",
       "type_mismatch .type"},
      {R"("type":"number","validation":{"min":0})", "0", ""},
      {R"("type":"number","validation":{"min":0})", "-0.5",
       "constraint_failed .validation.min"},
      {R"("type":"number","validation":{"max":10})", "10.5",
       "constraint_failed .validation.max"},
      {R"("type":"string","validation":{"min":2})", R"("é")",
       "constraint_failed .validation.min"},
      {R"("type":"string","validation":{"max":2})", R"("é😀")", ""},
      {R"("type":"string","validation":{"max":2})", R"("é😀x")",
       "constraint_failed .validation.max"},
      {R"("type":"string","validation":{"pattern":"rd_"})", R"("ord_1")", ""},
      {R"("type":"string","validation":{"pattern":"^rd_"})", R"("ord_1")",
       "constraint_failed .validation.pattern"},
  };
  for (const Case& each : cases) {
    std::string want = each.want;
    const std::size_t space = want.find(' ');
    if (space != std::string::npos) {
      want.insert(space + 1, "/data/f spec.fields[f]");
    }
    EXPECT_EQ(
        Judge(Field(each.field), std::string("{\"f\":") + each.value + "}")
            .violations,
        want)
        << each.field << " " << each.value;
  }
}

TEST(EventValidator, CountsNullAsMissing) {
  const std::string spec = Field(R"("type":"string","required":true)");
  const std::string missing =
      "required_missing /data/f spec.fields[f].required";
  EXPECT_EQ(Judge(spec, "{}").violations, missing);
  EXPECT_EQ(Judge(spec, R"({"f":null})").violations, missing);
  EXPECT_EQ(Judge(spec, R"({"f":""})").violations, "");
  EXPECT_EQ(Judge(Field(R"("type":"string")"), R"({"f":null})").violations, "");
}

TEST(EventValidator, SetsDefaultsWhereOptionalFieldsAreMissing) {
  const std::string spec =
      Field(R"("type":"enum","enumValues":["EUR"],"defaultValue":"EUR")");
  EXPECT_EQ(Judge(spec, R"({"a":1})").stored, R"({"a":1,"f":"EUR"})");
  EXPECT_EQ(Judge(spec, R"({"f":null,"a":1})").stored, R"({"a":1,"f":"EUR"})");
  EXPECT_EQ(Judge(spec, "{}").stored, R"({"f":"EUR"})");
  EXPECT_EQ(Judge(spec, R"({"f":"EUR"})").stored, R"({"f":"EUR"})");
}

TEST(EventValidator, NeverLetsADefaultStandForARequiredField) {
  const Outcome outcome = Judge(
      Field(R"("type":"string","required":true,"defaultValue":"x")"), "{}");
  EXPECT_EQ(outcome.violations,
            "required_missing /data/f spec.fields[f].required");
  EXPECT_EQ(outcome.stored, "{}");
}

TEST(EventValidator, KeepsLeavesOutOrRefusesUnplannedFields) {
  const std::string fields = R"("fields":[{"name":"f","type":"object"}])";
  const std::string data = R"({"x":1,"f":{"y":2},"z":[3]})";
  const auto with = [&fields](const std::string& unplanned) {
    return "{" + fields + R"(,"unplannedFields":")" + unplanned + "\"}";
  };
  EXPECT_EQ(Judge("{" + fields + "}", data).stored, data);
  EXPECT_EQ(Judge(with("allow"), data).stored, data);
  EXPECT_EQ(Judge(with("omit"), data).stored, R"({"f":{"y":2}})");
  EXPECT_EQ(Judge(with("omit"), data).violations, "");
  EXPECT_EQ(Judge(with("block"), data).violations,
            "additional_property /data/x spec.unplannedFields; "
            "additional_property /data/z spec.unplannedFields");
}

TEST(EventValidator, DescendsWhereANameHasDots) {
  const std::string spec =
      R"({"unplannedFields":"block","fields":[
        {"name":"address.city","type":"string","required":true},
        {"name":"address.geo.lat","type":"number"},
        {"name":"address.country","type":"string","defaultValue":"CH"}]})";
  EXPECT_EQ(
      Judge(spec, R"({"address":{"city":"Bern","geo":{"lat":46.9}}})").stored,
      R"({"address":{"city":"Bern","geo":{"lat":46.9},"country":"CH"}})");
  EXPECT_EQ(
      Judge(spec, R"({"address":{"city":1,"geo":{"lat":"x","alt":1}}})")
          .violations,
      "type_mismatch /data/address/city spec.fields[address.city].type; "
      "type_mismatch /data/address/geo/lat spec.fields[address.geo.lat].type; "
      "additional_property /data/address/geo/alt spec.unplannedFields");
  const std::string missing =
      "required_missing /data/address/city "
      "spec.fields[address.city].required";
  EXPECT_EQ(Judge(spec, "{}").violations, missing);
  EXPECT_EQ(Judge(spec, "{}").stored, "{}");
  EXPECT_EQ(Judge(spec, R"({"address":"x"})").violations,
            "type_mismatch /data/address spec.fields; " + missing);
  EXPECT_EQ(Judge(spec, R"({"address.city":"Bern"})").violations,
            "additional_property /data/address.city spec.unplannedFields; " +
                missing);
}

TEST(EventValidator, LeavesPlainObjectsOpenBesideNamesThatDescend) {
  const std::string spec =
      R"({"unplannedFields":"omit","fields":[
        {"name":"address","type":"object"},
        {"name":"address.city","type":"string"}]})";
  const std::string data = R"({"address":{"city":"Bern","zip":3000}})";
  EXPECT_EQ(Judge(spec, data).stored, data);
  EXPECT_EQ(Judge(spec, R"({"address":{"city":1}})").violations,
            "type_mismatch /data/address/city spec.fields[address.city].type");
}

TEST(EventValidator, ChecksTypesOfMetadataOnly) {
  const std::string spec =
      R"({"unplannedFields":"block","metadataFields":[
        {"name":"traceId","type":"string","required":true}]})";
  EXPECT_EQ(Judge(spec, "{}").violations, "");
  EXPECT_EQ(Judge(spec, "{}", R"({"other":[1]})").violations, "");
  EXPECT_EQ(Judge(spec, "{}", R"({"traceId":7})").violations,
            "type_mismatch /metadata/traceId "
            "spec.metadataFields[traceId].type");
}

TEST(EventValidator, SaysAllThatIsWrongUpToAMost) {
  std::string data = "{";
  for (int i = 0; i < 50; ++i) {
    data += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
  }
  const Outcome outcome =
      Judge(R"({"unplannedFields":"block","fields":[]})", data + "}");
  EXPECT_EQ(
      std::count(outcome.violations.begin(), outcome.violations.end(), ';'),
      static_cast<std::ptrdiff_t>(kMaxViolations) - 1);
}

TEST(EventValidator, FindsFieldsAmongHundreds) {
  std::string spec = R"({"unplannedFields":"block","fields":[)";
  std::string data = "{";
  for (int i = 0; i < 500; ++i) {
    const std::string name = "\"field" + std::to_string(i) + "\"";
    if (i > 0) spec += ",";
    spec += "{\"name\":" + name + R"(,"type":"number","required":true})";
    if (i > 0) data.insert(1, ",");
    data.insert(1, name + ":" + std::to_string(i));
  }
  EXPECT_EQ(Judge(spec + "]}", data + "}").violations, "");
  EXPECT_EQ(Judge(spec + "]}", R"({"field499":1,"x":2})")
                .violations.find("additional_property /data/x"),
            0U);
}

// T-16
TEST(EventValidator, SaysNothingOfValues) {
  const auto content = ParseJson(
      "{\"spec\":" +
      Field(R"("type":"string","validation":{"min":40,"pattern":"^ord_"})") +
      "}");
  const auto validator = EventValidator::Compile(*content);
  JsonReader reader;
  const JsonTree* tree = reader.Read(R"({"data":{"f":"canary-4711"}})");
  EventVerdict verdict;
  validator->Check(*tree, 1, 0, verdict);
  ASSERT_EQ(verdict.violations.size(), 2U);
  for (const EventViolation& violation : verdict.violations) {
    EXPECT_EQ(violation.message.find("canary"), std::string::npos);
  }
  EXPECT_EQ(verdict.violations[0].message, "is shorter than 40 characters");
}

// T-21: what RE2 might take minutes for is refused before.
TEST(EventValidator, HasABudgetOfStepsForPatterns) {
  const std::string spec = Field(
      R"("type":"string","validation":{"pattern":"(x{1,200}y{1,200}){1,2}z"})");
  EXPECT_EQ(Judge(spec, R"({"f":"xyz"})").violations, "");
  EXPECT_EQ(
      Judge(spec, "{\"f\":\"" + std::string(60'000, 'x') + "\"}").violations,
      "constraint_failed /data/f spec.fields[f].validation.pattern");
}

TEST(EventValidator, TakesAnythingWhereNothingHasTheShapeOfASchema) {
  for (const char* content :
       {"{}", "[]", R"({"spec":7})", R"({"spec":{"fields":7}})",
        R"({"spec":{"fields":[1,{"name":"f"}]}})"}) {
    const auto validator = EventValidator::Compile(*ParseJson(content));
    JsonReader reader;
    const JsonTree* tree = reader.Read(R"({"data":{"f":1}})");
    EventVerdict verdict;
    validator->Check(*tree, 1, 0, verdict);
    EXPECT_TRUE(verdict.valid()) << content;
    EXPECT_TRUE(validator->enforces());
  }
}

TEST(EventValidator, KnowsWhetherItEnforces) {
  EXPECT_FALSE(
      EventValidator::Compile(*ParseJson(R"({"spec":{"mode":"observe"}})"))
          ->enforces());
}

}  // namespace
}  // namespace writ
