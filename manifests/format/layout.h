// The formatted text while it is written: lines with their new indentation,
// comments and blank lines held back until it is known where they belong, and
// a record of what was changed. Internal to manifests/format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/format/format.h"

namespace writ::manifests::format {

// Where a block collection stands: columns in the old and the new text.
struct Level {
  int before = -1;
  int after = -2;  // its content's column is two more
  bool is_mapping = false;

  int content() const { return after + 2; }
};

class Layout {
 public:
  explicit Layout(bool is_first) : is_first_(is_first) {}

  void Write(std::string_view text) { text_ += text; }
  void Note(FormatRule rule, std::uint32_t line) {
    changes_.push_back({line, rule});
  }

  // One space where `blanks` were.
  void Space(std::string_view blanks, std::uint32_t line);
  // Before a comment: keeps the comment's column where it was set off.
  void CommentGap(std::string_view blanks, int column_before,
                  std::uint32_t line);
  void EndLine();

  // Held back until the next line starts or the document ends.
  void HoldBlankLine(std::uint32_t line);
  void HoldComment(std::uint32_t line, int column, std::string_view text);
  // Lets go of what is held back and starts a line.
  void StartLine(std::uint32_t line, int before, int after);
  // At the end of the document: at most one blank line stays before another.
  void Finish(bool is_last);

  void Open(Level level) { levels_.push_back(level); }
  void Close() { levels_.pop_back(); }
  // The innermost open collection.
  Level level() const { return levels_.empty() ? Level() : levels_.back(); }
  std::size_t depth() const { return levels_.size(); }

  // Every comment, in order.
  void AddComment(std::string_view text) { comments_.emplace_back(text); }
  const std::vector<std::string>& comments() const { return comments_; }
  std::string& text() { return text_; }
  std::vector<FormatChange>& changes() { return changes_; }

 private:
  struct Held {
    std::uint32_t line;
    std::string_view comment;  // empty: a blank line
    int column = 0;
    int deep = 0;  // the new column, should the comment end a collection
    bool is_continued = false;  // `deep` is that of the comment it goes on with
  };
  // The last comment: a comment right below it goes on with it.
  struct Above {
    std::uint32_t line = 0;
    int before = 0;
    int after = 0;
  };

  void Release(int before, int after, bool keep_last_blank);
  void WriteHeld(const Held& held, int before, int after);

  bool is_first_;
  std::string text_;
  std::size_t line_start_ = 0;
  std::vector<Held> held_;
  Above above_;
  std::vector<Level> levels_;
  std::vector<FormatChange> changes_;
  std::vector<std::string> comments_;
};

}  // namespace writ::manifests::format
