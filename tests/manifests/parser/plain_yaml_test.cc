// What the quick reader takes, it takes as yaml-cpp does: values, places and
// errors; and what it doesn't take, it leaves alone.
#include "manifests/plain_yaml.h"

#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/manifests/parser/parsing.h"

namespace writ::manifests {
namespace {

// A tab in a comment means nothing and isn't plain.
std::string NotPlain(std::string text) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text + "#\t\n";
}

PlainYaml ReadPlain(std::string_view text) {
  const SourceFiles files{"a.yaml"};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  const YamlLimits limits;
  YamlLoader loader(text, 0, limits, reporter);
  return ReadPlainYaml(text, loader);
}

// A value with the place of each part.
void Describe(const Value& value, std::string& out) {
  out += Place(value.range()) + " ";
  if (value.IsList()) {
    out += "[";
    for (const Value& item : value.AsList()) Describe(item, out);
    out += "]";
  } else if (value.IsMap()) {
    out += "{";
    for (const Value::Entry& entry : value.AsMap()) {
      out += entry.key + " " + Place(entry.key_range) + ": ";
      Describe(entry.value, out);
    }
    out += "}";
  } else {
    out += CanonicalJson(value) + "; ";
  }
}

// Everything that a reader says of a text.
std::string Account(const std::string& text) {
  const Parsed parsed = ParseText(text);
  std::string account;
  for (const Document& document : parsed.documents) {
    account += "line " + std::to_string(document.line) +
               (document.broken ? ", broken: " : ": ");
    Describe(document.root, account);
    account += "\n";
  }
  for (const std::string& line : parsed.Lines()) account += line + "\n";
  for (const Diagnostic& diagnostic : parsed.diagnostics.items()) {
    account += diagnostic.hint + "\n";
  }
  return account;
}

TEST(PlainYaml, TakesWhatManifestsAreMostlyWrittenIn) {
  for (const std::string text : {
           "a: b\n", "a: b", "---\na: b\n---\nc: d\n",
           "# said first\n\n  # and again\na: b # why\n",
           "a:\n  b: c\n  d:\n    e: f\ng: h\n", "a:\n- b\n- c\nd: e\n",
           "a:\n  - b\n  -   c: d\n      e: f\n  - g: h\n",
           "a: [b, \"c d\", 'e', [], {f: g, h: [i]}]\n",
           "a: {}\nb: []\nc: { d: e }\n",
           "a: \"\"\nb: ''\nc: \"x # y\"   # z\n",
           "a: -1\nb: 0x1F\nc: 1.5\nd: true\ne: no\n",
           "a: http://b:80/c?d#e\nf: g h  i\n",
           "a: b\n\n\n  # comment\n\nc: d\n",
           "a: \xC3\xA9t\xC3\xA9, \xE2\x80\x9C\xF0\x9F\x90\x9F\xE2\x80\x9D\n",
           "app.example.org/team: a\n_b: c\n1: d\n",
           "a: b\na: c\n",  // the loader refuses it, not the reader
       }) {
    EXPECT_EQ(ReadPlain(text), PlainYaml::kRead) << text;
    EXPECT_EQ(Account(text), Account(NotPlain(text))) << text;
  }
}

TEST(PlainYaml, LeavesEverythingElse) {
  for (const std::string text : {
           "",
           "# nothing\n",
           "---\n",
           "a\n",
           "- a\n",
           "a:\n",
           "a:\nb: c\n",
           "a: null\n",
           "a: ~\n",
           "null: a\n",
           "a: b\n  c\n",
           "a: b\n  c: d\n",
           "a:\n  b\n",
           "a: b: c\n",
           "a: b:\n",
           "a: |\n  b\n",
           "a: >\n  b\n",
           "a: &b c\n",
           "a: *b\n",
           "a: !c d\n",
           "a: \"b\\n\"\n",
           "a: 'b''c'\n",
           "a: \"b\n  c\"\n",
           "a: [b,\n  c]\n",
           "a: [b, ]\n",
           "a: [b: c]\n",
           "a: [, b]\n",
           "a: {b}\n",
           "a: {b: }\n",
           "a: {\"b\": c}\n",
           "a: [b]: c\n",
           "a: [b] c\n",
           "a: [b}\n",
           "a: \"b\" c\n",
           "a: \"b\"#c\n",
           "\"a\": b\n",
           "a b: c\n",
           "? a\n: b\n",
           "a: - b\n",
           "a: @b\n",
           "a:\n  - - b\n",
           "a:\n  -\n    b: c\n",
           "a:\n  - b\n c: d\n",
           "a:\n    b: c\n  d: e\n",
           "a:\tb\n",
           "a: b\r\n",
           "--- a: b\n",
           "a: b\n...\n",
           "%YAML 1.2\n---\na: b\n",
       }) {
    EXPECT_EQ(ReadPlain(text), PlainYaml::kNotPlain) << text;
  }
}

TEST(PlainYaml, LeavesWhatIsDeeperThanPeopleWrite) {
  std::string blocks;
  for (int depth = 0; depth < 40; ++depth) {
    blocks += std::string(static_cast<std::size_t>(depth), ' ') + "a:\n";
  }
  blocks += std::string(40, ' ') + "a: b\n";
  EXPECT_EQ(ReadPlain(blocks), PlainYaml::kNotPlain);
  EXPECT_EQ(ReadPlain("a: " + std::string(40, '[') + std::string(40, ']')),
            PlainYaml::kNotPlain);
  EXPECT_EQ(ReadPlain(std::string(300, 'a') + ": b\n"), PlainYaml::kNotPlain);
}

TEST(PlainYaml, StopsAtALimit) {
  const SourceFiles files{"a.yaml"};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  YamlLimits limits;
  limits.max_nodes = 3;
  const std::string text = "a: [b, c, d, e]\n";
  YamlLoader loader(text, 0, limits, reporter);
  EXPECT_EQ(ReadPlainYaml(text, loader), PlainYaml::kStopped);
  EXPECT_EQ(diagnostics.error_count(), 1u);
}

TEST(PlainYaml, ReadsTheExamplesAsYamlCppDoes) {
  namespace fs = std::filesystem;
  int plain = 0;
  for (const auto& entry : fs::recursive_directory_iterator(
           fs::path(WRIT_SOURCE_DIR) / "examples")) {
    if (entry.path().extension() != ".yaml") continue;
    std::ostringstream read;
    read << std::ifstream(entry.path()).rdbuf();
    EXPECT_EQ(Account(read.str()), Account(NotPlain(read.str())))
        << entry.path();
    if (ReadPlain(read.str()) == PlainYaml::kRead) ++plain;
  }
  EXPECT_GT(plain, 10);
}

int UpTo(int last) { return *rc::gen::inRange(0, last + 1); }

std::string Indent(int columns) {
  return std::string(static_cast<std::size_t>(columns), ' ');
}

std::string ArbitraryInline() {
  return *rc::gen::element<std::string>(
             "a", "b c", "-1", "0x1F", "http://b:80/c?d#e", "\"e: # f\"", "''",
             "'g \xC3\xA9'", "true", "[]", "{}", "[h, \"i\" , j ]",
             "{k: l, m: [n, {o: p}]}", "\xE2\x80\x9Cq\xE2\x80\x9D", "r's\"t") +
         *rc::gen::element<std::string>("", "", "", " ", "  # why\n", "\n",
                                        "\n\n", "\n  # so", "\n# so");
}

std::string ArbitraryMembers(int indent, int depth);

std::string ArbitraryItems(int indent, int depth) {
  std::string text;
  for (int left = UpTo(2); left >= 0; --left) {
    const int gap = 1 + UpTo(2);
    text += Indent(indent) + "-" + Indent(gap);
    text += UpTo(1) == 0
                ? ArbitraryInline() + "\n"
                : ArbitraryMembers(indent + 1 + gap, depth + 1)
                      .substr(static_cast<std::size_t>(indent + 1 + gap));
  }
  return text;
}

std::string ArbitraryMembers(int indent, int depth) {
  std::string text;
  for (int left = UpTo(2); left >= 0; --left) {
    text += Indent(indent) +
            *rc::gen::element<std::string>("a", "b.c/d-e", "_f", "7", "no") +
            ":";
    const int form = depth < 4 ? UpTo(4) : 0;
    if (form <= 2) {
      text += Indent(1 + UpTo(1)) + ArbitraryInline() + "\n";
    } else if (form == 3) {
      text += "\n" + ArbitraryMembers(indent + 1 + UpTo(2), depth + 1);
    } else {
      text += " # all\n" + ArbitraryItems(indent + UpTo(2), depth + 1);
    }
  }
  return text;
}

// Something put in where it may not belong.
void Disturb(std::string& text) {
  const auto odd = *rc::gen::element<std::string>(
      " ", "  ", "\n", ":", ": ", "-", "- ", "#", " #", ",", "[", "]", "{", "}",
      "?", "\"", "'", "~", "null", "!", "&", "*", "|", ">", "%", "@", "`", "\\",
      "...", "\n---\n", "\xEF\xBB\xBF", "\xC2\x85", "\xE2\x80\xA8", "<<", "=",
      "a");
  text.insert(static_cast<std::size_t>(UpTo(static_cast<int>(text.size()))),
              odd);
}

RC_GTEST_PROP(PlainYaml, ReadsAsYamlCppDoes, ()) {
  std::string text =
      *rc::gen::element<std::string>("", "", "# so\n\n", "---\n");
  text += ArbitraryMembers(UpTo(1), 0);
  if (UpTo(3) == 0) text += "---\n" + ArbitraryMembers(0, 0);
  if (UpTo(1) == 0) Disturb(text);
  const bool plain = ReadPlain(text) != PlainYaml::kNotPlain;
  RC_CLASSIFY(plain);
  if (plain) RC_ASSERT(Account(text) == Account(NotPlain(text)));
}

}  // namespace
}  // namespace writ::manifests
