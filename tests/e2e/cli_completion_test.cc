// Completions in the shells they are for, and the manual page in the formatter
// that shows it.
#include <array>
#include <cstdio>
#include <string>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

class Completion : public Workbench {
 protected:
  // What a shell prints that reads `script` after writ's completions.
  std::string Run(const std::string& shell, const std::string& script) {
    git_.Write("completions", Expect(0, {"completion", shell}).out);
    git_.Write("script", script);
    const std::string command =
        "cd '" + repository().string() + "' && " + shell + " script 2>&1";
    std::string out;
    FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
      out += buffer.data();
    }
    EXPECT_EQ(::pclose(pipe), 0) << out;
    return out;
  }
  // What bash offers for the last of these words.
  std::string InBash(const std::string& words, int count) {
    return Run("bash", "source completions\nCOMP_WORDS=(" + words +
                           ") COMP_CWORD=" + std::to_string(count - 1) +
                           "\n_writ\necho \"${COMPREPLY[*]}\"\n");
  }
};

TEST_F(Completion, BashOffersCommandsOptionsAndChoices) {
  EXPECT_EQ(InBash("writ app", 2), "apply\n");
  EXPECT_EQ(InBash("writ state un", 3), "undelete unprotect\n");
  EXPECT_EQ(InBash("writ plan --ref HEAD --detailed", 5),
            "--detailed-exitcode\n");
  EXPECT_EQ(InBash("writ validate --format g", 4), "github\n");
  // A file: left to the shell.
  EXPECT_EQ(InBash("writ plan --out p", 4), "\n");
}

TEST_F(Completion, ZshReadsItsScript) {
  const std::string found = Run("zsh", R"(compdef() { : }
source completions
_describe() { print -l ${found%%:*} }
words=(writ state '') CURRENT=3
_writ
)");
  EXPECT_TRUE(Holds(found, "list\n"));
  EXPECT_TRUE(Holds(found, "backup\n"));
  EXPECT_TRUE(Lacks(found, "plan\n"));
}

TEST_F(Completion, FishOffersCommandsAndOptions) {
  const std::string found =
      Run("fish",
          "source completions\ncomplete -C 'writ state und'\n"
          "complete -C 'writ plan --detailed'\n");
  EXPECT_TRUE(Holds(found, "undelete"));
  EXPECT_TRUE(Holds(found, "--detailed-exitcode"));
}

TEST_F(Completion, AnotherShellIsAMistake) {
  EXPECT_TRUE(Says(Expect(64, {"completion", "tcsh"}), "bash, zsh and fish"));
}

TEST_F(Completion, TheManualHasEveryCommandAndNoWarning) {
  git_.Write("writ.1", Expect(0, {"manual"}).out);
  const std::string page =
      Run("bash", "groff -man -Tutf8 -ww -P-c writ.1 | sed 's/.\\x08//g'\n");
  EXPECT_TRUE(Holds(page, "writ state undelete"));
  EXPECT_TRUE(Holds(page, "--detailed-exitcode"));
  EXPECT_TRUE(Holds(page, "EXIT STATUS"));
  EXPECT_TRUE(Lacks(page, "warning:"));
}

}  // namespace
}  // namespace writ::e2e
