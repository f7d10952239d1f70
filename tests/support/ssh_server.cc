#include "tests/support/ssh_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <vector>

namespace writ::testing {
namespace {

std::string UserName() {
  const passwd* entry = getpwuid(geteuid());
  if (entry == nullptr) throw std::runtime_error("no user");
  return entry->pw_name;
}

}  // namespace

class SshServer::Listener {
 public:
  explicit Listener(const Options& options)
      : log_(options.folder / "sshd.log"),
        config_(options.folder / "sshd_config") {
    std::filesystem::create_directories(options.folder);
    const auto keys = options.folder / "authorized_keys";
    std::ofstream(keys) << options.authorized_keys;
    std::ofstream(config_) << "HostKey " << options.host_key
                           << "\nAuthorizedKeysFile " << keys.string()
                           << "\nStrictModes no\nUsePAM no\n"
                              "PasswordAuthentication no\n"
                              "KbdInteractiveAuthentication no\n"
                              "PermitRootLogin yes\nPidFile none\n"
                              "PrintMotd no\nLogLevel VERBOSE\n";
    // Its privileged half wants the folder, which a container may lack.
    if (geteuid() == 0) ::mkdir("/run/sshd", 0755);
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, generic, size) != 0 || ::listen(socket_, 16) != 0 ||
        ::getsockname(socket_, generic, &size) != 0 ||
        ::pipe2(stop_.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("can't listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }

  ~Listener() {
    ::close(stop_[1]);
    thread_.join();
    for (const pid_t child : children_) {
      ::kill(child, SIGKILL);
      while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
    ::close(stop_[0]);
    ::close(socket_);
  }

  int port() const { return port_; }
  const std::filesystem::path& log() const { return log_; }

 private:
  void Serve() {
    while (true) {
      std::array<pollfd, 2> waits = {pollfd{socket_, POLLIN, 0},
                                     pollfd{stop_[0], POLLIN, 0}};
      if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
      if (waits[1].revents != 0) return;
      if (waits[0].revents == 0) continue;
      const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      Start(connection);
      ::close(connection);
    }
  }

  void Start(int connection) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, connection, 0);
    ::posix_spawn_file_actions_adddup2(&actions, connection, 1);
    std::vector<std::string> words = {"/usr/sbin/sshd", "-i", "-f",
                                      config_.string(), "-E", log_.string()};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::vector<std::string> variables = {"PATH=/usr/bin:/bin", "LC_ALL=C"};
    std::vector<char*> environment;
    for (std::string& each : variables) environment.push_back(each.data());
    environment.push_back(nullptr);
    pid_t child = 0;
    if (::posix_spawn(&child, words[0].c_str(), &actions, nullptr, argv.data(),
                      environment.data()) == 0) {
      children_.push_back(child);
    }
    ::posix_spawn_file_actions_destroy(&actions);
  }

  std::filesystem::path log_;
  std::filesystem::path config_;
  int socket_ = -1;
  int port_ = 0;
  std::array<int, 2> stop_{-1, -1};
  std::vector<pid_t> children_;  // of the thread until it has ended
  std::thread thread_;
};

SshServer::SshServer(const Options& options)
    : listener_(std::make_unique<Listener>(options)) {}
SshServer::~SshServer() = default;

int SshServer::port() const { return listener_->port(); }

std::string SshServer::Url(const std::filesystem::path& path) const {
  return "ssh://" + UserName() + "@127.0.0.1:" + std::to_string(port()) +
         path.string();
}

std::string SshServer::Log() const {
  std::ifstream file(listener_->log());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace writ::testing
