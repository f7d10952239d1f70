// A listening socket that whoever started the process hands over: systemd's
// socket activation (sd_listen_fds(3)). It listens while the process starts or
// is replaced, so that no connection is refused meanwhile, and a port below
// 1024 needs no privilege.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "reconciler/descriptor.h"
#include "reconciler/host/ip_network.h"
#include "schema/result.h"

namespace writ::reconciler {

struct InheritedSocket {
  Descriptor descriptor;
  IpAddress address;  // that it listens on
  std::uint16_t port = 0;
};

// Nothing where LISTEN_PID and LISTEN_FDS speak of no socket, or of another
// process's. kInvalidArgument where there are several, or it is no listening
// TCP socket. Takes the descriptor over: to be called once.
Result<std::optional<InheritedSocket>> TakeInheritedSocket(
    const std::function<std::optional<std::string>(const char* name)>&
        variable);

}  // namespace writ::reconciler
