#include "engine/graph/lookup.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engine/graph/graph.h"

namespace writ::engine {
namespace {

const std::vector<std::string_view> kDestination = {"Destination"};
const std::vector<std::string_view> kSchedule = {"RotationSchedule"};
const std::vector<std::string_view> kApp = {"App"};
const std::vector<std::string_view> kSecret = {"Secret"};
const std::vector<std::string_view> kParents = {"App", "Project"};

struct Case {
  const char* name;
  ResourceId user_parent;
  std::string text;
  const std::vector<std::string_view>* kinds;
  std::set<std::string> declared;
  std::string want;                // empty: not found
  std::vector<std::string> tried;  // when not found
};

const ResourceId kOwnApp("App", "cart");

const Case kCases[] = {
    {"own parent",
     kOwnApp,
     "slack",
     &kDestination,
     {"Destination/cart/slack", "Destination/acme/slack"},
     "Destination/cart/slack",
     {}},
    {"parent's workspace",
     kOwnApp,
     "monthly",
     &kSchedule,
     {"RotationSchedule/acme/monthly"},
     "RotationSchedule/acme/monthly",
     {}},
    {"not under another parent",
     kOwnApp,
     "slack",
     &kDestination,
     {"Destination/shop/slack"},
     "",
     {"Destination/cart/slack", "Destination/acme/slack"}},
    {"workspace as parent is tried once",
     ResourceId("Workspace", "acme"),
     "x",
     &kSchedule,
     {},
     "",
     {"RotationSchedule/acme/x"}},
    {"unknown workspace",
     ResourceId("App", "stray"),
     "x",
     &kSchedule,
     {},
     "",
     {"RotationSchedule/stray/x"}},
    {"kind without a parent",
     kOwnApp,
     "shop",
     &kApp,
     {"App/shop"},
     "App/shop",
     {}},
    {"an address",
     kOwnApp,
     "Secret/payments/KEY",
     &kSecret,
     {"Secret/payments/KEY"},
     "Secret/payments/KEY",
     {}},
    {"an address that isn't there",
     kOwnApp,
     "Secret/payments/KEY",
     &kSecret,
     {},
     "",
     {"Secret/payments/KEY"}},
    {"an address of another kind",
     kOwnApp,
     "App/shop",
     &kSecret,
     {"App/shop"},
     "",
     {}},
    {"no address at all", kOwnApp, "Secret//KEY", &kSecret, {}, "", {}},
    {"the first kind that fits",
     kOwnApp,
     "pay",
     &kParents,
     {"Project/pay", "App/pay"},
     "App/pay",
     {}},
    {"the second kind",
     kOwnApp,
     "pay",
     &kParents,
     {"Project/pay"},
     "Project/pay",
     {}},
    {"a user without a parent", ResourceId(), "x", &kDestination, {}, "", {}},
};

TEST(ResolveReference, LooksWhereTheLanguageSays) {
  for (const Case& c : kCases) {
    Resource user;
    user.parent = c.user_parent;
    Reference reference;
    reference.text = c.text;
    reference.kinds = c.kinds;
    const Lookup lookup = ResolveReference(
        user, reference,
        [](const ResourceId& parent) {
          return std::string(parent == kOwnApp ? "acme" : "");
        },
        [&](const ResourceId& id) {
          return c.declared.count(id.address()) > 0;
        });
    EXPECT_EQ(lookup.found ? lookup.found->address() : "", c.want) << c.name;
    std::vector<std::string> tried;
    for (const ResourceId& id : lookup.tried) tried.push_back(id.address());
    EXPECT_EQ(tried, c.tried) << c.name;
  }
}

TEST(WorkspaceNamed, IsTheParentsNameOrWhatTheSpecSays) {
  Resource app;
  EXPECT_EQ(WorkspaceNamed(app), "");
  Value spec;
  spec.Set("workspace", "acme");
  Value content;
  content.Set("spec", spec);
  app.content = std::make_shared<const Value>(content);
  EXPECT_EQ(WorkspaceNamed(app), "acme");
  app.parent = ResourceId("Workspace", "other");
  EXPECT_EQ(WorkspaceNamed(app), "other");
}

}  // namespace
}  // namespace writ::engine
