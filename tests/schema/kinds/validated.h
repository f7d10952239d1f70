// A YAML document through the validator, for tests: what came out, and what
// was said about it, each diagnostic as "line:column summary (hint)".
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/yaml_parser.h"
#include "schema/validator.h"

namespace writ {

struct Validated {
  std::optional<Resource> resource;
  Diagnostics diagnostics;
  std::vector<std::string> said;  // sorted by place

  // Whether something was said that holds this text.
  bool Says(std::string_view part) const {
    return std::any_of(said.begin(), said.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }
};

inline std::string Line(const Diagnostic& diagnostic) {
  const Location& place = diagnostic.locations.front();
  std::string line = std::to_string(place.line) + ":" +
                     std::to_string(place.column) + " " + diagnostic.summary;
  if (!diagnostic.hint.empty()) line += " (" + diagnostic.hint + ")";
  return line;
}

inline std::vector<Validated> ValidateAll(std::string_view yaml) {
  const SourceFiles files = {"a.yaml"};
  std::vector<Validated> results;
  Diagnostics unreadable;
  Reporter parsing(files, {}, unreadable);
  for (const manifests::Document& document :
       manifests::ParseYaml(yaml, 0, {}, parsing)) {
    if (!document.root.IsMap()) continue;
    Validated& result = results.emplace_back();
    Reporter reporter(files, {}, result.diagnostics);
    result.resource = ValidateDocument(document.root, reporter);
    result.diagnostics.Sort();
    for (const Diagnostic& item : result.diagnostics.items()) {
      result.said.push_back(Line(item));
    }
  }
  if (!unreadable.empty()) {
    Validated& result = results.emplace_back();
    for (const Diagnostic& item : unreadable.items()) {
      result.said.push_back("not YAML: " + Line(item));
    }
  }
  return results;
}

// REQUIRES: one document.
inline Validated Validate(std::string_view yaml) {
  std::vector<Validated> results = ValidateAll(yaml);
  Validated result = std::move(results.front());
  for (std::size_t i = 1; i < results.size(); ++i) {
    for (std::string& line : results[i].said) result.said.push_back(line);
  }
  return result;
}

}  // namespace writ
