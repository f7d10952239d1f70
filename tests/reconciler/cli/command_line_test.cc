#include "reconciler/cli/command_line.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/commands.h"
#include "tests/reconciler/cli/own_session.h"

namespace writ::reconciler {
namespace {

using Arguments = std::vector<std::string>;

std::string Help(Arguments arguments, int terminal_width) {
  testing::OwnSession own;
  own.session.out_is_terminal = terminal_width > 0;
  own.session.width = terminal_width > 0 ? terminal_width : 80;
  arguments.emplace_back("--help");
  static const std::vector<Command> commands = AllCommands();
  EXPECT_EQ(RunCommandLine(commands, arguments, own.session), ExitCode::kDone);
  EXPECT_EQ(own.err.str(), "");
  return own.out.str();
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::stringstream lines(text);
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  return all;
}

// The words in their order, however they are broken.
std::vector<std::string> WordsOf(const std::string& text) {
  std::stringstream words(text);
  std::vector<std::string> all;
  for (std::string word; words >> word;) all.push_back(word);
  return all;
}

// `writ` itself and each command of the tree.
void AddCalls(const std::vector<Command>& commands, const Arguments& above,
              std::vector<Arguments>& calls) {
  for (const Command& command : commands) {
    Arguments call = above;
    call.push_back(command.name);
    calls.push_back(call);
    AddCalls(command.subcommands, call, calls);
  }
}

std::vector<Arguments> AllCalls() {
  std::vector<Arguments> calls = {{}};
  AddCalls(AllCommands(), {}, calls);
  return calls;
}

// Examples are to be copied and stay in one piece.
std::string BeforeExamples(const std::string& help) {
  return help.substr(0, help.find("\nExamples:\n"));
}

TEST(Help, FitsATerminalAndLosesNoWord) {
  for (const Arguments& call : AllCalls()) {
    SCOPED_TRACE(::testing::PrintToString(call));
    const std::string in_a_pipe = Help(call, 0);
    for (const int width : {60, 80}) {
      const std::string help = Help(call, width);
      EXPECT_EQ(WordsOf(help), WordsOf(in_a_pipe));
      for (const std::string& line : LinesOf(BeforeExamples(help))) {
        EXPECT_LE(engine::Columns(line), static_cast<std::size_t>(width))
            << line;
      }
    }
  }
}

TEST(Help, HangsDescriptionsAtTheirColumn) {
  const std::string help = Help({"plan"}, 80);
  const std::string hang(34, ' ');
  EXPECT_NE(help.find("  --source TEXT                   Folder or git "
                      "repository of the manifests, or\n" +
                      hang + "the address of one: https, ssh, file"),
            std::string::npos)
      << help;
  // Broken by hand for a wider page: one paragraph here.
  EXPECT_NE(help.find("takes no lock. The\ndigest names exactly this plan:"),
            std::string::npos)
      << help;
}

TEST(Help, IsLeftAloneInAPipe) {
  const std::string help = Help({"plan"}, 0);
  EXPECT_NE(help.find("  --source TEXT                   Folder or git "
                      "repository of the manifests, or the address of one: "
                      "https, ssh, file (default: the repository around the "
                      "current folder)\n"),
            std::string::npos);
  EXPECT_NE(Help({}, 0).find("3 invalid,\n4 denied"), std::string::npos);
}

}  // namespace
}  // namespace writ::reconciler
