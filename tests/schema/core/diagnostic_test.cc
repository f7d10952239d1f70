#include "schema/diagnostic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace writ {
namespace {

Diagnostic At(std::string file, std::uint32_t line, std::uint32_t column,
              std::string summary, Severity severity = Severity::kError) {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = "unknown-field";
  diagnostic.summary = std::move(summary);
  diagnostic.locations = {{std::move(file), line, column, 1, ""}};
  return diagnostic;
}

std::vector<std::string> Summaries(const Diagnostics& diagnostics) {
  std::vector<std::string> summaries;
  for (const Diagnostic& item : diagnostics.items()) {
    summaries.push_back(item.summary);
  }
  return summaries;
}

TEST(Diagnostics, SortsByFileLineColumnThenTheRest) {
  std::vector<Diagnostic> items = {
      At("a.yaml", 1, 1, "1"),  At("a.yaml", 1, 2, "2"),
      At("a.yaml", 2, 1, "3"),  At("a.yaml", 2, 1, "4"),
      At("a.yaml", 10, 1, "5"), At("b.yaml", 1, 1, "6"),
  };
  const std::vector<std::string> want = {"1", "2", "3", "4", "5", "6"};
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(items.begin(), items.end(), random);
    Diagnostics diagnostics;
    for (const Diagnostic& item : items) diagnostics.Add(item);
    diagnostics.Sort();
    EXPECT_EQ(Summaries(diagnostics), want);
  }
}

TEST(Diagnostics, WhatHasNoPlaceComesFirst) {
  Diagnostics diagnostics;
  diagnostics.Add(At("a.yaml", 1, 1, "placed"));
  Diagnostic nowhere;
  nowhere.summary = "nowhere";
  diagnostics.Add(nowhere);
  diagnostics.Sort();
  EXPECT_EQ(Summaries(diagnostics),
            (std::vector<std::string>{"nowhere", "placed"}));
}

TEST(Diagnostics, TellsOneMistakeOnceWhateverItsHints) {
  Diagnostics diagnostics;
  Diagnostic first = At("a.yaml", 1, 1, "same");
  Diagnostic second = first;
  first.hint = "did you mean \"a\"?";
  second.hint = "one of b, c";
  diagnostics.Add(second);
  diagnostics.Add(first);
  diagnostics.Sort();
  ASSERT_EQ(diagnostics.items().size(), 1U);
  EXPECT_EQ(diagnostics.items()[0].hint, first.hint);
}

TEST(Diagnostics, DropsRepeatsOnly) {
  Diagnostics diagnostics;
  diagnostics.Add(At("a.yaml", 1, 1, "same"));
  diagnostics.Add(At("a.yaml", 1, 1, "same"));
  diagnostics.Add(At("a.yaml", 1, 1, "same", Severity::kWarning));
  diagnostics.Add(At("a.yaml", 1, 1, "other"));
  EXPECT_EQ(diagnostics.error_count(), 3U);
  diagnostics.Sort();
  EXPECT_EQ(diagnostics.items().size(), 3U);
  EXPECT_EQ(diagnostics.error_count(), 2U);
  EXPECT_EQ(diagnostics.warning_count(), 1U);
}

TEST(Diagnostics, CountsErrorsAndWarningsThroughAppend) {
  Diagnostics warnings;
  warnings.Add(At("a.yaml", 1, 1, "w", Severity::kWarning));
  warnings.Add(At("a.yaml", 1, 1, "n", Severity::kNote));
  EXPECT_FALSE(warnings.HasErrors());
  EXPECT_FALSE(warnings.empty());

  Diagnostics all;
  EXPECT_TRUE(all.empty());
  all.Add(At("b.yaml", 1, 1, "e"));
  all.Append(std::move(warnings));
  EXPECT_TRUE(all.HasErrors());
  EXPECT_EQ(all.error_count(), 1U);
  EXPECT_EQ(all.warning_count(), 1U);
  EXPECT_EQ(all.items().size(), 3U);
}

}  // namespace
}  // namespace writ
