// Commands that a runner has carried out where the state is: what wants more of
// it than plans read. Implemented by whoever has the commands.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "reconciler/credentials/rights.h"
#include "schema/error.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {

struct CommandCall {
  std::string name;  // "token.revoke"
  Value arguments;  // by option or positional: {"SUBJECT": …, "--json": true}
  SecretValue input;  // what the command reads: a value
  std::string actor;
  CredentialRights rights;  // of whoever asks
  int width = 80;
  bool color = false;
};

// What a command says, as it says it.
struct CommandOutput {
  std::function<void(std::string_view)> out;
  std::function<void(std::string_view)> err;
  // A token that is shown this once. False: nobody takes it any more.
  std::function<bool(const ResourceId&, const SecretValue&)> token;
};

class StateCommands {
 public:
  virtual ~StateCommands() = default;
  virtual bool Has(std::string_view name) const = 0;
  // kPermission where those rights don't reach what the command is about; other
  // errors where that can't be told. From one thread at a time.
  virtual Status MayRun(const CommandCall& call) = 0;
  // REQUIRES: MayRun. Blocks until it is done. From one thread at a time.
  virtual ExitCode Run(const CommandCall& call,
                       const CommandOutput& output) = 0;
};

}  // namespace writ::reconciler::gateway
