#include "reconciler/cli/command_outline.h"

#include <sstream>
#include <utility>

namespace writ::reconciler {
namespace {

class OutlineOptions final : public Options {
 public:
  explicit OutlineOptions(std::vector<OptionOutline>& options)
      : options_(options) {}

  void Flag(const std::string& names, bool& /*value*/,
            const std::string& help) override {
    Add(names, help);
  }
  void Text(const std::string& names, std::string& /*value*/,
            const std::string& help) override {
    Add(names, help).takes_value = true;
  }
  void Texts(const std::string& names, std::vector<std::string>& /*values*/,
             const std::string& help) override {
    OptionOutline& option = Add(names, help);
    option.takes_value = true;
    option.repeats = true;
  }
  void Integer(const std::string& names, std::int64_t& /*value*/,
               const std::string& help) override {
    Add(names, help).takes_value = true;
  }
  void Choice(const std::string& names, std::string& /*value*/,
              const std::vector<std::string>& choices,
              const std::string& help) override {
    OptionOutline& option = Add(names, help);
    option.takes_value = true;
    option.choices = choices;
  }
  void Positional(const std::string& name, std::string& /*value*/,
                  bool required, const std::string& help) override {
    OptionOutline& option = Add(name, help);
    option.positional = true;
    option.required = required;
  }
  void Positionals(const std::string& name,
                   std::vector<std::string>& /*values*/, bool required,
                   const std::string& help) override {
    OptionOutline& option = Add(name, help);
    option.positional = true;
    option.required = required;
    option.repeats = true;
  }

 private:
  OptionOutline& Add(const std::string& names, const std::string& help) {
    OptionOutline option;
    std::istringstream stream(names);
    for (std::string name; std::getline(stream, name, ',');) {
      option.names.push_back(name);
    }
    option.help = help;
    options_.push_back(std::move(option));
    return options_.back();
  }

  std::vector<OptionOutline>& options_;
};

CommandOutline OutlineOne(const Command& command, const std::string& group) {
  CommandOutline outline;
  outline.path = group.empty() ? command.name : group + " " + command.name;
  outline.name = command.name;
  outline.summary = command.summary;
  outline.description = command.description;
  outline.examples = command.examples;
  if (command.declare) {
    OutlineOptions options(outline.options);
    command.declare(options);
  }
  for (const Command& inner : command.subcommands) {
    outline.subcommands.push_back(OutlineOne(inner, outline.path));
  }
  return outline;
}

void AddAll(const CommandOutline& outline,
            std::vector<const CommandOutline*>& all) {
  for (const CommandOutline& inner : outline.subcommands) {
    all.push_back(&inner);
    AddAll(inner, all);
  }
}

}  // namespace

CommandOutline OutlineOf(const std::vector<Command>& commands) {
  CommandOutline outline;
  outline.name = "writ";
  for (const Command& command : commands) {
    outline.subcommands.push_back(OutlineOne(command, ""));
  }
  return outline;
}

std::vector<const CommandOutline*> Flatten(const CommandOutline& outline) {
  std::vector<const CommandOutline*> all;
  AddAll(outline, all);
  return all;
}

}  // namespace writ::reconciler
