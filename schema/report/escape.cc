#include "schema/report/escape.h"

#include <algorithm>
#include <cstdint>

#include "schema/utf8.h"

namespace writ {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
// Breaks up what a renderer would turn into a mention or a reference after it
// has undone every escape: only a character in between helps there.
constexpr std::string_view kZeroWidthSpace = "&#8203;";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsPlain(char c) { return c >= 0x20 && c < 0x7f; }

void AppendByte(char c, std::string& out) {
  const auto byte = static_cast<unsigned char>(c);
  out.append("\\x");
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

void AppendCodePoint(char32_t value, std::string& out) {
  if (value == '\n') {
    out.append("\\n");
  } else if (value == '\r') {
    out.append("\\r");
  } else if (value == '\t') {
    out.append("\\t");
  } else {
    out.append("\\u{");
    int shift = 20;
    while (shift > 4 && (value >> shift) == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) out += kHex[(value >> shift) & 15];
    out += '}';
  }
}

// Shows what can't be seen, but for the characters that are to stay.
std::string MakeVisible(std::string_view text, std::string_view keep) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    const std::string_view bytes = text.substr(at, point.size);
    at += point.size;
    if (!point.valid) {
      AppendByte(bytes[0], out);
    } else if (IsInvisible(point.value) &&
               keep.find(bytes[0]) == std::string_view::npos) {
      AppendCodePoint(point.value, out);
    } else {
      out.append(bytes);
    }
  }
  return out;
}

std::string_view FindHtmlEntity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

void AppendPercent(char c, std::string& out) {
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += "0123456789ABCDEF"[byte >> 4];
  out += "0123456789ABCDEF"[byte & 15];
}

std::string EscapeGithub(std::string_view visible, std::string_view special) {
  std::string out;
  out.reserve(visible.size());
  for (const char c : visible) {
    if (special.find(c) == std::string_view::npos) {
      out += c;
    } else {
      AppendPercent(c, out);
    }
  }
  return out;
}

// A list's number ("12." or "12)") at the start of a line: where its mark is.
std::size_t FindListMark(std::string_view text) {
  const auto digits = static_cast<std::size_t>(
      std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
  const bool list = digits > 0 && digits < text.size() &&
                    (text[digits] == '.' || text[digits] == ')');
  return list ? digits : std::string_view::npos;
}

// Whether the character at `at` means something in Markdown there.
bool IsMarkup(std::string_view text, std::size_t at, std::size_t list_mark) {
  constexpr std::string_view kAnywhere = "\\`*_{}[]()|~";
  constexpr std::string_view kAtLineStart = "-+=#/";
  const char c = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  if (kAnywhere.find(c) != std::string_view::npos) return true;
  if (at == list_mark) return true;
  if (at == 0 && kAtLineStart.find(c) != std::string_view::npos) return true;
  // Bare links: "https://", "mailto:x", "www.".
  if (c == ':') return next != ' ';
  if (c != '.' || at < 3) return false;
  const std::string_view before = text.substr(at - 3, 3);
  return std::all_of(before.begin(), before.end(),
                     [](char w) { return w == 'w' || w == 'W'; });
}

// Mentions (@team), and references to issues and merge requests (#1, !1).
bool StartsReference(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '@') return true;
  if (c != '#' && c != '!') return false;
  return at + 1 < text.size() && text[at + 1] != ' ';
}

}  // namespace

std::string EscapeTerminal(std::string_view text, TerminalText options) {
  if (std::all_of(text.begin(), text.end(), IsPlain)) return std::string(text);
  std::string keep;
  if (options.keep_newlines) keep += '\n';
  if (options.keep_tabs) keep += '\t';
  return MakeVisible(text, keep);
}

std::string EscapeGithubData(std::string_view text) {
  return EscapeGithub(MakeVisible(text, "\n"), "%\r\n");
}

std::string EscapeGithubProperty(std::string_view text) {
  return EscapeGithub(MakeVisible(text, ""), "%\r\n:,");
}

std::string EscapeMarkdown(std::string_view text) {
  const std::string visible = MakeVisible(text, "");
  const std::size_t list_mark = FindListMark(visible);
  std::string out;
  out.reserve(visible.size() + visible.size() / 4);
  for (std::size_t at = 0; at < visible.size(); ++at) {
    const char c = visible[at];
    if (c == '&' || c == '<' || c == '>') {
      out.append(FindHtmlEntity(c));
    } else if (at == 0 && c == ' ') {
      out.append("&#32;");  // four spaces would begin a block of code
    } else {
      if (IsMarkup(visible, at, list_mark)) out += '\\';
      out += c;
    }
    if (StartsReference(visible, at)) out.append(kZeroWidthSpace);
  }
  return out;
}

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char c : MakeVisible(text, "\n\t")) {
    const std::string_view entity = FindHtmlEntity(c);
    if (entity.empty()) {
      out += c;
    } else {
      out.append(entity);
    }
  }
  return out;
}

}  // namespace writ
