#include "schema/resource_id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

namespace writ {
namespace {

TEST(ResourceId, HasTwoPartsOrThree) {
  const ResourceId app("App", "order-service");
  EXPECT_EQ(app.address(), "App/order-service");
  EXPECT_EQ(app.kind(), "App");
  EXPECT_EQ(app.parent(), "");
  EXPECT_EQ(app.name(), "order-service");

  const ResourceId schema("EventSchema", "order-service", "order.placed");
  EXPECT_EQ(schema.address(), "EventSchema/order-service/order.placed");
  EXPECT_EQ(schema.kind(), "EventSchema");
  EXPECT_EQ(schema.parent(), "order-service");
  EXPECT_EQ(schema.name(), "order.placed");
}

TEST(ResourceId, AnEmptyParentIsNone) {
  EXPECT_EQ(ResourceId("App", "", "x"), ResourceId("App", "x"));
  EXPECT_EQ(ResourceId("App", "", "x").name(), "x");
}

TEST(ResourceId, IsEmptyByDefault) {
  const ResourceId none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.kind(), "");
  EXPECT_EQ(none.parent(), "");
  EXPECT_EQ(none.name(), "");
}

TEST(ResourceId, CopiesShareTheText) {
  const ResourceId app("App", "a-name-that-is-not-kept-in-place");
  const ResourceId copy = app;
  EXPECT_EQ(copy, app);
  EXPECT_EQ(copy.address().data(), app.address().data());
}

TEST(ResourceId, TheSameTextMadeTwiceIsEqual) {
  EXPECT_EQ(ResourceId("App", "x"), ResourceId::Parse("App/x"));
  EXPECT_NE(ResourceId("App", "x"), ResourceId());
}

TEST(ResourceId, ParsesWhatItPrints) {
  for (const ResourceId& id :
       {ResourceId("App", "a"), ResourceId("Secret", "core", "A_B"),
        ResourceId("NoSuchKind", "X Y", "Z")}) {
    const auto parsed = ResourceId::Parse(id.address());
    ASSERT_TRUE(parsed.has_value()) << id.address();
    EXPECT_EQ(*parsed, id);
    EXPECT_EQ(parsed->kind(), id.kind());
    EXPECT_EQ(parsed->parent(), id.parent());
    EXPECT_EQ(parsed->name(), id.name());
  }
}

TEST(ResourceId, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "App", "App/", "/x", "/", "App//x", "App/x/",
                           "App/a/b/c", "//", "///", "App/a//"}) {
    EXPECT_EQ(ResourceId::Parse(text), std::nullopt) << text;
  }
}

TEST(ResourceId, IsOrderedByItsText) {
  std::vector<ResourceId> ids = {{"Token", "acme", "ci"},
                                 {"App", "b"},
                                 {"App", "a.b"},
                                 {"App", "a"},
                                 {"App", "a", "z"}};
  std::sort(ids.begin(), ids.end());
  std::vector<std::string> addresses;
  for (const ResourceId& id : ids) addresses.push_back(id.address());
  EXPECT_TRUE(std::is_sorted(addresses.begin(), addresses.end()));
  EXPECT_EQ(addresses.front(), "App/a");
  EXPECT_EQ(addresses.back(), "Token/acme/ci");
}

TEST(ResourceId, HashesByItsText) {
  const std::unordered_set<ResourceId> ids = {
      ResourceId("App", "a"), ResourceId::Parse("App/a").value(),
      ResourceId("App", "a", "b")};
  EXPECT_EQ(ids.size(), 2U);
}

}  // namespace
}  // namespace writ
