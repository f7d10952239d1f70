// Keys of people, made by the real ssh-keygen in a folder of their own, and
// what they sign. Used by one thread; a command that fails fails the test and
// throws.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/host/child_program.h"
#include "tests/support/git_fixture.h"

namespace writ::testing {

class SshKeys {
 public:
  explicit SshKeys(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
  }

  // Makes a key without a passphrase: "ed25519", "ecdsa", "rsa".
  void Make(const std::string& name, const std::string& type = "ed25519",
            int bits = 0) const {
    std::vector<std::string> arguments = {"-q", "-t", type, "-N",      "",
                                          "-C", "",   "-f", File(name)};
    if (bits > 0) {
      arguments.insert(arguments.end(), {"-b", std::to_string(bits)});
    }
    Run(std::move(arguments));
  }

  std::string File(const std::string& name) const {
    return (folder_ / name).string();
  }

  // "ssh-ed25519 AAAA…"
  std::string Public(const std::string& name) const {
    std::string text = GitFixture::ReadFile(File(name) + ".pub");
    while (text.ends_with('\n') || text.ends_with(' ')) text.pop_back();
    return text;
  }

  // "SHA256:…"
  std::string Fingerprint(const std::string& name) const {
    const std::string line = Run({"-l", "-f", File(name) + ".pub"});
    const std::size_t at = line.find("SHA256:");
    return line.substr(at, line.find(' ', at) - at);
  }

  // An armored signature, as git would ask for it.
  std::string Sign(const std::string& name, const std::string& message,
                   const std::string& name_space = "git",
                   const std::string& hash = "sha512") const {
    const std::string file = File(name) + ".message";
    std::filesystem::remove(file + ".sig");
    std::ofstream(file, std::ios::binary) << message;
    Run({"-q", "-Y", "sign", "-f", File(name), "-n", name_space, "-O",
         "hashalg=" + hash, file});
    return GitFixture::ReadFile(file + ".sig");
  }

 private:
  static std::string Run(std::vector<std::string> arguments) {
    reconciler::ChildRequest request;
    request.argv = std::move(arguments);
    request.argv.insert(request.argv.begin(), "/usr/bin/ssh-keygen");
    request.timeout = std::chrono::minutes(5);  // RSA, on a busy machine
    const auto outcome = reconciler::RunChild(request);
    if (!outcome || outcome->end != reconciler::ChildOutcome::End::kExited ||
        outcome->exit_status != 0) {
      ADD_FAILURE() << "ssh-keygen: "
                    << (outcome ? outcome->errors.Reveal()
                                : std::string_view(outcome.error().message));
      throw std::runtime_error("ssh-keygen failed");
    }
    return std::string(outcome->output.Reveal());
  }

  std::filesystem::path folder_;
};

}  // namespace writ::testing
