// GET /v1/apps/{app}/events: whose, which, page by page.
#include <gtest/gtest.h>

#include "reconciler/gateway/ingest/event_list_handler.h"
#include "tests/reconciler/gateway/ingest/ingest_fixture.h"

namespace writ::reconciler::gateway {
namespace {

class EventListTest : public IngestTest {
 protected:
  void SetUp() override {
    IngestTest::SetUp();
    for (int hour = 0; hour < 5; ++hour) {
      const std::string level = hour % 2 == 0 ? "info" : "error";
      ASSERT_EQ(Post(R"({"event":"order.placed","data":{"orderId":"o)" +
                     std::to_string(hour) + R"("},"level":")" + level +
                     R"(","timestamp":"2026-06-01T0)" + std::to_string(hour) +
                     R"(:00:00Z"})")
                    .status,
                201);
    }
  }

  // The order ids of a page, and its cursor.
  std::string List(const std::string& query, std::string* cursor = nullptr) {
    const HttpResponse response = Get("shop", query);
    if (response.status != 200) return std::to_string(response.status);
    const Value body = Json(response);
    std::string ids;
    for (const Value& event : body.Find("items")->AsList()) {
      ids += event.FindPath("data.orderId")->AsString();
    }
    const Value* next = body.Find("nextCursor");
    if (cursor != nullptr) *cursor = next->IsNull() ? "" : next->AsString();
    return ids + (next->IsNull() ? "" : "…");
  }
};

TEST_F(EventListTest, FindsAnAppByNameAndSlug) {
  for (const char* app : {"shop", "the-shop"}) {
    EXPECT_EQ(Json(Get(app)).Find("items")->AsList().size(), 5U) << app;
  }
  EXPECT_EQ(Get("nothing").status, 404);
}

TEST_F(EventListTest, ShowsAnAppOfAnotherWorkspaceToNobody) {
  const HttpResponse other = Get("cart");
  EXPECT_EQ(other.status, 404);
  EXPECT_EQ(Json(other).FindString("message"),
            Json(Get("nothing")).FindString("message"));
}

TEST_F(EventListTest, IsForClientSecretsAlone) {
  EXPECT_EQ(Get("shop", "", "key").status, 403);
  EXPECT_EQ(Get("shop", "", "old-key").status, 401);
  EXPECT_EQ(Get("shop", "", "nobody").status, 401);
}

TEST_F(EventListTest, ListsNewestFirstPageByPage) {
  EXPECT_EQ(List(""), "o4o3o2o1o0");
  std::string cursor;
  EXPECT_EQ(List("limit=2", &cursor), "o4o3…");
  EXPECT_EQ(List("limit=2&cursor=" + cursor, &cursor), "o2o1…");
  EXPECT_EQ(List("limit=2&cursor=" + cursor, &cursor), "o0");
  EXPECT_EQ(cursor, "");
}

TEST_F(EventListTest, TakesItsFilters) {
  EXPECT_EQ(List("level=error"), "o3o1");
  EXPECT_EQ(List("type=order.placed&limit=1"), "o4…");
  EXPECT_EQ(List("type=nothing"), "");
  EXPECT_EQ(List("from=2026-06-01T02:00:00Z&to=2026-06-01T03:00:00Z"), "o3o2");
  EXPECT_EQ(List("from=2026-06-01T05:00:00%2B02:00"), "o4o3");
  EXPECT_EQ(List("from=2026-06-01T05:00:00+02:00"), "o4o3");
}

TEST_F(EventListTest, RefusesAQueryThatSaysSomethingElse) {
  for (const char* query :
       {"limit=0", "limit=101", "limit=x", "limit=1&limit=2", "from=yesterday",
        "cursor=x", "page=2", "level=%zz", "to=2026-06-01"}) {
    EXPECT_EQ(List(query), "400") << query;
  }
}

TEST(ParseEventQuery, TakesNothingForAll) {
  const auto query = ParseEventQuery("&&");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->limit, 25);
  EXPECT_FALSE(query->level);
}

}  // namespace
}  // namespace writ::reconciler::gateway
