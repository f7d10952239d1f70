#include "reconciler/cli/completion_script.h"
#include "schema/text_list.h"

#include <set>
#include <vector>

namespace writ::reconciler {
namespace {

using Lines = std::vector<std::string>;

// Within single quotes of every shell here, fish's included.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\"'\"'";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// "before word", as the scripts compare them, of each word that makes the
// command longer: " state", "state list".
Lines Steps(const CommandOutline& outline) {
  Lines steps;
  for (const CommandOutline* command : Flatten(outline)) {
    const std::size_t space = command->path.rfind(' ');
    steps.push_back(space == std::string::npos ? " " + command->path
                                               : command->path);
  }
  return steps;
}

// What may follow a command: subcommands and options with their help.
struct Word {
  std::string text;
  std::string help;
};

std::vector<Word> WordsAfter(const CommandOutline& command) {
  std::vector<Word> words;
  for (const CommandOutline& inner : command.subcommands) {
    words.push_back({inner.name, inner.summary});
  }
  for (const OptionOutline& option : command.options) {
    if (option.positional) continue;
    for (const std::string& name : option.names) {
      words.push_back({name, option.help});
    }
  }
  words.push_back({"--help", "Explain it"});
  words.push_back(command.path.empty()
                      ? Word{"--version", "Print the version"}
                      : Word{"--no-color", "Print without colours"});
  return words;
}

std::vector<const CommandOutline*> WithItself(const CommandOutline& outline) {
  std::vector<const CommandOutline*> all = Flatten(outline);
  all.insert(all.begin(), &outline);
  return all;
}

// Options after which a value stands, which may be a file.
Lines ValueOptions(const CommandOutline& outline) {
  std::set<std::string> names;
  for (const CommandOutline* command : Flatten(outline)) {
    for (const OptionOutline& option : command->options) {
      if (!option.takes_value || option.positional) continue;
      names.insert(option.names.begin(), option.names.end());
    }
  }
  return {names.begin(), names.end()};
}

// The branches of a bash or zsh case for options with choices: "plan:--format".
template <typename Print>
void ForEachChoice(const CommandOutline& outline, Print print) {
  for (const CommandOutline* command : Flatten(outline)) {
    for (const OptionOutline& option : command->options) {
      if (option.choices.empty()) continue;
      for (const std::string& name : option.names) {
        print(Quoted(command->path + ":" + name), option.choices);
      }
    }
  }
}

std::string QuotedSteps(const CommandOutline& outline) {
  Lines steps;
  for (const std::string& step : Steps(outline)) steps.push_back(Quoted(step));
  return Joined(steps, "|");
}

}  // namespace

std::string BashCompletion(const CommandOutline& outline) {
  std::string text =
      "# bash completion of writ: source <(writ completion bash)\n"
      "_writ() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]}\n"
      "  local before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command= word words=\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$command $word\" in\n"
      "      " +
      QuotedSteps(outline) +
      ")\n"
      "        command=${command:+$command }$word ;;\n"
      "    esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case \"$command:$before\" in\n";
  ForEachChoice(outline, [&](const std::string& at, const Lines& choices) {
    text += "    " + at + ") words=" + Quoted(Joined(choices, " ")) + " ;;\n";
  });
  for (const std::string& name : ValueOptions(outline)) {
    text += "    *:" + name + ") return ;;\n";
  }
  text += "    *) case \"$command\" in\n";
  for (const CommandOutline* command : WithItself(outline)) {
    Lines words;
    for (const Word& word : WordsAfter(*command)) words.push_back(word.text);
    text += "      " + Quoted(command->path) +
            ") words=" + Quoted(Joined(words, " ")) + " ;;\n";
  }
  return text +
         "    esac ;;\n"
         "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\n"
         "complete -o default -F _writ writ\n";
}

std::string ZshCompletion(const CommandOutline& outline) {
  std::string text =
      "#compdef writ\n"
      "# zsh completion of writ: source <(writ completion zsh)\n"
      "_writ() {\n"
      "  local command= word\n"
      "  local -a found\n"
      "  for word in ${words[2,CURRENT-1]}; do\n"
      "    case \"$command $word\" in\n"
      "      " +
      QuotedSteps(outline) +
      ")\n"
      "        command=${command:+$command }$word ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$command:${words[CURRENT-1]}\" in\n";
  ForEachChoice(outline, [&](const std::string& at, const Lines& choices) {
    text += "    " + at + ") found=(" + Joined(choices, " ") + ") ;;\n";
  });
  for (const std::string& name : ValueOptions(outline)) {
    text += "    *:" + name + ") _files; return ;;\n";
  }
  text += "    *) case \"$command\" in\n";
  for (const CommandOutline* command : WithItself(outline)) {
    text += "      " + Quoted(command->path) + ") found=(\n";
    for (const Word& word : WordsAfter(*command)) {
      text += "        " + Quoted(word.text + ":" + word.help) + "\n";
    }
    text += "      ) ;;\n";
  }
  return text +
         "    esac ;;\n"
         "  esac\n"
         "  _describe -t words writ found || _files\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _writ ]; then _writ \"$@\"; "
         "else compdef _writ writ; fi\n";
}

std::string FishCompletion(const CommandOutline& outline) {
  Lines steps;
  for (const std::string& step : Steps(outline)) steps.push_back(Quoted(step));
  std::string text =
      "# fish completion of writ: writ completion fish | source\n"
      "function __writ_command\n"
      "  set -l command\n"
      "  for word in (commandline -opc)[2..]\n"
      "    switch \"$command $word\"\n"
      "      case " +
      Joined(steps, " ") +
      "\n"
      "        set command (string trim \"$command $word\")\n"
      "    end\n"
      "  end\n"
      "  echo $command\n"
      "end\n";
  for (const CommandOutline* command : WithItself(outline)) {
    const std::string begin =
        "complete -c writ -n " +
        Quoted("test \"$(__writ_command)\" = \"" + command->path + "\"");
    for (const CommandOutline& inner : command->subcommands) {
      text += begin + " -f -a " + inner.name + " -d " + Quoted(inner.summary) +
              "\n";
    }
    for (const OptionOutline& option : command->options) {
      if (option.positional) continue;
      text += begin;
      for (const std::string& name : option.names) {
        text += name.rfind("--", 0) == 0 ? " -l " + name.substr(2)
                                         : " -s " + name.substr(1);
      }
      if (option.takes_value) text += " -r";
      if (!option.choices.empty()) {
        text += " -f -a " + Quoted(Joined(option.choices, " "));
      }
      text += " -d " + Quoted(option.help) + "\n";
    }
  }
  return text;
}

}  // namespace writ::reconciler
