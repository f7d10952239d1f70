#include "engine/plan/wrap.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "schema/utf8.h"

namespace writ::engine {
namespace {

constexpr std::size_t kNarrowest = 16;  // columns of text beside a margin
constexpr std::size_t kWidest = 2;      // columns of one character
constexpr std::string_view kEndOfStyle = "\x1b[0m";

// A character, or a sequence that colours what follows.
struct Piece {
  std::string_view text;
  std::size_t columns = 0;
  bool is_style = false;
};

Piece PieceAt(std::string_view text, std::size_t at) {
  if (text[at] == '\x1b') {
    const std::size_t end = text.find('m', at);
    const std::size_t size =
        end == std::string_view::npos ? text.size() - at : end - at + 1;
    return {text.substr(at, size), 0, true};
  }
  const CodePoint point = DecodeUtf8(text, at);
  const int columns = point.valid ? DisplayWidth(point.value) : 1;
  return {text.substr(at, point.size), static_cast<std::size_t>(columns),
          false};
}

// A text that is as wide as asked for at most; the rest begins a new line.
class Wrapper {
 public:
  Wrapper(std::size_t width, std::size_t hang)
      : hang_(hang + kNarrowest > width ? 0 : hang),
        width_(std::max(width, kNarrowest)) {}

  void Add(const Piece& piece) {
    if (piece.is_style) {
      word_.push_back(piece);
      return;
    }
    if (piece.text == " ") {
      PutWord();
      ++gap_;
      return;
    }
    word_.push_back(piece);
    word_columns_ += piece.columns;
  }

  std::string Finish() {
    PutWord();
    return std::move(out_);
  }

 private:
  void NewLine() {
    if (!style_.empty()) out_.append(kEndOfStyle);
    out_ += '\n';
    out_.append(hang_, ' ');
    out_.append(style_);
    column_ = hang_;
    gap_ = 0;
    fresh_ = true;
  }

  void Put(const Piece& piece) {
    if (piece.is_style) {
      style_ = piece.text == kEndOfStyle ? std::string_view() : piece.text;
    }
    out_.append(piece.text);
    column_ += piece.columns;
  }

  void PutWord() {
    if (word_.empty()) return;
    const bool fits = column_ + gap_ + word_columns_ <= width_;
    const bool whole = word_columns_ <= width_ - hang_;
    // A gap never ends a line.
    const bool begins = column_ + gap_ + kWidest <= width_;
    if (!fits && !fresh_ && (whole || !begins)) NewLine();
    out_.append(gap_, ' ');
    column_ += gap_;
    gap_ = 0;
    for (std::size_t i = 0; i < word_.size(); ++i) {
      if (!whole && MustBreakAt(i)) NewLine();
      Put(word_[i]);
    }
    fresh_ = fresh_ && word_columns_ == 0;
    word_.clear();
    word_columns_ = 0;
  }

  // Before a piece of a word that is wider than a line: where it's full, or
  // where the next stop wouldn't fit.
  bool MustBreakAt(std::size_t at) const {
    if (word_[at].is_style || column_ == hang_) return false;
    if (column_ + word_[at].columns > width_) return true;
    if (at == 0 || !IsStop(word_[at - 1])) return false;
    std::size_t columns = column_;
    for (std::size_t i = at; i < word_.size(); ++i) {
      columns += word_[i].columns;
      if (columns > width_) return column_ * 2 > width_ + hang_;
      if (IsStop(word_[i])) return false;
    }
    return false;
  }

  static bool IsStop(const Piece& piece) {
    return piece.text.size() == 1 &&
           std::string_view("/.,:;-_=&?|").find(piece.text) !=
               std::string_view::npos;
  }

  std::size_t hang_;
  std::size_t width_;
  std::string out_;
  std::string_view style_;  // in force; empty: none
  std::size_t column_ = 0;
  std::size_t gap_ = 0;  // spaces that wait for a word
  bool fresh_ = true;    // nothing but a margin in this line
  std::vector<Piece> word_;
  std::size_t word_columns_ = 0;
};

}  // namespace

std::size_t ColumnsOfLastLine(std::string_view text) {
  const std::size_t newline = text.rfind('\n');
  std::size_t columns = 0;
  for (std::size_t at = newline == std::string_view::npos ? 0 : newline + 1;
       at < text.size();) {
    const Piece piece = PieceAt(text, at);
    columns += piece.columns;
    at += piece.text.size();
  }
  return columns;
}

std::string WrapLine(std::string_view line, std::size_t width,
                     std::size_t hang) {
  if (ColumnsOfLastLine(line) <= width) return std::string(line);
  Wrapper wrapper(width, hang);
  for (std::size_t at = 0; at < line.size();) {
    const Piece piece = PieceAt(line, at);
    wrapper.Add(piece);
    at += piece.text.size();
  }
  return wrapper.Finish();
}

}  // namespace writ::engine
