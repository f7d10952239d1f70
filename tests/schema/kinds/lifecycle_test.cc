#include "schema/lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/schema/kinds/validated.h"

namespace writ {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Validated With(std::string_view lifecycle, std::string_view kind = "App",
               std::string_view spec = "{workspace: acme}") {
  std::string text = "apiVersion: writ/v1\nkind: ";
  text.append(kind).append("\nmetadata: {name: orders}\nlifecycle: ");
  text.append(lifecycle).append("\nspec: ").append(spec).append("\n");
  return Validate(text);
}

TEST(Lifecycle, IsHarmlessByDefault) {
  const Validated result = With("{}");
  ASSERT_TRUE(result.resource);
  const Lifecycle& lifecycle = result.resource->lifecycle;
  EXPECT_FALSE(lifecycle.protect);
  EXPECT_FALSE(lifecycle.suspend);
  EXPECT_FALSE(lifecycle.adopt);
  EXPECT_FALSE(lifecycle.forget_on_delete);
  EXPECT_THAT(lifecycle.moved, IsEmpty());
  EXPECT_THAT(lifecycle.ignore, IsEmpty());
}

TEST(Lifecycle, IsReadAsWritten) {
  const Validated result = With(
      "{protect: true, suspend: true, onDelete: forget, moved: [App/z, "
      "App/cart], adopt: {from: old-repo}, ignore: [spec.retention]}");
  ASSERT_TRUE(result.resource) << testing::PrintToString(result.said);
  const Lifecycle& lifecycle = result.resource->lifecycle;
  EXPECT_TRUE(lifecycle.protect);
  EXPECT_TRUE(lifecycle.suspend);
  EXPECT_TRUE(lifecycle.adopt);
  EXPECT_EQ(lifecycle.adopt_from, "old-repo");
  EXPECT_TRUE(lifecycle.forget_on_delete);
  EXPECT_THAT(lifecycle.moved, ElementsAre("App/cart", "App/z"));
  EXPECT_THAT(lifecycle.ignore, ElementsAre("spec.retention"));
}

TEST(Lifecycle, OutlivesTheManifestInProtectionAndOnDeleteAlone) {
  const Value content =
      *With("{protect: true, onDelete: forget, suspend: true}")
           .resource->content;
  const Value& lifecycle = *content.Find("lifecycle");
  ASSERT_EQ(lifecycle.AsMap().size(), 2U);
  EXPECT_EQ(*lifecycle.Find("protect"), Value(true));
  EXPECT_EQ(*lifecycle.Find("onDelete"), Value("forget"));
}

TEST(Lifecycle, AdoptsYesNoOrFromSomebody) {
  EXPECT_TRUE(With("{adopt: true}").resource->lifecycle.adopt);
  EXPECT_FALSE(With("{adopt: false}").resource->lifecycle.adopt);
  for (const std::string bad :
       {"{adopt: 'yes'}", "{adopt: {}}", "{adopt: {from: 1}}",
        "{adopt: {from: A}}", "{adopt: {from: a, to: b}}"}) {
    EXPECT_THAT(With(bad).said,
                ElementsAre(HasSubstr("lifecycle.adopt of App/orders is "
                                      "neither true, false nor {from: a "
                                      "repository}")))
        << bad;
  }
}

TEST(Lifecycle, MovesOnlyWhatItCouldHaveBeen) {
  EXPECT_THAT(With("{moved: [Project/cart]}").said,
              ElementsAre("4:21 lifecycle.moved of App/orders names a Project, "
                          "which it can't have been"));
  EXPECT_THAT(With("{moved: [App/orders]}").said,
              ElementsAre(HasSubstr("names itself")));
  EXPECT_THAT(With("{moved: [cart]}").said,
              ElementsAre(HasSubstr("is not an address")));
  EXPECT_THAT(With("{moved: [App/a, App/a]}").said,
              ElementsAre(HasSubstr("has \"App/a\" twice")));
}

TEST(Lifecycle, MovesNoCredentialAcrossParents) {
  const auto said = [](std::string_view moved) {
    return With(moved, "Token", "{type: apiKey, app: shop}").said;
  };
  EXPECT_THAT(said("{moved: [Token/shop/old]}"), IsEmpty());
  EXPECT_THAT(said("{moved: [Token/cart/old]}"),
              ElementsAre(HasSubstr("names another parent, between which a "
                                    "Token can't move")));
  EXPECT_THAT(With("{moved: [Silence/cart/old]}", "Silence",
                   "{app: shop, endsAt: 2026-11-28T00:00:00Z, matchers: "
                   "[{field: a, operator: equals, value: 1}]}")
                  .said,
              IsEmpty());
}

TEST(Lifecycle, IgnoresOnlyFieldsThatThereAre) {
  EXPECT_THAT(With("{ignore: [spec.retension]}").said,
              ElementsAre("4:22 lifecycle.ignore of App/orders names a field "
                          "that an App doesn't have (did you mean "
                          "\"spec.retention\"?)"));
  EXPECT_THAT(With("{ignore: [metadata.labels.team]}").said, IsEmpty());
  for (const char* path : {"metadata.name", "spec.workspace"}) {
    EXPECT_THAT(With("{ignore: [" + std::string(path) + "]}").said,
                ElementsAre(::testing::HasSubstr(path)));
  }
  EXPECT_THAT(With("{ignore: ['spec.fields[currency].required']}",
                   "EventSchema", "{app: shop}")
                  .said,
              IsEmpty());
  EXPECT_THAT(With("{ignore: ['status.x']}").said,
              ElementsAre(HasSubstr("is not a path in a resource")));
}

TEST(Lifecycle, ReportsWhatIsWrongWithIt) {
  EXPECT_THAT(With("{protect: 'yes', onDelete: keep, protekt: true}").said,
              ElementsAre(HasSubstr("lifecycle.protect of App/orders is a "
                                    "string, not true or false (write "
                                    "true)"),
                          HasSubstr("is \"keep\", not delete or forget"),
                          HasSubstr("unknown field \"protekt\"")));
}

}  // namespace
}  // namespace writ
