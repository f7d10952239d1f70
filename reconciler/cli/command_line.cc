// The only user of CLI11.
#include "reconciler/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <ostream>
#include <sstream>
#include <string_view>
#include <utility>

#include "engine/plan/wrap.h"
#include "reconciler/version.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 done, 1 error, 2 changes (with --detailed-exitcode), "
    "3 invalid,\n4 denied, 5 unsafe, 6 stale, 7 locked, 8 partly applied, "
    "9 untrusted,\n64 usage, 130 interrupted.";

class CliOptions final : public Options {
 public:
  explicit CliOptions(CLI::App& app) : app_(app) {}

  void Flag(const std::string& names, bool& value,
            const std::string& help) override {
    app_.add_flag(names, value, help);
  }
  void Text(const std::string& names, std::string& value,
            const std::string& help) override {
    app_.add_option(names, value, help);
  }
  void Texts(const std::string& names, std::vector<std::string>& values,
             const std::string& help) override {
    // One value each time it stands, so that a positional may follow.
    app_.add_option(names, values, help)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
  }
  void Integer(const std::string& names, std::int64_t& value,
               const std::string& help) override {
    app_.add_option(names, value, help);
  }
  void Choice(const std::string& names, std::string& value,
              const std::vector<std::string>& choices,
              const std::string& help) override {
    app_.add_option(names, value, help)->check(CLI::IsMember(choices));
  }
  void Positional(const std::string& name, std::string& value, bool required,
                  const std::string& help) override {
    app_.add_option(name, value, help)->required(required);
  }
  void Positionals(const std::string& name, std::vector<std::string>& values,
                   bool required, const std::string& help) override {
    app_.add_option(name, values, help)->required(required);
  }

 private:
  CLI::App& app_;
};

std::string FooterOf(const Command& command) {
  std::string footer;
  if (!command.examples.empty()) {
    footer = "Examples:\n";
    for (const std::string& example : command.examples) {
      footer += "  " + example + "\n";
    }
  }
  return footer;
}

struct Chosen {
  const Command* command = nullptr;
};

void DeclareCommandLine(CLI::App& app, const Command& command, Chosen& chosen,
                        bool& no_color) {
  CLI::App* sub = app.add_subcommand(command.name, command.summary);
  sub->description(command.summary + (command.description.empty()
                                          ? ""
                                          : "\n\n" + command.description));
  sub->footer(FooterOf(command));
  sub->add_flag("--no-color", no_color, "Print without colours");
  if (!command.subcommands.empty()) {
    sub->require_subcommand(1);
    for (const Command& inner : command.subcommands) {
      DeclareCommandLine(*sub, inner, chosen, no_color);
    }
    return;
  }
  CliOptions options(*sub);
  command.declare(options);
  sub->callback([&chosen, &command] { chosen.command = &command; });
}

// The nearest command for a word that isn't one.
std::string SuggestCommand(const std::vector<Command>& commands,
                           const std::vector<std::string>& arguments) {
  const std::vector<Command>* known = &commands;
  std::string group;
  for (const std::string& word : arguments) {
    if (word.rfind('-', 0) == 0) continue;
    const auto named =
        std::find_if(known->begin(), known->end(),
                     [&](const Command& c) { return c.name == word; });
    if (named == known->end()) {
      std::vector<std::string_view> names;
      for (const Command& command : *known) names.push_back(command.name);
      const auto near = Suggest(word, names);
      return "there is no command \"" + group + word + "\"" +
             (near ? "; did you mean \"" + group + std::string(*near) + "\"?"
                   : "");
    }
    if (named->subcommands.empty()) return {};
    known = &named->subcommands;
    group += word + " ";
  }
  return {};
}

// Paragraphs that were broken by hand, each as one line.
std::string Unbroken(const std::string& text) {
  std::string joined;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool within = text[at] == '\n' && at > 0 && text[at - 1] != '\n' &&
                        at + 1 < text.size() && text[at + 1] != '\n';
    joined += within ? ' ' : text[at];
  }
  return joined;
}

// Each line broken between words; what is indented stays in one piece: a
// command to be copied.
std::string Wrapped(const std::string& text, std::size_t width) {
  std::stringstream lines(text);
  std::string wrapped;
  for (std::string line; std::getline(lines, line);) {
    wrapped +=
        (line.starts_with(' ') ? line : engine::WrapLine(line, width, 0)) +
        "\n";
  }
  return wrapped;
}

// Help as the library makes it; on a terminal, broken between words.
class Formatter final : public CLI::Formatter {
 public:
  // Without a width nothing is broken.
  explicit Formatter(std::optional<std::size_t> width) : width_(width) {
    const std::size_t most = width ? *width - kLeastBeside : kHelpColumn;
    column_width(std::min(kHelpColumn, most));
  }

  std::string make_option(const CLI::Option* option,
                          bool is_positional) const override {
    return Row(
        make_option_name(option, is_positional) + make_option_opts(option),
        make_option_desc(option));
  }
  // In a list, the summary alone.
  std::string make_subcommand(const CLI::App* sub) const override {
    std::string summary = sub->get_description();
    summary.resize(std::min(summary.find('\n'), summary.size()));
    return Row(sub->get_name(), summary);
  }
  std::string make_description(const CLI::App* app) const override {
    const std::string text = CLI::Formatter::make_description(app);
    return width_ ? Wrapped(Unbroken(text), *width_) : text;
  }
  std::string make_footer(const CLI::App* app) const override {
    const std::string text = CLI::Formatter::make_footer(app);
    return width_ ? Wrapped(text, *width_) : text;
  }

 private:
  static constexpr std::size_t kHelpColumn = 34;
  static constexpr std::size_t kLeastBeside = 24;  // columns of a description

  std::string Row(const std::string& name, const std::string& text) const {
    const std::size_t column = get_column_width();
    std::stringstream row;
    // The library indents what follows a newline.
    CLI::detail::format_help(
        row, name, width_ ? engine::WrapLine(text, *width_ - column, 0) : text,
        column);
    return row.str();
  }

  std::optional<std::size_t> width_;
};

std::optional<std::size_t> HelpWidth(const Session& session) {
  if (!session.out_is_terminal) return std::nullopt;
  return static_cast<std::size_t>(std::max(session.width, 40));
}

}  // namespace

ExitCode RunCommandLine(const std::vector<Command>& commands,
                        const std::vector<std::string>& arguments,
                        Session& session) {
  CLI::App app(
      "writ reads manifests from git, plans them against the live state, and "
      "applies the plan.",
      "writ");
  const std::optional<std::size_t> width = HelpWidth(session);
  app.formatter(std::make_shared<Formatter>(width));
  app.set_version_flag("--version", "writ " + std::string(kVersion));
  app.require_subcommand(1);
  app.footer("Every command explains itself: writ COMMAND --help\n" +
             (width ? Unbroken(kExitCodes) : kExitCodes));
  Chosen chosen;
  bool no_color = false;
  for (const Command& command : commands) {
    DeclareCommandLine(app, command, chosen, no_color);
  }
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    const bool asked_for = error.get_exit_code() == 0;
    if (asked_for) {
      app.exit(error, session.out, session.err);
      return ExitCode::kDone;
    }
    const std::string suggestion = SuggestCommand(commands, arguments);
    session.err << "error: " << (suggestion.empty() ? error.what() : suggestion)
                << "\n"
                << "  help: writ --help, or writ COMMAND --help\n";
    return ExitCode::kUsage;
  }
  if (no_color) session.color = false;
  return chosen.command->run(session);
}

}  // namespace writ::reconciler
