#include "reconciler/notify/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reconciler/notify/notify_world.h"
#include "tests/support/hostile_texts.h"

namespace writ::reconciler {
namespace {

using ::testing::ElementsAre;
using testing::Json;

Message Sample() {
  Message message;
  message.id = "ntf_1";
  message.rule = ResourceId("NotificationRule", "shop", "large");
  message.rule_uid = "u1";
  message.group = "grp_1";
  message.fields = {{"customer_id", "c1"}};
  message.whole = true;
  message.events = 7;
  message.fresh = 3;
  message.destinations = {"slack", "pager"};
  message.at = Timestamp(std::chrono::seconds(1'796'083'200));
  engine::NotifyEvent event;
  event.id = "evt_1";
  event.app = "shop";
  event.event = "payment.failed";
  event.level = "warning";
  event.customer_id = "c1";
  event.data = Json(R"({"amountCents":20000})");
  event.at = message.at;
  message.samples = {event};
  return message;
}

TEST(Message, ComesBackAsItWasKept) {
  const Message before = Sample();
  const auto after = MessageFromJson(MessageToJson(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(MessageToJson(*after), MessageToJson(before));
  EXPECT_EQ(after->fields, before.fields);
  EXPECT_EQ(after->destinations, before.destinations);
  EXPECT_EQ(after->samples.at(0).data, before.samples.at(0).data);
  EXPECT_EQ(after->fresh, 3);
  EXPECT_FALSE(MessageFromJson("{}"));
  EXPECT_FALSE(MessageFromJson("nonsense"));
}

TEST(Message, KeepsGroupsAsTheyWere) {
  engine::Group group;
  group.id = "grp_1";
  group.rule_uid = "u1";
  group.fields = {{"level", "error"}};
  group.first_event = "evt_1";
  group.told = 2;
  group.tick = Timestamp(std::chrono::microseconds(1'796'083'200'000'001));
  group.whole_at = group.tick;
  group.next = group.tick + std::chrono::minutes(5);
  group.gained = 4;
  group.since_whole = 9;
  group.samples = Sample().samples;
  const auto after = GroupFromJson(GroupToJson(group));
  ASSERT_TRUE(after);
  EXPECT_EQ(GroupToJson(*after), GroupToJson(group));
  EXPECT_EQ(after->tick, group.tick);
  EXPECT_EQ(after->since_whole, 9);
  EXPECT_FALSE(GroupFromJson("{}"));
}

TEST(Message, SaysWhatHappenedInALine) {
  EXPECT_EQ(TitleOf(Sample()),
            "large: 7 × payment.failed (warning), customer_id c1");
  EXPECT_THAT(LinesOf(Sample()),
              ElementsAre("2026-12-01T00:00:00Z payment.failed c1 "
                          R"({"amountCents":20000})",
                          "and 2 more"));
}

TEST(Message, CutsByCodePoints) {
  EXPECT_EQ(CutText("abc", 3), "abc");
  EXPECT_EQ(CutText("abcd", 3), "ab…");
  EXPECT_EQ(CutText("äöüß", 3), "äö…");
  EXPECT_EQ(CutText("", 3), "");
}

// T-17: what senders wrote never drives what shows it.
TEST(Message, ShowsHostileTextsHarmlessly) {
  for (const testing::HostileText& hostile : testing::kHostileTexts) {
    Message message = Sample();
    message.fields[0].value = hostile.text;
    message.samples[0].event = hostile.text;
    message.samples[0].data = Value(Value::Map{{"x", {}, Value(hostile.text)}});
    EXPECT_TRUE(testing::IsHarmless(TitleOf(message))) << hostile.name;
    for (const std::string& line : LinesOf(message)) {
      EXPECT_TRUE(testing::IsHarmless(line)) << hostile.name;
    }
  }
}

}  // namespace
}  // namespace writ::reconciler
