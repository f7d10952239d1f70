// SARIF 2.1.0 (OASIS, errata 01): one run, a rule for each thing that can be
// found, a result for each that was.
#include <map>
#include <utility>

#include "engine/report/remark.h"
#include "engine/report/renderers.h"
#include "schema/json.h"
#include "schema/report/escape.h"
#include "schema/value.h"

namespace writ::engine {
namespace {

constexpr const char* kSarifSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json";

const char* LevelOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      break;
  }
  return "note";
}

Value TextMessage(const std::string& text) {
  Value message;
  message.Set("text", EscapeTerminal(text));
  return message;
}

// A path as a relative URI: what isn't plain is percent-encoded.
std::string UriOf(const std::string& path) {
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string uri;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += kHexDigits[byte >> 4];
    uri += kHexDigits[byte & 15];
  }
  return uri;
}

Value PlaceOf(const Location& at) {
  Value artifact;
  artifact.Set("uri", UriOf(at.file));
  artifact.Set("uriBaseId", "%SRCROOT%");
  Value physical;
  physical.Set("artifactLocation", std::move(artifact));
  if (at.line > 0) {
    Value region;
    region.Set("startLine", std::int64_t{at.line});
    if (at.column > 0) {
      region.Set("startColumn", std::int64_t{at.column});
      if (at.length > 0) {
        region.Set("endColumn", std::int64_t{at.column} + at.length);
      }
    }
    physical.Set("region", std::move(region));
  }
  Value place;
  place.Set("physicalLocation", std::move(physical));
  return place;
}

Value LogicalPlaceOf(const ResourceId& id) {
  Value logical;
  logical.Set("fullyQualifiedName", EscapeTerminal(id.address()));
  logical.Set("kind", "resource");
  return logical;
}

// The same for as long as the finding is the same, wherever its line moves.
std::string FingerprintOf(const Remark& remark) {
  return Sha256(remark.rule + "\n" + remark.subject.address() + "\n" +
                remark.message + "\n" + remark.at.file)
      .Hex();
}

Value ResultOf(const Remark& remark, std::int64_t rule) {
  Value result;
  result.Set("ruleId", EscapeTerminal(remark.rule));
  result.Set("ruleIndex", rule);
  result.Set("level", LevelOf(remark.severity));
  const bool named = !remark.subject.empty();
  const std::string address = remark.subject.address();
  const bool told = remark.message.find(address) != std::string::npos;
  result.Set("message",
             TextMessage(named && !told ? address + ": " + remark.message
                                        : remark.message));
  Value place(Value::Map{});
  if (!remark.at.file.empty()) place = PlaceOf(remark.at);
  if (named) {
    place.Set("logicalLocations", Value::List{LogicalPlaceOf(remark.subject)});
  }
  if (!place.AsMap().empty()) {
    result.Set("locations", Value::List{std::move(place)});
  }
  Value prints;
  prints.Set("writFinding/v1", FingerprintOf(remark));
  result.Set("partialFingerprints", std::move(prints));
  return result;
}

Value RuleOf(const Remark& remark) {
  Value rule;
  rule.Set("id", EscapeTerminal(remark.rule));
  rule.Set("shortDescription", TextMessage(remark.about));
  Value configuration;
  configuration.Set("level", LevelOf(remark.severity));
  rule.Set("defaultConfiguration", std::move(configuration));
  return rule;
}

Value PropertiesOf(const Plan& plan) {
  Value properties(Value::Map{});
  properties.Set("environment", EscapeTerminal(plan.environment));
  if (plan.has_digest) properties.Set("digest", plan.digest.Hex());
  properties.Set("commit", EscapeTerminal(plan.commit.id));
  return properties;
}

}  // namespace

std::string RenderSarif(const ReportInput& input) {
  Value::List rules;
  Value::List results;
  std::map<std::string, std::int64_t> numbers;
  for (const Remark& remark : RemarksOf(input)) {
    const auto [found, fresh] =
        numbers.emplace(remark.rule, static_cast<std::int64_t>(rules.size()));
    if (fresh) rules.push_back(RuleOf(remark));
    results.push_back(ResultOf(remark, found->second));
  }
  Value driver;
  driver.Set("name", "writ");
  if (!input.writ_version.empty()) driver.Set("version", input.writ_version);
  driver.Set("rules", std::move(rules));
  Value tool;
  tool.Set("driver", std::move(driver));
  Value run;
  run.Set("tool", std::move(tool));
  run.Set("columnKind", "unicodeCodePoints");
  run.Set("results", std::move(results));
  if (input.plan != nullptr) run.Set("properties", PropertiesOf(*input.plan));
  Value document;
  document.Set("$schema", kSarifSchema);
  document.Set("version", "2.1.0");
  document.Set("runs", Value::List{std::move(run)});
  return PrettyJson(document) + "\n";
}

}  // namespace writ::engine
