// Which files a set of manifests is read from.
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

TEST(Load, ReadsEveryYamlFileByDefault) {
  MemorySource::Files files = Base();
  files["a.yaml"] = App("a");
  files["deep/er/b.yml"] = App("b");
  files[".github/workflows/ci.yaml"] = "on: push\n";
  files["environments/staging/c.yaml"] = App("c");
  files["environments/production/d.yaml"] = App("d");
  files["README.md"] = "nothing\n";
  LoadOptions options;
  options.implied_tokens = false;
  EXPECT_THAT(
      LoadFrom(files, options).Addresses(),
      ElementsAre("App/a", "App/b", "App/c", "App/shop", "Workspace/acme"));
}

TEST(Load, FollowsIncludeAndExclude) {
  MemorySource::Files files = Base();
  files["writ.yaml"] +=
      "  include: [\"manifests/**/*.yaml\"]\n"
      "  exclude: [\"**/draft-*\"]\n";
  files["a.yaml"] = App("a");
  files["manifests/draft-b.yaml"] = "not: yet\n";
  files["manifests/c/d/e.yaml"] = App("e");
  LoadOptions options;
  options.implied_tokens = false;
  EXPECT_THAT(LoadFrom(files, options).Addresses(),
              ElementsAre("App/e", "App/shop", "Workspace/acme"));
}

TEST(IsManifestPath, LeavesOutEverythingElse) {
  MemorySource source(Base());
  Diagnostics diagnostics;
  const auto repository = LoadRepository(source, diagnostics);
  ASSERT_TRUE(repository.has_value() && repository->has_value());
  const auto is = [&](const char* path) {
    return IsManifestPath(**repository, path);
  };
  EXPECT_TRUE(is("a.yaml"));
  EXPECT_TRUE(is("environments/stagingx/a.yaml"));
  EXPECT_FALSE(is("writ.yaml"));
  EXPECT_TRUE(is("sub/writ.yaml"));
  EXPECT_FALSE(is("a.json"));
  EXPECT_FALSE(is("a.test.yaml"));
  EXPECT_FALSE(is("environments/staging/a.yaml"));
  EXPECT_FALSE(is("environments/production/x/a.yaml"));
  EXPECT_FALSE(is("environments/shared/a.yaml"));
}

TEST(Load, RefusesKindsThatHaveNoPlaceThere) {
  const std::string test =
      "apiVersion: writ/v1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n"
      "  policy: p\n  cases: []\n";
  MemorySource::Files files = Base();
  files["manifests/a.yaml"] = test;
  files["manifests/b.yaml"] = Patch("p", "  target: {kind: App}\n");
  files["manifests/c.yaml"] = kRepository;
  files["manifests/d.yaml"] = "apiVersion: writ/v1\nkind: Host\nspec: {}\n";
  files["manifests/e.test.yaml"] = App("x");
  files["environments/staging/f.yaml"] = test;
  EXPECT_THAT(
      LoadFrom(files).errors,
      ElementsAre(
          HasSubstr("f.yaml:2:7 a PolicyTest has no place among manifests"),
          HasSubstr("a.yaml:2:7 a PolicyTest has no place"),
          HasSubstr("b.yaml:2:7 a Patch has no place"),
          HasSubstr("c.yaml:2:7 a Repository has no place"),
          HasSubstr("d.yaml:2:7 a Host is never part of a repository"),
          HasSubstr("e.test.yaml:2:7 an App has no place among tests")));
}

TEST(Load, ChecksTestsAndCountsThem) {
  MemorySource::Files files = Base();
  files["policies/a.test.yaml"] = R"(apiVersion: writ/v1
kind: PolicyTest
metadata: {name: t}
spec:
  policy: p
  cases:
    - name: c
      change: {action: create}
      expect: {v: pass}
---
apiVersion: writ/v1
kind: RuleTest
metadata: {name: r}
spec:
  app: shop
  start: 2026-12-01T00:00:00Z
  cases:
    - {name: c, events: [{at: 0s, event: a, data: {}}], expect: []}
)";
  const Loaded loaded = LoadFrom(files);
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.state->tests.size(), 2u);
  files["policies/a.test.yaml"] += "  nope: 1\n";
  EXPECT_THAT(LoadFrom(files).errors,
              ElementsAre(HasSubstr("a.test.yaml:19:3 unknown field")));
}

TEST(LoadRepository, ReadsWritYamlAlone) {
  MemorySource source(Base());
  source.files()["manifests/broken.yaml"] = "a: [";
  source.files()["writ.yaml"] +=
      "  safety: {maxDeletePercent: 5.5, minExisting: 3}\n"
      "  policyPacks: [production]\n";
  Diagnostics diagnostics;
  const auto repository = LoadRepository(source, diagnostics);
  ASSERT_TRUE(repository.has_value() && repository->has_value());
  EXPECT_EQ(source.reads(), 1);
  EXPECT_EQ(source.lists(), 0);
  const RepositoryConfig& config = **repository;
  EXPECT_EQ(config.name, "acme");
  EXPECT_EQ(config.default_environment, "staging");
  EXPECT_EQ(config.safety, (SafetyLimits{5.5, 30, 3}));
  EXPECT_THAT(config.policy_packs, ElementsAre("production"));
  const EnvironmentConfig& production = config.environments.at("production");
  EXPECT_EQ(production.secret_environment, "production");
  EXPECT_THAT(production.overlays,
              ElementsAre("environments/production", "environments/shared"));
  EXPECT_EQ(production.sync.FindString("mode"), "manual");
  EXPECT_EQ(production.trust.FindString("mode"), "none");
}

TEST(LoadRepository, IsSilentWhereThereIsNone) {
  MemorySource source(MemorySource::Files{{"a.yaml", "a: 1"}});
  Diagnostics diagnostics;
  const auto repository = LoadRepository(source, diagnostics);
  ASSERT_TRUE(repository.has_value());
  EXPECT_FALSE(repository->has_value());
  EXPECT_TRUE(diagnostics.empty());
}

TEST(LoadRepository, SaysWhatIsWrong) {
  const struct {
    std::string text;
    const char* want;
  } cases[] = {
      {"", "writ.yaml:1:1 writ.yaml holds no document"},
      {"- a\n", "writ.yaml:1:1 writ.yaml holds no document"},
      {App("a"), "writ.yaml:2:7 writ.yaml holds a Repository, not an App"},
      {std::string(kRepository) + "---\n" + App("a"),
       "writ.yaml:14:1 writ.yaml holds one document"},
      {std::string(kRepository) + "  nope: 1\n", "unknown field \"nope\""},
      {"a: [\n", "writ.yaml:1:4 this [ is never closed"},
  };
  for (const auto& c : cases) {
    MemorySource source(MemorySource::Files{{"writ.yaml", c.text}});
    Loaded loaded;
    Diagnostics diagnostics;
    const auto repository = LoadRepository(source, diagnostics);
    ASSERT_TRUE(repository.has_value());
    EXPECT_FALSE(repository->has_value()) << c.text;
    Describe(diagnostics, loaded);
    EXPECT_THAT(loaded.errors, ElementsAre(HasSubstr(c.want))) << c.text;
  }
}

TEST(Load, WarnsOfAnIncludeThatMatchesNothing) {
  MemorySource::Files files = Base();
  files["writ.yaml"] += "  include: [\"manifests/*.yaml\", \"manifest/**\"]\n";
  EXPECT_THAT(LoadFrom(files).warnings,
              Contains("writ.yaml:13:33 \"manifest/**\" matches no YAML file"));
}

}  // namespace
}  // namespace writ::manifests
