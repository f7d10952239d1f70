// What the tests of the reader share: a text in, documents and diagnostics out.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "manifests/manifest_file.h"
#include "manifests/yaml_parser.h"
#include "schema/diagnostic.h"
#include "schema/json.h"
#include "schema/validator.h"

namespace writ::manifests {

struct Parsed {
  std::vector<Document> documents;
  Diagnostics diagnostics;

  // The only document's root.
  const Value& root() const {
    EXPECT_EQ(documents.size(), 1u);
    return documents.front().root;
  }
  // Its value at a dotted path; fails the test where there is none.
  const Value& at(std::string_view path) const {
    static const Value kNothing;
    const Value* found = root().FindPath(path);
    EXPECT_NE(found, nullptr) << path;
    return found == nullptr ? kNothing : *found;
  }
  // "line:column+length code: summary" of each diagnostic.
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : diagnostics.items()) {
      const Location& at = diagnostic.locations.at(0);
      lines.push_back(std::to_string(at.line) + ":" +
                      std::to_string(at.column) + "+" +
                      std::to_string(at.length) + " " + diagnostic.code + ": " +
                      diagnostic.summary);
    }
    return lines;
  }
};

inline Parsed ParseText(std::string_view text,
                        const YamlLimits& limits = YamlLimits()) {
  Parsed parsed;
  const SourceFiles files{"a.yaml"};
  Reporter reporter(files, {}, parsed.diagnostics);
  parsed.documents = ParseYaml(text, 0, limits, reporter);
  return parsed;
}

// "line:column+length".
inline std::string Place(const SourceRange& range) {
  return std::to_string(range.line) + ":" + std::to_string(range.column) + "+" +
         std::to_string(range.length);
}

}  // namespace writ::manifests
