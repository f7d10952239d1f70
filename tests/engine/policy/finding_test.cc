#include "engine/policy/finding.h"

#include <gtest/gtest.h>

#include <array>

namespace writ::engine {
namespace {

TEST(Finding, NamesReadBack) {
  for (const Verdict verdict : {Verdict::kPass, Verdict::kExempt,
                                Verdict::kViolation, Verdict::kError}) {
    EXPECT_EQ(ParseVerdict(Name(verdict)), verdict);
  }
  for (const Enforcement enforcement :
       {Enforcement::kAudit, Enforcement::kWarn, Enforcement::kDenyOverridable,
        Enforcement::kDeny}) {
    EXPECT_EQ(ParseEnforcement(Name(enforcement)), enforcement);
  }
  for (const Guards guards :
       {Guards::kDesired, Guards::kApplied, Guards::kBoth}) {
    EXPECT_EQ(ParseGuards(Name(guards)), guards);
  }
  EXPECT_EQ(ParseVerdict("fail"), std::nullopt);
  EXPECT_EQ(ParseEnforcement("Deny"), std::nullopt);
  EXPECT_EQ(Name(ExceptionState::kSoonExpiring), "soon-expiring");
}

TEST(Finding, DeniesByVerdictEnforcementAndOverride) {
  struct Case {
    Verdict verdict;
    Enforcement enforcement;
    bool overridden;
    bool want;
  };
  const std::array<Case, 9> cases = {{
      {Verdict::kViolation, Enforcement::kDeny, false, true},
      {Verdict::kViolation, Enforcement::kDeny, true, true},
      {Verdict::kViolation, Enforcement::kDenyOverridable, false, true},
      {Verdict::kViolation, Enforcement::kDenyOverridable, true, false},
      {Verdict::kViolation, Enforcement::kWarn, false, false},
      {Verdict::kViolation, Enforcement::kAudit, false, false},
      {Verdict::kError, Enforcement::kDeny, false, true},
      {Verdict::kExempt, Enforcement::kDeny, false, false},
      {Verdict::kPass, Enforcement::kDeny, false, false},
  }};
  for (const Case& c : cases) {
    Finding finding;
    finding.verdict = c.verdict;
    finding.enforcement = c.enforcement;
    finding.overridden = c.overridden;
    EXPECT_EQ(finding.denies(), c.want)
        << Name(c.verdict) << " " << Name(c.enforcement);
    Judgement judgement;
    EXPECT_FALSE(judgement.denied());
    judgement.findings = {Finding(), finding};
    EXPECT_EQ(judgement.denied(), c.want);
  }
}

}  // namespace
}  // namespace writ::engine
