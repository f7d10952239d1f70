#include "manifests/source_text.h"

#include <algorithm>

#include "schema/credential/credential_scan.h"
#include "schema/utf8.h"

namespace writ::manifests {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxExcerptBytes = 4096;

bool HasPrefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// UTF-16 and UTF-32, with a mark or by the zero bytes that every ASCII
// character brings along in them.
bool IsWideEncoding(std::string_view text) {
  using namespace std::string_view_literals;
  if (HasPrefix(text, "\xFF\xFE"sv) || HasPrefix(text, "\xFE\xFF"sv)) {
    return true;
  }
  if (text.size() < 2) return false;
  const bool first = text[0] == '\0';
  const bool second = text[1] == '\0';
  return first != second || (first && text.size() >= 4 && text[3] != '\0');
}

std::string Hex(char32_t value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string digits;
  for (; value != 0; value >>= 4) {
    digits.insert(digits.begin(), kDigits[value & 15]);
  }
  while (digits.size() < 4) digits.insert(digits.begin(), '0');
  return "U+" + digits;
}

TextFault InvalidUtf8(std::size_t offset) {
  return {offset, "the file is not valid UTF-8", "save it as UTF-8"};
}

TextFault ControlCharacter(std::size_t offset, char32_t value) {
  if (value == 0) {
    return {offset, "the file holds a NUL byte, so it is no text", ""};
  }
  return {offset, "control character " + Hex(value) + " in the text",
          "remove it, or write it as \"\\x..\" in a quoted text"};
}

// Whether YAML takes the character raw: all but C0 other than tab and line
// ends, DEL, C1 other than NEL, and the two non-characters (YAML 1.2, 5.1).
bool IsPrintable(char32_t value) {
  if (value < 0x20) return value == '\t' || value == '\n' || value == '\r';
  if (value < 0x7F) return true;
  if (value < 0xA0) return value == 0x85;
  return value != 0xFFFE && value != 0xFFFF;
}

}  // namespace

std::string_view WithoutByteOrderMark(std::string_view bytes) {
  if (HasPrefix(bytes, kByteOrderMark)) {
    bytes.remove_prefix(kByteOrderMark.size());
  }
  return bytes;
}

std::optional<TextFault> FindTextFault(std::string_view text) {
  if (IsWideEncoding(text)) {
    return TextFault{0, "the file is in UTF-16 or UTF-32, not in UTF-8",
                     "save it as UTF-8"};
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7F) {
      ++at;
      continue;
    }
    const CodePoint point = DecodeUtf8(text, at);
    if (!point.valid) return InvalidUtf8(at);
    if (!IsPrintable(point.value)) return ControlCharacter(at, point.value);
    if (byte == '\r' && (at + 1 == text.size() || text[at + 1] != '\n')) {
      return TextFault{at, "a carriage return without a line feed",
                       "end lines with LF or CRLF"};
    }
    at += point.size;
  }
  return std::nullopt;
}

SourceText::SourceText(std::string_view text, std::uint32_t file)
    : text_(text), file_(file), starts_{0} {
  for (std::size_t at = text_.find('\n'); at != std::string_view::npos;
       at = text_.find('\n', at + 1)) {
    starts_.push_back(at + 1);
  }
}

std::string_view SourceText::Line(std::uint32_t line) const {
  if (line == 0 || line > starts_.size()) return {};
  const std::size_t begin = starts_[line - 1];
  std::string_view text = text_.substr(begin);
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

SourceRange SourceText::At(std::size_t offset, std::size_t size) const {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const std::size_t begin = *(next - 1);
  const auto line = static_cast<std::uint32_t>(next - starts_.begin());
  const std::size_t line_end = begin + Line(line).size();
  const std::size_t end = std::max(offset, std::min(offset + size, line_end));
  return {file_, line,
          static_cast<std::uint32_t>(
              CountCodePoints(text_.substr(begin, offset - begin)) + 1),
          static_cast<std::uint32_t>(
              CountCodePoints(text_.substr(offset, end - offset)))};
}

std::size_t SourceText::OffsetOf(const SourceRange& range) const {
  if (range.line == 0 || range.line > starts_.size()) return text_.size();
  std::size_t at = starts_[range.line - 1];
  for (std::uint32_t column = 1; column < range.column; ++column) {
    if (at >= text_.size()) break;
    at += DecodeUtf8(text_, at).size;
  }
  return at;
}

void SourceText::Hide(std::size_t offset, std::size_t size, std::size_t shown) {
  const Hidden hidden{offset, offset + size, offset + std::min(shown, size)};
  const auto behind = std::upper_bound(
      hidden_.begin(), hidden_.end(), hidden,
      [](const Hidden& a, const Hidden& b) { return a.begin < b.begin; });
  hidden_.insert(behind, hidden);
}

bool SourceText::IsHidden(std::size_t offset) const {
  return std::any_of(hidden_.begin(), hidden_.end(), [&](const Hidden& h) {
    return h.begin <= offset && offset < h.end;
  });
}

std::string SourceText::Excerpt(std::uint32_t line) const {
  constexpr std::string_view kNotShown = "(not shown)";
  const std::string_view text = Line(line);
  if (text.empty() || text.size() > kMaxExcerptBytes) return {};
  const std::size_t begin = starts_[line - 1];
  std::string shown(text);
  bool cut = false;
  // From the end, so that offsets before stay true.
  for (auto hidden = hidden_.rbegin(); hidden != hidden_.rend(); ++hidden) {
    const std::size_t from = std::max(hidden->shown_until, begin);
    const std::size_t to = std::min(hidden->end, begin + text.size());
    if (from >= to) continue;
    cut = true;
    const std::size_t width = CountCodePoints(text_.substr(from, to - from));
    shown.replace(from - begin,
                  std::min(to - begin, shown.size()) - (from - begin),
                  "…" + std::string(width - 1, ' '));
  }
  shown = MaskCredentials(std::move(shown));
  const bool says_so = shown.size() >= kNotShown.size() &&
                       shown.compare(shown.size() - kNotShown.size(),
                                     kNotShown.size(), kNotShown) == 0;
  if (!cut || says_so) return shown;
  if (shown.back() != ' ') shown += ' ';
  return shown + std::string(kNotShown);
}

}  // namespace writ::manifests
