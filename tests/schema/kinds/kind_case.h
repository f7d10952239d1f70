// Tables of documents of one kind and what is said about each.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/schema/kinds/validated.h"

namespace writ {

struct KindCase {
  std::string name;
  std::string spec;               // YAML in flow style, one line
  std::vector<std::string> want;  // parts of what is said, by place; {}: fine
};

// The spec begins at line 4, column 7.
inline std::string DocumentOf(std::string_view kind, std::string_view name,
                              std::string_view spec) {
  std::string text = "apiVersion: writ/v1\nkind: ";
  text.append(kind).append("\nmetadata: {name: ").append(name);
  text.append("}\nspec: ").append(spec).append("\n");
  return text;
}

inline void ExpectCases(std::string_view kind, std::string_view name,
                        const std::vector<KindCase>& cases) {
  for (const KindCase& item : cases) {
    SCOPED_TRACE(item.name + "\n" + item.spec);
    const Validated result = Validate(DocumentOf(kind, name, item.spec));
    std::vector<testing::Matcher<std::string>> want;
    for (const std::string& part : item.want) {
      want.push_back(testing::HasSubstr(part));
    }
    EXPECT_THAT(result.said, testing::ElementsAreArray(want));
    EXPECT_EQ(result.resource.has_value(), item.want.empty());
  }
}

}  // namespace writ
