#include "manifests/format/input.h"

#include <algorithm>
#include <string>

namespace writ::manifests::format {
namespace {

char At(std::string_view text, std::size_t at) {
  return at < text.size() ? text[at] : '\0';
}

std::size_t SkipBlanksIn(std::string_view rest, std::size_t at) {
  while (IsBlank(At(rest, at))) ++at;
  return at;
}

// Indicators that can't begin a plain scalar, whatever follows.
bool BeginsNoPlain(char c) {
  return std::string_view(",[]{}#&*!|>'\"%@`").find(c) !=
         std::string_view::npos;
}

std::size_t DoubleQuotedLength(std::string_view rest) {
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '\\') {
      ++i;
    } else if (rest[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

std::size_t SingleQuotedLength(std::string_view rest) {
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] != '\'') continue;
    if (At(rest, i + 1) != '\'') return i + 1;
    ++i;
  }
  return 0;
}

// Up to ": ", " #" or, in flow, an indicator; without trailing blanks.
std::size_t PlainEnd(std::string_view rest, bool in_flow) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char next = At(rest, i + 1);
    if (rest[i] == ':' &&
        (IsBlankOrEnd(next) || (in_flow && IsFlowIndicator(next)))) {
      break;
    }
    if (in_flow && IsFlowIndicator(rest[i])) break;
    if (rest[i] == '#' && i > 0 && IsBlank(rest[i - 1])) break;
    if (!IsBlank(rest[i])) end = i + 1;
  }
  return end;
}

std::size_t KeyLength(std::string_view rest) {
  switch (At(rest, 0)) {
    case '"':
    case '\'':
      return QuotedLength(rest);
    case '*':
      return AliasLength(rest);
    default:
      return PlainLength(rest, /*in_flow=*/false);
  }
}

tl::unexpected<Error> FailAt(ErrorCode code, const Input& input,
                             std::string_view what) {
  return Fail(
      code, "line " + std::to_string(input.line()) + ": " + std::string(what));
}

}  // namespace

bool IsFlowIndicator(char c) {
  return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

char Input::Peek(std::size_t ahead) const {
  return At(text_, position_ + ahead);
}

std::string_view Input::RestOfLine() const {
  const std::string_view rest = text_.substr(std::min(position_, text_.size()));
  return rest.substr(0, rest.find('\n'));
}

std::string_view Input::Take(std::size_t size) {
  const std::string_view taken =
      text_.substr(std::min(position_, text_.size()), size);
  position_ += taken.size();
  return taken;
}

std::string_view Input::SkipBlanks() {
  std::size_t size = 0;
  while (IsBlank(Peek(size))) ++size;
  return Take(size);
}

void Input::NextLine() {
  position_ = std::min(position_ + RestOfLine().size() + 1, text_.size());
  line_start_ = position_;
  ++line_;
}

std::size_t PropertyLength(std::string_view rest, bool in_flow) {
  if (At(rest, 0) != '&' && At(rest, 0) != '!') return 0;
  // "!<tag:yaml.org,2002:str>": a comma in it is no indicator.
  const bool verbatim = At(rest, 1) == '<';
  std::size_t end = 1;
  while (!IsBlankOrEnd(At(rest, end)) &&
         !(in_flow && !verbatim && IsFlowIndicator(rest[end]))) {
    ++end;
  }
  return end;
}

std::size_t AliasLength(std::string_view rest) {
  if (At(rest, 0) != '*') return 0;
  std::size_t end = 1;
  while (!IsBlankOrEnd(At(rest, end)) && !IsFlowIndicator(rest[end])) ++end;
  return end > 1 ? end : 0;
}

std::size_t QuotedLength(std::string_view rest) {
  if (At(rest, 0) == '"') return DoubleQuotedLength(rest);
  if (At(rest, 0) == '\'') return SingleQuotedLength(rest);
  return 0;
}

std::size_t PlainLength(std::string_view rest, bool in_flow) {
  const char first = At(rest, 0);
  if (IsBlankOrEnd(first) || BeginsNoPlain(first)) return 0;
  if ((first == '-' || first == '?' || first == ':') &&
      IsBlankOrEnd(At(rest, 1))) {
    return 0;
  }
  return PlainEnd(rest, in_flow);
}

std::size_t PlainContinuationLength(std::string_view rest) {
  return PlainEnd(rest, /*in_flow=*/false);
}

bool StartsWithKey(std::string_view rest) {
  std::size_t at = 0;
  while (const std::size_t size = PropertyLength(rest.substr(at), false)) {
    at = SkipBlanksIn(rest, at + size);
  }
  const std::size_t key = KeyLength(rest.substr(std::min(at, rest.size())));
  if (key == 0) return false;
  at = SkipBlanksIn(rest, at + key);
  return At(rest, at) == ':' && IsBlankOrEnd(At(rest, at + 1));
}

bool IsDocumentMarker(std::string_view line) {
  return (line.starts_with("---") || line.starts_with("...")) &&
         IsBlankOrEnd(At(line, 3));
}

bool StartsWithDash(std::string_view rest) {
  return At(rest, 0) == '-' && IsBlankOrEnd(At(rest, 1));
}

tl::unexpected<Error> Unsupported(const Input& input, std::string_view what) {
  return FailAt(ErrorCode::kUnsupported, input, what);
}

tl::unexpected<Error> Invalid(const Input& input, std::string_view what) {
  return FailAt(ErrorCode::kInvalidManifest, input, what);
}

}  // namespace writ::manifests::format
