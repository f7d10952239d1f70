#include "reconciler/host/inherited_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace writ::reconciler {
namespace {

// The first that is handed over (SD_LISTEN_FDS_START).
constexpr int kFirst = 3;

bool Listens(int descriptor) {
  int listens = 0;
  socklen_t size = sizeof listens;
  return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) ==
             0 &&
         listens != 0;
}

bool ReadAddress(const sockaddr_storage& from, InheritedSocket& socket) {
  if (from.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof v4);
    socket.address.family = IpAddress::Family::kV4;
    std::memcpy(socket.address.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    socket.port = ntohs(v4.sin_port);
    return true;
  }
  if (from.ss_family != AF_INET6) return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &from, sizeof v6);
  socket.address.family = IpAddress::Family::kV6;
  std::memcpy(socket.address.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  socket.port = ntohs(v6.sin6_port);
  return true;
}

}  // namespace

Result<std::optional<InheritedSocket>> TakeInheritedSocket(
    const std::function<std::optional<std::string>(const char* name)>&
        variable) {
  const auto process = variable("LISTEN_PID");
  const auto count = variable("LISTEN_FDS");
  const bool is_ours = process && *process == std::to_string(getpid());
  if (!is_ours || !count || *count == "0") {
    return std::optional<InheritedSocket>();
  }
  if (*count != "1") {
    return Fail(ErrorCode::kInvalidArgument,
                "LISTEN_FDS hands over " + *count + " sockets; one is served",
                "leave one ListenStream= in the socket's unit");
  }
  InheritedSocket socket;
  socket.descriptor = Descriptor(kFirst);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const bool is_known =
      getsockname(kFirst, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
      Listens(kFirst) && ReadAddress(address, socket);
  if (!is_known || fcntl(kFirst, F_SETFD, FD_CLOEXEC) != 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "the socket that LISTEN_FDS hands over is no TCP socket that "
                "listens",
                "in the socket's unit: ListenStream=ADDRESS:PORT, and no "
                "Accept=yes");
  }
  return std::optional<InheritedSocket>(std::move(socket));
}

}  // namespace writ::reconciler
