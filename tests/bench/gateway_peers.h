// The servers that gateway_bench asks, as processes of their own, and wrk as
// what asks them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace writ::bench {

// A server on the loopback; ended with this.
class Server {
 public:
  // Runs `argv` until stdout has a line that ends in ":PORT", or "PORT" alone.
  // Ends this process where it doesn't.
  Server(const std::vector<std::string>& argv,
         const std::vector<std::string>& environment, const std::string& log);
  // nginx with so many workers, in a folder of its own; answers everything with
  // `status` and `body`.
  static Server Nginx(const std::string& folder, int workers, int status,
                      const std::string& body);
  Server(Server&& other) noexcept;
  Server& operator=(Server&&) = delete;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  std::uint16_t port() const { return port_; }
  // Of it and its children, since they started.
  double cpu_s() const;
  double peak_rss_mb() const;

 private:
  Server(pid_t pid, std::uint16_t port) : pid_(pid), port_(port) {}
  std::vector<pid_t> Family() const;

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

struct Load {
  int connections = 64;
  int threads = 1;  // of wrk
  int seconds = 5;
  std::vector<std::string> requests;  // whole, in turn
  bool is_refused = false;            // each of them is to be, with 4xx
};

struct Measured {
  double requests_per_s = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double cpu_us_per_request = 0;
};

// Ends this process where requests fail or are refused: a figure of those says
// nothing. `script` is a file to write.
Measured RunWrk(const Server& server, const Load& load,
                const std::string& script);

// The median of 50: 4 KiB appended to a file in the folder and made durable.
double FdatasyncMs(const std::string& folder);

}  // namespace writ::bench
