// What was deleted and can be had back until it is purged.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "tests/reconciler/store/write_fixture.h"

namespace writ::reconciler {
namespace {

// T-12
TEST_F(StateStoreWrite, BringsADeletedResourceBackWhole) {
  StoredResource token = MakeResource("Token/shop/ci", "App/shop");
  token.references = {Id("App/shop")};
  token.live.protect = true;
  token.live.status = "suspended";
  token.live.applied = "{}";
  token.time_edges = {Timestamp(std::chrono::seconds(5))};
  PutAll(*store_, {MakeResource("App/shop"), token});
  ASSERT_TRUE(Write(
      [](WriteTransaction& w) { return w.Delete(Id("Token/shop/ci"), 1); }));
  EXPECT_EQ(Read("Token/shop/ci"), std::nullopt);
  EXPECT_EQ(Serial(), 3);
  const auto deleted = store_->ReadDeleted();
  ASSERT_TRUE(deleted);
  ASSERT_EQ(deleted->size(), 1U);
  EXPECT_EQ((*deleted)[0].resource.live.id, token.live.id);
  EXPECT_EQ((*deleted)[0].deleted_at, clock_.Now());
  ASSERT_TRUE(Write(
      [](WriteTransaction& w) { return w.Undelete(Id("Token/shop/ci")); }));
  const StoredResource back = *Read("Token/shop/ci");
  EXPECT_EQ(back.live.uid, token.live.uid);
  EXPECT_EQ(back.live.content, token.live.content);
  EXPECT_EQ(back.live.applied, token.live.applied);
  EXPECT_EQ(back.live.provenance, token.live.provenance);
  EXPECT_EQ(back.live.status, "suspended");
  EXPECT_TRUE(back.live.protect);
  EXPECT_EQ(back.references, token.references);
  EXPECT_EQ(back.time_edges, token.time_edges);
  EXPECT_EQ(back.live.generation, 2);
  EXPECT_FALSE(back.settled);
  EXPECT_EQ(Serial(), 4);
  EXPECT_TRUE(store_->ReadDeleted().value().empty());
  ExpectSound();
}

// Texts that git carries need not be UTF-8; what JSON can't hold is replaced.
TEST_F(StateStoreWrite, BringsBackWhatIsNotUtf8) {
  StoredResource app = MakeResource("App/shop");
  app.live.provenance.author = "J\xf6rg <j@acme.example>";
  PutAll(*store_, {app});
  EXPECT_EQ(Read("App/shop")->live.provenance, app.live.provenance);
  ASSERT_TRUE(
      Write([](WriteTransaction& w) { return w.Delete(Id("App/shop"), 1); }));
  ASSERT_TRUE(
      Write([](WriteTransaction& w) { return w.Undelete(Id("App/shop")); }));
  EXPECT_EQ(Read("App/shop")->live.provenance.author,
            "J\xef\xbf\xbdrg <j@acme.example>");
}

// T-12
TEST_F(StateStoreWrite, RefusesToBringBackWhatCantBe) {
  PutAll(*store_,
         {MakeResource("App/shop"), MakeResource("Token/shop/ci", "App/shop")});
  const auto undelete = [](const char* address) {
    return [=](WriteTransaction& w) { return w.Undelete(Id(address)); };
  };
  EXPECT_EQ(CodeOf(Write(undelete("App/shop"))), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(Write(undelete("App/none"))), ErrorCode::kNotFound);
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.Delete(Id("Token/shop/ci"), 1));
    return w.Delete(Id("App/shop"), 1);
  }));
  EXPECT_EQ(CodeOf(Write(undelete("Token/shop/ci"))), ErrorCode::kConflict);
  clock_.Advance(std::chrono::hours(7 * 24));
  EXPECT_EQ(CodeOf(Write(undelete("App/shop"))), ErrorCode::kNotFound);
  EXPECT_TRUE(store_->ReadDeleted().value().empty());
}

// No plan takes a resource that came anew for the one that it saw.
TEST_F(StateStoreWrite, GoesOnCountingGenerationsAfterADelete) {
  PutAll(*store_, {MakeResource("App/a")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.Delete(Id("App/a"), 1));
    return w.Put(MakeResource("App/a"), 0);
  }));
  EXPECT_EQ(Read("App/a")->live.generation, 2);
}

TEST_F(StateStoreWrite, EmptiesTheTrashInBatches) {
  PutAll(*store_, {MakeResource("EventSchema/shop/a"), MakeResource("App/b"),
                   MakeResource("App/c")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.AddSchemaVersion(Id("EventSchema/shop/a"), "{}"));
    TRY(w.Delete(Id("EventSchema/shop/a"), 1));
    return w.Delete(Id("App/b"), 1);
  }));
  clock_.Advance(std::chrono::hours(1));
  ASSERT_TRUE(
      Write([](WriteTransaction& w) { return w.Delete(Id("App/c"), 1); }));
  const Timestamp before = clock_.Now() - std::chrono::minutes(1);
  const auto purge = [&](WriteTransaction& w) {
    return w.PurgeDeleted(before, 1);
  };
  EXPECT_EQ(store_->ReadSchemaHistory(Id("EventSchema/shop/a"))->size(), 1U);
  ASSERT_TRUE(Write(purge));
  EXPECT_EQ(store_->ReadDeleted()->size(), 2U);
  EXPECT_TRUE(store_->ReadSchemaHistory(Id("EventSchema/shop/a"))->empty());
  ASSERT_TRUE(Write(purge));
  ASSERT_TRUE(Write(purge));
  EXPECT_EQ(store_->ReadDeleted()->size(), 1U);  // deleted later
}

}  // namespace
}  // namespace writ::reconciler
