// Overlays and their patches, in the environments that name them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/manifests/parser/loaded_set.h"

namespace writ::manifests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(Load, AppliesPatchesInTheOrderOfFoldersFilesDocuments) {
  MemorySource::Files files = Base();
  const auto patch = [](const std::string& name, const std::string& text) {
    return Patch(name,
                 "  target: {address: App/shop}\n  merge: {spec: "
                 "{displayName: " +
                     text + "}}\n");
  };
  files["environments/shared/a.yaml"] = patch("shared", "shared");
  files["environments/production/b.yaml"] =
      patch("b1", "b1") + "---\n" + patch("b2", "b2");
  files["environments/production/a/z.yaml"] = patch("a", "a");
  files["environments/staging/x.yaml"] = patch("staging", "staging");
  const Loaded loaded = LoadFrom(files, In("production"));
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.Field("App/shop", "spec.displayName"), "\"shared\"");
  EXPECT_THAT(loaded.at("App/shop").patches,
              ElementsAre("a", "b1", "b2", "shared"));
  EXPECT_THAT(LoadFrom(files).at("App/shop").patches, ElementsAre("staging"));
}

TEST(Load, AnOverlayMayAddResources) {
  MemorySource::Files files = Base();
  files["environments/staging/a.yaml"] =
      App("canary") + "---\n" +
      Patch("p",
            "  target: {kind: App, labels: {team: payments}}\n"
            "  merge: {spec: {retention: 1d}}\n");
  const Loaded staging = LoadFrom(files);
  EXPECT_EQ(staging.Field("App/canary", "spec.retention"), "\"1d\"");
  EXPECT_EQ(staging.Field("App/shop", "spec.retention"), "\"1d\"");
  EXPECT_THAT(LoadFrom(files, In("production")).Addresses(),
              Not(Contains("App/canary")));
}

TEST(Load, WarnsOfAnOverlayWithoutFiles) {
  MemorySource::Files files = Base();
  files["environments/production/a.yaml"] = App("a");
  const Loaded loaded = LoadFrom(files, In("production"));
  EXPECT_THAT(loaded.warnings,
              ElementsAre("writ.yaml:11:43 the overlay folder "
                          "\"environments/shared\" holds no YAML file"));
  EXPECT_TRUE(loaded.state.has_value());
}

TEST(Load, RefusesAnOverlayFolderThatDoesNotExist) {
  MemorySource::Files files = Base();
  files.erase("environments/shared/README.md");
  files["environments/production/a.yaml"] = App("a");
  const Loaded loaded = LoadFrom(files, In("production"));
  EXPECT_THAT(
      loaded.errors,
      ElementsAre("writ.yaml:11:43 overlays of production names the folder "
                  "\"environments/shared/\", which doesn't exist"));
  EXPECT_THAT(loaded.diagnostics.items()[0].hint, HasSubstr("leave it out"));
  files["environments/shard/b.yaml"] = App("b");
  EXPECT_EQ(LoadFrom(files, In("production")).diagnostics.items()[0].hint,
            "did you mean \"environments/shard\"?");
  // Nor does a part of the repository come to anything then.
  MemorySource source(files);
  Diagnostics diagnostics;
  EXPECT_EQ(LoadFiles(source, In("production"), {}, diagnostics).value(),
            std::nullopt);
  // Staging names another.
  EXPECT_THAT(LoadFrom(files).errors, IsEmpty());
}

TEST(Load, TwoPatchesOfAnOverlayHaveTwoNames) {
  MemorySource::Files files = Base();
  const std::string patch =
      Patch("p",
            "  target: {kind: App, labels: {team: payments}}\n"
            "  merge: {spec: {retention: 1d}}\n");
  files["environments/production/a.yaml"] = patch;
  files["environments/production/b.yaml"] = patch;
  EXPECT_THAT(LoadFrom(files, In("production")).errors,
              ElementsAre("environments/production/b.yaml:3:18 the overlay "
                          "environments/production has a Patch p already"));
}

TEST(Load, PatchesMayUseVariables) {
  MemorySource::Files files = Base();
  files["environments/production/a.yaml"] =
      Patch("p",
            "  target: {address: App/shop}\n"
            "  merge: {spec: {retention: \"${vars.keep}\"}}\n");
  EXPECT_EQ(
      LoadFrom(files, In("production")).Field("App/shop", "spec.retention"),
      "\"30d\"");
}

TEST(Load, APatchThatChangesNothingIsAnError) {
  MemorySource::Files files = Base();
  files["environments/staging/a.yaml"] =
      Patch("p", "  target: {address: App/shap}\n  merge: {spec: {}}\n") +
      "---\n" +
      Patch("q",
            "  target: {kind: App, labels: {team: x}}\n"
            "  merge: {spec: {}}\n");
  const Loaded loaded = LoadFrom(files);
  EXPECT_THAT(
      loaded.errors,
      ElementsAre("environments/staging/a.yaml:5:21 Patch p changes nothing: "
                  "App/shap isn't declared in staging",
                  "environments/staging/a.yaml:12:11 Patch q changes nothing: "
                  "an App with these labels isn't declared in staging"));
  EXPECT_EQ(loaded.diagnostics.items()[0].hint, "did you mean \"App/shop\"?");
  EXPECT_EQ(loaded.diagnostics.items()[0].locations[0].length, 8u);
  EXPECT_EQ(loaded.diagnostics.items()[1].hint,
            "remove the patch, or declare one with these labels");
  // Not in the environment that lacks the patch.
  EXPECT_THAT(LoadFrom(files, In("production")).errors, IsEmpty());
}

TEST(Load, ANameOfAnotherKindIsNotWhatAPatchMeans) {
  MemorySource::Files files = Base();
  files["manifests/bot.yaml"] = App("chatbot-in-test-mode");
  files["environments/staging/a.yaml"] =
      Patch("p",
            "  target: {address: Project/chatbot-in-test-mode}\n"
            "  merge: {spec: {}}\n");
  const Loaded loaded = LoadFrom(files);
  ASSERT_THAT(loaded.errors, SizeIs(1));
  EXPECT_EQ(loaded.diagnostics.items()[0].hint,
            "remove the patch, or declare it");
}

TEST(Load, WhatAPatchMakesWrongIsReportedInIt) {
  MemorySource::Files files = Base();
  files["environments/staging/a.yaml"] =
      Patch("p",
            "  target: {address: App/shop}\n"
            "  merge: {spec: {retention: soon, nope: 1}}\n");
  const Loaded loaded = LoadFrom(files);
  EXPECT_THAT(
      loaded.errors,
      ElementsAre(HasSubstr("environments/staging/a.yaml:6:29"),
                  HasSubstr("environments/staging/a.yaml:6:35 unknown field "
                            "\"nope\" in App/shop")));
  EXPECT_EQ(loaded.diagnostics.items()[0].excerpt,
            "  merge: {spec: {retention: soon, nope: 1}}");
}

TEST(Load, ManyThreadsMayShowThePatchsLine) {
  MemorySource::Files files = Base();
  for (int i = 0; i < 40; ++i) {
    files["manifests/app-" + std::to_string(i) + ".yaml"] =
        App("app-" + std::to_string(i));
  }
  files["environments/staging/a.yaml"] =
      Patch("p", "  target: {kind: App}\n  merge: {spec: {nope: 1}}\n");
  LoadOptions options;
  options.threads = 8;
  const Loaded loaded = LoadFrom(files, options);
  EXPECT_THAT(loaded.errors, SizeIs(41));
  for (const Diagnostic& diagnostic : loaded.diagnostics.items()) {
    EXPECT_EQ(diagnostic.excerpt, "  merge: {spec: {nope: 1}}");
  }
}

TEST(Load, ABrokenPatchIsReportedOnce) {
  MemorySource::Files files = Base();
  files["environments/staging/a.yaml"] =
      Patch("p", "  target: {address: App/shop}\n  merg: {spec: {}}\n");
  EXPECT_THAT(LoadFrom(files).errors,
              Contains(HasSubstr("unknown field \"merg\"")));
}

}  // namespace
}  // namespace writ::manifests
