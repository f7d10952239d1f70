#include "schema/report/excerpt.h"

#include <algorithm>
#include <vector>

#include "schema/report/escape.h"
#include "schema/utf8.h"

namespace writ {
namespace {

constexpr std::size_t kTabStop = 4;
constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kNotShown = "(not shown)";

// A code point as it is shown.
struct Cell {
  std::string text;
  std::size_t width = 0;
};

std::vector<Cell> SplitIntoCells(std::string_view line) {
  std::vector<Cell> cells;
  std::size_t total = 0;
  for (std::size_t at = 0; at < line.size();) {
    const CodePoint point = DecodeUtf8(line, at);
    Cell cell;
    if (point.value == '\t') {
      cell.width = kTabStop - total % kTabStop;
      cell.text.assign(cell.width, ' ');
    } else {
      cell.text = EscapeTerminal(line.substr(at, point.size));
      cell.width = DisplayWidth(cell.text);
    }
    total += cell.width;
    at += point.size;
    cells.push_back(std::move(cell));
  }
  return cells;
}

bool IsBlank(const Cell& cell) { return cell.text == " "; }

bool IsCut(const std::vector<Cell>& cells, std::size_t at) {
  return cells[at].text == kEllipsis && at + 1 < cells.size() &&
         IsBlank(cells[at + 1]);
}

// The blanks that keep the place of something hidden take no room; their code
// points stay, so that the carets of what stands behind go along. One blank is
// left before a word.
void CloseGaps(std::string_view line, std::vector<Cell>& cells) {
  if (!line.ends_with(kNotShown)) return;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    if (!IsCut(cells, at)) continue;
    std::size_t end = at + 1;
    while (end < cells.size() && IsBlank(cells[end])) ++end;
    const bool closes =
        end < cells.size() &&
        std::string_view("\"',]}").find(cells[end].text) != std::string::npos;
    for (std::size_t i = at + 1; i < (closes ? end : end - 1); ++i) {
      cells[i] = Cell();
    }
    at = end - 1;
  }
}

std::size_t WidthOf(const std::vector<Cell>& cells, std::size_t first,
                    std::size_t last) {
  std::size_t width = 0;
  for (std::size_t i = first; i < last; ++i) width += cells[i].width;
  return width;
}

// Code points [first, last) are shown.
struct Window {
  std::size_t first = 0;
  std::size_t last = 0;
};

// As much as fits into `width`, grown around what the carets mark: at the left
// up to a third, since what leads up to a place explains it, then to the
// right, then again to the left.
Window ChooseWindow(const std::vector<Cell>& cells, Window marked,
                    std::size_t width) {
  if (WidthOf(cells, 0, cells.size()) <= width) return {0, cells.size()};
  const std::size_t room = width - 2;  // an ellipsis at each end
  Window window{marked.first, marked.first};
  std::size_t used = 0;
  const auto grow_right = [&](std::size_t limit) {
    while (window.last < limit && used + cells[window.last].width <= room) {
      used += cells[window.last++].width;
    }
  };
  const auto grow_left = [&](std::size_t most) {
    while (window.first > 0 && used + cells[window.first - 1].width <= most) {
      used += cells[--window.first].width;
    }
  };
  grow_right(marked.last);
  grow_left(std::min(room, used + room / 3));
  grow_right(cells.size());
  grow_left(room);
  return window;
}

}  // namespace

Excerpt MakeExcerpt(std::string_view line, std::uint32_t column,
                    std::uint32_t length, std::size_t width) {
  std::vector<Cell> cells = SplitIntoCells(line);
  CloseGaps(line, cells);
  const std::size_t first =
      std::min<std::size_t>(column == 0 ? 0 : column - 1, cells.size());
  const std::size_t last =
      first + std::min<std::size_t>(std::max<std::uint32_t>(length, 1),
                                    cells.size() - first);
  const Window window = ChooseWindow(cells, {first, last}, width);

  Excerpt excerpt;
  if (window.first > 0) excerpt.line += kEllipsis;
  for (std::size_t i = window.first; i < window.last; ++i) {
    excerpt.line += cells[i].text;
  }
  if (window.last < cells.size() && !excerpt.line.ends_with(kEllipsis)) {
    excerpt.line += kEllipsis;
  }
  if (column == 0) return excerpt;
  excerpt.indent = (window.first > 0 ? 1 : 0) +
                   WidthOf(cells, window.first, std::min(first, window.last));
  excerpt.carets = std::max<std::size_t>(
      1, WidthOf(cells, first, std::min(last, window.last)));
  return excerpt;
}

}  // namespace writ
