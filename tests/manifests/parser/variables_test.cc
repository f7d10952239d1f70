#include "manifests/variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/manifests/parser/parsing.h"
#include "tests/support/credentials.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const char* const kVariables = R"(channel: "#alerts"
maxPrice: 100
rate: 1.5
strict: true
teams: [a, b]
empty: ""
tricky: "${vars.channel}"
)";

struct Interpolated {
  std::string json;
  bool changed = false;
  std::vector<std::string> errors;
};

Interpolated Replaced(const std::string& text) {
  Parsed parsed = ParseText(text);
  EXPECT_THAT(parsed.Lines(), IsEmpty());
  const Parsed variables = ParseText(kVariables);
  const SourceFiles files{"a.yaml"};
  Reporter reporter(files, {}, parsed.diagnostics);
  Value root = parsed.root();
  Interpolated result;
  result.changed = Interpolate(root, variables.root(), reporter);
  result.json = CompactJson(root);
  result.errors = parsed.Lines();
  for (const Diagnostic& diagnostic : parsed.diagnostics.items()) {
    if (!diagnostic.hint.empty()) result.errors.push_back(diagnostic.hint);
  }
  return result;
}

TEST(Variables, AWholeTextTakesTheVariablesType) {
  EXPECT_EQ(Replaced(R"(["${vars.channel}", "${vars.maxPrice}", "${vars.rate}",
                   "${vars.strict}", "${vars.teams}", "${vars.empty}"])")
                .json,
            R"(["#alerts",100,1.5,true,["a","b"],""])");
}

TEST(Variables, InsideALongerTextValuesArePrinted) {
  EXPECT_EQ(
      Replaced(
          R"(a: "to ${vars.channel} at ${vars.maxPrice}/${vars.rate}${vars.strict}")")
          .json,
      R"({"a":"to #alerts at 100/1.5true"})");
  EXPECT_EQ(Replaced(R"(a: " ${vars.maxPrice}")").json, R"({"a":" 100"})");
}

TEST(Variables, AListHasNoPlaceInsideAText) {
  EXPECT_THAT(Replaced(R"(a: "x ${vars.teams}")").errors,
              ElementsAre(HasSubstr("1:4+17 variable: a list"),
                          HasSubstr("whole value")));
}

TEST(Variables, EscapesStandForTheCharacters) {
  EXPECT_EQ(Replaced(R"(a: "$${vars.channel}")").json,
            R"({"a":"${vars.channel}"})");
  EXPECT_EQ(Replaced(R"(a: "$$${vars.channel} ${vars.maxPrice} $$ $ {}")").json,
            R"({"a":"$${vars.channel} 100 $$ $ {}"})");
}

TEST(Variables, WhatAVariableHoldsIsNotReplacedAgain) {
  EXPECT_EQ(Replaced(R"(a: "${vars.tricky}!")").json,
            R"({"a":"${vars.channel}!"})");
}

TEST(Variables, KeysAndOtherTypesAreLeftAlone) {
  const Interpolated result = Replaced(R"("${vars.channel}": 1
b: true
c: [2, "$x"])");
  EXPECT_FALSE(result.changed);
  EXPECT_EQ(result.json, R"({"${vars.channel}":1,"b":true,"c":[2,"$x"]})");
}

TEST(Variables, AnUnknownOneIsAnErrorWithASuggestion) {
  EXPECT_THAT(Replaced("a: 1\nb: [x, \"y ${vars.chanel}\"]\n").errors,
              ElementsAre("2:8+18 variable: unknown variable \"chanel\"",
                          "did you mean \"channel\"?"));
  EXPECT_THAT(Replaced("a: \"${vars.zzzzzzzz}\"\n").errors,
              ElementsAre(HasSubstr("unknown variable \"zzzzzzzz\""),
                          HasSubstr("declared are channel, maxPrice")));
}

TEST(Variables, EveryOtherReferenceIsAnError) {
  for (const char* text : {"${env.HOME}", "${HOME}", "${ vars.channel }", "${}",
                           "${vars.}", "^a${1}$"}) {
    const Interpolated result = Replaced("a: '" + std::string(text) + "'\n");
    EXPECT_FALSE(result.errors.empty()) << text;
  }
  EXPECT_THAT(Replaced("a: 'x ${vars.channel'\n").errors,
              ElementsAre(HasSubstr("never closed"), HasSubstr("$${")));
}

TEST(Variables, ReplacedValuesKeepTheirPlace) {
  const Parsed variables = ParseText(kVariables);
  Parsed parsed = ParseText("a:\n  b: \"${vars.maxPrice}\"\n");
  const SourceFiles files{"a.yaml"};
  Reporter reporter(files, {}, parsed.diagnostics);
  Value root = parsed.root();
  Interpolate(root, variables.root(), reporter);
  EXPECT_EQ(Place(root.FindPath("a.b")->range()), "2:6+18");
}

// S-08
TEST(Variables, ACredentialThatComesTogetherIsRefused) {
  const std::string token = testing::MakeCredential("vela_live_", 7);
  Value variables;
  variables.Set("a", Value(token.substr(0, 10)));
  variables.Set("b", Value(token.substr(10)));
  Parsed parsed = ParseText("x: [\"${vars.a}${vars.b}\"]\ny: \"${vars.b}\"\n");
  const SourceFiles files{"a.yaml"};
  Reporter reporter(files, {}, parsed.diagnostics);
  Value root = parsed.root();
  Interpolate(root, variables, reporter);
  EXPECT_THAT(parsed.Lines(),
              ElementsAre("1:5+20 raw-credential: this looks like a live "
                          "credential (vela_live_, checksum valid)"));
}

TEST(Variables, MentionsSeesReferencesAnywhere) {
  EXPECT_TRUE(MentionsVariables(ParseText("a: [{b: 'x ${'}]\n").root()));
  EXPECT_FALSE(MentionsVariables(ParseText("a: [{'${': '$x'}]\n").root()));
}

// --var and the layers.

using Overrides = std::vector<std::pair<std::string, std::string>>;

Result<Value> Resolve(const Overrides& overrides) {
  return ResolveVariables(
      ParseText(kVariables).root(),
      ParseText("channel: \"#oncall\"\nregion: eu\n").root(), overrides);
}

TEST(ResolveVariables, TheEnvironmentStandsOverTheRepository) {
  const auto variables = Resolve({});
  ASSERT_TRUE(variables.has_value());
  EXPECT_EQ(variables->FindString("channel"), "#oncall");
  EXPECT_EQ(variables->FindString("region"), "eu");
  EXPECT_EQ(*variables->Find("maxPrice"), Value(100));
}

TEST(ResolveVariables, OverridesAreReadAsTheDeclaredType) {
  const auto variables = Resolve({{"channel", "true"},
                                  {"maxPrice", "7"},
                                  {"rate", "2"},
                                  {"strict", "false"},
                                  {"teams", "x,y z"}});
  ASSERT_TRUE(variables.has_value());
  EXPECT_EQ(*variables->Find("channel"), Value("true"));
  EXPECT_EQ(*variables->Find("maxPrice"), Value(7));
  EXPECT_EQ(*variables->Find("rate"), Value(2));
  EXPECT_EQ(*variables->Find("strict"), Value(false));
  EXPECT_EQ(CompactJson(*variables->Find("teams")), R"(["x","y z"])");
}

TEST(ResolveVariables, AListMayBeJson) {
  const auto variables = Resolve({{"teams", R"(["a,b", "c"])"}});
  ASSERT_TRUE(variables.has_value());
  EXPECT_EQ(CompactJson(*variables->Find("teams")), R"(["a,b","c"])");
  EXPECT_EQ(CompactJson(*Resolve({{"teams", ""}})->Find("teams")), "[]");
}

// S-08
TEST(ResolveVariables, ACredentialIsRefusedAndNotShown) {
  const std::string token = testing::MakeCredential("vela_live_", 7);
  const std::string escaped = "[\"\\u0076" + token.substr(1) + "\"]";
  const Overrides cases = {{"channel", "to " + token},
                           {"maxPrice", token},
                           {"teams", "a," + token},
                           {"teams", escaped}};
  for (const auto& override_ : cases) {
    const auto variables = Resolve({override_});
    ASSERT_FALSE(variables.has_value()) << override_.first;
    EXPECT_EQ(variables.error().message,
              "--var " + override_.first +
                  ": this looks like a live credential (vela_live_, checksum "
                  "valid)");
  }
}

TEST(ResolveVariables, WhatDoesntFitIsAnInvalidArgument) {
  const Overrides cases = {
      {"chanel", "x"},     {"strict", "yes"},   {"maxPrice", "many"},
      {"maxPrice", ""},    {"rate", "1.5x"},    {"rate", "nan"},
      {"teams", "[1, 2]"}, {"teams", "[\"a\""},
  };
  for (const auto& override_ : cases) {
    const auto variables = Resolve({override_});
    ASSERT_FALSE(variables.has_value()) << override_.first;
    EXPECT_EQ(variables.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(variables.error().message, HasSubstr(override_.first));
  }
  EXPECT_EQ(Resolve({{"chanel", "x"}}).error().remedy,
            "did you mean \"channel\"?");
}

}  // namespace
}  // namespace writ::manifests
