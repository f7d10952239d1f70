// Apps and schemas as ingest knows them.
#include "reconciler/gateway/ingest/app_catalog.h"

#include <gtest/gtest.h>

#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler::gateway {
namespace {

class AppCatalogTest : public StoreTest {
 protected:
  void SetUp() override {
    state_ = Open();
    ASSERT_NE(state_, nullptr);
    PutAll(*state_, {MakeResource("Workspace/acme"),
                     With("App/shop", "Workspace/acme",
                          R"({"slug":"cart","retention":"2d"})"),
                     With("App/cart", "Workspace/acme", R"({"slug":"basket"})"),
                     With("EventSchema/shop/a", "App/shop", "{}"),
                     With("EventSchema/shop/b", "App/shop", "{}")});
  }

  static StoredResource With(const std::string& address,
                             const std::string& parent,
                             const std::string& spec) {
    StoredResource stored = MakeResource(address, parent);
    stored.live.content = "{\"spec\":" + spec + "}";
    return stored;
  }

  std::unique_ptr<StateStore> state_;
};

TEST_F(AppCatalogTest, HoldsAppsWithTheirSchemas) {
  const auto catalog = ReadCatalog(*state_, nullptr);
  ASSERT_TRUE(catalog) << Describe(catalog.error());
  const CatalogApp* shop = (*catalog)->Find("shop");
  ASSERT_NE(shop, nullptr);
  EXPECT_EQ(shop->uid, "uid of App/shop");
  EXPECT_EQ(shop->workspace_uid, "uid of Workspace/acme");
  EXPECT_EQ(shop->unplanned, UnplannedEvents::kBlock);
  EXPECT_EQ(shop->retention, std::chrono::hours(48));
  EXPECT_NE(shop->FindSchema("a"), nullptr);
  EXPECT_EQ(shop->FindSchema("c"), nullptr);
  // A name goes before a slug.
  EXPECT_EQ((*catalog)->Find("cart")->name, "cart");
  EXPECT_EQ((*catalog)->Find("basket")->name, "cart");
  EXPECT_EQ((*catalog)->Find("uid of App/cart")->name, "cart");
  EXPECT_EQ((*catalog)->Find("nothing"), nullptr);
}

TEST_F(AppCatalogTest, CompilesAgainOnlyWhatChanged) {
  const auto before = ReadCatalog(*state_, nullptr);
  const auto write = Begin(*state_);
  ASSERT_TRUE(write->Put(
      With("EventSchema/shop/a", "App/shop", R"({"mode":"observe"})"), 1));
  ASSERT_TRUE(write->Commit());
  const auto after = ReadCatalog(*state_, before->get());
  const CatalogApp* old_shop = (*before)->Find("shop");
  const CatalogApp* new_shop = (*after)->Find("shop");
  EXPECT_NE(old_shop->FindSchema("a")->validator,
            new_shop->FindSchema("a")->validator);
  EXPECT_FALSE(new_shop->FindSchema("a")->validator->enforces());
  EXPECT_EQ(old_shop->FindSchema("b")->validator,
            new_shop->FindSchema("b")->validator);
}

// T-12: a deleted app may come back, and its events with it.
TEST_F(AppCatalogTest, KeepsTheEventsOfADeletedAppByItsOwnRetention) {
  const auto write = Begin(*state_);
  for (const char* id :
       {"EventSchema/shop/a", "EventSchema/shop/b", "App/shop"}) {
    ASSERT_TRUE(write->Delete(Id(id), 1));
  }
  ASSERT_TRUE(write->Commit());
  const auto catalog = ReadCatalog(*state_, nullptr);
  ASSERT_TRUE(catalog);
  const Timestamp now = clock_.Now();
  const RetentionPlan plan = PlanRetention(**catalog, now);
  EXPECT_EQ(plan.keep_from.at("uid of App/shop"), now - std::chrono::hours(48));
  EXPECT_EQ(plan.keep_from.at("uid of App/cart"),
            now - std::chrono::hours(90 * 24));
  EXPECT_EQ(plan.others_from, now - kUnknownAppRetention);
}

TEST_F(AppCatalogTest, FollowsTheStatesSerial) {
  CatalogSource source(folder_ / "state");
  EXPECT_TRUE(source.Get()->apps.empty());
  ASSERT_TRUE(source.Refresh());
  const auto first = source.Get();
  EXPECT_EQ(first->apps.size(), 2U);
  ASSERT_TRUE(source.Refresh());
  EXPECT_EQ(source.Get(), first);
  PutAll(*state_, {With("App/third", "Workspace/acme", "{}")});
  ASSERT_TRUE(source.Refresh());
  EXPECT_EQ(source.Get()->apps.size(), 3U);
}

TEST_F(AppCatalogTest, KeepsWhatItReadWhenTheStateCannotBeRead) {
  CatalogSource source(folder_ / "nowhere");
  EXPECT_FALSE(source.Refresh());
  EXPECT_TRUE(source.Get()->apps.empty());
}

}  // namespace
}  // namespace writ::reconciler::gateway
