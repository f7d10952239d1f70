// Real git repositories for tests, made by the git program in a temporary
// folder with a fixed identity and no configuration of the user's. HOME of the
// test itself is moved there too, for libgit2 reads it.
//
// Used by one thread. A git command that fails fails the test and throws.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace writ::testing {

class GitFixture {
 public:
  // An empty folder `root()`, in it `repository()`: initialised, no commit.
  GitFixture() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "writ-git-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("mkdtemp failed");
    }
    root_ = std::filesystem::canonical(pattern);
    std::filesystem::permissions(root_, std::filesystem::perms(0755));
    std::filesystem::create_directories(root_ / "home");
    ::setenv("HOME", (root_ / "home").c_str(), 1);
    ::unsetenv("XDG_CONFIG_HOME");
    std::filesystem::create_directories(repository());
    Git({"init", "--quiet", "--initial-branch=main"});
  }
  ~GitFixture() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  GitFixture(const GitFixture&) = delete;
  GitFixture& operator=(const GitFixture&) = delete;

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path repository() const { return root_ / "repo"; }

  // Runs git in the repository; returns its output without the final newline.
  std::string Git(std::vector<std::string> arguments) {
    return GitIn(repository(), std::move(arguments));
  }

  std::string GitIn(const std::filesystem::path& folder,
                    std::vector<std::string> arguments,
                    const std::string& input = {}) {
    std::ofstream(root_ / "input", std::ios::binary) << input;
    arguments.insert(arguments.begin(), {"git", "-C", folder.string()});
    const std::filesystem::path output = root_ / "output";
    const int status = Run(arguments, output);
    std::string text = ReadFile(output);
    if (status != 0) {
      std::string command;
      for (const std::string& argument : arguments) command += argument + " ";
      ADD_FAILURE() << command << "ended " << status << ": " << text;
      throw std::runtime_error(command);
    }
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }

  // Makes the branch anew: one commit with these files, by "git fast-import".
  // For tests of many commits; the working tree stays as it is.
  struct File {
    std::string path;
    std::string mode = "100644";  // "120000": a link to `text`
    std::string text;
  };
  void MakeBranch(const std::string& name, const std::vector<File>& files) {
    std::string stream = "commit refs/heads/" + name +
                         "\ncommitter A <a@acme.example> 0 +0000\n"
                         "data 1\nx\ndeleteall\n";
    for (const File& file : files) {
      stream += "M " + file.mode + " inline " + file.path + "\ndata " +
                std::to_string(file.text.size()) + "\n" + file.text + "\n";
    }
    GitIn(repository(), {"fast-import", "--quiet", "--force"}, stream);
  }

  // Makes the folders that `path` needs. Relative to the repository.
  void Write(const std::filesystem::path& path, std::string_view text) {
    const std::filesystem::path file = repository() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << text;
  }

  // Who commits from now on, and when: "Bo Li", "bo@acme.example".
  void ActAs(std::string name, std::string email) {
    author_ = committer_ = {std::move(name), std::move(email)};
  }
  void CommitAs(std::string name, std::string email) {
    committer_ = {std::move(name), std::move(email)};
  }
  void SetDate(std::string date) { date_ = std::move(date); }
  // Signs what is committed from now on, merges too; empty: nothing.
  void SignWith(const std::string& key_file) {
    Git({"config", "gpg.format", "ssh"});
    Git({"config", "user.signingkey", key_file});
    Git({"config", "commit.gpgsign", key_file.empty() ? "false" : "true"});
  }

  // Commits all that lies there; returns the commit's id.
  std::string Commit(const std::string& message) {
    Git({"add", "--all"});
    Git({"commit", "--quiet", "--allow-empty", "--message", message});
    return Git({"rev-parse", "HEAD"});
  }

  static std::string ReadFile(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }

 private:
  std::vector<std::string> Environment() const {
    const char* path = ::getenv("PATH");
    return {std::string("PATH=") + (path == nullptr ? "/usr/bin:/bin" : path),
            "HOME=" + (root_ / "home").string(),
            "LC_ALL=C",
            "GIT_CONFIG_GLOBAL=/dev/null",
            "GIT_CONFIG_NOSYSTEM=1",
            "GIT_TERMINAL_PROMPT=0",
            "GIT_AUTHOR_NAME=" + author_.name,
            "GIT_AUTHOR_EMAIL=" + author_.email,
            "GIT_AUTHOR_DATE=" + date_,
            "GIT_COMMITTER_NAME=" + committer_.name,
            "GIT_COMMITTER_EMAIL=" + committer_.email,
            "GIT_COMMITTER_DATE=" + date_};
  }

  static std::vector<char*> Pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  int Run(std::vector<std::string>& arguments,
          const std::filesystem::path& output) const {
    std::vector<std::string> environment = Environment();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
                                       (root_ / "input").c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                       O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, "git", &actions, nullptr,
                                      Pointers(arguments).data(),
                                      Pointers(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return failed;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  }

  struct Person {
    std::string name = "Ana Ruiz";
    std::string email = "ana@acme.example";
  };

  std::filesystem::path root_;
  Person author_;
  Person committer_;
  std::string date_ = "2026-11-21T03:20:00Z";
};

}  // namespace writ::testing
