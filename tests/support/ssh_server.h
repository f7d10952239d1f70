// The real sshd on the loopback, one process for each connection (its -i), so
// that the port is one that the system gave and stays ours. Lets in whoever has
// a key of `authorized_keys`, as the user who runs the tests.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace writ::testing {

class SshServer {
 public:
  struct Options {
    std::filesystem::path folder;  // for its configuration and logs
    std::string host_key;          // a private key's file
    std::string authorized_keys;   // the file's text
  };

  explicit SshServer(const Options& options);
  // Ends the connections that are open.
  ~SshServer();
  SshServer(const SshServer&) = delete;
  SshServer& operator=(const SshServer&) = delete;

  int port() const;
  // "ssh://USER@127.0.0.1:PORT" and the path behind it.
  std::string Url(const std::filesystem::path& path) const;
  // What the daemons said.
  std::string Log() const;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace writ::testing
