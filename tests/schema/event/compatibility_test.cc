#include "schema/event/compatibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/schema/event/schemas.h"

namespace writ {
namespace {

using ::testing::ElementsAre;
using testing::Schema;
using testing::WithField;

constexpr CompatibilityMode kAll[] = {
    CompatibilityMode::kNone,
    CompatibilityMode::kBackward,
    CompatibilityMode::kForward,
    CompatibilityMode::kFull,
    CompatibilityMode::kBackwardTransitive,
    CompatibilityMode::kForwardTransitive,
    CompatibilityMode::kFullTransitive,
};

const std::string kText = "'name':'currency','type':'string'";

TEST(CompatibilityMode, IsNamedAsInManifests) {
  std::vector<std::string_view> names;
  for (const CompatibilityMode mode : kAll) {
    names.push_back(Name(mode));
    EXPECT_EQ(FindCompatibilityMode(Name(mode)), mode);
  }
  EXPECT_THAT(names, ElementsAre("none", "backward", "forward", "full",
                                 "backward-transitive", "forward-transitive",
                                 "full-transitive"));
  EXPECT_EQ(FindCompatibilityMode("Backward"), std::nullopt);
  EXPECT_EQ(FindCompatibilityMode(""), std::nullopt);
}

TEST(CompatibilityMode, CombinesToWhatSatisfiesBoth) {
  using Mode = CompatibilityMode;
  EXPECT_EQ(Combine(Mode::kNone, Mode::kNone), Mode::kNone);
  EXPECT_EQ(Combine(Mode::kNone, Mode::kForward), Mode::kForward);
  EXPECT_EQ(Combine(Mode::kBackward, Mode::kForward), Mode::kFull);
  EXPECT_EQ(Combine(Mode::kBackward, Mode::kForwardTransitive),
            Mode::kFullTransitive);
  for (const Mode a : kAll) {
    EXPECT_EQ(Combine(a, a), a);
    for (const Mode b : kAll) EXPECT_EQ(Combine(a, b), Combine(b, a));
  }
}

TEST(Compatibility, NamesPathRuleAndBothValues) {
  const auto result = CheckCompatibility(CompatibilityMode::kBackward,
                                         WithField(kText + ",'required':false"),
                                         WithField(kText + ",'required':true"));
  EXPECT_TRUE(result.breaking);
  EXPECT_THAT(result.reasons,
              ElementsAre("spec.fields[currency].required: false → true: "
                          "events without it would be rejected"));
}

TEST(Compatibility, ListsEveryReasonByPath) {
  const Value before = Schema(
      "'unplannedFields':'allow','fields':["
      "{'name':'e','type':'enum','enumValues':['EUR','USD','CHF']},"
      "{'name':'gone','type':'date'},"
      "{'name':'n','type':'number','validation':{'min':0.5}},"
      "{'name':'s','type':'string','validation':{'max':64,'pattern':'^a'}},"
      "{'name':'t','type':'boolean'}],"
      "'metadataFields':[{'name':'m','type':'string'}]");
  const Value after = Schema(
      "'unplannedFields':'block','fields':["
      "{'name':'e','type':'enum','enumValues':['EUR']},"
      "{'name':'n','type':'number','validation':{'min':1,'max':10}},"
      "{'name':'new','type':'date','required':true},"
      "{'name':'s','type':'string','validation':{'max':8,'pattern':'^b'}},"
      "{'name':'t','type':'string'}],"
      "'metadataFields':[{'name':'m','type':'number'}]");
  EXPECT_THAT(
      CheckCompatibility(CompatibilityMode::kBackward, before, after).reasons,
      ElementsAre(
          "spec.fields[e].enumValues: [\"CHF\", \"EUR\", \"USD\"] → "
          "[\"EUR\"]: events with [\"CHF\", \"USD\"] would be rejected",
          "spec.fields[gone]: optional → absent: events with it would be "
          "rejected",
          "spec.fields[n].validation.max: none → 10: events with a larger "
          "value would be rejected",
          "spec.fields[n].validation.min: 0.5 → 1: events with a smaller "
          "value would be rejected",
          "spec.fields[new]: absent → required: events without it would be "
          "rejected",
          "spec.fields[s].validation.max: 64 → 8: events with a longer value "
          "would be rejected",
          "spec.fields[s].validation.pattern: \"^a\" → \"^b\": events that "
          "don't match would be rejected",
          "spec.fields[t].type: boolean → string: events with a value of type "
          "boolean would be rejected",
          "spec.metadataFields[m].type: string → number: events with a value "
          "of type string would be rejected",
          "spec.unplannedFields: allow → block: events with other fields would "
          "be rejected"));
}

TEST(Compatibility, ForwardReasonsStillReadFromOldToNew) {
  const auto result = CheckCompatibility(
      CompatibilityMode::kForward, WithField(kText + ",'required':true"),
      WithField(kText + ",'required':false"));
  EXPECT_THAT(result.reasons,
              ElementsAre("spec.fields[currency].required: true → false: the "
                          "older schema would reject events without it"));
}

TEST(Compatibility, FullGivesTheReasonsOfBoth) {
  const auto result =
      CheckCompatibility(CompatibilityMode::kFull, WithField(kText),
                         WithField("'name':'currency','type':'number'"));
  EXPECT_EQ(result.reasons.size(), 2U);
}

// a → b → c: each step is fine, c against a is not.
TEST(Compatibility, OnlyTransitiveModesLookFurtherBack) {
  const Value first = WithField(kText + ",'validation':{'max':9}");
  const Value second = Schema("'fields':[]");
  const Value third = WithField(kText + ",'validation':{'max':3}");
  const std::vector<Value> older = {first};
  EXPECT_FALSE(
      CheckCompatibility(CompatibilityMode::kBackward, second, third, older)
          .breaking);
  EXPECT_FALSE(CheckCompatibility(CompatibilityMode::kForwardTransitive, second,
                                  third, older)
                   .breaking);
  const auto result = CheckCompatibility(CompatibilityMode::kBackwardTransitive,
                                         second, third, older);
  EXPECT_TRUE(result.breaking);
  EXPECT_THAT(result.reasons,
              ElementsAre("2 versions back: spec.fields[currency].validation."
                          "max: 9 → 3: events with a longer value would be "
                          "rejected"));
  EXPECT_TRUE(CheckCompatibility(CompatibilityMode::kFullTransitive, second,
                                 third, older)
                  .breaking);
}

TEST(Compatibility, ARepeatedReasonIsGivenForTheNearestVersion) {
  const Value optional = WithField(kText);
  const std::vector<Value> older = {optional, optional};
  EXPECT_THAT(
      CheckCompatibility(CompatibilityMode::kBackwardTransitive, optional,
                         WithField(kText + ",'required':true"), older)
          .reasons,
      ElementsAre("spec.fields[currency].required: false → true: "
                  "events without it would be rejected"));
}

// A commit that drops the demand and breaks it at once is held to it.
TEST(Compatibility, TheSchemasThemselvesSayWhatIsAsked) {
  const auto with = [](const std::string& mode, const std::string& required) {
    return Schema("'compatibility':'" + mode + "','fields':[{" + kText +
                  ",'required':" + required + "}]");
  };
  EXPECT_TRUE(
      CheckCompatibility(with("backward", "false"), with("backward", "true"))
          .breaking);
  EXPECT_TRUE(
      CheckCompatibility(with("backward", "false"), with("none", "true"))
          .breaking);
  EXPECT_TRUE(
      CheckCompatibility(with("none", "false"), with("backward", "true"))
          .breaking);
  EXPECT_FALSE(
      CheckCompatibility(with("none", "false"), with("none", "true")).breaking);
  EXPECT_FALSE(
      CheckCompatibility(with("forward", "false"), with("forward", "true"))
          .breaking);
  EXPECT_TRUE(CheckCompatibility(WithField(kText),
                                 WithField(kText + ",'required':true"))
                  .breaking);
}

TEST(Compatibility, LongValuesAreCut) {
  const auto pattern = [](char c) {
    return WithField(kText + ",'validation':{'pattern':'" +
                     std::string(5000, c) + "'}");
  };
  const auto result = CheckCompatibility(CompatibilityMode::kBackward,
                                         pattern('a'), pattern('b'));
  ASSERT_EQ(result.reasons.size(), 1U);
  EXPECT_LT(result.reasons[0].size(), 300U);
}

TEST(Compatibility, AnyShapeIsJudged) {
  const Value shapes[] = {
      Value(),
      Value("text"),
      Value(Value::List{1, 2}),
      Schema(""),
      Schema("'fields':null"),
      Schema("'fields':7,'metadataFields':'x','unplannedFields':[1]"),
      Schema("'fields':[1,null,{},{'name':3},{'name':''},{'name':'a'}]"),
      Schema("'fields':[{'name':'a','type':5,'required':'yes'}]"),
      Schema("'fields':[{'name':'a','type':'string','validation':[1]}]"),
      Schema("'fields':[{'name':'a','type':'string','validation':"
             "{'min':'x','max':null,'pattern':3}}]"),
      Schema("'fields':[{'name':'a','type':'enum','enumValues':"
             "[1,null,{'x':[]},'y']}]"),
      Schema("'fields':[{'name':'a','type':'new-type'}],'compatibility':'x'"),
  };
  for (const Value& before : shapes) {
    for (const Value& after : shapes) {
      for (const CompatibilityMode mode : kAll) {
        const auto result =
            CheckCompatibility(mode, before, after, std::span(shapes));
        EXPECT_EQ(result.breaking, !result.reasons.empty());
        EXPECT_FALSE(mode == CompatibilityMode::kNone && result.breaking);
      }
    }
    EXPECT_FALSE(
        CheckCompatibility(CompatibilityMode::kFullTransitive, before, before)
            .breaking);
  }
}

}  // namespace
}  // namespace writ
