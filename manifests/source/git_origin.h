// Keeps a fetch over http(s) at its origin. libgit2 follows a redirect to
// another port of the same host, with the credential, and has no option
// against it; but every connection of its begins as a plain socket, which
// programs may provide. While an OriginGuard lives, libgit2's sockets in this
// process lead to one host and port, and nowhere else.
//
// Internal to manifests/source, whose fetches each have a process of their own:
// one guard a process at a time. Not for ssh, whose transport looks inside
// libgit2's own sockets.
#pragma once

#include <string>

namespace writ::manifests::git {

class OriginGuard {
 public:
  // `url` is http://… or https://…; of any other the guard does nothing.
  explicit OriginGuard(const std::string& url);
  ~OriginGuard();
  OriginGuard(const OriginGuard&) = delete;
  OriginGuard& operator=(const OriginGuard&) = delete;

  // "git.example.org:8443" where somebody led there instead; empty: nobody did.
  const std::string& led_to() const { return led_to_; }

  // Whether the guarded fetch may connect there; remembered where it may not.
  bool Allows(const std::string& host, const std::string& port);

 private:
  std::string host_;
  std::string port_;
  std::string led_to_;
  bool is_registered_ = false;
};

}  // namespace writ::manifests::git
