#include "reconciler/host/dotenv_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace writ::reconciler {
namespace {

constexpr char kFile[] =
    "# API_TOKEN=in a comment\n"
    "export DB_URL=postgres://x # the database\n"
    "\n"
    "MULTI=\"first\n"
    "API_TOKEN=within quotes\n"
    "last\"\n"
    "  QUOTED = 'a # b'\n"
    "EMPTY=\n"
    "LAST=1";

std::string Value(const char* text, const char* name) {
  auto value = ReadVariable(text, name);
  if (!value) return "error";
  return *value ? std::string((*value)->Reveal()) : "absent";
}

std::string With(const char* text, const char* name, const char* value) {
  auto result = WithVariable(text, name, SecretValue::Copy(value));
  return result ? std::string(result->Reveal()) : "error";
}

TEST(DotenvText, ReadsVariables) {
  EXPECT_EQ(Value(kFile, "DB_URL"), "postgres://x");
  EXPECT_EQ(Value(kFile, "API_TOKEN"), "absent");
  EXPECT_EQ(Value(kFile, "MULTI"), "first\nAPI_TOKEN=within quotes\nlast");
  EXPECT_EQ(Value(kFile, "QUOTED"), "a # b");
  EXPECT_EQ(Value(kFile, "EMPTY"), "");
  EXPECT_EQ(Value(kFile, "LAST"), "1");
  EXPECT_EQ(Value("A=\"x\\ny\\\"z\\\\\"\r\n", "A"), "x\ny\"z\\");
  EXPECT_EQ(Value("A=b\r\n", "A"), "b");
  EXPECT_EQ(Value("A=`b'c`\n", "A"), "b'c");
  EXPECT_EQ(Value("A=it's\nB=1\n", "B"), "1");
  EXPECT_EQ(Value("exported=1\n", "exported"), "1");
  EXPECT_EQ(Value("export=1\n", "export"), "1");
}

TEST(DotenvText, ListsNames) {
  const auto names = VariableNames(kFile);
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, (std::vector<std::string>{"DB_URL", "MULTI", "QUOTED",
                                              "EMPTY", "LAST"}));
  EXPECT_EQ(VariableNames("A=1\nA=2\n")->size(), 1U);
  EXPECT_TRUE(VariableNames("")->empty());
  EXPECT_FALSE(VariableNames("A='x\n"));
}

TEST(DotenvText, SetsOneVariableAndNothingElse) {
  EXPECT_EQ(With("A=1 # one\nB=2\n", "A", "9"), "A=9 # one\nB=2\n");
  EXPECT_EQ(With("export A='x y'\r\nB=2\r\n", "A", "9"),
            "export A=9\r\nB=2\r\n");
  EXPECT_EQ(With("A=\"x\ny\" # two lines\nB=2", "A", "9"),
            "A=9 # two lines\nB=2");
  EXPECT_EQ(With("B=2", "A", "9"), "B=2\nA=9\n");
  EXPECT_EQ(With("B=2\r\n", "A", "9"), "B=2\r\nA=9\r\n");
  EXPECT_EQ(With("", "A", "9"), "A=9\n");
  EXPECT_EQ(With("A=\n", "A", "9"), "A=9\n");
  EXPECT_EQ(With("AA=1\n", "A", "9"), "AA=1\nA=9\n");
}

TEST(DotenvText, QuotesWhatParsersWouldTakeApart) {
  EXPECT_EQ(With("", "A", "a b#c$d\"e"), "A='a b#c$d\"e'\n");
  EXPECT_EQ(With("", "A", "it's"), "error");
  EXPECT_EQ(With("", "A", "a\nB=2"), "error");
}

TEST(DotenvText, RefusesAVariableThatIsThereTwice) {
  EXPECT_EQ(Value("A=1\nA=2\n", "A"), "error");
  EXPECT_EQ(With("A=1\nA=2\n", "A", "9"), "error");
}

TEST(DotenvText, RefusesAQuoteThatNothingCloses) {
  EXPECT_EQ(Value("A='never closed\nB=1\n", "B"), "error");
  EXPECT_EQ(With("A='", "B", "x y"), "error");
}

TEST(DotenvText, TakesALineOut) {
  auto result = WithoutVariable("A=1\nexport B='x\ny' # b\nC=3\n", "B");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->Reveal(), "A=1\nC=3\n");
  EXPECT_EQ(WithoutVariable("A=1\n", "B")->Reveal(), "A=1\n");
}

// Whatever the file: what was set is read back, others read as before.
RC_GTEST_PROP(DotenvText, ReadsBackWhatItSet, ()) {
  const auto piece = rc::gen::element<std::string>(
      "A", "B", "=", "'", "\"", "\n", " ", "#", "x", "\\", "export ", "\r\n",
      "B=1\n", "A='z'\n");
  std::string text;
  for (const std::string& part :
       *rc::gen::container<std::vector<std::string>>(piece)) {
    text += part;
  }
  const auto other = ReadVariable(text, "B");
  auto changed = WithVariable(text, "A", SecretValue::Copy("new$value"));
  if (!changed) return;  // there twice, or never closed
  auto value = ReadVariable(changed->Reveal(), "A");
  RC_ASSERT(value.has_value());
  RC_ASSERT(value->has_value());
  RC_ASSERT((*value)->Reveal() == "new$value");
  const auto after = ReadVariable(changed->Reveal(), "B");
  RC_ASSERT(after.has_value() == other.has_value());
  if (other && other->has_value()) {
    RC_ASSERT(after->has_value());
    RC_ASSERT(SameSecret(**after, **other));
  }
}

}  // namespace
}  // namespace writ::reconciler
