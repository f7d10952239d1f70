#include "tests/bench/gateway_peers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "tests/bench/child.h"

namespace writ::bench {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& string : strings) {
    pointers.push_back(const_cast<char*>(string.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

// Its stdout goes to `out`, its stderr to the log; `inherited` becomes 3.
pid_t Start(const std::vector<std::string>& argv,
            const std::vector<std::string>& environment, const std::string& log,
            int out, int inherited) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, out < 0 ? 2 : out, 1);
  if (inherited >= 0) posix_spawn_file_actions_adddup2(&actions, inherited, 3);
  const std::vector<char*> arguments = Pointers(argv);
  const std::vector<char*> variables = Pointers(environment);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, arguments[0], &actions, nullptr,
                                  arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    Die("can't start " + argv[0] + ": " + std::strerror(failed));
  }
  return pid;
}

std::string Whole(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// A socket that listens on a port that the system chose.
std::pair<int, std::uint16_t> Listen() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd, any, size) != 0 || ::listen(fd, 1024) != 0 ||
      ::getsockname(fd, any, &size) != 0) {
    Die(std::string("can't listen: ") + std::strerror(errno));
  }
  return {fd, ntohs(address.sin_port)};
}

// As a string of Lua's.
std::string LuaText(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\r') {
      quoted += "\\r";
    } else if (c == '\n') {
      quoted += "\\n";
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + "\"";
}

void WriteScript(const Load& load, const std::string& file) {
  std::ofstream out(file);
  out << "local requests = {\n";
  for (const std::string& request : load.requests) {
    out << LuaText(request) << ",\n";
  }
  // wrk counts 4xx and 5xx as errors itself; looking at each answer in Lua
  // would cost more than the server.
  out << "}\nlocal count, at = #requests, 0\n"
         "function init(args) at = math.random(count) end\n"
         "function request() at = at % count + 1; return requests[at] end\n"
         "function done(summary, latency, all)\n"
         "  local e = summary.errors\n"
         "  io.write(string.format(\"WRK %d %d %.1f %.1f %d %d\\n\",\n"
         "    summary.requests, summary.duration, latency:percentile(50),\n"
         "    latency:percentile(99), e.status,\n"
         "    e.connect + e.read + e.write + e.timeout))\n"
         "end\n";
}

}  // namespace

Server::Server(const std::vector<std::string>& argv,
               const std::vector<std::string>& environment,
               const std::string& log) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) Die("pipe");
  pid_ = Start(argv, environment, log, ends[1], -1);
  ::close(ends[1]);
  std::string line;
  char c = 0;
  while (::read(ends[0], &c, 1) == 1 && c != '\n') line += c;
  ::close(ends[0]);
  const std::size_t colon = line.rfind(':');
  const std::string port =
      colon == std::string::npos ? line : line.substr(colon + 1);
  port_ = static_cast<std::uint16_t>(std::atoi(port.c_str()));
  if (port_ == 0) Die(argv[0] + " doesn't listen:\n" + line + Whole(log));
}

Server Server::Nginx(const std::string& folder, int workers, int status,
                     const std::string& body) {
  const auto [fd, port] = Listen();
  std::filesystem::create_directories(folder);
  std::ofstream conf(folder + "/nginx.conf");
  conf << (::geteuid() == 0 ? "user root; " : "")
       << "daemon off; worker_processes " << workers << "; pid " << folder
       << "/pid; error_log " << folder
       << "/error.log; events { worker_connections 2048; }\n"
          "http { access_log off; keepalive_requests 100000000; ";
  for (const char* kind :
       {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    conf << kind << "_temp_path " << folder << "/" << kind << "; ";
  }
  conf << "\nserver { listen 127.0.0.1:" << port
       << "; location / { default_type application/json; return " << status
       << " '" << body << "'; } } }\n";
  conf.close();
  const pid_t pid = Start(
      {"/usr/sbin/nginx", "-p", folder + "/", "-c", folder + "/nginx.conf"},
      {"NGINX=3;"}, folder + "/output", -1, fd);
  ::close(fd);
  return {pid, port};
}

Server::Server(Server&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), port_(other.port_) {}

Server::~Server() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

std::vector<pid_t> Server::Family() const {
  std::vector<pid_t> family = {pid_};
  const std::string own = std::to_string(pid_);
  std::ifstream children("/proc/" + own + "/task/" + own + "/children");
  for (pid_t child = 0; children >> child;) family.push_back(child);
  return family;
}

double Server::cpu_s() const {
  double ticks = 0;
  for (const pid_t pid : Family()) {
    const std::string stat = Whole("/proc/" + std::to_string(pid) + "/stat");
    // Behind the name: state, ten fields, utime, stime.
    std::istringstream fields(
        stat.substr(std::min(stat.size(), stat.rfind(')') + 2)));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    ticks += user + system;
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double Server::peak_rss_mb() const {
  double kib = 0;
  for (const pid_t pid : Family()) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.rfind("VmHWM:", 0) == 0) kib += std::atof(line.c_str() + 6);
    }
  }
  return kib / 1024;
}

Measured RunWrk(const Server& server, const Load& load,
                const std::string& script) {
  WriteScript(load, script);
  const std::string log = script + ".log";
  const double before = server.cpu_s();
  RunChild(
      {{"wrk", "-t" + std::to_string(load.threads),
        "-c" + std::to_string(load.connections),
        "-d" + std::to_string(load.seconds) + "s", "--timeout", "10s", "-s",
        script, "http://127.0.0.1:" + std::to_string(server.port()) + "/"},
       {"PATH=/usr/bin:/bin"},
       log,
       0});
  const double cpu = server.cpu_s() - before;
  const std::string text = Whole(log);
  const std::size_t at = text.find("WRK ");
  if (at == std::string::npos) Die("wrk says nothing:\n" + text);
  std::istringstream line(text.substr(at + 4));
  double requests = 0;
  double microseconds = 0;
  Measured measured;
  double refused = 0;
  double failed = 0;
  line >> requests >> microseconds >> measured.p50_ms >> measured.p99_ms >>
      refused >> failed;
  const double expected = load.is_refused ? requests : 0;
  if (requests == 0 || refused != expected || failed > 0) {
    Die("requests were refused or failed:\n" + text);
  }
  measured.p50_ms /= 1000;
  measured.p99_ms /= 1000;
  measured.requests_per_s = requests / microseconds * 1e6;
  measured.cpu_us_per_request = cpu / requests * 1e6;
  return measured;
}

double FdatasyncMs(const std::string& folder) {
  constexpr int kTimes = 50;
  const std::string file = folder + "/fdatasync";
  const int fd =
      ::open(file.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) Die("can't write " + file);
  const std::string block(4096, 'x');
  std::vector<double> all;
  for (int i = 0; i < kTimes; ++i) {
    if (::write(fd, block.data(), block.size()) < 0) Die("write " + file);
    const auto began = std::chrono::steady_clock::now();
    if (::fdatasync(fd) != 0) Die("fdatasync " + file);
    const std::chrono::duration<double, std::milli> took =
        std::chrono::steady_clock::now() - began;
    all.push_back(took.count());
  }
  ::close(fd);
  std::filesystem::remove(file);
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

}  // namespace writ::bench
