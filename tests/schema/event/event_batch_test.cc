// Bodies of POST /v1/ingest: their forms, their limits.
#include "schema/event/event_batch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ {
namespace {

const std::string kEvent =
    R"({"event":"order.placed","data":{"a":1},"level":"info"})";

std::string With(const std::string& member) {
  return kEvent.substr(0, kEvent.size() - 1) + "," + member + "}";
}

std::string Batch(std::size_t count) {
  std::string body = "[";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) body += ",";
    body += kEvent;
  }
  return body + "]";
}

class EventBatchParserTest : public ::testing::Test {
 protected:
  // "400 code path; …", or "taken N".
  std::string Read(std::string_view body) {
    const EventBatch* batch = parser_.Parse(body);
    if (batch != nullptr) {
      EXPECT_TRUE(parser_.problems().empty());
      return "taken " + std::to_string(batch->events.size());
    }
    std::string said;
    for (const BatchProblem& problem : parser_.problems()) {
      if (!said.empty()) said += "; ";
      said += std::to_string(problem.status) + " " + problem.code + " " +
              problem.instance_path;
      EXPECT_FALSE(problem.message.empty());
    }
    return said;
  }

  EventBatchParser parser_;
};

// S-12
TEST_F(EventBatchParserTest, TakesOneEventAListAndAnObjectOfEvents) {
  EXPECT_EQ(Read(kEvent), "taken 1");
  EXPECT_EQ(Read("[" + kEvent + "," + kEvent + "]"), "taken 2");
  EXPECT_EQ(Read("{\"events\":[" + kEvent + "]}"), "taken 1");
}

TEST_F(EventBatchParserTest, ReadsWhatAnEventHolds) {
  const EventBatch* batch = parser_.Parse(
      R"({"id":"o-1","timestamp":"2026-06-01T12:00:00+02:00",
          "metadata":{"traceId":"t"},"customer_id":"c1","level":"success",
          "data":{"x":[1]},"event":"order.placed"})");
  ASSERT_NE(batch, nullptr);
  const ParsedEvent& event = batch->events[0];
  EXPECT_EQ(event.event, "order.placed");
  EXPECT_EQ(event.level, "success");
  EXPECT_EQ(event.customer_id, "c1");
  EXPECT_EQ(event.own_id, "o-1");
  EXPECT_EQ(FormatTimestamp(*event.timestamp), "2026-06-01T10:00:00Z");
  std::string text;
  AppendJson(*batch->tree, event.data, text);
  AppendJson(*batch->tree, event.metadata, text);
  EXPECT_EQ(text, R"({"x":[1]}{"traceId":"t"})");
  EXPECT_EQ(batch->paths[0], "");
}

TEST_F(EventBatchParserTest, TakesNullForWhatIsOptional) {
  const EventBatch* batch = parser_.Parse(
      With(R"("customer_id":null,"metadata":null,"timestamp":null,"id":null)"));
  ASSERT_NE(batch, nullptr);
  EXPECT_FALSE(batch->events[0].customer_id);
  EXPECT_EQ(batch->events[0].metadata, 0U);
}

TEST_F(EventBatchParserTest, HoldsOneToAHundredEvents) {
  EXPECT_EQ(Read("[]"), "400 batch_limit ");
  EXPECT_EQ(Read("{\"events\":[]}"), "400 batch_limit /events");
  EXPECT_EQ(Read(Batch(100)), "taken 100");
  EXPECT_EQ(Read(Batch(101)), "400 batch_limit ");
  EXPECT_NE(parser_.problems()[0].message.find("1 to 100 events, this one 101"),
            std::string::npos);
}

TEST_F(EventBatchParserTest, RefusesWhatIsNoEvent) {
  const struct {
    std::string body;
    std::string want;
  } cases[] = {
      {"1", "400 invalid_event "},
      {"{}",
       "400 invalid_event /event; 400 invalid_event /data; 400 invalid_event "
       "/level"},
      {"[1]", "400 invalid_event /0"},
      {"{\"events\":{}}", "400 invalid_event /events"},
      {"{\"events\":[],\"more\":1}", "400 invalid_event "},
      {"{\"more\":1,\"events\":[]}", "400 invalid_event "},
      {With("\"more\":1"), "400 invalid_event /more"},
      {With("\"customer_id\":7"), "400 invalid_event /customer_id"},
      {With("\"customer_id\":\"\""), "400 invalid_event /customer_id"},
      {With("\"metadata\":[]"), "400 invalid_event /metadata"},
      {With("\"timestamp\":\"2026-06-01\""), "400 invalid_event /timestamp"},
      {With("\"timestamp\":1780315200"), "400 invalid_event /timestamp"},
      {With("\"id\":\"a b\""), "400 invalid_event /id"},
      {With("\"id\":\"\""), "400 invalid_event /id"},
      {R"({"event":"a b","data":{},"level":"info"})",
       "400 invalid_event /event"},
      {R"({"event":"a","data":[],"level":"info"})", "400 invalid_event /data"},
      {R"({"event":"a","data":null,"level":"info"})",
       "400 invalid_event /data"},
      {R"({"event":"a","data":{},"level":"debug"})",
       "400 invalid_event /level"},
      {kEvent + kEvent, "400 invalid_json "},
      {With("\"event\":\"order.placed\""), "400 duplicate_key "},
  };
  for (const auto& each : cases) EXPECT_EQ(Read(each.body), each.want);
}

TEST_F(EventBatchParserTest, SaysAllThatIsWrongInTheBodysOrder) {
  EXPECT_EQ(Read("[" + kEvent + R"(,{"data":1,"level":"info"},)" + kEvent +
                 R"(,{"event":"a","data":{},"level":"x","y":1}])"),
            "400 invalid_event /1/data; 400 invalid_event /1/event; "
            "400 invalid_event /3/level; 400 invalid_event /3/y");
}

// T-21
TEST_F(EventBatchParserTest, NamesTheLimitThatRefuses) {
  const std::string fits(kMaxEventBytes - 200, 'x');
  EXPECT_EQ(
      Read(R"({"event":"a","level":"info","data":{"x":")" + fits + "\"}}"),
      "taken 1");
  EXPECT_EQ(Read(R"({"event":"a","level":"info","data":{"x":")" + fits + fits +
                 "\"}}"),
            "413 event_limit ");
  EXPECT_NE(parser_.problems()[0].message.find("65536 bytes"),
            std::string::npos);
  EXPECT_EQ(Read(std::string(kMaxBatchBytes, ' ') + kEvent), "413 body_limit ");
  EXPECT_NE(parser_.problems()[0].message.find("1048576"), std::string::npos);
}

TEST_F(EventBatchParserTest, NestsAnEventToThirtyTwoLevels) {
  const auto nested = [](int levels) {
    return R"({"event":"a","level":"info","data":)" + [levels] {
      std::string data;
      for (int i = 0; i < levels; ++i) data += "{\"x\":";
      return data + "1" + std::string(static_cast<std::size_t>(levels), '}');
    }() + "}";
  };
  EXPECT_EQ(Read(nested(31)), "taken 1");
  EXPECT_EQ(Read(nested(32)), "400 depth_limit ");
  EXPECT_EQ(Read("{\"events\":[" + nested(31) + "]}"), "taken 1");
  EXPECT_EQ(Read("{\"events\":[" + nested(32) + "]}"),
            "400 depth_limit /events/0");
  EXPECT_EQ(Read(nested(50)), "400 depth_limit ");
}

TEST_F(EventBatchParserTest, CountsCharactersNotBytes) {
  std::string id;
  for (int i = 0; i < 64; ++i) id += "é";
  EXPECT_EQ(Read(With("\"id\":\"" + id + "\"")), "taken 1");
  EXPECT_EQ(Read(With("\"id\":\"" + id + "é\"")), "400 invalid_event /id");
}

TEST_F(EventBatchParserTest, GoesOnAfterARefusal) {
  EXPECT_EQ(Read("{"), "400 invalid_json ");
  EXPECT_EQ(Read(kEvent), "taken 1");
}

}  // namespace
}  // namespace writ
