// Where yaml-cpp's marks (byte offsets, counted from 0) lie for people: lines
// and columns from 1, in code points; and how far a scalar reaches, which no
// mark says.
//
// Made for marks that mostly move forward: each step costs the distance to the
// last one, so that a long line isn't counted anew for every value on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "schema/diagnostic.h"

namespace writ::manifests {

class YamlPositions {
 public:
  YamlPositions(std::string_view text, std::uint32_t file);

  // The offset, counted from the start of the text, its line (from 0) and its
  // byte column (from 0).
  struct Place {
    std::size_t offset = 0;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
  };

  SourceRange Point(const Place& place);
  // A scalar, behind its anchor and tag where they stand on the same line.
  SourceRange Scalar(Place place, std::string_view value);
  // Whether a scalar that begins with a quote ends with one. REQUIRES: a
  // quoted or block scalar.
  bool IsClosed(Place place) const;
  // An anchor, alias or other word up to the next blank.
  SourceRange Word(const Place& place);

 private:
  SourceRange Range(const Place& place, std::size_t size);
  std::uint32_t CodePoints(std::size_t begin, std::size_t size) const;
  std::uint32_t ColumnOf(const Place& place);
  Place SkipProperties(Place place) const;
  std::size_t ScalarSize(std::size_t offset, std::string_view value) const;

  std::string_view text_;
  std::uint32_t file_;
  bool ascii_;
  // The last answer: code points between the start of its line and it.
  std::size_t last_offset_ = 0;
  std::size_t last_line_start_ = 0;
  std::uint32_t last_count_ = 0;
};

}  // namespace writ::manifests
