#include <gtest/gtest.h>
// RapidCheck's bridge wants gtest first.
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "manifests/format/format.h"
#include "tests/manifests/format/yaml_meaning.h"

namespace writ::manifests {
namespace {

using Texts = std::vector<std::string>;

// The laws that hold for every text: the meaning stays, formatting twice is
// formatting once, and what changed is named.
void CheckLaws(const std::string& text) {
  const auto before = MeaningOf(text, true);
  const auto once = FormatYaml(text);
  if (!once) {
    // yaml-cpp lets some of these pass: a lone quote at the end, say.
    RC_ASSERT(once.error().code == ErrorCode::kInvalidManifest);
    return;
  }
  RC_LOG() << ::testing::PrintToString(text) << "\n"
           << ::testing::PrintToString(once->text) << "\n";
  RC_ASSERT(once->changes.empty() == (once->text == text));
  if (before) RC_ASSERT(MeaningOf(once->text, true) == before);
  const auto twice = FormatYaml(once->text);
  RC_ASSERT(twice.has_value());
  RC_ASSERT(twice->text == once->text);
}

// ---- a writer of YAML in every style ----

rc::Gen<std::string> Pick(Texts texts) {
  return rc::gen::elementOf(std::move(texts));
}

int Between(int low, int high) { return *rc::gen::inRange(low, high + 1); }

std::string Blanks(int low, int high) {
  return std::string(static_cast<std::size_t>(Between(low, high)), ' ');
}

class Writer {
 public:
  std::string Document() {
    text_.clear();
    comments_.clear();
    if (Between(0, 3) == 0) text_ += "---\n";
    Noise(0);
    Collection(0, 0);
    return text_;
  }
  const Texts& comments() const { return comments_; }

 private:
  std::string Comment() {
    comments_.push_back("# c" + std::to_string(comments_.size()) +
                        *Pick({"", " x: y", "#", " \"", " - a"}));
    return comments_.back();
  }

  // Blank lines and comments between lines.
  void Noise(int column) {
    for (int i = Between(-3, 3); i > 0; --i) {
      if (Between(0, 1) == 0) {
        text_ += Blanks(0, 2) + "\n";
      } else {
        text_ += Blanks(0, column + 2) + Comment() + "\n";
      }
    }
  }

  void EndLine() {
    if (Between(0, 4) == 0) {
      text_ += Blanks(1, 4) + Comment();
    } else {
      text_ += Blanks(0, 1);
    }
    text_ += "\n";
  }

  std::string Scalar(bool in_flow) {
    const std::string word =
        *Pick({"a", "order-service", "no", "010", "1.5", "Order Service", "90d",
               "2026-11-27", "true", "~", "inbox:read", "a/b.yaml", "é", "y"});
    switch (Between(0, 5)) {
      case 0:
        return "\"" + word + "\"";
      case 1:
        return "'" + word + "'";
      case 2:
        return *Pick({"\"**/*.yaml\"", "'it''s'", "\"tab\\t\"", "'say \"x\"'",
                      "\"\"", "''", "'a: b'", "\"# no comment\"", "'a\\b'",
                      "\" a\"", "'-'"});
      case 3:
        if (!in_flow) return *Pick({"http://x.example/?a=b", "a [b], {c}"});
        return "x";
      default:
        return word;
    }
  }

  std::string Key() {
    return *Pick({"", "'", "\""}) == ""
               ? "k" + std::to_string(++keys_)
               : "\"k" + std::to_string(++keys_) + "\"";
  }

  std::string Flow(int depth) {
    if (depth == 0) return Scalar(true);
    const bool map = Between(0, 1) == 0;
    std::string text = map ? "{" : "[";
    const int count = Between(0, 3);
    for (int i = 0; i < count; ++i) {
      if (i > 0) text += Blanks(0, 1) + "," + Break();
      text += Blanks(0, 2);
      if (map) text += Key() + Blanks(0, 1) + ":" + Blanks(1, 2);
      text += Flow(Between(0, depth - 1));
    }
    return text + Blanks(0, 1) + (map ? "}" : "]");
  }

  std::string Break() {
    if (Between(0, 4) != 0) return "";
    std::string text = Between(0, 2) == 0 ? "  " + Comment() : "";
    return text + "\n" + std::string(flow_column_, ' ') + Blanks(1, 4);
  }

  void BlockScalar(int parent) {
    text_ += *Pick({"|", ">", "|-", "|+", ">-"});
    EndLine();
    const std::string indent(static_cast<std::size_t>(parent + Between(1, 4)),
                             ' ');
    text_ += indent + "first # no comment\n";
    for (int i = Between(0, 3); i > 0; --i) {
      text_ += *Pick({"\n", indent + "  more\n", indent + "text: \"\n",
                      indent + "- x  \n", indent + "   \n"});
    }
  }

  void Lines(int parent) {
    const std::string indent(static_cast<std::size_t>(parent + Between(1, 5)),
                             ' ');
    switch (Between(0, 2)) {
      case 0:
        text_ += "plain text\n" + indent + "goes on\n";
        if (Between(0, 1) == 0) text_ += "\n" + indent + "- and on";
        break;
      case 1:
        text_ += "\"double\n" + indent + "quoted \\\n" + indent + "\\ text\"";
        break;
      default:
        text_ += "'single''s\n\n" + indent + "quoted'";
        break;
    }
    if (text_.back() != '\n') EndLine();
  }

  // After "key:" or "-", on the same line or below.
  void Value(int parent, int depth, bool in_mapping) {
    flow_column_ = static_cast<std::size_t>(parent);
    switch (Between(0, depth >= 3 ? 5 : 8)) {
      case 0:
        EndLine();
        return;
      case 1:
        text_ += " ";
        return BlockScalar(parent);
      case 2:
        text_ += " ";
        return Lines(parent);
      case 3:
        text_ += Blanks(1, 3) + Flow(2);
        return EndLine();
      case 4:
      case 5:
        text_ += Blanks(1, 3) + Scalar(false);
        return EndLine();
      default:
        EndLine();
        Noise(parent);
        return Collection(parent + (in_mapping ? Between(0, 4) : Between(1, 4)),
                          depth + 1, in_mapping ? parent : -1);
    }
  }

  // Only a sequence may stand at its parent mapping's column.
  void Collection(int column, int depth, int parent = -1) {
    const bool map = column == parent ? false : Between(0, 1) == 0;
    const int count = Between(1, 3);
    const std::string indent(static_cast<std::size_t>(column), ' ');
    for (int i = 0; i < count; ++i) {
      if (i > 0) Noise(column);
      text_ += indent;
      if (map) {
        Entry(column, depth);
      } else {
        Item(column, depth);
      }
    }
  }

  void Entry(int column, int depth) {
    text_ += Key() + Blanks(0, 1) + ":";
    Value(column, depth, true);
  }

  void Item(int column, int depth) {
    text_ += "-";
    if (depth >= 3 || Between(0, 2) != 0) return Value(column, depth, false);
    // "- key: value" with a second key below.
    const int inner = column + 1 + Between(1, 4);
    text_ += std::string(static_cast<std::size_t>(inner - column - 1), ' ');
    Entry(inner, depth + 1);
    if (Between(0, 1) == 0) return;
    text_ += std::string(static_cast<std::size_t>(inner), ' ');
    Entry(inner, depth + 1);
  }

  std::string text_;
  Texts comments_;
  int keys_ = 0;
  std::size_t flow_column_ = 0;
};

Texts CommentsIn(const std::string& text, const Texts& known) {
  Texts found;
  std::size_t at = 0;
  for (const std::string& comment : known) {
    const std::size_t next = text.find(comment, at);
    if (next == std::string::npos) break;
    found.push_back(comment);
    at = next + comment.size();
  }
  return found;
}

RC_GTEST_PROP(FormatYaml, KeepsTheMeaningOfWrittenYaml, ()) {
  Writer writer;
  const std::string text = writer.Document();
  RC_PRE(MeaningOf(text, false).has_value());
  CheckLaws(text);
  const auto result = FormatYaml(text);
  RC_ASSERT(result.has_value());
  RC_TAG(result->untouched.empty() ? "formatted" : "left alone");
  // Every comment is still there, in order.
  RC_ASSERT(CommentsIn(result->text, writer.comments()) == writer.comments());
}

// Pieces put together without a plan: most texts are wrong, some are odd.
RC_GTEST_PROP(FormatYaml, HoldsItsLawsForAnyText, ()) {
  const auto pieces = *rc::gen::container<Texts>(
      Pick({"a",      "b: ",   "c:\n", "- ",  "-\n",   "\n",     "\n",   "\n  ",
            "\n    ", "\n ",   " ",    "\"",  "'",     "[",      "]",    "{",
            "}",      ", ",    ",",    "#",   " # c",  "&x ",    "*x",   "!t ",
            "|\n",    ">\n  ", "? ",   ": ",  "---\n", "...\n",  "\t",   "no",
            "'no'",   "\"a\"", "\\",   "010", "|+\n ", "x: y\n", "\r\n", "é"}));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  CheckLaws(text);
}

}  // namespace
}  // namespace writ::manifests
