#include <gtest/gtest.h>

#include <optional>

#include "engine/plan/plan.h"

namespace writ::engine {
namespace {

TEST(Names, ParseBack) {
  for (int i = 0; i < 9; ++i) {
    const auto action = static_cast<Action>(i);
    EXPECT_EQ(ParseAction(Name(action)), action);
    EXPECT_FALSE(Symbol(action).empty());
  }
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(ParseGuardKind(Name(static_cast<GuardKind>(i))),
              static_cast<GuardKind>(i));
  }
  for (int i = 0; i < 13; ++i) {
    EXPECT_EQ(ParseReason(Name(static_cast<Reason>(i))),
              static_cast<Reason>(i));
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(ParseCause(Name(static_cast<Cause>(i))), static_cast<Cause>(i));
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ParseAlarmKind(Name(static_cast<AlarmKind>(i))),
              static_cast<AlarmKind>(i));
  }
  EXPECT_EQ(ParseAction("explode"), std::nullopt);
  EXPECT_EQ(ParseReason(""), std::nullopt);
  EXPECT_EQ(ParseCause("luck"), std::nullopt);
}

}  // namespace
}  // namespace writ::engine
