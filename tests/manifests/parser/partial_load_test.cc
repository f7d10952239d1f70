// Of a set of manifests only some files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/manifests/parser/loaded_set.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<SourceEntry> EntriesOf(MemorySource& source,
                                   const std::vector<std::string>& paths) {
  std::vector<SourceEntry> entries;
  for (const std::string& path : paths) {
    entries.push_back(**source.Find(path));
  }
  return entries;
}

TEST(LoadFiles, ReadsOnlyWhatWasAskedFor) {
  MemorySource source(Base());
  source.files()["manifests/broken.yaml"] = "a: [";
  source.files()["environments/staging/a.yaml"] =
      Patch("p", "  target: {kind: App}\n  merge: {spec: {retention: 1d}}\n") +
      "---\n" + App("canary");
  source.files()["environments/staging/b.yaml"] =
      Patch("q",
            "  target: {address: App/elsewhere}\n"
            "  merge: {spec: {retention: 1d}}\n");
  Diagnostics diagnostics;
  auto state = LoadFiles(source, {}, EntriesOf(source, {"manifests/shop.yaml"}),
                         diagnostics);
  ASSERT_TRUE(state.has_value() && state->has_value());
  EXPECT_TRUE(diagnostics.empty());
  ASSERT_THAT((*state)->resources, SizeIs(1));
  EXPECT_EQ((*state)->resources[0].id.address(), "App/shop");
  EXPECT_THAT((*state)->resources[0].patches, ElementsAre("p"));
  // An overlay's own resources count when its file is asked for.
  state =
      LoadFiles(source, {}, EntriesOf(source, {"environments/staging/a.yaml"}),
                diagnostics);
  ASSERT_THAT((*state)->resources, SizeIs(1));
  EXPECT_EQ((*state)->resources[0].id.address(), "App/canary");
}

TEST(LoadFiles, LeavesOutWhatIsNoManifest) {
  MemorySource source(Base());
  source.files()["writ.yaml"] += "  include: [\"manifests/*.yaml\"]\n";
  source.files()["other/a.yaml"] = "not: ours\n";
  Diagnostics diagnostics;
  const auto state =
      LoadFiles(source, {}, EntriesOf(source, {"other/a.yaml", "writ.yaml"}),
                diagnostics);
  ASSERT_TRUE(state.has_value() && state->has_value());
  EXPECT_THAT((*state)->resources, IsEmpty());
}

TEST(LoadFiles, ListsNothingWhereNoOverlayAsksForIt) {
  MemorySource source(Base());
  std::string& text = source.files()["writ.yaml"];
  text.replace(text.find("      overlays: [environments/staging]\n"), 39,
               "      secretEnvironment: dev\n");
  Diagnostics diagnostics;
  const auto state = LoadFiles(source, {}, {}, diagnostics);
  ASSERT_TRUE(state.has_value() && state->has_value());
  EXPECT_EQ(source.lists(), 0);
  EXPECT_EQ(source.reads(), 1);
}

}  // namespace
}  // namespace writ::manifests
