#include "engine/state/snapshot.h"

#include <gtest/gtest.h>

namespace writ::engine {
namespace {

TEST(Snapshot, FindsWhatIsLiveAndNothingElse) {
  Snapshot snapshot;
  for (const char* name : {"a", "c", "e"}) {
    LiveResource live;
    live.id = ResourceId("App", name);
    live.generation = name[0];
    snapshot.resources.push_back(live);
  }
  for (const char* name : {"a", "c", "e"}) {
    const LiveResource* found = snapshot.Find(ResourceId("App", name));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->generation, name[0]);
  }
  for (const char* name : {"", "b", "d", "f", "aa"}) {
    EXPECT_EQ(snapshot.Find(ResourceId("App", name)), nullptr) << name;
  }
  EXPECT_EQ(Snapshot().Find(ResourceId("App", "a")), nullptr);
}

}  // namespace
}  // namespace writ::engine
