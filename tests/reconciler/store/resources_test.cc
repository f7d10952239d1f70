// What is written is read back, by every way of looking for it.
#include <algorithm>

#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

using ::testing::Test;
using StateStoreResources = StoreTest;

void ExpectSame(const StoredResource& a, const StoredResource& b) {
  EXPECT_EQ(a.live.id, b.live.id);
  EXPECT_EQ(a.live.parent, b.live.parent);
  EXPECT_EQ(a.live.uid, b.live.uid);
  EXPECT_EQ(a.live.owner, b.live.owner);
  EXPECT_EQ(a.live.content, b.live.content);
  EXPECT_EQ(a.live.applied, b.live.applied);
  EXPECT_EQ(a.live.content_digest, b.live.content_digest);
  EXPECT_EQ(a.live.desired_digest, b.live.desired_digest);
  EXPECT_EQ(a.live.protect, b.live.protect);
  EXPECT_EQ(a.live.forget_on_delete, b.live.forget_on_delete);
  EXPECT_EQ(a.live.status, b.live.status);
  EXPECT_EQ(a.live.implied, b.live.implied);
  EXPECT_EQ(a.live.provenance, b.live.provenance);
  EXPECT_EQ(a.live.changed_by, b.live.changed_by);
  EXPECT_EQ(a.live.changed_at, b.live.changed_at);
  EXPECT_EQ(a.settled, b.settled);
  EXPECT_EQ(a.file, b.file);
  EXPECT_EQ(a.time_edges, b.time_edges);
  EXPECT_EQ(a.references, b.references);
}

StoredResource Full() {
  StoredResource full =
      MakeResource("Token/order-service/ci", "App/order-service");
  full.live.applied = R"({"spec":{"name":"before"}})";
  full.live.protect = true;
  full.live.forget_on_delete = true;
  full.live.status = "revoked by ana on 2026-11-20";
  full.live.implied = true;
  full.live.provenance.file = "environments/production/patch.yaml";
  full.time_edges = {Timestamp(std::chrono::seconds(10)),
                     Timestamp(std::chrono::seconds(20))};
  full.references = {Id("DeployTarget/acme/ci"),
                     Id("RotationSchedule/acme/every-90-days")};
  return full;
}

TEST_F(StateStoreResources, KeepsEveryField) {
  const auto store = Open();
  const StoredResource full = Full();
  PutAll(*store, {full});
  const auto read = store->ReadStored(full.live.id);
  ASSERT_TRUE(read && read->has_value());
  ExpectSame(**read, full);
  EXPECT_EQ((*read)->live.generation, 1);
}

TEST_F(StateStoreResources, ReadsAKindOfEveryOwner) {
  const auto store = Open();
  PutAll(*store, {MakeResource("Policy/b"), MakeResource("Policy/a", "", "x"),
                  MakeResource("PolicyException/a"), MakeResource("App/a")});
  const auto found = store->ReadKind("Policy").value();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].id.address(), "Policy/a");
  EXPECT_EQ(found[0].owner, "x");
  EXPECT_FALSE(found[1].content.empty());
  EXPECT_TRUE(store->ReadKind("Token").value().empty());
}

TEST_F(StateStoreResources, KeepsEveryFieldWhenPutAgain) {
  const auto store = Open();
  PutAll(*store, {MakeResource("Token/order-service/ci", "App/order-service",
                               "other")});
  const StoredResource full = Full();
  const auto write = Begin(*store);
  ASSERT_TRUE(write->Put(full, 1));
  ASSERT_TRUE(write->Commit());
  const auto read = store->ReadStored(full.live.id);
  ASSERT_TRUE(read && read->has_value());
  ExpectSame(**read, full);
  EXPECT_EQ((*read)->live.generation, 2);
  EXPECT_EQ(store->CountOwned("other"), 0);
  EXPECT_EQ(store->CountOwned("acme"), 1);
}

TEST_F(StateStoreResources, ReadsAllByAddressWithReferences) {
  const auto store = Open();
  StoredResource child = MakeResource("Token/shop/a", "App/shop");
  child.references = {Id("App/zebra"), Id("App/alpha")};
  // Written in another order than that of addresses.
  PutAll(*store, {child, MakeResource("App/shop", "Workspace/acme"),
                  MakeResource("Workspace/acme", "", "")});
  const auto all = store->ReadAll(true);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->environment, "production");
  EXPECT_EQ(all->serial, 3);
  EXPECT_FALSE(all->lineage.empty());
  ASSERT_EQ(all->resources.size(), 3U);
  EXPECT_EQ(all->resources[0].id.address(), "App/shop");
  EXPECT_EQ(all->resources[1].id.address(), "Token/shop/a");
  EXPECT_EQ(all->resources[2].id.address(), "Workspace/acme");
  EXPECT_EQ(all->resources[2].owner, std::nullopt);
  EXPECT_EQ(all->resources[1].content, child.live.content);
  const std::vector<engine::LiveReference> wanted = {
      {Id("App/shop"), Id("Workspace/acme"), true},
      {Id("Token/shop/a"), Id("App/alpha"), false},
      {Id("Token/shop/a"), Id("App/shop"), true},
      {Id("Token/shop/a"), Id("App/zebra"), false},
  };
  EXPECT_EQ(all->references, wanted);
  EXPECT_TRUE(std::is_sorted(all->references.begin(), all->references.end()));
}

TEST_F(StateStoreResources, LeavesContentsOutWhereNotAskedFor) {
  const auto store = Open();
  PutAll(*store, {MakeResource("App/shop")});
  const auto all = store->ReadAll(false);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->resources[0].content, "");
  EXPECT_EQ(all->resources[0].content_digest,
            MakeResource("App/shop").live.content_digest);
}

TEST_F(StateStoreResources, ReadsTheOnesThatAreThere) {
  const auto store = Open();
  PutAll(*store, {MakeResource("App/b"), MakeResource("App/a")});
  const std::vector<ResourceId> asked = {Id("App/c"), Id("App/b"), Id("App/a"),
                                         Id("App/b")};
  const auto read = store->ReadResources(asked);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].id.address(), "App/a");
  EXPECT_EQ((*read)[1].id.address(), "App/b");
  EXPECT_EQ(store->ReadStored(Id("App/c")).value(), std::nullopt);
}

TEST_F(StateStoreResources, LooksUpByFileAndBySettling) {
  const auto store = Open();
  StoredResource elsewhere = MakeResource("App/c");
  elsewhere.file = "other.yaml";
  elsewhere.settled = false;
  StoredResource foreign = MakeResource("App/d", "", "other");
  foreign.settled = false;
  PutAll(*store,
         {MakeResource("App/b"), MakeResource("App/a"), elsewhere, foreign});
  const std::vector<std::string> files = {"other.yaml", "manifests/all.yaml",
                                          "none.yaml"};
  EXPECT_EQ(Addresses(store->DeclaredIn("acme", files).value()),
            (std::vector<std::string>{"App/a", "App/b", "App/c"}));
  EXPECT_EQ(Addresses(store->Unsettled("acme").value()),
            (std::vector<std::string>{"App/c"}));
  EXPECT_TRUE(store->Unsettled("nobody").value().empty());
  EXPECT_TRUE(store->DeclaredIn("nobody", files).value().empty());
}

TEST_F(StateStoreResources, FollowsReferencesBothWays) {
  const auto store = Open();
  StoredResource token = MakeResource("Token/shop/a", "App/shop");
  token.references = {Id("DeployTarget/acme/ci")};
  PutAll(*store, {MakeResource("App/shop"), token});
  const std::vector<ResourceId> asked = {Id("Token/shop/a")};
  const std::vector<engine::LiveReference> out = {
      {Id("Token/shop/a"), Id("App/shop"), true},
      {Id("Token/shop/a"), Id("DeployTarget/acme/ci"), false},
  };
  EXPECT_EQ(store->ReferencesFrom(asked).value(), out);
  const std::vector<ResourceId> targets = {Id("DeployTarget/acme/ci"),
                                           Id("App/shop"), Id("App/none")};
  EXPECT_EQ(store->ReferencesTo(targets).value(), out);
}

TEST_F(StateStoreResources, SearchesChildrenForAText) {
  const auto store = Open();
  const auto with = [](const char* address, const char* content,
                       const char* applied = "") {
    StoredResource rule = MakeResource(address, "App/shop");
    rule.live.content = content;
    rule.live.applied = applied;
    return rule;
  };
  StoredResource elsewhere = with("NotificationRule/cart/d", R"({"when":1})");
  elsewhere.live.parent = Id("App/cart");
  PutAll(*store, {MakeResource("App/shop"), MakeResource("App/cart"),
                  with("NotificationRule/shop/c", R"({"when":"true"})"),
                  with("NotificationRule/shop/a", R"({"a":"when"})",
                       R"({"when":"false"})"),
                  with("NotificationRule/shop/b", R"({"a":"when"})"),
                  with("Silence/shop/e", R"({"when":1})"), elsewhere});
  const std::vector<ResourceId> shop = {Id("App/shop"), Id("App/none")};
  EXPECT_EQ(
      Addresses(
          store->ChildrenSaying(shop, "NotificationRule", "\"when\":").value()),
      (std::vector<std::string>{"NotificationRule/shop/a",
                                "NotificationRule/shop/c"}));
  EXPECT_TRUE(
      store->ChildrenSaying(shop, "NotificationRule", "nowhere")->empty());
}

TEST_F(StateStoreResources, GivesBucketsByAddress) {
  const auto store = Open();
  PutAll(*store, {MakeResource("App/a"), MakeResource("App/b"),
                  MakeResource("App/c", "", "other")});
  for (const char* address : {"App/a", "App/b"}) {
    const auto bucket = store->ReadBucket("acme", engine::BucketOf(address));
    ASSERT_TRUE(bucket);
    const std::pair<std::string, Digest> wanted = {
        address, MakeResource(address).live.desired_digest};
    EXPECT_EQ(std::count(bucket->begin(), bucket->end(), wanted), 1);
  }
  EXPECT_TRUE(
      store->ReadBucket("nobody", engine::BucketOf("App/a")).value().empty());
}

TEST_F(StateStoreResources, FindsTheNextTimeEdgeOfAnOwner) {
  const auto store = Open();
  StoredResource mine = MakeResource("Silence/shop/a", "App/shop");
  mine.time_edges = {Timestamp(std::chrono::seconds(10)),
                     Timestamp(std::chrono::seconds(30))};
  StoredResource theirs = MakeResource("Silence/shop/b", "App/shop", "other");
  theirs.time_edges = {Timestamp(std::chrono::seconds(20))};
  PutAll(*store, {mine, theirs});
  const auto next = [&](const char* owner, int seconds) {
    return store->NextTimeEdge(owner, Timestamp(std::chrono::seconds(seconds)))
        .value();
  };
  EXPECT_EQ(next("acme", 0), Timestamp(std::chrono::seconds(10)));
  EXPECT_EQ(next("acme", 10), Timestamp(std::chrono::seconds(30)));
  EXPECT_EQ(next("acme", 30), std::nullopt);
  EXPECT_EQ(next("other", 0), Timestamp(std::chrono::seconds(20)));
  EXPECT_EQ(next("nobody", 0), std::nullopt);
}

TEST_F(StateStoreResources, KeepsTheLastHundredSchemaVersions) {
  const auto store = Open();
  const ResourceId id = Id("EventSchema/shop/order.placed");
  const auto write = Begin(*store);
  for (int i = 0; i < 103; ++i) {
    ASSERT_TRUE(write->AddSchemaVersion(id, std::to_string(i)));
  }
  ASSERT_TRUE(write->Commit());
  const auto history = store->ReadSchemaHistory(id);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 100U);
  EXPECT_EQ(history->front(), "102");
  EXPECT_EQ(history->back(), "3");
  const auto all = store->ReadAll(true);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->schema_history.size(), 1U);
  EXPECT_EQ(all->schema_history[0].id, id);
  EXPECT_EQ(all->schema_history[0].contents, *history);
}

TEST_F(StateStoreResources, ReadsOneStateBetweenBeginAndEnd) {
  const auto store = Open();
  PutAll(*store, {MakeResource("App/a")});
  const auto reader = Open(OpenMode::kReadOnly);
  ASSERT_TRUE(reader->BeginRead());
  PutAll(*store, {MakeResource("App/b")});
  EXPECT_EQ(reader->ReadFacts().value().serial, 1);
  EXPECT_EQ(reader->ReadAll(false).value().resources.size(), 1U);
  reader->EndRead();
  EXPECT_EQ(reader->ReadFacts().value().serial, 2);
}

}  // namespace
}  // namespace writ::reconciler
