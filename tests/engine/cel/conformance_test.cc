// The language's own conformance tests, which lie outside the repository:
// $WRIT_CEL_CONFORMANCE, else beside the project. A line passes when the whole
// of what it expects is answered.
#include "engine/cel/conformance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "schema/json.h"

namespace writ::engine::cel {
namespace {

std::string PathOfTests() {
  if (const char* path = std::getenv("WRIT_CEL_CONFORMANCE")) return path;
  return WRIT_SOURCE_DIR "/../shared/data/cel/conformance.jsonl";
}

bool SameValue(const writ::Value& want, const writ::Value& got);

// Pairs, in any order.
bool SameMap(const writ::Value::List& want, const writ::Value::List& got) {
  if (want.size() != got.size()) return false;
  for (const writ::Value& pair : want) {
    bool found = false;
    for (const writ::Value& candidate : got) {
      found = found || (SameValue(pair.AsList()[0], candidate.AsList()[0]) &&
                        SameValue(pair.AsList()[1], candidate.AsList()[1]));
    }
    if (!found) return false;
  }
  return true;
}

bool SameList(const writ::Value::List& want, const writ::Value::List& got) {
  if (want.size() != got.size()) return false;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (!SameValue(want[i], got[i])) return false;
  }
  return true;
}

bool SameDouble(const std::string& want, const std::string& got) {
  const double a = std::strtod(want.c_str(), nullptr);
  const double b = std::strtod(got.c_str(), nullptr);
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b && std::signbit(a) == std::signbit(b);
}

bool SameValue(const writ::Value& want, const writ::Value& got) {
  if (!want.IsMap() || !got.IsMap() || got.AsMap().size() != 1) return false;
  const std::string& kind = want.AsMap()[0].key;
  const writ::Value& wanted = want.AsMap()[0].value;
  const writ::Value* given = got.Find(kind);
  if (given == nullptr) return false;
  if (kind == "list") return SameList(wanted.AsList(), given->AsList());
  if (kind == "map") return SameMap(wanted.AsList(), given->AsList());
  if (kind == "double") {
    return SameDouble(wanted.AsString(), given->AsString());
  }
  return wanted == *given;
}

bool Meets(const writ::Value& expect, const writ::Value& result) {
  if (expect.Find("error") != nullptr) return result.Find("error") != nullptr;
  for (const writ::Value::Entry& part : expect.AsMap()) {
    const writ::Value* got = result.Find(part.key);
    if (got == nullptr) return false;
    if (part.key == "value" ? !SameValue(part.value, *got)
                            : part.value != *got) {
      return false;
    }
  }
  return true;
}

TEST(Conformance, EveryLineIsAnsweredAsItExpects) {
  std::ifstream file(PathOfTests());
  if (!file) GTEST_SKIP() << "no conformance tests at " << PathOfTests();
  std::string line;
  std::size_t lines = 0;
  while (std::getline(file, line)) {
    ++lines;
    const auto test = ParseJson(line);
    ASSERT_TRUE(test) << line;
    const auto answer = ParseJson(AnswerTest(line));
    ASSERT_TRUE(answer);
    EXPECT_TRUE(Meets(*test->Find("expect"), *answer->Find("result")))
        << test->FindString("section") << "/" << test->FindString("group")
        << "/" << test->FindString("name") << "\n  " << test->FindString("expr")
        << "\n  wants " << CompactJson(*test->Find("expect")) << "\n  gets  "
        << CompactJson(*answer->Find("result"));
  }
  EXPECT_GT(lines, 0U);
}

TEST(Conformance, AnswersWhateverALineHolds) {
  const std::string nothing =
      R"({"section":null,"group":null,"name":null,"result":{"error":)";
  for (const char* line : {"", "{", "[]", "null", "3"}) {
    EXPECT_TRUE(AnswerTest(line).starts_with(nothing)) << AnswerTest(line);
  }
}

std::string Ask(const std::string& rest) {
  const std::string named = R"({"section":"s","group":"g","name":"n",)";
  const std::string answer = AnswerTest(named + rest + "}");
  EXPECT_TRUE(answer.starts_with(named)) << answer;
  return answer.substr(std::min(answer.size(), named.size()));
}

TEST(Conformance, AnswersWithWhatWasAskedFor) {
  struct Case {
    std::string line;
    std::string want;
  };
  const std::vector<Case> cases = {
      {R"("expr":"1+1")", R"("result":{"value":{"int":"2"},"type":"int"}})"},
      {R"("expr":"1+1","disable_check":true)",
       R"("result":{"value":{"int":"2"}}})"},
      {R"("expr":"[1]","check_only":true)",
       R"j("result":{"type":"list(int)"}})j"},
      {R"("expr":"size(c) + a.b[1u]","container":"x",)"
       R"j("type_env":[{"name":"x.a.b","type":"map(uint, int)"}],)j"
       R"("bindings":{"x.a.b":{"map":[[{"uint":"1"},{"int":"40"}]]},)"
       R"("c":{"list":[{"null":null},{"double":"-0.0"}]}})",
       R"("result":{"value":{"int":"42"},"type":"int"}})"},
  };
  for (const Case& c : cases) EXPECT_EQ(Ask(c.line), c.want);
}

TEST(Conformance, AnswersWithAnErrorWhereALineIsWrong) {
  const std::string error = R"("result":{"error":)";
  const std::vector<std::string> lines = {
      R"("expr":7)",
      R"("expr":"1+")",
      R"("expr":"1","bindings":[])",
      R"("expr":"1","bindings":{"x":{"int":"x"}})",
      R"("expr":"1","type_env":{})",
      R"("expr":"1","type_env":[{}])",
      R"("expr":"1/0")",
      R"("expr":"x")",
  };
  for (const std::string& line : lines) {
    EXPECT_TRUE(Ask(line).starts_with(error)) << line << Ask(line);
  }
}

}  // namespace
}  // namespace writ::engine::cel
