// One line of a file with carets under a part of it. Columns of the file count
// code points; columns of the screen count cells: a tab takes up to four, a
// wide character two, an escaped one as many as its escape, and the blanks in
// place of something hidden (MaskCredentials, SourceText::Excerpt) none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace writ {

struct Excerpt {
  std::string line;        // escaped, without tabs, cut to the width
  std::size_t indent = 0;  // cells before the first caret
  std::size_t carets = 0;  // 0: the place names no column
};

// REQUIRES: width >= 10.
Excerpt MakeExcerpt(std::string_view line, std::uint32_t column,
                    std::uint32_t length, std::size_t width);

}  // namespace writ
