// The text of one document while it is read, and the lexical rules of YAML
// that need no context. Internal to manifests/format.
//
// Every line, the last one too, ends with a line feed; there is no NUL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "schema/result.h"

namespace writ::manifests::format {

constexpr bool IsBlank(char c) { return c == ' ' || c == '\t'; }
constexpr bool IsBlankOrEnd(char c) {
  return IsBlank(c) || c == '\n' || c == '\0';
}
// , [ ] { }
bool IsFlowIndicator(char c);

std::string_view TrimBlanks(std::string_view text);

class Input {
 public:
  Input(std::string_view text, std::uint32_t first_line)
      : text_(text), line_(first_line) {}

  bool AtEnd() const { return position_ >= text_.size(); }
  // NUL past the end.
  char Peek(std::size_t ahead = 0) const;
  bool AtLineEnd() const { return Peek() == '\n' || AtEnd(); }
  std::size_t position() const { return position_; }
  std::uint32_t line() const { return line_; }
  int column() const { return static_cast<int>(position_ - line_start_); }

  // Up to the line's end, without it.
  std::string_view RestOfLine() const;
  // Consumes `size` characters of this line.
  std::string_view Take(std::size_t size);
  std::string_view SkipBlanks();
  // To the start of the next line.
  void NextLine();

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_;
};

// Lengths of tokens at the start of `rest`, a line without its end; 0: none.

// "&name" or "!tag", with the blank or end that must follow left out.
std::size_t PropertyLength(std::string_view rest, bool in_flow);
// "*name".
std::size_t AliasLength(std::string_view rest);
// A quoted scalar with its quotes; 0 also where it isn't closed on this line.
std::size_t QuotedLength(std::string_view rest);
// A plain scalar without trailing blanks, up to ": ", " #" or, in flow, an
// indicator.
std::size_t PlainLength(std::string_view rest, bool in_flow);
// The same for a line that goes on with a plain scalar of the line before, in
// block context: whatever it begins with.
std::size_t PlainContinuationLength(std::string_view rest);
// True where a block mapping's entry begins: a key on this line and its colon.
bool StartsWithKey(std::string_view rest);
// True for a line that begins or ends a document: "---" or "...".
bool IsDocumentMarker(std::string_view line);
// True for "-" and a blank or the line's end.
bool StartsWithDash(std::string_view rest);

// A construct that the formatter leaves alone.
tl::unexpected<Error> Unsupported(const Input& input, std::string_view what);
// A mistake that no reader would accept.
tl::unexpected<Error> Invalid(const Input& input, std::string_view what);

}  // namespace writ::manifests::format
