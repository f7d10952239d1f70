#include "manifests/source/git_origin.h"

#include <git2.h>
#include <git2/sys/stream.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include "manifests/source/source_path.h"
#include "schema/ascii_case.h"

namespace writ::manifests::git {
namespace {

// libgit2's constructor of streams is handed nothing of ours.
OriginGuard* current_guard = nullptr;

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

int FailStream(const std::string& message) {
  git_error_set_str(GIT_ERROR_NET, message.c_str());
  return -1;
}

// What libgit2's own socket does: blocking, as the process that fetches is
// killed at its deadline.
struct SocketStream {
  git_stream parent = {};  // the first: libgit2 has a pointer to it
  std::string host;
  std::string port;
  int socket = -1;

  static SocketStream* From(git_stream* stream) {
    return reinterpret_cast<SocketStream*>(stream);
  }

  int Connect() {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* raw = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &raw);
    if (failed != 0) {
      return FailStream("failed to resolve address for " + Harmless(host) +
                        ": " + ::gai_strerror(failed));
    }
    const Addresses addresses(raw);
    int error = ECONNREFUSED;
    for (const addrinfo* at = raw; at != nullptr; at = at->ai_next) {
      socket = ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC,
                        at->ai_protocol);
      if (socket >= 0 && ::connect(socket, at->ai_addr, at->ai_addrlen) == 0) {
        return 0;
      }
      error = errno;
      Close();
    }
    return FailStream("failed to connect to " + Harmless(host) + ": " +
                      std::strerror(error));
  }

  ssize_t Read(void* into, std::size_t size) const {
    ssize_t got = -1;
    do {
      got = ::recv(socket, into, size, 0);
    } while (got < 0 && errno == EINTR);
    if (got >= 0) return got;
    return FailStream(std::string("error receiving: ") + std::strerror(errno));
  }

  ssize_t Write(const char* bytes, std::size_t size) const {
    ssize_t sent = -1;
    do {
      sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) return sent;
    return FailStream(std::string("error sending: ") + std::strerror(errno));
  }

  int Close() {
    if (socket >= 0) ::close(socket);
    socket = -1;
    return 0;
  }
};

int OpenStream(git_stream** out, const char* host, const char* port) {
  if (current_guard != nullptr && !current_guard->Allows(host, port)) {
    return FailStream("redirect to another origin");
  }
  auto stream = std::make_unique<SocketStream>();
  stream->host = host;
  stream->port = port;
  git_stream& parent = stream->parent;
  parent.version = GIT_STREAM_VERSION;
  parent.connect = [](git_stream* self) {
    return SocketStream::From(self)->Connect();
  };
  parent.read = [](git_stream* self, void* into, std::size_t size) {
    return SocketStream::From(self)->Read(into, size);
  };
  parent.write = [](git_stream* self, const char* bytes, std::size_t size,
                    int /*flags*/) {
    return SocketStream::From(self)->Write(bytes, size);
  };
  parent.close = [](git_stream* self) {
    return SocketStream::From(self)->Close();
  };
  parent.free = [](git_stream* self) {
    const std::unique_ptr<SocketStream> ends(SocketStream::From(self));
    ends->Close();
  };
  *out = &stream.release()->parent;
  return 0;
}

// "[::1]" stands for "::1".
std::string_view WithoutBrackets(std::string_view host) {
  const bool has = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return has ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

OriginGuard::OriginGuard(const std::string& url) {
  const bool is_https = url.starts_with("https://");
  if (!is_https && !url.starts_with("http://")) return;
  const std::size_t begin = url.find("://") + 3;
  const std::string authority =
      url.substr(begin, std::min(url.find('/', begin), url.size()) - begin);
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string::npos &&
                        authority.find(']', colon) == std::string::npos;
  host_ = WithoutBrackets(
      authority.substr(0, has_port ? colon : std::string::npos));
  port_ = has_port ? authority.substr(colon + 1) : is_https ? "443" : "80";
  git_stream_registration registration = {GIT_STREAM_VERSION, OpenStream,
                                          nullptr};
  git_stream_register(GIT_STREAM_STANDARD, &registration);
  is_registered_ = true;
  current_guard = this;
}

OriginGuard::~OriginGuard() {
  if (!is_registered_) return;
  current_guard = nullptr;
  git_stream_register(GIT_STREAM_STANDARD, nullptr);
}

bool OriginGuard::Allows(const std::string& host, const std::string& port) {
  if (EqualsIgnoringCase(WithoutBrackets(host), host_) && port == port_) {
    return true;
  }
  led_to_ = Harmless(host) + ":" + Harmless(port);
  return false;
}

}  // namespace writ::manifests::git
