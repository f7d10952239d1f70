// The documentation, run: every command that it shows is one that writ takes,
// and every block of shell does what it says.
//
//   ```sh       runs, all blocks of a page in one shell, and must end 0
//   ```console  its lines "$ writ …", and those of other blocks that begin so,
//               are taken by the command line (what they then find is not
//               judged)
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

fs::path Root() { return WRIT_SOURCE_DIR; }

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// What a page shows.
struct Page {
  std::string script;                 // its ```sh blocks, in order
  std::vector<std::string> commands;  // "writ plan --env production"
};

// A line that shows a command of writ's: as a prompt's, or by itself.
std::string ShownCommand(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  std::string text = line.substr(begin);
  if (text.starts_with("$ ")) text = text.substr(2);
  return text.starts_with("writ ") ? text : std::string();
}

Page ReadPage(const fs::path& path) {
  Page page;
  std::string fence;  // the language of the block, "-" for none
  for (const std::string& line : LinesOf(ReadText(path))) {
    if (line.starts_with("```")) {
      const bool opens = fence.empty();
      fence = !opens ? "" : line.size() > 3 ? line.substr(3) : "-";
      continue;
    }
    if (fence == "sh") {
      page.script += line + "\n";
      continue;
    }
    const bool in_block = !fence.empty() || line.starts_with("    ");
    if (!in_block || fence == "json" || fence == "yaml") continue;
    const std::string command = ShownCommand(line);
    // One that goes on in the next line is judged by its parts in --help.
    if (!command.empty() && !command.ends_with("\\")) {
      page.commands.push_back(command);
    }
  }
  return page;
}

std::vector<fs::path> Pages() {
  std::vector<fs::path> pages = {Root() / "README.md",
                                 Root() / "CONTRIBUTING.md",
                                 Root() / "examples/README.md"};
  for (const auto& entry : fs::directory_iterator(Root() / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  return pages;
}

struct Named {
  fs::path path;
};
void PrintTo(const Named& page, std::ostream* out) {
  *out << page.path.filename().string();
}

std::vector<Named> AllPages() {
  std::vector<Named> pages;
  for (fs::path& path : Pages()) pages.push_back({std::move(path)});
  return pages;
}

class Docs : public Workbench, public ::testing::WithParamInterface<Named> {
 protected:
  // In a shell that finds writ and the examples, and a git identity.
  Ran Shell(const std::string& script) const {
    Invocation call;
    call.program = "/bin/sh";
    call.arguments = {"-ec", script};
    call.folder = git_.root() / "work";
    call.home = home();
    fs::create_directories(call.folder);
    fs::create_directories(call.home);
    call.deadline = std::chrono::minutes(5);
    const char* path = std::getenv("PATH");
    call.variables = {
        {"PATH", testing::WritBinary().parent_path().string() + ":" +
                     (path != nullptr ? path : "/usr/bin:/bin")},
        {"EXAMPLES", (Root() / "examples").string()},
        {"GIT_CONFIG_GLOBAL", "/dev/null"},
        {"GIT_CONFIG_NOSYSTEM", "1"},
        {"GIT_AUTHOR_NAME", "Ana Ruiz"},
        {"GIT_AUTHOR_EMAIL", "ana@acme.example"},
        {"GIT_COMMITTER_NAME", "Ana Ruiz"},
        {"GIT_COMMITTER_EMAIL", "ana@acme.example"},
    };
    return testing::RunWrit(call);
  }
};

TEST_P(Docs, ShowsCommandsThatWritTakes) {
  const Page page = ReadPage(GetParam().path);
  const std::set<std::string> commands(page.commands.begin(),
                                       page.commands.end());
  for (const std::string& command : commands) {
    // Some last until they are stopped.
    const Ran ran = Shell("timeout 5 " + command + " </dev/null");
    EXPECT_TRUE(Lacks(ran.err, "help: writ --help, or writ COMMAND --help"))
        << command;
    EXPECT_EQ(ran.signal, 0) << command;
  }
}

TEST_P(Docs, HasShellThatRuns) {
  const Page page = ReadPage(GetParam().path);
  if (page.script.empty()) return;
  // A page may rely on the repository itself being the current folder.
  fs::create_directories(git_.root() / "work");
  fs::copy(Root() / "examples", git_.root() / "work" / "examples",
           fs::copy_options::recursive);
  const Ran ran = Shell("set -x\n" + page.script);
  EXPECT_EQ(ran.code, 0) << ran.all();
}

INSTANTIATE_TEST_SUITE_P(
    Each, Docs, ::testing::ValuesIn(AllPages()), [](const auto& page) {
      std::string name = page.param.path.stem().string();
      std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
      // docs/README.md and the one at the root.
      return page.param.path.parent_path().filename().string() == "docs"
                 ? "docs" + name
                 : (name + std::to_string(page.index));
    });

class CommandsPage : public Workbench {};

// UPDATE_GOLDEN=1 writes it anew.
TEST_F(CommandsPage, IsWhatHelpSays) {
  const fs::path path = Root() / "docs" / "commands.md";
  const std::string made = Expect(0, {"manual", "--markdown"}).out;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << made;
    GTEST_SKIP() << "wrote " << path;
  }
  EXPECT_TRUE(ReadText(path) == made)
      << path << " is behind --help; run with UPDATE_GOLDEN=1";
}

}  // namespace
}  // namespace writ::e2e
