// A real nginx before an upstream, with a configuration and files of its own.
// It inherits a socket that is listening already, so that the port is one that
// the system chose and nobody can take.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace writ::testing {

class NginxProcess {
 public:
  static constexpr char kProgram[] = "/usr/sbin/nginx";
  static bool IsInstalled() { return std::filesystem::exists(kProgram); }

  // `locations` stands in the one server.
  explicit NginxProcess(const std::string& locations) {
    Listen();
    std::ofstream(folder_ / "nginx.conf")
        << (::geteuid() == 0 ? "user root; " : "")
        << "daemon off; worker_processes 1; pid " << folder_ / "pid"
        << "; error_log " << folder_ / "error.log"
        << " notice; events { worker_connections 64; }\nhttp { access_log off; "
        << TempPaths() << "\nserver { listen 127.0.0.1:" << port_ << ";\n"
        << locations << "\n} }\n";
    Start();
  }
  ~NginxProcess() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  NginxProcess(const NginxProcess&) = delete;
  NginxProcess& operator=(const NginxProcess&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void Listen() {
    // Not closed at exec: nginx gets it.
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(socket_, any, size), 0);
    ASSERT_EQ(::listen(socket_, 64), 0);
    ASSERT_EQ(::getsockname(socket_, any, &size), 0);
    port_ = ntohs(address.sin_port);
  }

  std::string TempPaths() const {
    std::string text;
    for (const char* kind :
         {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
      text += std::string(kind) + "_temp_path " + (folder_ / kind) + "; ";
    }
    return text;
  }

  void Start() {
    constexpr int kInherited = 3;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket_, kInherited);
    const std::string log = folder_ / "output";
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT, 0600);
    std::string program = kProgram;
    std::string prefix = folder_.path() + "/";
    std::string file = folder_ / "nginx.conf";
    std::string p = "-p";
    std::string c = "-c";
    std::array<char*, 6> arguments = {program.data(), p.data(),
                                      prefix.data(),  c.data(),
                                      file.data(),    nullptr};
    std::string inherited = "NGINX=" + std::to_string(kInherited) + ";";
    std::array<char*, 2> environment = {inherited.data(), nullptr};
    EXPECT_EQ(::posix_spawn(&pid_, kProgram, &actions, nullptr,
                            arguments.data(), environment.data()),
              0);
    posix_spawn_file_actions_destroy(&actions);
    // nginx has it now; where that ends, clients are told so.
    ::close(socket_);
  }

  TempFolder folder_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace writ::testing
