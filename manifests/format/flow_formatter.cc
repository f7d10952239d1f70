#include "manifests/format/flow_formatter.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "manifests/format/scalar_style.h"

namespace writ::manifests::format {
namespace {

constexpr std::size_t kMaxFlowDepth = 64;

enum class Mark {
  kOpen,
  kClose,
  kComma,
  kColon,
  kProperty,
  kAlias,
  kPlain,
  kQuoted,
};

bool IsContent(Mark mark) {
  return mark == Mark::kAlias || mark == Mark::kPlain || mark == Mark::kQuoted;
}

class FlowFormatter {
 public:
  FlowFormatter(Input& input, Layout& layout, std::vector<std::string>& tokens,
                bool& has_anchors)
      : input_(input),
        layout_(layout),
        tokens_(tokens),
        has_anchors_(has_anchors),
        first_line_(input.line()) {}

  Status Run() {
    do {
      const std::string_view blanks = input_.SkipBlanks();
      if (input_.AtLineEnd() || input_.Peek() == '#') {
        TRY(FinishLine(blanks));
        continue;
      }
      const Mark mark = TRY(NextMark());
      TRY(CheckOrder(mark));
      if (!line_is_new_) WriteGap(mark, blanks);
      TRY(WriteToken(mark));
      line_is_new_ = false;
      last_ = mark;
    } while (!open_.empty());
    return {};
  }

 private:
  // By the next character; the order of marks is judged elsewhere.
  Result<Mark> NextMark() const {
    switch (input_.Peek()) {
      case '[':
      case '{':
        return Mark::kOpen;
      case ']':
      case '}':
        return Mark::kClose;
      case ',':
        return Mark::kComma;
      case '"':
      case '\'':
        return Mark::kQuoted;
      case '*':
        return Mark::kAlias;
      case '&':
      case '!':
        return Mark::kProperty;
      case ':':
        if (IsColon()) return Mark::kColon;
        break;
      default:
        break;
    }
    if (PlainLength(input_.RestOfLine(), true) == 0) {
      return Unsupported(input_, "an unexpected character within brackets");
    }
    return Mark::kPlain;
  }

  // After a quoted scalar or a collection a colon needs no blank.
  bool IsColon() const {
    const char next = input_.Peek(1);
    const bool adjacent = last_ == Mark::kQuoted || last_ == Mark::kClose;
    return IsBlankOrEnd(next) || IsFlowIndicator(next) || adjacent;
  }

  Status CheckOrder(Mark mark) const {
    const bool begins_value =
        IsContent(mark) || mark == Mark::kOpen || mark == Mark::kProperty;
    if (last_ && begins_value &&
        (IsContent(*last_) || *last_ == Mark::kClose)) {
      return Unsupported(input_, "a scalar across lines within brackets");
    }
    const bool takes_property = mark == Mark::kOpen || mark == Mark::kPlain ||
                                mark == Mark::kQuoted ||
                                mark == Mark::kProperty;
    if (last_ == Mark::kProperty && (!takes_property || line_is_new_)) {
      return Unsupported(input_, "a tag or anchor apart from its value");
    }
    if (mark == Mark::kColon && line_is_new_) {
      return Unsupported(input_, "a key apart from its colon");
    }
    return {};
  }

  void WriteGap(Mark mark, std::string_view blanks) {
    if (!last_) return;
    // An alias's name would go on with the colon.
    const bool wanted = mark == Mark::kColon ? last_ == Mark::kAlias
                        : mark == Mark::kComma || mark == Mark::kClose
                            ? false
                            : last_ != Mark::kOpen;
    if (wanted) {
      layout_.Space(blanks, input_.line());
    } else if (!blanks.empty()) {
      layout_.Note(FormatRule::kSpacing, input_.line());
    }
  }

  Status WriteToken(Mark mark) {
    const std::string_view rest = input_.RestOfLine();
    switch (mark) {
      case Mark::kOpen:
        if (open_.size() + layout_.depth() >= kMaxFlowDepth) {
          return Unsupported(input_, "too many levels");
        }
        open_.push_back(input_.Peek());
        return WriteAsItIs(1);
      case Mark::kClose:
        return Close();
      case Mark::kComma:
      case Mark::kColon:
        return WriteAsItIs(1);
      case Mark::kProperty:
        has_anchors_ = has_anchors_ || input_.Peek() == '&';
        return WriteAsItIs(PropertyLength(rest, true));
      case Mark::kAlias:
        has_anchors_ = true;
        return WriteAsItIs(AliasLength(rest));
      case Mark::kPlain:
        return WritePlain();
      case Mark::kQuoted:
        return WriteQuotedScalar();
    }
    return {};
  }

  Status WriteAsItIs(std::size_t size) {
    if (size == 0) return Unsupported(input_, "an alias without a name");
    const std::string_view text = input_.Take(size);
    tokens_.emplace_back(text);
    layout_.Write(text);
    return {};
  }

  Status Close() {
    const char wanted = open_.back() == '[' ? ']' : '}';
    if (input_.Peek() != wanted) {
      return Invalid(input_, std::string("expected \"") + wanted + "\"");
    }
    open_.pop_back();
    return WriteAsItIs(1);
  }

  Status WritePlain() {
    const std::string_view rest = input_.RestOfLine();
    const std::size_t size = PlainLength(rest, true);
    const std::string_view text = rest.substr(0, size);
    // Readers differ on where these end.
    const bool odd =
        text.find('?') != std::string_view::npos || text.front() == ':' ||
        text.front() == '-' ||
        (size < rest.size() && rest[size] == ':' && size + 1 < rest.size() &&
         (rest[size + 1] == '[' || rest[size + 1] == '{'));
    const bool number = text.size() > 1 && text.front() == '-' &&
                        text[1] >= '0' && text[1] <= '9' &&
                        text.find('?') == std::string_view::npos;
    if (odd && !number) {
      return Unsupported(input_, "a plain scalar that readers read apart");
    }
    input_.Take(size);
    tokens_.push_back(PlainToken(text));
    layout_.Write(text);
    return {};
  }

  Status WriteQuotedScalar() {
    const std::size_t size = QuotedLength(input_.RestOfLine());
    if (size == 0) {
      return Unsupported(input_, "a quoted scalar across lines in brackets");
    }
    const std::uint32_t line = input_.line();
    const std::string_view quoted = input_.Take(size);
    // A key that loses its quotes needs the space after its colon, and gets it.
    tokens_.push_back(
        WriteQuoted(quoted, last_ == Mark::kProperty, line, layout_));
    return {};
  }

  Status FinishLine(std::string_view blanks) {
    if (input_.Peek() == '#') {
      if (blanks.empty() && !line_is_new_) {
        return Unsupported(input_, "a comment without a blank before it");
      }
      if (!line_is_new_) {
        layout_.CommentGap(blanks, input_.column(), input_.line());
      }
      WriteComment();
    } else if (!blanks.empty()) {
      layout_.Note(FormatRule::kSpacing, input_.line());
    }
    layout_.EndLine();
    input_.NextLine();
    return StartLine();
  }

  void WriteComment() {
    const std::string_view whole = input_.RestOfLine();
    const std::string_view comment = TrimBlanks(whole);
    if (comment.size() != whole.size()) {
      layout_.Note(FormatRule::kSpacing, input_.line());
    }
    layout_.AddComment(comment);
    layout_.Write(comment);
  }

  // Skips blank lines but one; indents.
  Status StartLine() {
    std::string_view blanks;
    for (std::size_t blank_lines = 0;; ++blank_lines) {
      if (input_.AtEnd()) {
        return Fail(ErrorCode::kInvalidManifest,
                    "line " + std::to_string(first_line_) +
                        ": this bracket is never closed");
      }
      blanks = input_.SkipBlanks();
      if (!input_.AtLineEnd()) break;
      if (blank_lines == 0) layout_.EndLine();
      if (blank_lines > 0 || !blanks.empty()) {
        layout_.Note(FormatRule::kBlankLines, input_.line());
      }
      input_.NextLine();
    }
    const Level level = layout_.level();
    const int shift = layout_.depth() == 0 ? 0 : level.after - level.before;
    // Right of the collection, but for a bracket that closes beside its key.
    const bool closes = input_.Peek() == ']' || input_.Peek() == '}';
    const int least = std::max(level.after + (closes ? 0 : 1), 0);
    const int column = std::max(input_.column() + shift, least);
    const std::string indentation(static_cast<std::size_t>(column), ' ');
    if (indentation != blanks) {
      layout_.Note(FormatRule::kIndentation, input_.line());
    }
    layout_.Write(indentation);
    line_is_new_ = true;
    return {};
  }

  Input& input_;
  Layout& layout_;
  std::vector<std::string>& tokens_;
  bool& has_anchors_;
  const std::uint32_t first_line_;
  std::vector<char> open_;
  std::optional<Mark> last_;
  bool line_is_new_ = false;
};

}  // namespace

std::string PlainToken(std::string_view text) {
  return (MayBeTyped(text) ? "plain " : "text ") + std::string(text);
}

std::string WriteQuoted(std::string_view quoted, bool keep_quotes,
                        std::uint32_t line, Layout& layout) {
  const std::string preferred =
      keep_quotes ? std::string(quoted) : PreferredForm(quoted);
  if (preferred != quoted) layout.Note(FormatRule::kQuotes, line);
  layout.Write(preferred);
  const auto text = DecodeQuoted(quoted);
  if (!text || keep_quotes) return "quoted " + std::string(quoted);
  return "text " + *text;
}

Status FormatFlow(Input& input, Layout& layout,
                  std::vector<std::string>& tokens, bool& has_anchors) {
  return FlowFormatter(input, layout, tokens, has_anchors).Run();
}

}  // namespace writ::manifests::format
