#include "manifests/format/block_scalar.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace writ::manifests::format {
namespace {

std::size_t LeadingSpaces(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

class BlockScalarFormatter {
 public:
  BlockScalarFormatter(Input& input, Layout& layout)
      : input_(input), layout_(layout) {}

  Status Run() {
    TRY(ReadHeader());
    TRY(FindIndentation());
    return MoveLines();
  }

  const std::string& token() const { return token_; }

 private:
  Status ReadHeader() {
    std::size_t size = 1;
    while (!IsBlankOrEnd(input_.Peek(size))) {
      const char c = input_.Peek(size++);
      if (c >= '1' && c <= '9' && !explicit_) {
        explicit_ = static_cast<std::size_t>(c - '0');
      } else if ((c == '+' || c == '-') && chomping_ == ' ') {
        chomping_ = c;
      } else {
        return Unsupported(input_, "an unknown header of a block scalar");
      }
    }
    if (explicit_ && layout_.depth() == 0) {
      return Unsupported(input_, "an explicit indentation at the top");
    }
    const std::string_view header = input_.Take(size);
    token_ = header;
    layout_.Write(header);
    const std::string_view blanks = input_.SkipBlanks();
    if (input_.Peek() == '#') {
      layout_.CommentGap(blanks, input_.column(), input_.line());
      const std::string_view comment = TrimBlanks(input_.RestOfLine());
      layout_.AddComment(comment);
      layout_.Write(comment);
    } else if (!input_.AtLineEnd()) {
      return Unsupported(input_, "text beside a block scalar's header");
    } else if (!blanks.empty()) {
      layout_.Note(FormatRule::kSpacing, input_.line());
    }
    layout_.EndLine();
    input_.NextLine();
    return {};
  }

  // The column of the content, old and new: that of the first line with text,
  // where the header doesn't say it.
  Status FindIndentation() {
    const Level level = layout_.level();
    const bool at_top = layout_.depth() == 0;
    if (explicit_) {
      before_ = static_cast<std::size_t>(level.before) + *explicit_;
      after_ = static_cast<std::size_t>(level.after) + *explicit_;
      return {};
    }
    std::size_t longest_blank = 0;
    Input probe = input_;
    while (!probe.AtEnd()) {
      const std::string_view line = probe.RestOfLine();
      before_ = LeadingSpaces(line);
      if (before_ < line.size()) break;
      longest_blank = std::max(longest_blank, before_);
      probe.NextLine();
    }
    if (probe.AtEnd() || static_cast<int>(before_) <= level.before) {
      is_empty_ = true;
      if (longest_blank > 0) {
        return Unsupported(input_, "a block scalar of blanks");
      }
      return {};
    }
    if (before_ == 0) {
      return Unsupported(input_, "a block scalar in the first column");
    }
    if (longest_blank > before_) {
      return Unsupported(input_, "blanks before a block scalar's first line");
    }
    after_ = at_top ? before_ : static_cast<std::size_t>(level.content());
    return {};
  }

  Status MoveLines() {
    std::vector<std::uint32_t> blank_lines;  // seen, not yet written
    for (; !input_.AtEnd(); input_.NextLine()) {
      const std::string_view line = input_.RestOfLine();
      const std::size_t spaces = LeadingSpaces(line);
      if (spaces == line.size() && (is_empty_ || spaces <= before_)) {
        blank_lines.push_back(input_.line());
        if (spaces > 0) layout_.Note(FormatRule::kSpacing, input_.line());
        continue;
      }
      if (is_empty_ || spaces < before_) {
        if (TrimBlanks(line).empty()) {
          return Unsupported(input_, "a tab in a block scalar's indentation");
        }
        break;
      }
      WriteBlankLines(blank_lines.size());
      blank_lines.clear();
      WriteLine(line.substr(before_));
    }
    // They belong to the text only where the header keeps them.
    if (chomping_ == '+') {
      WriteBlankLines(blank_lines.size());
    } else {
      for (std::uint32_t line : blank_lines) layout_.HoldBlankLine(line);
    }
    return {};
  }

  void WriteBlankLines(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      layout_.EndLine();
      token_ += '\n';
    }
  }

  void WriteLine(std::string_view content) {
    if (before_ != after_) {
      layout_.Note(FormatRule::kIndentation, input_.line());
    }
    layout_.Write(std::string(after_, ' '));
    layout_.Write(content);
    layout_.EndLine();
    token_ += '\n';
    token_ += content;
  }

  Input& input_;
  Layout& layout_;
  std::optional<std::size_t> explicit_;
  char chomping_ = ' ';
  std::size_t before_ = 0;
  std::size_t after_ = 0;
  bool is_empty_ = false;
  std::string token_;
};

}  // namespace

Status FormatBlockScalar(Input& input, Layout& layout,
                         std::vector<std::string>& tokens) {
  BlockScalarFormatter formatter(input, layout);
  TRY(formatter.Run());
  tokens.push_back(formatter.token());
  return {};
}

}  // namespace writ::manifests::format
