// Renames: with children and references, and the history that goes through
// them.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/reconciler/store/write_fixture.h"

namespace writ::reconciler {
namespace {

TEST_F(StateStoreWrite, RenamesAResourceWithItsChildren) {
  StoredResource user = MakeResource("NotificationRule/other/x");
  user.references = {Id("App/cart"), Id("Token/cart/ci")};
  PutAll(*store_, {MakeResource("App/cart", "Workspace/acme"),
                   MakeResource("Token/cart/ci", "App/cart"), user,
                   MakeResource("Token/cart/elsewhere", "Project/cart")});
  const std::string uid = Read("App/cart")->live.uid;
  const std::string child_uid = Read("Token/cart/ci")->live.uid;
  ASSERT_TRUE(Write([](WriteTransaction& w) {
    return w.Rename(Id("App/cart"), Id("App/checkout"), 1);
  }));
  EXPECT_EQ(Serial(), 5);
  EXPECT_EQ(Read("App/cart"), std::nullopt);
  EXPECT_EQ(Read("Token/cart/ci"), std::nullopt);
  EXPECT_EQ(Read("App/checkout")->live.uid, uid);
  EXPECT_EQ(Read("App/checkout")->live.generation, 2);
  const StoredResource child = *Read("Token/checkout/ci");
  EXPECT_EQ(child.live.uid, child_uid);
  EXPECT_EQ(child.live.parent, Id("App/checkout"));
  EXPECT_EQ(child.live.generation, 2);
  EXPECT_FALSE(child.settled);
  EXPECT_EQ(Addresses(Read("NotificationRule/other/x")->references),
            (std::vector<std::string>{"App/checkout", "Token/checkout/ci"}));
  // A parent of the same name but of another kind is another parent.
  EXPECT_TRUE(Read("Token/cart/elsewhere").has_value());
  const auto bucket =
      store_->ReadBucket("acme", engine::BucketOf("Token/checkout/ci")).value();
  EXPECT_EQ(bucket.front().first, "Token/checkout/ci");
}

TEST_F(StateStoreWrite, RenamesWithinAParentAndAcrossKindsNever) {
  PutAll(*store_, {MakeResource("App/shop"),
                   MakeResource("EventSchema/shop/a", "App/shop"),
                   MakeResource("EventSchema/shop/c", "App/shop")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.AddSchemaVersion(Id("EventSchema/shop/a"), "old"));
    return w.Rename(Id("EventSchema/shop/a"), Id("EventSchema/shop/b"), 1);
  }));
  EXPECT_EQ(Read("EventSchema/shop/b")->live.parent, Id("App/shop"));
  EXPECT_EQ(store_->ReadSchemaHistory(Id("EventSchema/shop/b")).value(),
            std::vector<std::string>{"old"});
  const auto rename = [](const char* from, const char* to) {
    return [=](WriteTransaction& w) { return w.Rename(Id(from), Id(to), 1); };
  };
  EXPECT_EQ(CodeOf(Write(rename("EventSchema/shop/c", "EventSchema/shop/b"))),
            ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(Write(rename("App/shop", "Project/shop"))),
            ErrorCode::kInvalidArgument);
  ExpectSound();
}

TEST_F(StateStoreWrite, RenamesNothingWhereAChildsPlaceIsTaken) {
  PutAll(*store_,
         {MakeResource("App/cart"), MakeResource("Token/cart/ci", "App/cart"),
          MakeResource("Token/checkout/ci")});
  EXPECT_EQ(CodeOf(Write([](WriteTransaction& w) {
              return w.Rename(Id("App/cart"), Id("App/checkout"), 1);
            })),
            ErrorCode::kConflict);
  EXPECT_TRUE(Read("App/cart").has_value());
}

// What refers to the old and the new name refers to one afterwards.
TEST_F(StateStoreWrite, MergesReferencesThatARenameMakesEqual) {
  StoredResource user = MakeResource("App/user");
  user.references = {Id("App/a"), Id("App/b")};
  PutAll(*store_, {user, MakeResource("App/a")});
  ASSERT_TRUE(Write([](WriteTransaction& w) {
    return w.Rename(Id("App/a"), Id("App/b"), 1);
  }));
  EXPECT_EQ(Addresses(Read("App/user")->references),
            std::vector<std::string>{"App/b"});
}

JournalEntry Entry(const std::string& address, const std::string& action) {
  JournalEntry entry;
  entry.apply_id = "a1";
  entry.address = address;
  entry.action = action;
  entry.reason = "not_live";
  entry.actor = "ana";
  entry.provenance = {"3f9c2e1", "Add", "Ana Ruiz <ana@acme.example>",
                      "a.yaml",  3,     5};
  return entry;
}

TEST_F(StateStoreWrite, FollowsAHistoryThroughNames) {
  PutAll(*store_, {MakeResource("App/a")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.AppendJournal(Entry("App/a", "create")));
    TRY(w.Rename(Id("App/a"), Id("App/b"), 1));
    TRY(w.AppendJournal(Entry("App/b", "move")));
    // Another one takes the name that became free.
    TRY(w.Put(MakeResource("App/a"), 0));
    TRY(w.AppendJournal(Entry("App/a", "create again")));
    TRY(w.Rename(Id("App/b"), Id("App/c"), 2));
    return w.AppendJournal(Entry("App/c", "move on"));
  }));
  const auto actions = [&](const char* address, int limit) {
    const auto entries = store_->ReadHistory(Id(address), limit).value();
    std::vector<std::string> names;
    for (const JournalEntry& entry : entries) names.push_back(entry.action);
    return names;
  };
  EXPECT_EQ(actions("App/c", 10),
            (std::vector<std::string>{"move on", "move", "create"}));
  EXPECT_EQ(actions("App/c", 2), (std::vector<std::string>{"move on", "move"}));
  EXPECT_EQ(actions("App/a", 10),
            (std::vector<std::string>{"create again", "create"}));
  const JournalEntry entry = store_->ReadHistory(Id("App/c"), 3).value()[2];
  EXPECT_EQ(entry.apply_id, "a1");
  EXPECT_EQ(entry.address, "App/a");
  EXPECT_EQ(entry.actor, "ana");
  EXPECT_EQ(entry.reason, "not_live");
  EXPECT_EQ(entry.provenance, Entry("App/a", "").provenance);
}

// Names that were swapped back and forth end.
TEST_F(StateStoreWrite, FollowsAHistoryThroughARing) {
  PutAll(*store_, {MakeResource("App/a")});
  ASSERT_TRUE(Write([](WriteTransaction& w) -> Status {
    TRY(w.AppendJournal(Entry("App/a", "create")));
    TRY(w.Rename(Id("App/a"), Id("App/b"), 1));
    TRY(w.Rename(Id("App/b"), Id("App/a"), 2));
    return w.AppendJournal(Entry("App/a", "update"));
  }));
  EXPECT_EQ(store_->ReadHistory(Id("App/a"), 10)->size(), 2U);
}

}  // namespace
}  // namespace writ::reconciler
