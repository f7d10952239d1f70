// What the subcommands of `writ token` share, with `writ apply` and `writ state
// init` in so far as they issue tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/token_sink.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

struct TokenArguments {
  SourceArguments source;
  std::string subject;  // an address, or a credential's id
  std::string tokens_out;
  std::string reason;
  std::string sha256;
  std::string hint;
  std::string target;  // an address, or the name that a Token's deliverTo has
  std::string from;    // a client's address
  std::string path;
  bool json = false;
};

void DeclareTokenCommon(Options& options, TokenArguments& arguments);
void DeclareTokensOut(Options& options, std::string& tokens_out);

// The ring where a master key is set; nothing where none is. kNotFound where
// the state has no key generation yet, kPermission for another state's key.
Result<std::optional<KeyRing>> FindKeys(StateStore& store);

// An open state, its keys, and the credentials over them. Stays where it is.
struct TokenState {
  std::unique_ptr<StateStore> store;
  std::optional<KeyRing> keys;
  std::optional<Credentials> credentials;
};
enum class KeyUse : std::uint8_t {
  kNone,     // what is done reads no MAC
  kIfThere,  // works without, and with a wrong one: what only takes away
  kWanted,   // errors as FindKeys'
};
Result<std::unique_ptr<TokenState>> OpenTokenState(
    const Session& session, const TokenArguments& arguments, OpenMode mode,
    KeyUse use);

Result<ResourceId> TokenAddressOf(const std::string& text);
// Those that an address or an id means; kNotFound where there is none of it.
Result<std::vector<CredentialRecord>> ReadSubject(StateStore& store,
                                                  const std::string& subject);

// Where tokens go that are shown once: --tokens-out, else a terminal where
// stdout is one and no JSON was asked for; null: nowhere. In GitHub Actions the
// log learns first what to blank.
Result<std::unique_ptr<TokenSink>> TokenSinkOf(Session& session,
                                               const std::string& tokens_out,
                                               bool json);

// What may be shown of a credential: id, hint, standing, times, rights.
Value CredentialToValue(const CredentialRecord& record, Timestamp now);

// What was done: as a sentence, or as JSON where that was asked for.
ExitCode TellToken(Session& session, const TokenArguments& arguments,
                   Value done, const std::string& sentence);

// A token on standard input, or typed unseen. kInvalidArgument where something
// else than "-" stands on the command line; it isn't repeated.
Result<SecretValue> ReadTokenInput(Session& session,
                                   const TokenArguments& arguments);

// Issues the token that the arguments name, and tells so.
Result<ExitCode> IssueInto(Session& session, const TokenArguments& arguments,
                           TokenSink& sink);

// issue, import (token_issue.cc); list, show (token_list.cc); revoke, suspend,
// resume (token_end.cc); verify (token_verify.cc); leaked (token_leaked.cc);
// scan (token_scan.cc); usage (token_usage.cc); suggest (token_suggest.cc).
std::vector<Command> TokenIssueCommands();
std::vector<Command> TokenListCommands();
std::vector<Command> TokenEndCommands();
Command TokenVerifyCommand();
Command TokenLeakedCommand();
Command TokenScanCommand();
Command TokenUsageCommand();
Command TokenSuggestCommand();

}  // namespace writ::reconciler
