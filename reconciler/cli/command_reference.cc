#include "reconciler/cli/command_reference.h"

#include <cstddef>
#include <string_view>

namespace writ::reconciler {
namespace {

constexpr const char* kBeginning = R"(# Commands

Made of what `--help` says (`writ manual --markdown`); a test holds it current.
Every command also has `--help` and `--no-color`. Exit codes are the same for
all: 0 done, 1 error, 2 changes (with `--detailed-exitcode`), 3 invalid
manifests, 4 denied by policy, 5 unsafe, 6 stale, 7 locked, 8 partly applied,
9 untrusted commit, 64 usage, 130 interrupted.
)";

// In a cell of a table, and never as markup.
std::string Cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += ' ';
      continue;
    }
    if (c == '|' || c == '<' || c == '*' || c == '_') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string Code(std::string_view text) {
  return "`" + std::string(text) + "`";
}

std::string Usage(const CommandOutline& command) {
  std::string text = "writ " + command.path;
  for (const OptionOutline& option : command.options) {
    if (!option.positional) continue;
    const std::string name = option.names[0] + (option.repeats ? "…" : "");
    text += option.required ? " " + name : " [" + name + "]";
  }
  return text;
}

std::string Row(const OptionOutline& option) {
  std::string text = "| ";
  for (const std::string& name : option.names) {
    if (&name != &option.names.front()) text += ", ";
    text += Code(option.takes_value && !option.positional &&
                         &name == &option.names.back()
                     ? name + " VALUE"
                     : name);
  }
  text += " | " + Cell(option.help);
  for (const std::string& choice : option.choices) {
    text += &choice == &option.choices.front() ? ": " : ", ";
    text += Code(choice);
  }
  return text + " |\n";
}

std::string ReferenceSection(const CommandOutline& command) {
  std::string text =
      "\n## writ " + command.path + "\n\n" + Cell(command.summary) + ".\n";
  if (!command.description.empty()) {
    text += "\n" + Cell(command.description) + "\n";
  }
  text += "\n    " + Usage(command) + "\n";
  if (!command.options.empty()) {
    text += "\n| | |\n|---|---|\n";
    for (const OptionOutline& option : command.options) text += Row(option);
  }
  if (command.examples.empty()) return text;
  text += "\n```console\n";
  for (const std::string& example : command.examples) {
    text += "$ " + example + "\n";
  }
  return text + "```\n";
}

}  // namespace

std::string CommandReference(const CommandOutline& outline) {
  std::string text = kBeginning;
  for (const CommandOutline* command : Flatten(outline)) {
    if (command->subcommands.empty()) text += ReferenceSection(*command);
  }
  return text;
}

}  // namespace writ::reconciler
