#include "manifests/text_places.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "manifests/source_text.h"
#include "schema/utf8.h"

namespace writ::manifests {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Reads a scalar again, up to as many bytes as its value has, and notes where
// each comes from. The value is known: it alone says whether this reading was
// right, so that no rule of YAML needs to be held twice to the letter.
class ScalarReading {
 public:
  ScalarReading(std::string_view file, std::size_t begin,
                std::string_view value)
      : file_(file), value_(value), at_(begin) {}

  // The place of each byte, then that behind the last; empty where the file
  // holds another text.
  std::vector<std::size_t> Read() {
    const char first = at_ < file_.size() ? file_[at_] : '\0';
    if (first == '|' || first == '>') {
      ReadBlock();
    } else if (first == '"' || first == '\'') {
      ++at_;
      ReadFlow(first);
    } else {
      ReadFlow('\0');
    }
    if (read_ != value_) return {};
    places_.push_back(at_);
    return std::move(places_);
  }

 private:
  bool More() const {
    return at_ < file_.size() && read_.size() < value_.size();
  }

  void Emit(std::string_view bytes, std::size_t from) {
    read_.append(bytes);
    places_.insert(places_.end(), bytes.size(), from);
  }
  void EmitBreaks(std::size_t count, std::size_t from) {
    Emit(std::string(count, '\n'), from);
  }
  // The byte as it stands.
  void Take() {
    Emit(file_.substr(at_, 1), at_);
    ++at_;
  }

  // How many bytes the line break at an offset takes; 0: none is there.
  std::size_t BreakSize(std::size_t at) const {
    if (at >= file_.size()) return 0;
    if (file_[at] == '\n') return 1;
    return file_.substr(at, 2) == "\r\n" ? 2 : 0;
  }
  std::size_t SkipBlanks(std::size_t at) const {
    while (at < file_.size() && IsBlank(file_[at])) ++at;
    return at;
  }

  // Plain and quoted: breaks fold, with the blanks around them.
  void ReadFlow(char quote) {
    while (More()) {
      if (BreakSize(SkipBlanks(at_)) > 0) {
        Fold();
      } else if (quote == '"' && file_[at_] == '\\') {
        ReadEscape();
      } else if (quote == '\'' && file_[at_] == '\'') {
        Emit("'", at_);
        at_ += 2;
      } else {
        Take();
      }
    }
  }

  void Fold() {
    const std::size_t from = SkipBlanks(at_);
    std::size_t breaks = 0;
    at_ = from;
    while (const std::size_t size = BreakSize(at_)) {
      ++breaks;
      at_ = SkipBlanks(at_ + size);
    }
    if (breaks == 1) {
      Emit(" ", from);
    } else {
      EmitBreaks(breaks - 1, from);
    }
  }

  void ReadEscape() {
    const std::size_t from = at_++;
    if (const std::size_t size = BreakSize(at_)) {
      at_ = SkipBlanks(at_ + size);
      return;
    }
    const char letter = at_ < file_.size() ? file_[at_++] : '\\';
    const std::size_t digits =
        letter == 'x' ? 2 : (letter == 'u' ? 4 : (letter == 'U' ? 8 : 0));
    at_ = std::min(at_ + digits, file_.size());
    // What it stands for is known: the next character of the value.
    const CodePoint point = DecodeUtf8(value_, read_.size());
    Emit(value_.substr(read_.size(), point.size), from);
  }

  void ReadBlock() {
    const bool folded = file_[at_] == '>';
    const std::size_t header_end =
        std::min(file_.find('\n', at_), file_.size());
    const std::string_view header = file_.substr(at_, header_end - at_);
    const bool indented = header.substr(1, 2).find_first_of("123456789") !=
                          std::string_view::npos;
    at_ = std::min(header_end + 1, file_.size());
    const std::size_t begin = at_;
    // An indicator counts from what is around it, which isn't known here.
    for (std::size_t indent = FirstIndent();; --indent) {
      at_ = begin;
      read_.clear();
      places_.clear();
      ReadLines(indent, folded);
      if (read_ == value_ || !indented || indent == 0) return;
    }
  }

  // Of the first line that holds anything.
  std::size_t FirstIndent() const {
    std::size_t line = at_;
    while (line < file_.size()) {
      const std::size_t text =
          std::min(file_.find_first_not_of(' ', line), file_.size());
      const std::size_t size = BreakSize(text);
      if (size == 0) return text - line;
      line = text + size;
    }
    return 0;
  }

  void ReadLines(std::size_t indent, bool folded) {
    std::size_t breaks = 0;
    std::size_t break_at = at_;
    bool first = true;
    bool was_deeper = false;
    while (More()) {
      const std::size_t text = std::min(
          {file_.find_first_not_of(' ', at_), at_ + indent, file_.size()});
      if (const std::size_t size = BreakSize(text)) {
        if (breaks++ == 0) break_at = text;
        at_ = text + size;
        continue;
      }
      if (text - at_ < indent) break;  // it belongs to what follows
      at_ = text;
      const bool deeper = at_ < file_.size() && IsBlank(file_[at_]);
      const bool joins = folded && !first && !deeper && !was_deeper;
      if (joins && breaks == 1) {
        Emit(" ", break_at);
      } else {
        EmitBreaks(joins ? breaks - 1 : breaks, break_at);
      }
      breaks = 0;
      first = false;
      was_deeper = deeper;
      while (More() && BreakSize(at_) == 0) Take();
      if (const std::size_t size = BreakSize(at_)) {
        breaks = 1;
        break_at = at_;
        if (More()) at_ += size;
      }
    }
    if (read_.size() < value_.size()) {
      EmitBreaks(std::min(breaks, value_.size() - read_.size()), break_at);
    }
  }

  std::string_view file_;
  std::string_view value_;
  std::size_t at_;
  std::string read_;
  std::vector<std::size_t> places_;
};

}  // namespace

std::vector<SourceRange> PlacesInText(
    std::string_view file, const Value& text,
    const std::vector<std::uint32_t>& offsets) {
  std::vector<SourceRange> places(offsets.size(), text.range());
  if (!text.IsString() || text.range().line == 0) return places;
  const std::string_view bytes = WithoutByteOrderMark(file);
  const SourceText source(bytes, text.range().file);
  const std::vector<std::size_t> read =
      ScalarReading(bytes, source.OffsetOf(text.range()), text.AsString())
          .Read();
  if (read.empty()) return places;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const std::size_t offset =
        read[std::min<std::size_t>(offsets[i], read.size() - 1)];
    const std::size_t size =
        offset < bytes.size() ? DecodeUtf8(bytes, offset).size : 0;
    places[i] = source.At(offset, size);
  }
  return places;
}

}  // namespace writ::manifests
