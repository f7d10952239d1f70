#include "engine/policy/rule_condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/policy/policy_fixture.h"

namespace writ::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string SchemaYaml(const std::string& name, const std::string& fields,
                       const std::string& unplanned) {
  return "apiVersion: writ/v1\nkind: EventSchema\nmetadata: {name: " + name +
         "}\nspec:\n  app: shop\n  unplannedFields: " + unplanned +
         "\n  fields: [" + fields +
         "]\n  metadataFields: [{name: traceId, type: string}]\n---\n";
}

const char* const kAmount = "{name: amountCents, type: number}";

// What is wrong with a rule's condition, given these schemas.
std::vector<std::string> Mistakes(const std::string& when,
                                  const std::string& schemas) {
  World world(schemas +
              "apiVersion: writ/v1\nkind: NotificationRule\nmetadata: {name: "
              "r}\nspec:\n  app: shop\n  event: payment.failed\n  actions: "
              "[{destination: d}]\n  when: " +
              when + "\n");
  std::vector<std::shared_ptr<const Value>> contents;
  for (const Resource& resource : world.resources) {
    if (resource.id.kind() == "EventSchema") {
      contents.push_back(resource.content);
    }
  }
  CheckRuleCondition(world.resources.back(), world.files, contents,
                     world.places(), world.diagnostics);
  return world.Lines();
}

TEST(RuleCondition, SeesTheEvent) {
  const std::string schema = SchemaYaml("payment.failed", kAmount, "block");
  EXPECT_THAT(
      Mistakes("data.amountCents > 10000 && level == 'error' && "
               "event.startsWith('payment.') && customer_id != '' && "
               "metadata.traceId != '' && timestamp.getHours('UTC') < 8",
               schema),
      IsEmpty());
  EXPECT_THAT(Mistakes("data.amountCents > 1.5", schema), IsEmpty());
}

TEST(RuleCondition, RefusesAFieldThatNoEventHas) {
  for (const char* const unplanned : {"block", "omit", "allow"}) {
    const auto lines =
        Mistakes("data.amountCent > 10000",
                 SchemaYaml("payment.failed", kAmount, unplanned));
    ASSERT_THAT(lines, SizeIs(1));
    EXPECT_THAT(lines.front(), HasSubstr("17:14 "));
    EXPECT_THAT(lines.front(), HasSubstr("did you mean \"amountCents\"?"));
    EXPECT_THAT(lines.front(),
                HasSubstr("spec.when of NotificationRule/shop/r"));
  }
}

TEST(RuleCondition, WarnsOfAFieldThatEventsMayHoldUnplanned) {
  const auto lines = Mistakes("data.zone == 'a'",
                              SchemaYaml("payment.failed", kAmount, "allow"));
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines.front(), HasSubstr("warning: "));
}

TEST(RuleCondition, KnowsTheFieldsOfAllItsEvents) {
  const std::string schemas =
      SchemaYaml("payment.failed", kAmount, "block") +
      SchemaYaml("payment.late", "{name: days, type: string}", "block");
  EXPECT_THAT(Mistakes("data.amountCents > 1 || data.days == '1'", schemas),
              IsEmpty());
  EXPECT_THAT(Mistakes("data.currency == 'EUR'", schemas), SizeIs(1));
}

TEST(RuleCondition, KnowsNothingWithoutASchema) {
  EXPECT_THAT(Mistakes("data.x.y > 1 && metadata.z == 1", ""), IsEmpty());
}

TEST(RuleCondition, IsTrueOrFalse) {
  EXPECT_THAT(Mistakes("event", ""),
              ElementsAre(HasSubstr("is of type string, not true or false")));
  EXPECT_THAT(Mistakes("evnt == 'x'", ""),
              ElementsAre(HasSubstr("did you mean \"event\"?")));
  EXPECT_THAT(Mistakes("\"event ==\"", ""), SizeIs(1));
}

TEST(RuleCondition, MayBeAbsent) {
  World world(
      "apiVersion: writ/v1\nkind: NotificationRule\nmetadata: {name: "
      "r}\nspec:\n  app: shop\n  event: payment.failed\n  actions: "
      "[{destination: d}]\n");
  CheckRuleCondition(world.resources.back(), world.files, {}, world.places(),
                     world.diagnostics);
  EXPECT_TRUE(world.diagnostics.empty());
}

}  // namespace
}  // namespace writ::engine
