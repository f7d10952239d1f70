// tidy: what a set of manifests comes to is one subject
#include "manifests/manifest_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "schema/json.h"
#include "tests/support/memory_source.h"

namespace writ::manifests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const char* const kRepository = R"(apiVersion: writ/v1
kind: Repository
metadata: {name: acme}
spec:
  defaultEnvironment: staging
  variables: {channel: "#alerts", keep: 30d, block: true}
  environments:
    staging:
      overlays: [environments/staging]
    production:
      overlays: [environments/production, environments/shared/]
      variables: {channel: "#oncall"}
)";

std::string Workspace(const std::string& name) {
  return "apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: " + name +
         "}\nspec: {displayName: Acme Inc}\n";
}
std::string App(const std::string& name, const std::string& more = "") {
  return "apiVersion: writ/v1\nkind: App\nmetadata: {name: " + name +
         ", labels: {team: payments}}\nspec:\n  workspace: acme\n"
         "  displayName: An App\n" +
         more;
}
std::string Project(const std::string& name) {
  return "apiVersion: writ/v1\nkind: Project\nmetadata: {name: " + name +
         "}\nspec: {workspace: acme}\n";
}
std::string ApiKey(const std::string& name, const std::string& app) {
  return "apiVersion: writ/v1\nkind: Token\nmetadata: {name: " + name +
         "}\nspec: {type: apiKey, app: " + app + "}\n";
}
std::string Patch(const std::string& name, const std::string& spec) {
  return "apiVersion: writ/v1\nkind: Patch\nmetadata: {name: " + name +
         "}\nspec:\n" + spec;
}

MemorySource::Files Base() {
  return {{"writ.yaml", kRepository},
          {"manifests/acme.yaml", Workspace("acme")},
          {"manifests/shop.yaml", App("shop")}};
}

struct Loaded {
  std::optional<DesiredState> state;
  std::vector<std::string> errors;  // "file:line:column summary"
  std::vector<std::string> warnings;
  std::optional<Error> error;
  Diagnostics diagnostics;

  std::vector<std::string> Addresses() const {
    std::vector<std::string> addresses;
    if (!state) return addresses;
    for (const Resource& resource : state->resources) {
      addresses.push_back(resource.id.address());
    }
    return addresses;
  }
  const Resource& at(const std::string& address) const {
    static const Resource kNone;
    for (const Resource& resource : state->resources) {
      if (resource.id.address() == address) return resource;
    }
    ADD_FAILURE() << "no " << address;
    return kNone;
  }
  std::string Field(const std::string& address, const char* path) const {
    const Value* value = at(address).content->FindPath(path);
    return value == nullptr ? "absent" : CompactJson(*value);
  }
};

void Describe(Diagnostics& diagnostics, Loaded& loaded) {
  diagnostics.Sort();
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    const Location& at = diagnostic.locations.at(0);
    (diagnostic.severity == Severity::kError ? loaded.errors : loaded.warnings)
        .push_back(at.file + ":" + std::to_string(at.line) + ":" +
                   std::to_string(at.column) + " " + diagnostic.summary);
  }
  loaded.diagnostics = std::move(diagnostics);
}

Loaded LoadFrom(Source& source, const LoadOptions& options = {}) {
  Loaded loaded;
  Diagnostics diagnostics;
  auto state = Load(source, options, diagnostics);
  if (state) {
    loaded.state = *std::move(state);
  } else {
    loaded.error = state.error();
  }
  Describe(diagnostics, loaded);
  return loaded;
}

Loaded LoadFrom(MemorySource::Files files, const LoadOptions& options = {}) {
  MemorySource source(std::move(files));
  return LoadFrom(source, options);
}

LoadOptions In(const std::string& environment) {
  LoadOptions options;
  options.environment = environment;
  return options;
}

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

// Environments.

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

// Which files.

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
  EXPECT_EQ(loaded.state->test_count, 2u);
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

// Rules over the whole.

TEST(Load, RefusesAnAddressThatIsDeclaredTwice) {
  MemorySource::Files files = Base();
  files["manifests/again.yaml"] = "# once more\n" + App("shop");
  const Loaded loaded = LoadFrom(files);
  EXPECT_THAT(loaded.errors, ElementsAre("manifests/shop.yaml:3:18 App/shop "
                                         "is declared twice"));
  const Diagnostic& diagnostic = loaded.diagnostics.items()[0];
  ASSERT_THAT(diagnostic.locations, SizeIs(2));
  EXPECT_EQ(diagnostic.locations[1].file, "manifests/again.yaml");
  EXPECT_EQ(diagnostic.locations[1].line, 4u);
  EXPECT_EQ(diagnostic.excerpt,
            "metadata: {name: shop, labels: {team: payments}}");
}

TEST(Load, NamesBothParentsOfOneAddress) {
  MemorySource::Files files = Base();
  files["manifests/a.yaml"] = App("pay") + "---\n" + Project("pay");
  files["manifests/b.yaml"] =
      ApiKey("ci", "pay") +
      "---\napiVersion: writ/v1\nkind: Token\nmetadata: {name: ci}\n"
      "spec: {type: projectKey, project: pay}\n";
  const Loaded loaded = LoadFrom(files);
  ASSERT_THAT(loaded.errors, SizeIs(1));
  EXPECT_EQ(loaded.errors[0],
            "manifests/b.yaml:8:18 Token/pay/ci would be of App/pay and of "
            "Project/pay");
}

TEST(Load, GivesAnAppItsDefaultToken) {
  MemorySource::Files files = Base();
  const Loaded loaded = LoadFrom(files);
  const Resource& implied = loaded.at("Token/shop/default");
  const Resource& app = loaded.at("App/shop");
  EXPECT_TRUE(implied.implied);
  EXPECT_EQ(implied.range, app.range);
  EXPECT_EQ(implied.parent.address(), "App/shop");

  // It is what the same token would be if somebody had declared it.
  files["manifests/token.yaml"] = ApiKey("default", "shop");
  const Loaded declared = LoadFrom(files);
  const Resource& written = declared.at("Token/shop/default");
  EXPECT_FALSE(written.implied);
  EXPECT_EQ(*written.content, *implied.content);
  EXPECT_EQ(written.digest, implied.digest);

  // Another key takes its place.
  files["manifests/token.yaml"] = ApiKey("ci", "shop");
  EXPECT_THAT(LoadFrom(files).Addresses(),
              ElementsAre("App/shop", "Token/shop/ci", "Workspace/acme"));
  LoadOptions options;
  options.implied_tokens = false;
  EXPECT_THAT(LoadFrom(Base(), options).Addresses(),
              ElementsAre("App/shop", "Workspace/acme"));
}

// Overlays.

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

TEST(Load, WarnsOfAnIncludeThatMatchesNothing) {
  MemorySource::Files files = Base();
  files["writ.yaml"] += "  include: [\"manifests/*.yaml\", \"manifest/**\"]\n";
  EXPECT_THAT(LoadFrom(files).warnings,
              Contains("writ.yaml:13:33 \"manifest/**\" matches no YAML file"));
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

TEST(Load, TwoAppsShareNoSlug) {
  MemorySource::Files files = Base();
  files["manifests/a.yaml"] = App("a", "  slug: shop\n");
  EXPECT_THAT(
      LoadFrom(files).errors,
      ElementsAre(
          "manifests/shop.yaml:3:18 App/shop has the slug \"shop\" of App/a"));
}

TEST(Load, ASecretNamesEnvironmentsOfItsProject) {
  MemorySource::Files files = Base();
  const auto secret = [](const std::string& environments) {
    return "---\napiVersion: writ/v1\nkind: Secret\nmetadata: {name: KEY}\n"
           "spec: {project: pay, source: {managed: {}}, environments: [" +
           environments + "]}\n";
  };
  const std::string project =
      "apiVersion: writ/v1\nkind: Project\nmetadata: {name: pay}\n"
      "spec: {workspace: acme, environments: [staging, prod]}\n";
  for (const char* good : {"all", "prod", "staging, prod"}) {
    files["manifests/pay.yaml"] = project + secret(good);
    EXPECT_THAT(LoadFrom(files).errors, IsEmpty()) << good;
  }
  files["manifests/pay.yaml"] = project + secret("prd");
  const Loaded loaded = LoadFrom(files);
  EXPECT_THAT(loaded.errors,
              ElementsAre("manifests/pay.yaml:9:60 spec.environments of "
                          "Secret/pay/KEY names \"prd\", which Project/pay "
                          "doesn't have"));
  EXPECT_EQ(loaded.diagnostics.items()[0].hint, "did you mean \"prod\"?");
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
      ElementsAre("environments/staging/a.yaml:5:11 Patch p changes nothing: "
                  "App/shap isn't declared in staging",
                  "environments/staging/a.yaml:12:11 Patch q changes nothing: "
                  "an App with these labels isn't declared in staging"));
  EXPECT_EQ(loaded.diagnostics.items()[0].hint, "did you mean \"App/shop\"?");
  // Not in the environment that lacks the patch.
  EXPECT_THAT(LoadFrom(files, In("production")).errors, IsEmpty());
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

// Partial loads.

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
