// The packs that come with writ: each policy by its cases (*.test.yaml beside
// this file).
#include "reconciler/packs/packs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "engine/policy/policy_set.h"
#include "engine/policy/policy_test.h"
#include "manifests/yaml_parser.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

class Pack : public ::testing::TestWithParam<std::string> {
 protected:
  static std::string Texts(const Diagnostics& diagnostics) {
    std::string texts;
    for (const Diagnostic& each : diagnostics.items()) {
      texts += each.summary + " " + each.hint + "\n";
    }
    return texts;
  }
};

TEST_P(Pack, HasNoMistake) {
  Diagnostics diagnostics;
  engine::PolicySet set(PoliciesOfPack(GetParam()), {}, {}, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << Texts(diagnostics);
  EXPECT_FALSE(set.empty());
  for (const auto& policy : PoliciesOfPack(GetParam())) {
    EXPECT_EQ(policy.name.rfind(GetParam() + ".", 0), 0U) << policy.name;
    EXPECT_EQ(policy.pack, GetParam());
  }
}

// S-37: least privilege, a token an integration (least-privilege), an end or a
// rotation within 90 days (rotation), and no token that is in use goes
// (production).
TEST_P(Pack, DecidesItsCases) {
  const std::string name = GetParam() + ".test.yaml";
  std::ifstream in(fs::path(WRIT_SOURCE_DIR) / "tests/reconciler/packs" / name);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const SourceFiles files = {name};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  engine::PolicyTestOptions options;
  options.policies = PoliciesOfPack(GetParam());
  std::set<std::string> tested;
  for (auto& document : manifests::ParseYaml(text, 0, {}, reporter)) {
    const auto test = ValidateDocument(std::move(document.root), reporter);
    ASSERT_TRUE(test) << Texts(diagnostics);
    const auto result =
        engine::RunPolicyTest(*test, files, options, diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << Texts(diagnostics);
    tested.insert(result.policy);
    for (const std::string& failure : result.failures) {
      ADD_FAILURE() << result.test << ": " << failure;
    }
    for (const auto& each : result.cases) {
      for (const std::string& failure : each.failures) {
        ADD_FAILURE() << result.test << ": " << each.name << ": " << failure;
      }
    }
  }
  for (const auto& policy : options.policies) {
    EXPECT_TRUE(tested.count(policy.name) > 0) << policy.name << " has no case";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Packs, Pack, ::testing::Values("least-privilege", "production", "rotation"),
    [](const auto& each) {
      std::string name = each.param;
      name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
      return name;
    });

TEST(Packs, AreThoseThatWritYamlMayName) {
  EXPECT_EQ(PackTexts().size(), 3U);
  EXPECT_TRUE(PoliciesOfPack("nothing").empty());
}

}  // namespace
}  // namespace writ::reconciler
