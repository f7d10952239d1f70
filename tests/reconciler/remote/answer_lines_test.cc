#include "reconciler/remote/answer_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::reconciler {
namespace {

using Lines = std::vector<std::string>;

TEST(AnswerLines, AreTheSameHoweverTheBytesCome) {
  const std::string bytes = "{\"a\":1}\n\n{\"b\":2}\nnot whole";
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    Lines taken;
    AnswerLines lines([&](std::string_view line) { taken.emplace_back(line); });
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      lines.Add(std::string_view(bytes).substr(at, size));
    }
    EXPECT_EQ(taken, (Lines{"{\"a\":1}", "", "{\"b\":2}"})) << size;
    lines.Add("\n");
    EXPECT_EQ(taken.back(), "not whole") << size;
  }
}

}  // namespace
}  // namespace writ::reconciler
