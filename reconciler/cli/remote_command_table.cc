#include "reconciler/cli/remote_command_table.h"

#include <algorithm>
#include <array>

namespace writ::reconciler {
namespace {

using enum RemoteSubject;

constexpr std::array kRemoteCommands = {
    RemoteCommand{"token.issue", kToken, "ADDRESS"},
    RemoteCommand{"token.import", kToken, "ADDRESS"},
    RemoteCommand{"token.revoke", kToken, "SUBJECT"},
    RemoteCommand{"token.suspend", kToken, "SUBJECT"},
    RemoteCommand{"token.resume", kToken, "SUBJECT"},
    RemoteCommand{"token.usage", kToken, "SUBJECT"},
    RemoteCommand{"token.suggest", kToken, "ADDRESS"},
    RemoteCommand{"secrets.set", kSecret, "KEY"},
    RemoteCommand{"secrets.unset", kSecret, "KEY"},
    RemoteCommand{"secrets.rollback", kSecret, "KEY"},
    RemoteCommand{"secrets.generate", kSecret, "KEY"},
    RemoteCommand{"secrets.versions", kSecret, "KEY"},
    RemoteCommand{"rotate", kToken, "ADDRESS"},
    RemoteCommand{"rotation.list", kState},
    RemoteCommand{"rotation.show", kToken, "ADDRESS"},
    RemoteCommand{"rotation.resume", kToken, "ADDRESS"},
    RemoteCommand{"rotation.pause", kToken, "ADDRESS"},
    RemoteCommand{"rotation.rollback", kToken, "ADDRESS"},
    RemoteCommand{"rotation.abandon", kToken, "ADDRESS"},
    RemoteCommand{"events.list", kApp, "APP"},
    RemoteCommand{"events.dead-letters", kApp, "APP"},
    RemoteCommand{"events.replay", kApp, "APP"},
    RemoteCommand{"deliveries.list", kDestination, "--destination"},
    RemoteCommand{"deliveries.replay", kDestination, "--destination"},
    RemoteCommand{"audit.show", kAddress, "--subject"},
    RemoteCommand{"audit.verify", kState},
    RemoteCommand{"history", kState},
    RemoteCommand{"state.list", kState},
    RemoteCommand{"state.show", kAddress, "ADDRESS"},
    RemoteCommand{"state.verify", kState},
    RemoteCommand{"state.rm", kAddress, "ADDRESS"},
    RemoteCommand{"state.undelete", kAddress, "ADDRESS"},
    RemoteCommand{"state.unprotect", kAddress, "ADDRESS"},
    RemoteCommand{"state.transfer", kAddress, "ADDRESS"},
    RemoteCommand{"lock.list", kNothing},
    RemoteCommand{"lock.break", kState},
};

}  // namespace

std::span<const RemoteCommand> RemoteCommands() { return kRemoteCommands; }

const RemoteCommand* FindRemoteCommand(std::string_view name) {
  const auto* found = std::find_if(
      kRemoteCommands.begin(), kRemoteCommands.end(),
      [&](const RemoteCommand& each) { return each.name == name; });
  return found == kRemoteCommands.end() ? nullptr : found;
}

}  // namespace writ::reconciler
