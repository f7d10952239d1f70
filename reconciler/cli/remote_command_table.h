// Which commands a gateway carries out for whoever asks with a client secret,
// and what each of them is about: commands with a state and without files of
// the asker's. What isn't here works on a state's own files alone, or on a
// replica of what plans read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace writ::reconciler {

// What a command's first argument names.
enum class RemoteSubject : std::uint8_t {
  kToken,        // a Token's address or a credential's id
  kAddress,      // any address; of what was deleted, too
  kSecret,       // KEY or PROJECT/KEY, --project
  kApp,          // a name, a slug or a uid; none: every app
  kDestination,  // an address; none: every destination
  kState,        // the state as a whole
  kNothing,      // what anybody may know
};

struct RemoteCommand {
  std::string_view name;  // "token.revoke"
  RemoteSubject subject = RemoteSubject::kState;
  std::string_view argument = {};  // that says it: "ADDRESS", "--subject"
};

std::span<const RemoteCommand> RemoteCommands();
// Null where no gateway carries it out.
const RemoteCommand* FindRemoteCommand(std::string_view name);

}  // namespace writ::reconciler
