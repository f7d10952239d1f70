#include "reconciler/egress/secret_json.h"

#include <gtest/gtest.h>

namespace writ::reconciler {
namespace {

std::string With(const char* object, const char* value) {
  auto result = WithMember(object, "b", SecretValue::Copy(value));
  return result ? std::string(result->Reveal()) : "none";
}

TEST(JsonObject, WritesMembersInTurn) {
  JsonObject inner;
  inner.AddFlag("deep", true);
  const SecretValue text = JsonObject()
                               .Add("a", "x\"y")
                               .Add("n", std::int64_t{-3})
                               .AddSecret("s", SecretValue::Copy("v\n"))
                               .AddJson("j", "[1,2]")
                               .AddObject("o", std::move(inner))
                               .Finish();
  EXPECT_EQ(text.Reveal(),
            R"({"a":"x\"y","n":-3,"s":"v\u000a","j":[1,2],"o":{"deep":true}})");
  EXPECT_EQ(JsonObject().Finish().Reveal(), "{}");
}

// Every other byte stays: numbers too large, white space, escapes.
TEST(WithMember, ChangesOneMemberAlone) {
  EXPECT_EQ(With(R"({"a":1,"b":"x","c":[{"b":2}]})", "new"),
            R"({"a":1,"b":"new","c":[{"b":2}]})");
  EXPECT_EQ(
      With("{ \"a\" : 12345678901234567890123 ,\n \"b\" : {\"b\":1} }", "new"),
      "{ \"a\" : 12345678901234567890123 ,\n \"b\" : \"new\" }");
  EXPECT_EQ(With(R"({"a":1e400000,"c":1})", "new"), "none");
  EXPECT_EQ(With(R"({"a\u0062":1.0})", "new"), R"({"a\u0062":1.0,"b":"new"})");
  EXPECT_EQ(With(R"({"\u0062":1})", "new"), R"({"\u0062":"new"})");
  EXPECT_EQ(With(R"({"a":"}\"b\":1,{"})", "new"),
            R"({"a":"}\"b\":1,{","b":"new"})");
  EXPECT_EQ(With("{}", "new"), R"({"b":"new"})");
  EXPECT_EQ(With(" { } ", "q\"q"), R"( { "b":"q\"q"} )");
}

TEST(WithMember, RefusesWhatIsNoObject) {
  for (const char* text : {"", "[]", "\"b\"", "{\"b\":1", "{\"b\":1,\"b\":2}",
                           "{} {}", "nonsense"}) {
    EXPECT_EQ(With(text, "new"), "none") << text;
  }
}

TEST(RawMember, IsTheTextAsItStands) {
  EXPECT_EQ(RawMember(R"({"a": {"x" : [1, 2]} , "b":true})", "a"),
            R"({"x" : [1, 2]})");
  EXPECT_EQ(RawMember(R"({"a":1 , "b":true})", "a"), "1");
  EXPECT_EQ(RawMember(R"({"a":1})", "x"), std::nullopt);
}

TEST(SecretJson, FindsByPath) {
  const SecretJson json(*ParseJson(R"({"a":{"t":"x","n":7,"f":true}})"));
  EXPECT_EQ(json.Text("a.t"), "x");
  EXPECT_EQ(json.Integer("a.n"), 7);
  EXPECT_TRUE(json.IsTrue("a.f"));
  EXPECT_EQ(json.Text("a.n"), "");
  EXPECT_EQ(json.Integer("a.t"), std::nullopt);
  EXPECT_FALSE(json.IsTrue("b"));
}

}  // namespace
}  // namespace writ::reconciler
