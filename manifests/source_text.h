// The text of one file: is it text at all, where are its lines, what may be
// shown of them. Lines and columns count from 1, columns in code points; a
// UTF-8 byte order mark is no part of the text.
//
// SourceText borrows the bytes; const access is safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/diagnostic.h"

namespace writ::manifests {

// The bytes after a UTF-8 byte order mark, or all of them.
std::string_view WithoutByteOrderMark(std::string_view bytes);

// The first thing that keeps bytes from being YAML text: UTF-16 or UTF-32,
// invalid UTF-8, NUL, control characters, a carriage return by itself.
struct TextFault {
  std::size_t offset = 0;
  std::string summary;
  std::string hint;
};
std::optional<TextFault> FindTextFault(std::string_view text);

class SourceText {
 public:
  // REQUIRES: `text` outlives this and has no byte order mark.
  SourceText(std::string_view text, std::uint32_t file);

  std::string_view text() const { return text_; }

  // The place of `size` bytes at `offset`, cut off at the end of its line.
  SourceRange At(std::size_t offset, std::size_t size) const;
  // The bytes of a line without its end; empty where there is no such line.
  std::string_view Line(std::uint32_t line) const;
  // The byte offset of a place; the text's size where there is no such line.
  std::size_t OffsetOf(const SourceRange& range) const;

  // Bytes that no excerpt may show but for the first `shown` of them.
  void Hide(std::size_t offset, std::size_t size, std::size_t shown);
  bool IsHidden(std::size_t offset) const;
  // The line as diagnostics may show it, without anything hidden or looking
  // like a credential. What is cut out keeps its width, so that what stands
  // behind stays above its caret. Lines beyond 4 KiB are not shown.
  std::string Excerpt(std::uint32_t line) const;

 private:
  struct Hidden {
    std::size_t begin;
    std::size_t end;
    std::size_t shown_until;
  };

  std::string_view text_;
  std::uint32_t file_;
  std::vector<Hidden> hidden_;
  std::vector<std::size_t> starts_;  // of lines
};

}  // namespace writ::manifests
