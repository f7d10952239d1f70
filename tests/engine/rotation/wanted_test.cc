#include "engine/rotation/wanted.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/rotation/names.h"
#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

Basis Issued() {
  return {1, {"inbox:read"}, {"10.0.0.0/8"}, {"github-ci TOKEN"}};
}

TokenNow Unchanged() {
  return {Issued(), Issued(), std::nullopt, std::nullopt};
}

std::string CauseOf(const TokenNow& token, Timestamp now = kStart) {
  const auto cause = FindCause(token, now);
  return cause ? std::string(Name(*cause)) : "none";
}

RotationDue DueAt(Timestamp at) { return {at, std::nullopt, false, false}; }

TEST(Wanted, NothingWhereNothingChanged) {
  EXPECT_EQ(CauseOf(Unchanged()), "none");
}

TEST(Wanted, WhatTheTokenAsksForAnew) {
  TokenNow token = Unchanged();
  token.desired.rotation_id = 2;
  EXPECT_EQ(CauseOf(token), "rotation_id");
  token.desired.rotation_id = std::nullopt;
  EXPECT_EQ(CauseOf(token), "rotation_id");
  token = Unchanged();
  token.desired.scopes.clear();
  EXPECT_EQ(CauseOf(token), "scopes");
  token = Unchanged();
  token.desired.targets.push_back("vercel TOKEN");
  EXPECT_EQ(CauseOf(token), "targets");
  token = Unchanged();
  token.desired.networks.clear();
  EXPECT_EQ(CauseOf(token), "networks");
}

TEST(Wanted, WhenItIsDue) {
  TokenNow token = Unchanged();
  token.due = DueAt(kStart + seconds(1));
  EXPECT_EQ(CauseOf(token), "none");
  token.due = DueAt(kStart);
  EXPECT_EQ(CauseOf(token), "schedule");
  token.desired.rotation_id = 2;
  EXPECT_EQ(CauseOf(token), "rotation_id");
}

TEST(Wanted, NotAgainAtOnceWhenItWasRolledBack) {
  TokenNow token = Unchanged();
  token.due = DueAt(kStart);
  token.rolled_back_at = kStart + minutes(1);
  EXPECT_EQ(CauseOf(token, kStart + minutes(2)), "none");
  // The next occurrence came.
  token.due = DueAt(kStart + hours(1));
  EXPECT_EQ(CauseOf(token, kStart + hours(1)), "schedule");
  token.due = DueAt(kStart);
  EXPECT_EQ(CauseOf(token, kStart + hours(25)), "schedule");
  token.desired.rotation_id = 2;
  EXPECT_EQ(CauseOf(token, kStart + minutes(2)), "none");
  EXPECT_EQ(CauseOf(token, kStart + hours(25)), "rotation_id");
}

TEST(Basis, ReadsWhatItPrints) {
  for (const Basis& basis : {Issued(), Basis{}}) {
    const auto back = ParseBasis(PrintBasis(basis));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, basis);
  }
  EXPECT_EQ(PrintBasis(Issued()),
            R"({"networks":["10.0.0.0/8"],"rotation_id":1,)"
            R"("scopes":["inbox:read"],"targets":["github-ci TOKEN"]})");
}

TEST(Basis, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "{\"scopes\":1}", "{\"scopes\":[1]}"}) {
    EXPECT_FALSE(ParseBasis(text)) << text;
  }
}

}  // namespace
}  // namespace writ::engine::rotation
