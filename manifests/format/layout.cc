#include "manifests/format/layout.h"

#include <algorithm>

namespace writ::manifests::format {

void Layout::Space(std::string_view blanks, std::uint32_t line) {
  if (blanks != " ") Note(FormatRule::kSpacing, line);
  text_ += ' ';
}

void Layout::CommentGap(std::string_view blanks, int column_before,
                        std::uint32_t line) {
  std::size_t gap = 1;
  if (blanks.size() > 1) {
    const int size = static_cast<int>(blanks.size());
    const int grown =
        static_cast<int>(text_.size() - line_start_) - (column_before - size);
    gap = static_cast<std::size_t>(std::max(2, size - grown));
  }
  if (blanks != std::string(gap, ' ')) Note(FormatRule::kSpacing, line);
  text_.append(gap, ' ');
  above_ = {line, column_before, static_cast<int>(text_.size() - line_start_)};
}

void Layout::EndLine() {
  text_ += '\n';
  line_start_ = text_.size();
}

void Layout::HoldBlankLine(std::uint32_t line) {
  held_.push_back({line, {}, 0, 0, false});
}

void Layout::HoldComment(std::uint32_t line, int column,
                         std::string_view text) {
  AddComment(text);
  if (above_.line + 1 == line && above_.before == column) {
    above_.line = line;
    held_.push_back({line, text, column, above_.after, true});
    return;
  }
  const auto level =
      std::find_if(levels_.rbegin(), levels_.rend(),
                   [&](const Level& open) { return open.before <= column; });
  const int deep = level == levels_.rend() ? 0 : level->after;
  held_.push_back({line, text, column, deep, false});
}

void Layout::StartLine(std::uint32_t line, int before, int after) {
  Release(before, after, /*keep_last_blank=*/true);
  if (before != after) Note(FormatRule::kIndentation, line);
  text_.append(static_cast<std::size_t>(std::max(after, 0)), ' ');
}

void Layout::Finish(bool is_last) { Release(-1, 0, !is_last); }

void Layout::Release(int before, int after, bool keep_last_blank) {
  std::size_t end = held_.size();
  while (!keep_last_blank && end > 0 && held_[end - 1].comment.empty()) {
    Note(FormatRule::kBlankLines, held_[--end].line);
  }
  bool after_blank = is_first_ && text_.empty();
  for (std::size_t i = 0; i < end; ++i) {
    const bool blank = held_[i].comment.empty();
    if (!blank) {
      WriteHeld(held_[i], before, after);
    } else if (after_blank) {
      Note(FormatRule::kBlankLines, held_[i].line);
    } else {
      EndLine();
    }
    after_blank = blank;
  }
  held_.clear();
}

// A comment goes with what follows it; one that is set deeper belongs to the
// collection that ends there.
void Layout::WriteHeld(const Held& held, int before, int after) {
  const int column = held.column <= before ? after : std::max(held.deep, after);
  if (column != held.column) Note(FormatRule::kIndentation, held.line);
  text_.append(static_cast<std::size_t>(std::max(column, 0)), ' ');
  text_ += held.comment;
  EndLine();
}

}  // namespace writ::manifests::format
