// Text that somebody else wrote, made safe for one output each (T-17). What
// comes back never drives the output: no colours, cursor moves, reversed
// reading order, invisible characters, markup, mentions, or commands.
//
// All of them show what can't be seen: \n \r \t, \u{202e} for other invisible
// code points (schema/utf8.h), \xff for bytes that aren't UTF-8. What comes
// back is valid UTF-8. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace writ {

struct TerminalText {
  bool keep_newlines = false;
  bool keep_tabs = false;
};
inline constexpr TerminalText kKeepNewlines{true, true};

// For terminals and plain logs. One line, unless newlines are kept.
std::string EscapeTerminal(std::string_view text, TerminalText options = {});

// For the message of a GitHub workflow command (`::error …::message`), where
// newlines stay newlines; and for a value of one of its properties.
std::string EscapeGithubData(std::string_view text);
std::string EscapeGithubProperty(std::string_view text);

// For inline text of GitHub's and GitLab's Markdown, at the start of a line
// too: no markup, links, HTML, mentions, references, quick actions. One line.
std::string EscapeMarkdown(std::string_view text);

// For text and quoted attributes of HTML. Newlines and tabs stay.
std::string EscapeHtml(std::string_view text);

}  // namespace writ
