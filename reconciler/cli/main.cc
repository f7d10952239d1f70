// Wires the process to the commands; decides nothing.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "reconciler/cli/command_line.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/terminal.h"
#include "reconciler/fetching/fetch_messages.h"
#include "reconciler/fetching/source_cache.h"

namespace {

volatile std::sig_atomic_t interrupted = 0;

void Interrupt(int /*signal*/) { interrupted = 1; }

// No SA_RESTART: a prompt that waits for an answer ends as well.
void CatchSignals() {
  struct sigaction action = {};
  action.sa_handler = Interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

int main(int argc, char** argv) {
  namespace cli = writ::reconciler;
  // The other half of a fetch, which this program starts itself.
  if (argc == 2 && argv[1] == cli::kFetchWorker) return cli::RunFetchWorker();
  CatchSignals();
  std::ios::sync_with_stdio(false);
  const cli::SystemClock clock;
  cli::SystemRandom random;
  const cli::Terminal terminal = cli::InspectTerminal();
  std::error_code no_cwd;
  cli::Session session{
      std::cout,
      std::cerr,
      std::cin,
      terminal.out,
      terminal.err,
      terminal.in,
      terminal.width,
      terminal.color,
      clock,
      random,
      std::filesystem::current_path(no_cwd).string(),
      cli::ActorOfProcess,
      cli::EnvironmentVariable,
      [] { return interrupted != 0; },
      [] { return cli::AwaitInput([] { return interrupted != 0; }); },
  };
  const auto exit_code = cli::RunCommandLine(
      cli::AllCommands(), std::vector<std::string>(argv + 1, argv + argc),
      session);
  return cli::FinishOutput(session, exit_code);
}
