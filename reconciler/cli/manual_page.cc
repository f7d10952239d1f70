#include "reconciler/cli/manual_page.h"

#include <array>
#include <cstdio>
#include <string_view>

#include "reconciler/version.h"
#include "schema/utf8.h"

namespace writ::reconciler {
namespace {

// Text for roff: hyphens as they are typed, no line that begins a request,
// what isn't ASCII by its number.
std::string Roff(std::string_view text) {
  std::string escaped;
  bool at_start = true;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = DecodeUtf8(text, i);
    i += point.size;
    if (point.value > 0x7f) {
      std::array<char, 16> name{};
      std::snprintf(name.data(), name.size(), "\\[u%04X]",
                    static_cast<unsigned>(point.value));
      escaped += name.data();
      at_start = false;
      continue;
    }
    const char c = static_cast<char>(point.value);
    if (at_start && (c == '.' || c == '\'')) escaped += "\\&";
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
    at_start = c == '\n';
  }
  return escaped;
}

std::string Synopsis(const CommandOutline& command) {
  std::string text = ".B writ " + Roff(command.path) + "\n";
  if (!command.options.empty()) text += "[\\fIoption\\fR]...";
  for (const OptionOutline& option : command.options) {
    if (!option.positional) continue;
    const std::string name =
        "\\fI" + Roff(option.names[0]) + "\\fR" + (option.repeats ? "..." : "");
    text += option.required ? " " + name : " [" + name + "]";
  }
  return text + "\n";
}

std::string Describe(const OptionOutline& option) {
  std::string text = ".TP\n";
  for (const std::string& name : option.names) {
    if (&name != &option.names.front()) text += ", ";
    text += "\\fB" + Roff(name) + "\\fR";
  }
  if (option.takes_value) text += " \\fIVALUE\\fR";
  text += "\n" + Roff(option.help) + ".\n";
  for (const std::string& choice : option.choices) {
    text +=
        (&choice == &option.choices.front() ? "One of " : ", ") + Roff(choice);
  }
  return text + (option.choices.empty() ? "" : ".\n");
}

std::string ManualSection(const CommandOutline& command) {
  std::string text =
      ".SS writ " + Roff(command.path) + "\n" + Roff(command.summary) + ".\n";
  if (!command.description.empty()) {
    text += ".PP\n" + Roff(command.description) + "\n";
  }
  text += ".PP\n" + Synopsis(command);
  for (const OptionOutline& option : command.options) text += Describe(option);
  if (command.examples.empty()) return text;
  text += ".PP\nExamples:\n.PP\n.RS 4\n.nf\n";
  for (const std::string& example : command.examples) {
    text += Roff(example) + "\n";
  }
  return text + ".fi\n.RE\n";
}

constexpr const char* kEnd = R"(.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
error
.TP
.B 2
changes present, with \-\-detailed\-exitcode
.TP
.B 3
invalid manifests
.TP
.B 4
denied by policy
.TP
.B 5
unsafe
.TP
.B 6
stale: something moved since the plan
.TP
.B 7
locked
.TP
.B 8
partly applied
.TP
.B 9
untrusted commit
.TP
.B 64
usage
.TP
.B 130
interrupted
.SH ENVIRONMENT
.TP
.B NO_COLOR
Set to anything, colours are never printed.
)";

}  // namespace

std::string ManualPage(const CommandOutline& outline) {
  std::string text =
      ".TH WRIT 1 \"\" \"writ " + std::string(kVersion) +
      "\" \"User Commands\"\n"
      ".SH NAME\n"
      "writ \\- GitOps reconciler and policy engine\n"
      ".SH SYNOPSIS\n"
      ".B writ\n"
      "\\fIcommand\\fR [\\fIoption\\fR]... [\\fIargument\\fR]...\n"
      ".SH DESCRIPTION\n"
      "writ reads manifests from git, plans them against the "
      "live state, and applies the plan.\n"
      ".SH COMMANDS\n";
  for (const CommandOutline* command : Flatten(outline)) {
    if (command->subcommands.empty()) text += ManualSection(*command);
  }
  return text + kEnd;
}

}  // namespace writ::reconciler
