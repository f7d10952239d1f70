#include "schema/normalize.h"

#include <gtest/gtest.h>

#include <string>

#include "schema/json.h"
#include "schema/validator.h"

namespace writ {
namespace {

// The spec of a kind, from JSON to JSON.
std::string Normal(std::string_view kind, std::string_view json) {
  Value value = *ParseJson(json);
  NormalizeField(FindKind(kind)->spec, "name", value);
  return CanonicalJson(value);
}

std::string Member(std::string_view kind, std::string_view json,
                   std::string_view member) {
  Value value = *ParseJson(json);
  NormalizeField(FindKind(kind)->spec, "name", value);
  const Value* found = value.FindPath(member);
  return found == nullptr ? "" : CanonicalJson(*found);
}

TEST(Normalize, SortsSetsAndKeyedLists) {
  EXPECT_EQ(Normal("ScopeSet", R"({"scopes":["b","a"]})"),
            R"({"scopes":["a","b"]})");
  EXPECT_EQ(Member("NotificationRule",
                   R"({"actions":[{"destination":"b"},{"destination":"a"}]})",
                   "actions"),
            R"([{"destination":"a","enabled":true},)"
            R"({"destination":"b","enabled":true}])");
}

TEST(Normalize, LeavesOrderWhereItMatters) {
  const std::string rules =
      R"([{"methods":["GET"],"path":"/b"},{"methods":["GET"],"path":"/a"}])";
  EXPECT_EQ(Member("ApiRoute", "{\"rules\":" + rules + "}", "rules"), rules);
  const std::string variables =
      R"([{"expression":"1","name":"b"},{"expression":"2","name":"a"}])";
  EXPECT_EQ(Member("Policy", "{\"variables\":" + variables + "}", "variables"),
            variables);
}

TEST(Normalize, WritesTimesInOneForm) {
  EXPECT_EQ(Member("App", R"({"retention":"24h"})", "retention"), "\"1d\"");
  EXPECT_EQ(Member("App", R"({"retention":"90d"})", "retention"), "\"90d\"");
  EXPECT_EQ(
      Member("Silence", R"({"endsAt":"2026-11-28T01:00:00+01:00"})", "endsAt"),
      "\"2026-11-28T00:00:00Z\"");
}

TEST(Normalize, TakesDefaultsFromWhereTheyStand) {
  EXPECT_EQ(Member("App", "{}", "slug"), "\"name\"");
  EXPECT_EQ(Member("EventSchema",
                   R"({"fields":[{"name":"a","type":"string"}]})", "fields"),
            R"([{"id":"a","name":"a","required":false,"type":"string"}])");
}

TEST(Normalize, FillsBlocksWithin) {
  EXPECT_EQ(
      Member("RotationSchedule", R"({"retries":{"perCycle":9}})", "retries"),
      R"({"backoff":"5s","maxBackoff":"5m","perAttempt":5,)"
      R"("perCycle":9})");
  EXPECT_EQ(Member("Secret", "{}", "source"), R"({"managed":{}})");
  EXPECT_EQ(Member("Repository", R"({"environments":{"a":{}}})",
                   "environments.a.sync.prune"),
            "true");
}

TEST(Normalize, KeepsWhatItDoesNotKnow) {
  EXPECT_EQ(Member("App", R"({"later":[2,1]})", "later"), "[2,1]");
  EXPECT_EQ(Member("App", R"({"retention":7})", "retention"), "7");
  EXPECT_EQ(Member("App", R"({"retention":"x"})", "retention"), "\"x\"");
  EXPECT_EQ(Normal("App", "[1]"), "[1]");
}

TEST(NormalizeContent, BringsOlderContentToThisTable) {
  const Value older = *ParseJson(R"({"spec":{"workspace":"acme","gone":1}})");
  const Value now = NormalizeContent(*FindKind("App"), older);
  EXPECT_EQ(CanonicalJson(now),
            R"({"lifecycle":{"onDelete":"delete","protect":false},)"
            R"("metadata":{"annotations":{},"labels":{}},)"
            R"("spec":{"gone":1,"managementWrites":"deny",)"
            R"("retention":"90d","unplannedEvents":"block",)"
            R"("workspace":"acme"}})");
}

}  // namespace
}  // namespace writ
