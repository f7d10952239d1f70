#include "schema/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "schema/kind.h"
#include "schema/utf8.h"

namespace writ {
namespace {

using testing::HasSubstr;

TEST(Explain, SaysWhatAFieldIs) {
  EXPECT_EQ(*ExplainField("Token.rotation", 80),
            "Token.spec.rotation: reference to RotationSchedule\n"
            "\n"
            "The schedule that it is rotated by.\n"
            "\n"
            "EXAMPLE\n"
            "  rotation: every-90-days\n");
  EXPECT_EQ(ExplainField("Token.spec.rotation", 80),
            ExplainField("Token.rotation", 80));
}

TEST(Explain, SaysDefaultsAndConstraints) {
  EXPECT_THAT(*ExplainField("App.retention", 80),
              HasSubstr("App.spec.retention: duration, at least 1s, =90d\n"));
  EXPECT_THAT(*ExplainField("App.slug", 80), HasSubstr("=metadata.name"));
  EXPECT_THAT(*ExplainField("App.workspace", 80),
              HasSubstr("reference to Workspace, required, immutable"));
  EXPECT_THAT(*ExplainField("Destination.rateLimit", 80),
              HasSubstr("=by channel"));
  EXPECT_THAT(*ExplainField("Token.role", 80),
              HasSubstr("where type is projectKey"));
  EXPECT_THAT(*ExplainField("ScopeSet.scopes", 80), HasSubstr("inbox:read"));
}

TEST(Explain, ListsMembers) {
  const std::string actions = *ExplainField("NotificationRule.actions", 80);
  EXPECT_THAT(actions, HasSubstr("list by destination, required, not empty"));
  EXPECT_THAT(actions,
              HasSubstr("\nFIELDS\n  destination: reference to Destination, "
                        "required\n      The destination.\n"));
  EXPECT_THAT(*ExplainField("App.metadata.labels", 80),
              HasSubstr("map of label value"));
  EXPECT_THAT(*ExplainField("App.lifecycle", 80), HasSubstr("onDelete"));
}

TEST(Explain, ShowsAKindWithItsExample) {
  const std::string text = *ExplainField("App", 80);
  EXPECT_THAT(text, HasSubstr("App: App/name\n"));
  EXPECT_THAT(text, HasSubstr("\nFIELDS\n  workspace: "));
  EXPECT_THAT(text, HasSubstr("\nEXAMPLE\n  apiVersion: writ/v1\n"));
  EXPECT_THAT(*ExplainField("Token", 80),
              HasSubstr("Token: Token/workspace|app|project/name\n"));
}

TEST(Explain, KeepsToTheWidth) {
  for (const Kind* kind : AllKinds()) {
    for (const Field& field : kind->spec.fields) {
      std::istringstream text(*ExplainField(kind->name + "." + field.name, 60));
      for (std::string line; std::getline(text, line);) {
        const bool example = line.starts_with("  " + field.name + ": ");
        // A word alone may be longer than a line.
        if (example || line.find(' ', 6) == std::string::npos) continue;
        EXPECT_LE(DisplayWidth(line), 60U) << line;
      }
    }
  }
  EXPECT_TRUE(ExplainField("App", 0));
  EXPECT_TRUE(ExplainField("App", -1));
}

TEST(Explain, KnowsNothingOfTheRest) {
  EXPECT_FALSE(ExplainField("Apps", 80));
  EXPECT_FALSE(ExplainField("", 80));
  EXPECT_FALSE(ExplainField("App.retension", 80));
  EXPECT_FALSE(ExplainField("App.retention.more", 80));
}

TEST(Explain, SuggestsAField) {
  EXPECT_EQ(SuggestField("App.retension"), "did you mean \"App.retention\"?");
  EXPECT_EQ(SuggestField("Apps"), "did you mean \"App\"?");
  EXPECT_EQ(SuggestField("NotificatonRule.spec.action.destinaton"),
            "did you mean \"NotificationRule.actions.destination\"?");
  // As far as it is near to something.
  EXPECT_EQ(SuggestField("App.retension.more"),
            "did you mean \"App.retention\"?");
  EXPECT_EQ(SuggestField("App.nothing"), "");
  EXPECT_EQ(SuggestField("Deployment"), "");
}

// docs/manifests.md is made from the tables: UPDATE_GOLDEN=1 writes it anew.
TEST(ManifestReference, IsTheOneInDocs) {
  const std::filesystem::path path =
      std::filesystem::path(WRIT_SOURCE_DIR) / "docs" / "manifests.md";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << ManifestReference();
    GTEST_SKIP() << "wrote " << path;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string written{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(written == ManifestReference())
      << path << " is behind the tables; run with UPDATE_GOLDEN=1";
}

TEST(ManifestReference, NamesEveryKindAndField) {
  const std::string text = ManifestReference();
  for (const Kind* kind : AllKinds()) {
    EXPECT_THAT(text, HasSubstr("\n## " + kind->name + "\n"));
    for (const Field& field : kind->spec.fields) {
      EXPECT_THAT(text, HasSubstr("| `spec." + field.name + "` | "));
    }
  }
}

}  // namespace
}  // namespace writ
