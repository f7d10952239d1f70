#include "engine/notify/condition.h"

#include <gtest/gtest.h>

#include "tests/engine/notify/notify_samples.h"

namespace writ::engine {
namespace {

using testing::EventOf;
using testing::Json;

Condition Parsed(const std::string& written) {
  auto condition = Condition::Parse(Json(written));
  EXPECT_TRUE(condition) << written;
  return condition ? *std::move(condition) : Condition();
}

struct Case {
  const char* name;
  const char* data;
  const char* condition;
  bool want;
};

void ExpectHolds(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    const Condition condition = Parsed(each.condition);
    const NotifyEvent event = EventOf(each.data);
    EXPECT_EQ(condition.Holds(event), each.want);
    if (!each.want) {
      EXPECT_NE(condition.WhyNot(event), "");
    }
  }
}

// The contract's six, row by row.
TEST(Condition, ComparesForEqualityByTypeAndValue) {
  ExpectHolds({
      {"text", R"({"a":"x"})",
       R"({"field":"a","operator":"equals","value":"x"})", true},
      {"another case", R"({"a":"X"})",
       R"({"field":"a","operator":"equals","value":"x"})", false},
      {"1 is not \"1\"", R"({"a":"1"})",
       R"({"field":"a","operator":"equals","value":1})", false},
      {"1 is 1.0", R"({"a":1.0})",
       R"({"field":"a","operator":"equals","value":1})", true},
      {"true", R"({"a":true})",
       R"({"field":"a","operator":"equals","value":true})", true},
      {"true is not 1", R"({"a":true})",
       R"({"field":"a","operator":"equals","value":1})", false},
      {"missing", R"({})", R"({"field":"a","operator":"equals","value":"x"})",
       false},
      {"null", R"({"a":null})",
       R"({"field":"a","operator":"equals","value":""})", false},
      {"an object", R"({"a":{}})",
       R"({"field":"a","operator":"equals","value":"x"})", false},
      {"not equal", R"({"a":"y"})",
       R"({"field":"a","operator":"not_equals","value":"x"})", true},
      {"of another type", R"({"a":1})",
       R"({"field":"a","operator":"not_equals","value":"1"})", true},
      {"missing is not equal", R"({})",
       R"({"field":"a","operator":"not_equals","value":"x"})", true},
      {"the same", R"({"a":"x"})",
       R"({"field":"a","operator":"not_equals","value":"x"})", false},
      {"large integers differ", R"({"a":9007199254740993})",
       R"({"field":"a","operator":"equals","value":9007199254740992})", false},
  });
}

TEST(Condition, ComparesAsNumbers) {
  ExpectHolds({
      {"more", R"({"a":11})",
       R"({"field":"a","operator":"greater_than","value":10})", true},
      {"the same is not more", R"({"a":10})",
       R"({"field":"a","operator":"greater_than","value":10})", false},
      {"a text that is a number", R"({"a":"11"})",
       R"({"field":"a","operator":"greater_than","value":10})", true},
      {"white space around", R"({"a":" +11.5\n"})",
       R"({"field":"a","operator":"greater_than","value":11})", true},
      {"a text that begins as one", R"({"a":"11x"})",
       R"({"field":"a","operator":"greater_than","value":10})", false},
      {"inf is a word", R"({"a":"inf"})",
       R"({"field":"a","operator":"greater_than","value":10})", false},
      {"nan is a word", R"({"a":"nan"})",
       R"({"field":"a","operator":"less_than","value":10})", false},
      {"the empty text is 0", R"({"a":""})",
       R"({"field":"a","operator":"less_than","value":1})", true},
      {"null is 0", R"({"a":null})",
       R"({"field":"a","operator":"less_than","value":1})", true},
      {"true is 1", R"({"a":true})",
       R"({"field":"a","operator":"greater_than","value":0})", true},
      {"missing", R"({})", R"({"field":"a","operator":"less_than","value":1})",
       false},
      {"a list", R"({"a":[]})",
       R"({"field":"a","operator":"less_than","value":1})", false},
      {"an object", R"({"a":{}})",
       R"({"field":"a","operator":"less_than","value":1})", false},
      {"at least", R"({"a":10})",
       R"({"field":"a","operator":"greater_or_equal","value":10})", true},
      {"at most", R"({"a":10})",
       R"({"field":"a","operator":"less_or_equal","value":10})", true},
      {"above the most", R"({"a":10.5})",
       R"({"field":"a","operator":"less_or_equal","value":10})", false},
      {"missing is not at most", R"({})",
       R"({"field":"a","operator":"less_or_equal","value":10})", false},
  });
}

TEST(Condition, LooksIntoTexts) {
  ExpectHolds({
      {"contains", R"({"a":"card_declined"})",
       R"({"field":"a","operator":"contains","value":"decl"})", true},
      {"everything contains nothing", R"({"a":"x"})",
       R"({"field":"a","operator":"contains","value":""})", true},
      {"a number's digits", R"({"a":1234})",
       R"({"field":"a","operator":"contains","value":"23"})", true},
      {"a boolean's word", R"({"a":true})",
       R"({"field":"a","operator":"starts_with","value":"tr"})", true},
      {"starts", R"({"a":"card_declined"})",
       R"({"field":"a","operator":"starts_with","value":"card"})", true},
      {"is in the middle", R"({"a":"a card"})",
       R"({"field":"a","operator":"starts_with","value":"card"})", false},
      {"null has no text", R"({"a":null})",
       R"({"field":"a","operator":"contains","value":""})", false},
      {"a list has no text", R"({"a":["x"]})",
       R"({"field":"a","operator":"contains","value":"x"})", false},
      {"missing", R"({})",
       R"({"field":"a","operator":"starts_with","value":""})", false},
      {"a match anywhere", R"({"a":"order ord_12"})",
       R"({"field":"a","operator":"matches","value":"ord_[0-9]+"})", true},
      {"an anchor", R"({"a":"order ord_12"})",
       R"({"field":"a","operator":"matches","value":"^ord_"})", false},
      {"a number's text", R"({"a":1234})",
       R"({"field":"a","operator":"matches","value":"^12"})", true},
      {"missing matches nothing", R"({})",
       R"({"field":"a","operator":"matches","value":""})", false},
  });
}

TEST(Condition, KnowsListsAndExistence) {
  ExpectHolds({
      {"one of", R"({"a":"x"})",
       R"({"field":"a","operator":"in","value":["y","x"]})", true},
      {"none of", R"({"a":"z"})",
       R"({"field":"a","operator":"in","value":["y","x"]})", false},
      {"of the type", R"({"a":"1"})",
       R"({"field":"a","operator":"in","value":[1]})", false},
      {"missing is none", R"({})",
       R"({"field":"a","operator":"in","value":["x"]})", false},
      {"there", R"({"a":""})", R"({"field":"a","operator":"exists"})", true},
      {"there as null", R"({"a":null})",
       R"({"field":"a","operator":"exists","value":true})", true},
      {"not there", R"({})", R"({"field":"a","operator":"exists"})", false},
      {"wanted away", R"({})",
       R"({"field":"a","operator":"exists","value":false})", true},
      {"wanted away and there", R"({"a":{}})",
       R"({"field":"a","operator":"exists","value":false})", false},
  });
}

TEST(Condition, FindsFieldsByTheirPaths) {
  ExpectHolds({
      {"nested", R"({"a":{"b":{"c":1}}})",
       R"({"field":"a.b.c","operator":"equals","value":1})", true},
      {"through what is no object", R"({"a":"x"})",
       R"({"field":"a.b","operator":"exists"})", false},
      {"metadata", R"({})",
       R"({"field":"metadata.traceId","operator":"equals","value":"t-1"})",
       true},
      {"metadata isn't data", R"({"metadata":{"x":1}})",
       R"({"field":"metadata.x","operator":"exists"})", false},
      {"payload is data", R"({"metadata":{"x":1}})",
       R"({"field":"payload.metadata.x","operator":"equals","value":1})", true},
      {"data is data", R"({"a":1})",
       R"({"field":"data.a","operator":"equals","value":1})", true},
      {"data as a member of data", R"({"data":{"a":2},"a":1})",
       R"({"field":"data.a","operator":"equals","value":2})", true},
      {"the level", R"({})",
       R"({"field":"level","operator":"equals","value":"error"})", true},
      {"data's level hides it", R"({"level":"gold"})",
       R"({"field":"level","operator":"equals","value":"gold"})", true},
      {"the event", R"({})",
       R"({"field":"event","operator":"starts_with","value":"payment."})",
       true},
      {"the customer", R"({})",
       R"({"field":"customer_id","operator":"equals","value":"c1"})", true},
  });
  NotifyEvent nobody = EventOf("{}");
  nobody.customer_id.clear();
  EXPECT_FALSE(
      Parsed(R"({"field":"customer_id","operator":"exists"})").Holds(nobody));
}

TEST(Condition, RefusesWhatItCannotRead) {
  for (const char* written :
       {R"({"operator":"equals","value":1})", R"({"field":"a"})",
        R"({"field":"a","operator":"like","value":"x"})",
        R"({"field":"a","operator":"matches","value":"("})",
        R"({"field":"a","operator":"matches","value":1})"}) {
    EXPECT_FALSE(Condition::Parse(Json(written))) << written;
  }
}

// T-16: reports name fields, never what customers' events hold.
TEST(Condition, ExplainsWithoutTheEventsValues) {
  const NotifyEvent event = EventOf(R"({"iban":"CH93-SECRET"})");
  EXPECT_EQ(Parsed(R"({"field":"iban","operator":"equals","value":"x"})")
                .WhyNot(event),
            R"(iban equals "x" doesn't hold)");
  EXPECT_EQ(
      Parsed(R"({"field":"b","operator":"less_than","value":3})").WhyNot(event),
      "b isn't there, so less_than 3 doesn't hold");
  EXPECT_EQ(Parsed(R"({"field":"iban","operator":"exists","value":false})")
                .WhyNot(event),
            "iban is there");
}

}  // namespace
}  // namespace writ::engine
