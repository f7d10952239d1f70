// The words of a command without its doing, for what is made of them:
// completions and the manual page.
#pragma once

#include <string>
#include <vector>

#include "reconciler/cli/command.h"

namespace writ::reconciler {

struct OptionOutline {
  std::vector<std::string> names;  // "-v", "--verbose"; a positional's: "REF"
  std::string help;
  std::vector<std::string> choices;
  bool positional = false;
  bool required = false;
  bool takes_value = false;
  bool repeats = false;
};

struct CommandOutline {
  std::string path;  // "state list"; empty for writ itself
  std::string name;  // the last word of it
  std::string summary;
  std::string description;
  std::vector<std::string> examples;
  std::vector<OptionOutline> options;  // those of every command not among them
  std::vector<CommandOutline> subcommands;
};

CommandOutline OutlineOf(const std::vector<Command>& commands);

// The outline's commands, each before its subcommands; writ itself left out.
std::vector<const CommandOutline*> Flatten(const CommandOutline& outline);

}  // namespace writ::reconciler
