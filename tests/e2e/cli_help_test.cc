// What every command owes: help with an example, results on stdout and the rest
// on stderr, no escape codes where there is no terminal.
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/e2e/own_terminal.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

const std::vector<std::string> kCommands = {
    "init",         "validate",   "fmt",    "plan",      "show",   "apply",
    "diff",         "drift",      "graph",  "explain",   "doctor", "schema",
    "explain-kind", "completion", "manual", "policy",    "eval",   "version",
    "state",        "lock",       "audit",  "reconcile", "status", "history",
    "rollback",     "export",     "review"};

const std::vector<Arguments> kSubcommands = {
    {"policy", "test"},     {"policy", "check"},   {"policy", "list"},
    {"policy", "explain"},  {"state", "init"},     {"state", "list"},
    {"state", "show"},      {"state", "rm"},       {"state", "undelete"},
    {"state", "unprotect"}, {"state", "transfer"}, {"state", "backup"},
    {"state", "restore"},   {"state", "verify"},   {"state", "export"},
    {"lock", "list"},       {"lock", "break"},     {"audit", "show"},
    {"audit", "verify"}};

class Help : public Workbench {};

TEST_F(Help, OfTheProgramListsEveryCommand) {
  const Ran help = Expect(0, {"--help"});
  for (const std::string& command : kCommands) {
    EXPECT_TRUE(Holds(help.out, "\n  " + command + " "));
  }
  EXPECT_TRUE(Holds(help.out, "Exit codes"));
  EXPECT_EQ(help.err, "");
}

TEST_F(Help, OfEachCommandHasAnExample) {
  std::vector<Arguments> all = kSubcommands;
  for (const std::string& command : kCommands) {
    const bool is_group = command == "state" || command == "lock" ||
                          command == "audit" || command == "policy";
    if (!is_group) all.push_back({command});
  }
  for (Arguments& arguments : all) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    std::string call = "  writ";
    for (const std::string& word : arguments) call += " " + word;
    arguments.emplace_back("--help");
    const Ran help = Expect(0, arguments);
    EXPECT_TRUE(Holds(help.out, "Examples:"));
    EXPECT_TRUE(Holds(help.out, call));
    EXPECT_TRUE(Lacks(help.out, "\x1b"));
    EXPECT_EQ(help.err, "");
  }
}

TEST_F(Help, OfAGroupListsItsCommands) {
  for (const char* group : {"state", "lock", "audit", "policy"}) {
    const Ran help = Expect(0, {group, "--help"});
    for (const Arguments& subcommand : kSubcommands) {
      if (subcommand[0] == group) {
        EXPECT_TRUE(Holds(help.out, "  " + subcommand[1] + " "));
      }
    }
    Expect(64, {group});
  }
}

TEST_F(Help, MistakesGoToStderrWithTheWayOn) {
  const Ran unknown = Expect(64, {"aply"});
  EXPECT_EQ(unknown.out, "");
  EXPECT_TRUE(Holds(unknown.err, "did you mean \"apply\"?"));
  EXPECT_TRUE(Holds(unknown.err, "--help"));
  EXPECT_TRUE(Holds(Expect(64, {}).err, "--help"));
}

TEST_F(Help, ResultsAloneAreOnStdout) {
  WriteShop();
  const Ran plan = Expect(0, {"plan", "--json", "--out", "plan.json"});
  EXPECT_TRUE(json::accept(plan.out)) << plan.all();
  const Ran missing = Expect(1, {"plan", "--ref", "nowhere"});
  EXPECT_EQ(missing.out, "");
  EXPECT_TRUE(missing.err.starts_with("error: "));
  EXPECT_EQ(Expect(0, {"validate"}).out, "");
  const Ran as_json = Expect(1, {"plan", "--ref", "nowhere", "--json"});
  EXPECT_TRUE(json::accept(as_json.out)) << as_json.all();
}

TEST_F(Help, NothingButATerminalSeesColours) {
  WriteShop();
  git_.Write("manifests/broken.yaml", "apiVersion: writ/v1\nkind: Ap\n");
  const std::vector<Arguments> runs = {{"plan"},
                                       {"plan", "--verbose"},
                                       {"apply", "--auto-approve"},
                                       {"state", "list"},
                                       {"validate"},
                                       {"doctor"},
                                       {"explain", "App/order-service"},
                                       {"plan", "--ref", "nowhere"}};
  for (const Arguments& arguments : runs) {
    const Ran ran = Writ(arguments);
    EXPECT_TRUE(Lacks(ran.out + ran.err, "\x1b")) << arguments[0];
  }
}

TEST_F(Help, ATerminalSeesColoursUnlessItSaysNo) {
  WriteShop();
  const auto print =
      [&](Arguments arguments,
          std::vector<std::pair<std::string, std::string>> variables) {
        const OwnTerminal terminal;
        Invocation call = Call(std::move(arguments));
        call.variables = std::move(variables);
        call.output = terminal.path();
        EXPECT_EQ(testing::RunWrit(call).code, 0);
        return terminal.Text();
      };
  EXPECT_TRUE(Holds(print({"plan"}, {{"TERM", "xterm"}}), "\x1b["));
  EXPECT_TRUE(
      Lacks(print({"plan"}, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}), "\x1b"));
  EXPECT_TRUE(
      Lacks(print({"plan", "--no-color"}, {{"TERM", "xterm"}}), "\x1b"));
  EXPECT_TRUE(Lacks(print({"plan"}, {{"TERM", "dumb"}}), "\x1b"));
}

}  // namespace
}  // namespace writ::e2e
