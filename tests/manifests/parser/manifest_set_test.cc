#include "manifests/manifest_set.h"

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

TEST(Load, GivesResourcesByAddress) {
  MemorySource::Files files = Base();
  files["manifests/z.yml"] =
      App("cart") + "---\n" + ApiKey("ci", "cart") + "---\n";
  const Loaded loaded = LoadFrom(files);
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.Addresses(),
              ElementsAre("App/cart", "App/shop", "Token/cart/ci",
                          "Token/shop/default", "Workspace/acme"));
  EXPECT_EQ(loaded.state->repository.name, "acme");
  EXPECT_EQ(loaded.state->environment.name, "staging");
  EXPECT_EQ(loaded.state->file_count, 4u);
  const Resource& cart = loaded.at("App/cart");
  EXPECT_EQ(loaded.state->files[cart.range.file], "manifests/z.yml");
  EXPECT_EQ(cart.range.line, 3u);
  EXPECT_EQ(cart.range.column, 18u);
}

TEST(Load, WantsAWritYaml) {
  const Loaded loaded = LoadFrom(MemorySource::Files{{"a.yaml", App("a")}});
  EXPECT_FALSE(loaded.state.has_value());
  EXPECT_FALSE(loaded.error.has_value());
  EXPECT_THAT(loaded.errors,
              ElementsAre("writ.yaml:0:0 there is no writ.yaml at the root"));
  EXPECT_EQ(loaded.diagnostics.items()[0].hint, "begin with: writ init");
}

TEST(Load, ReportsEverythingAtOnceSorted) {
  MemorySource::Files files = Base();
  files["manifests/a.yaml"] = App("a", "  retentoin: 3d\n  slug: 7\n");
  files["manifests/b.yaml"] = "a: [\n---\n" + App("b", "  nope: 1\n");
  files["manifests/c.yaml"] = "- a list\n";
  const Loaded loaded = LoadFrom(files);
  EXPECT_FALSE(loaded.state.has_value());
  EXPECT_THAT(loaded.errors,
              ElementsAre(HasSubstr("manifests/a.yaml:7:3 unknown field "
                                    "\"retentoin\" in App/a"),
                          HasSubstr("manifests/a.yaml:8:9"),
                          HasSubstr("manifests/b.yaml:1:4 this [ is never"),
                          HasSubstr("manifests/b.yaml:9:3 unknown field"),
                          HasSubstr("manifests/c.yaml:1:1 a document is")));
  // With the line, for the caret.
  EXPECT_EQ(loaded.diagnostics.items()[0].excerpt, "  retentoin: 3d");
}

TEST(Load, KeepsGoingWhereAsked) {
  MemorySource::Files files = Base();
  files["manifests/a.yaml"] = App("a", "  nope: 1\n");
  LoadOptions options;
  options.keep_going = true;
  Loaded loaded = LoadFrom(files, options);
  EXPECT_THAT(loaded.errors, SizeIs(1));
  ASSERT_TRUE(loaded.state.has_value());
  EXPECT_THAT(loaded.Addresses(), Contains("App/shop"));
  EXPECT_THAT(loaded.state->refused, ElementsAre("App/a"));
  EXPECT_FALSE(loaded.state->unreadable);
  files["manifests/b.yaml"] = "a: [\n";
  loaded = LoadFrom(files, options);
  EXPECT_TRUE(loaded.state->unreadable);
}

TEST(Load, AnUnreadableFileIsAnErrorNeverAnAbsence) {  // T-12
  for (const int threads : {1, 4}) {
    MemorySource source(Base());
    source.files()["manifests/a.yaml"] = App("a");
    source.unreadable() = {"manifests/shop.yaml", "manifests/a.yaml"};
    LoadOptions options;
    options.threads = threads;
    const Loaded loaded = LoadFrom(source, options);
    ASSERT_TRUE(loaded.error.has_value());
    EXPECT_EQ(loaded.error->code, ErrorCode::kIo);
    EXPECT_EQ(loaded.error->message, "can't read manifests/a.yaml");
  }
}

TEST(Load, RefusesRawCredentialsAnywhere) {  // S-08
  const std::string secret = "ghp_" + std::string(36, 'a');
  for (const std::string path :
       {"writ.yaml", "manifests/shop.yaml", "environments/staging/a.yaml",
        "manifests/x.test.yaml"}) {
    MemorySource::Files files = Base();
    files[path] += "# " + secret + "\n";
    const Loaded loaded = LoadFrom(files);
    EXPECT_THAT(loaded.errors, Contains(HasSubstr("GitHub token"))) << path;
    EXPECT_FALSE(loaded.state.has_value());
    for (const Diagnostic& diagnostic : loaded.diagnostics.items()) {
      EXPECT_THAT(diagnostic.excerpt, Not(HasSubstr(secret)));
    }
  }
}

TEST(Load, TakesTheEnvironmentAskedForOrTheDefault) {
  EXPECT_EQ(LoadFrom(Base(), In("production")).state->environment.name,
            "production");
  const Loaded unknown = LoadFrom(Base(), In("producton"));
  ASSERT_TRUE(unknown.error.has_value());
  EXPECT_EQ(unknown.error->code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(unknown.error->message, HasSubstr("\"producton\""));
  EXPECT_EQ(unknown.error->remedy,
            "did you mean \"production\"? There are production, staging");
}

TEST(Load, WithoutADefaultTheOnlyEnvironmentIsTaken) {
  MemorySource::Files files = Base();
  std::string& text = files["writ.yaml"];
  text.erase(text.find("  defaultEnvironment"), 30);
  const Loaded several = LoadFrom(files);
  ASSERT_TRUE(several.error.has_value());
  EXPECT_EQ(several.error->code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(several.error->remedy, "choose one of production, staging");
  text.erase(text.find("    production:"));
  EXPECT_EQ(LoadFrom(files).state->environment.name, "staging");
}

TEST(Load, PutsInTheEnvironmentsVariables) {
  MemorySource::Files files = Base();
  files["manifests/shop.yaml"] = App("shop", "  retention: ${vars.keep}\n") +
                                 "---\n" + App("cart", "  retention: 60d\n");
  files["manifests/shop.yaml"].replace(
      files["manifests/shop.yaml"].find("An App"), 6,
      "\"Shop ${vars.channel}\"");
  const Loaded staging = LoadFrom(files);
  EXPECT_THAT(staging.errors, IsEmpty());
  EXPECT_EQ(staging.Field("App/shop", "spec.displayName"), "\"Shop #alerts\"");
  EXPECT_EQ(staging.Field("App/shop", "spec.retention"), "\"30d\"");
  EXPECT_EQ(
      LoadFrom(files, In("production")).Field("App/shop", "spec.displayName"),
      "\"Shop #oncall\"");
  LoadOptions options = In("production");
  options.variables = {{"channel", "#x"}, {"keep", "5d"}};
  const Loaded overridden = LoadFrom(files, options);
  EXPECT_EQ(overridden.Field("App/shop", "spec.displayName"), "\"Shop #x\"");
  EXPECT_EQ(overridden.Field("App/shop", "spec.retention"), "\"5d\"");
  options.variables = {{"nope", "x"}};
  EXPECT_EQ(LoadFrom(files, options).error->code, ErrorCode::kInvalidArgument);
}

TEST(Load, AnUnknownVariableIsAnErrorAtItsPlace) {
  MemorySource::Files files = Base();
  files["manifests/shop.yaml"] = App("shop", "  retention: ${vars.kep}\n");
  EXPECT_THAT(LoadFrom(files).errors,
              ElementsAre("manifests/shop.yaml:7:14 unknown variable "
                          "\"kep\""));
}

TEST(LoadAllEnvironments, ReadsOnceAndResolvesEach) {
  MemorySource source(Base());
  source.files()["manifests/shop.yaml"] =
      App("shop", "  description: ${vars.channel}\n");
  source.files()["manifests/shop.yaml"] =
      App("shop", "  slug: shop\n  retention: ${vars.keep}\n");
  source.files()["environments/production/a.yaml"] =
      Patch("long",
            "  target: {address: App/shop}\n"
            "  merge: {spec: {retention: 365d}}\n");
  Diagnostics diagnostics;
  const auto states = LoadAllEnvironments(source, {}, diagnostics);
  ASSERT_TRUE(states.has_value());
  EXPECT_FALSE(diagnostics.HasErrors());
  ASSERT_THAT(*states, SizeIs(2));
  EXPECT_EQ((*states)[0].environment.name, "production");
  EXPECT_EQ((*states)[1].environment.name, "staging");
  const auto retention = [](const DesiredState& state) {
    return state.resources[0].content->FindPath("spec.retention")->AsString();
  };
  EXPECT_EQ(retention((*states)[0]), "365d");
  EXPECT_EQ(retention((*states)[1]), "30d");
  EXPECT_NE((*states)[0].inputs, (*states)[1].inputs);
  EXPECT_EQ(source.reads(), 4);
}

TEST(LoadAllEnvironments, ReportsAnErrorOfSeveralEnvironmentsOnce) {
  MemorySource source(Base());
  source.files()["manifests/shop.yaml"] = App("shop", "  nope: 1\n");
  source.files()["manifests/cart.yaml"] = App("cart", "  slug: ${vars.no}\n");
  Diagnostics diagnostics;
  const auto states = LoadAllEnvironments(source, {}, diagnostics);
  ASSERT_TRUE(states.has_value());
  EXPECT_THAT(*states, IsEmpty());
  diagnostics.Sort();
  EXPECT_EQ(diagnostics.error_count(), 2u);
}

TEST(Load, AnEnvironmentSetsDeclaredVariablesAlone) {
  MemorySource::Files files = Base();
  std::string& text = files["writ.yaml"];
  text.replace(text.find("variables: {channel: \"#oncall\"}"), 31,
               "variables: {chanel: \"#oncall\"}");
  const Loaded loaded = LoadFrom(files);
  EXPECT_THAT(loaded.errors,
              ElementsAre("writ.yaml:12:19 environment production sets the "
                          "variable \"chanel\", which spec.variables doesn't "
                          "declare"));
  EXPECT_EQ(loaded.diagnostics.items()[0].hint, "did you mean \"channel\"?");
}

TEST(DesiredState, InputsFollowEverythingButTheManifests) {
  const Digest before = LoadFrom(Base()).state->inputs;
  const auto inputs = [](const auto& change, const LoadOptions& options) {
    MemorySource::Files files = Base();
    change(files);
    const Loaded loaded = LoadFrom(files, options);
    EXPECT_THAT(loaded.errors, IsEmpty());
    return loaded.state->inputs;
  };
  const auto nothing = [](MemorySource::Files&) {};
  EXPECT_EQ(inputs(nothing, {}), before);
  EXPECT_EQ(inputs([](auto& f) { f["manifests/b.yaml"] = App("b"); }, {}),
            before);
  // Another environment's overlay is of no account here.
  EXPECT_EQ(
      inputs([](auto& f) { f["environments/production/b.yaml"] = "#"; }, {}),
      before);
  EXPECT_NE(inputs([](auto& f) { f["environments/staging/b.yaml"] = "#"; }, {}),
            before);
  EXPECT_NE(inputs([](auto& f) { f["writ.yaml"] += "# more\n"; }, {}), before);
  EXPECT_NE(inputs(nothing, In("production")), before);
  LoadOptions options;
  options.variables = {{"keep", "1d"}};
  EXPECT_NE(inputs(nothing, options), before);
  // A partial load has the same.
  MemorySource source(Base());
  Diagnostics diagnostics;
  EXPECT_EQ((*LoadFiles(source, {}, {}, diagnostics))->inputs, before);
}

TEST(SourceExcerpt, ShowsLinesWithoutCredentials) {
  const std::string secret = "ghp_" + std::string(36, 'a');
  MemorySource source({{"a.yaml", "one\ntwo\n"}, {"b.yaml", "x " + secret}});
  const SourceFiles files{"a.yaml", "b.yaml", "gone.yaml"};
  const Reporter::Excerpt excerpt = SourceExcerpt(source, files);
  EXPECT_EQ(excerpt(0, 2), "two");
  EXPECT_EQ(excerpt(0, 3), "");
  EXPECT_THAT(excerpt(1, 1), Not(HasSubstr(secret)));
  EXPECT_EQ(excerpt(2, 1), "");
  EXPECT_EQ(excerpt(7, 1), "");
}

}  // namespace
}  // namespace writ::manifests
