#include "manifests/yaml_position.h"

#include <algorithm>

#include "schema/utf8.h"

namespace writ::manifests {
namespace {

bool IsSpaceOrTab(char c) { return c == ' ' || c == '\t'; }
bool IsLineEnd(char c) { return c == '\n' || c == '\r'; }

}  // namespace

YamlPositions::YamlPositions(std::string_view text, std::uint32_t file)
    : text_(text),
      file_(file),
      ascii_(std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x80;
      })) {}

std::uint32_t YamlPositions::CodePoints(std::size_t begin,
                                        std::size_t size) const {
  const std::string_view part = text_.substr(begin, size);
  return static_cast<std::uint32_t>(ascii_ ? part.size()
                                           : CountCodePoints(part));
}

std::uint32_t YamlPositions::ColumnOf(const Place& place) {
  if (ascii_) return place.column + 1;
  const std::size_t start = place.offset - place.column;
  if (start != last_line_start_) {
    last_line_start_ = start;
    last_offset_ = start;
    last_count_ = 0;
  }
  if (place.offset >= last_offset_) {
    last_count_ += CodePoints(last_offset_, place.offset - last_offset_);
  } else {
    last_count_ -= CodePoints(place.offset, last_offset_ - place.offset);
  }
  last_offset_ = place.offset;
  return last_count_ + 1;
}

SourceRange YamlPositions::Range(const Place& place, std::size_t size) {
  return {file_, place.line + 1, ColumnOf(place),
          CodePoints(place.offset, size)};
}

SourceRange YamlPositions::Point(const Place& place) {
  const bool inside = place.offset < text_.size();
  return Range(place, inside && !IsLineEnd(text_[place.offset]) ? 1 : 0);
}

SourceRange YamlPositions::Word(const Place& place) {
  std::size_t end = place.offset;
  while (end < text_.size() && !IsSpaceOrTab(text_[end]) &&
         !IsLineEnd(text_[end]) &&
         std::string_view(",[]{}").find(text_[end]) == std::string_view::npos) {
    ++end;
  }
  return Range(place, end - place.offset);
}

YamlPositions::Place YamlPositions::SkipProperties(Place place) const {
  std::size_t at = place.offset;
  while (at < text_.size() && (text_[at] == '&' || text_[at] == '!')) {
    while (at < text_.size() && !IsSpaceOrTab(text_[at]) &&
           !IsLineEnd(text_[at])) {
      ++at;
    }
    while (at < text_.size() && IsSpaceOrTab(text_[at])) ++at;
    if (at == text_.size() || IsLineEnd(text_[at])) return place;
  }
  place.column += static_cast<std::uint32_t>(at - place.offset);
  place.offset = at;
  return place;
}

std::size_t YamlPositions::ScalarSize(std::size_t offset,
                                      std::string_view value) const {
  const std::string_view rest = text_.substr(offset);
  if (rest.empty()) return 0;
  const char first = rest[0];
  std::size_t end = 1;
  if (first == '"' || first == '\'') {
    // A doubled quote ends and starts again: the loop passes over it.
    for (; end < rest.size() && !IsLineEnd(rest[end]); ++end) {
      if (first == '"' && rest[end] == '\\') {
        if (end + 1 < rest.size() && !IsLineEnd(rest[end + 1])) ++end;
        continue;
      }
      if (rest[end] != first) continue;
      if (first == '"' || end + 1 == rest.size() || rest[end + 1] != '\'') {
        return end + 1;
      }
      ++end;
    }
    return end;
  }
  if (first == '|' || first == '>') {
    while (end < rest.size() && !IsSpaceOrTab(rest[end]) &&
           !IsLineEnd(rest[end])) {
      ++end;
    }
    return end;
  }
  if (rest.substr(0, value.size()) == value) return value.size();
  // Folded from several lines: what stands on the first.
  end = std::min(rest.find('\n'), rest.size());
  while (end > 1 && (IsSpaceOrTab(rest[end - 1]) || IsLineEnd(rest[end - 1]))) {
    --end;
  }
  return end;
}

SourceRange YamlPositions::Scalar(Place place, std::string_view value) {
  place = SkipProperties(place);
  return Range(place, ScalarSize(place.offset, value));
}

bool YamlPositions::IsClosed(Place place) const {
  place = SkipProperties(place);
  const std::string_view rest =
      text_.substr(std::min(place.offset, text_.size()));
  // What follows its anchor or tag on another line isn't looked into.
  if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return true;
  const char quote = rest[0];
  for (std::size_t at = 1; at < rest.size(); ++at) {
    if (quote == '"' && rest[at] == '\\') {
      ++at;
    } else if (rest[at] == quote) {
      if (quote == '"' || rest.substr(at + 1, 1) != "'") return true;
      ++at;
    }
  }
  return false;
}

}  // namespace writ::manifests
