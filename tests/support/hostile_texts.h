// Texts that try to drive an output: a terminal, a log, a report in Markdown
// or HTML, a workflow command, a chat channel. Every escape function and every
// renderer is tested against all of them (T-17).
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "schema/utf8.h"

namespace writ::testing {

struct HostileText {
  std::string_view name;
  std::string_view text;
};

inline constexpr std::string_view kZeroByte("a\0b", 3);

inline constexpr std::array kHostileTexts = {
    HostileText{"nothing", ""},
    HostileText{"zero byte", kZeroByte},
    HostileText{"colour", "\x1b[31mred\x1b[0m"},
    HostileText{"clear screen", "\x1b[2J\x1b[1;1H"},
    HostileText{"window title", "\x1b]0;pwned\x07"},
    HostileText{"link with a false address",
                "\x1b]8;;http://evil.example\x1b\\safe\x1b]8;;\x1b\\"},
    HostileText{"clipboard", "\x1b]52;c;cm0gLXJmIC8=\x07"},
    HostileText{"single-byte CSI",
                "\x9b"
                "31mred"},
    HostileText{"C1 as UTF-8",
                "\xc2\x9b"
                "31mred\xc2\x85next"},
    HostileText{"backspaces", "deny\b\b\b\ballow"},
    HostileText{"carriage return", "deny\rallow"},
    HostileText{"CRLF and a header", "ok\r\nSet-Cookie: a=b\r\n\r\nbody"},
    HostileText{"newline and a forged line", "x\nerror: 0 errors\n"},
    HostileText{"vertical tab and form feed", "a\vb\fc"},
    HostileText{"delete", "a\x7f"},
    HostileText{"line separators", "a\u2028b\u2029c"},
    HostileText{"right-to-left override", "allow\u202eyned\u202c"},
    HostileText{"isolates", "\u2066if\u2069 \u2067x\u2069 \u2068y\u2069"},
    HostileText{"direction marks", "a\u200eb\u200fc\u061cd"},
    HostileText{"zero width", "ad\u200bmin\u200c\u200d\u2060\ufeff"},
    HostileText{"soft hyphen", "ad\u00admin"},
    HostileText{"Hangul fillers", "a\u3164b\uffa0c\u115fd"},
    HostileText{"tag characters", "a\U000e0041\U000e0042\U000e007f"},
    HostileText{"smuggled bytes", "a\U000e0101\U000e0102"},
    HostileText{"torn UTF-8", "a\xe2\x82"},
    HostileText{"long UTF-8", "a\xc0\xaf\xe0\x80\xaf"},
    HostileText{"surrogate", "a\xed\xa0\x80"},
    HostileText{"beyond Unicode", "a\xf4\x90\x80\x80\xff"},
    HostileText{"HTML", "<script>alert('1')</script>"},
    HostileText{"HTML attribute", "\" onmouseover=\"x' onclick='y"},
    HostileText{"HTML comment", "<!-- hidden -->"},
    HostileText{"HTML entity", "&lt;b&gt; &#64;team"},
    HostileText{"details that hide the rest", "<details><summary>x</summary>"},
    HostileText{"Markdown link", "[click](https://evil.example)"},
    HostileText{"Markdown image", "![x](https://evil.example/track.png)"},
    HostileText{"Markdown reference", "[a]: https://evil.example"},
    HostileText{"bare link", "see https://evil.example www.evil.example"},
    HostileText{"Markdown heading", "# Approved"},
    HostileText{"Markdown emphasis", "**0 deletes** __x__ ~~y~~"},
    HostileText{"Markdown code", "`x` ```\n- 1 delete\n```"},
    HostileText{"Markdown table", "a | b |\n|---|---|"},
    HostileText{"Markdown list", "- item"},
    HostileText{"Markdown numbered list", "1. item"},
    HostileText{"Markdown quote", "> quoted"},
    HostileText{"Markdown block of code", "    indented"},
    HostileText{"Markdown rule", "---"},
    HostileText{"backslash", "\\# \\@team \\"},
    HostileText{"mention", "@acme/security @channel <!here> <@U123>"},
    HostileText{"e-mail", "security@acme.example"},
    HostileText{"references", "#1 !2 acme/shop#3"},
    HostileText{"quick action", "/approve\n/merge"},
    HostileText{"workflow command", "::set-output name=x::y"},
    HostileText{"workflow command on a line", "x\n::error::forged"},
    HostileText{"old workflow command", "##[add-path]/tmp"},
    HostileText{"workflow escapes", "100%25 %0A::error::x %0D"},
    HostileText{"property separators", "a,line=1,title=x:y::z"},
    HostileText{"JSON", "\"},{\"severity\":\"note\"}"},
};

// What no output may hold whatever it shows: bytes that aren't UTF-8, and
// invisible code points but for the ones named.
inline bool IsHarmless(std::string_view text, std::string_view but = {}) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    if (!point.valid) return false;
    if (IsInvisible(point.value) &&
        but.find(text[at]) == std::string_view::npos) {
      return false;
    }
    at += point.size;
  }
  return true;
}

}  // namespace writ::testing
