// Rules over everything that an environment declares.
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

}  // namespace
}  // namespace writ::manifests
