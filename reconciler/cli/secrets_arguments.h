// What the subcommands of `writ secrets` share: which state, project, key and
// environment are meant, and the keys that open the state.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/keys/master_key.h"
#include "reconciler/secrets/managed_secrets.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

struct SecretsArguments {
  SourceArguments source;
  std::vector<std::string> keys;  // one; a second is a value, refused
  std::string project;
  std::string secret_environment;
  std::string value;  // refused: argv is read by everybody
  std::string description;
  std::string type = "string";
  std::string alphabet = "alphanumeric";
  std::int64_t length = 0;  // 0: the type's default
  std::string version;
  std::string confirm;
  std::string key_file;
  std::string backup;
  bool create = false;
  bool replace = false;
  bool keep_newline = false;
  bool all = false;
  bool finish = false;
  bool json = false;
};

// --source, --env, --state, --json.
void DeclareSecretsCommon(Options& options, SecretsArguments& arguments);
// The same, and --project.
void DeclareProject(Options& options, SecretsArguments& arguments);
// The same, and KEY and --secret-env.
void DeclareSecret(Options& options, SecretsArguments& arguments);

Result<std::unique_ptr<StateStore>> OpenSecretsState(
    const Session& session, const SecretsArguments& arguments, OpenMode mode);
// Of a state behind a gateway too, without values or what opens them.
Result<std::unique_ptr<StateStore>> ReadSecretsState(
    const Session& session, const SecretsArguments& arguments);

// --project, what stands before the key's slash, or the only one there is.
Result<std::string> ProjectOf(StateStore& store,
                              const SecretsArguments& arguments);
// S-44: "Secret key is required". Refuses a value in argv, without repeating
// it. KEY, PROJECT/KEY or Secret/PROJECT/KEY.
Result<ResourceId> SecretOf(StateStore& store,
                            const SecretsArguments& arguments);
// --secret-env, else the secretEnvironment of the state's environment as
// writ.yaml has it, else that environment's name.
Result<std::string> SecretEnvironmentOf(const Session& session,
                                        const SecretsArguments& arguments,
                                        StateStore& store);

// The key that the environment names, or --key-file. kPermission, with what to
// do, where there is none.
Result<MasterKey> MasterKeyOf(const SecretsArguments& arguments);
// Opens the state with it.
Result<KeyRing> RingOf(const SecretsArguments& arguments, StateStore& store);

// Where values were erased: takes them out of the state's log too (T-15). Says
// so where a reader keeps it from that; they go with the next writer then.
Status EmptyLog(Session& session, StateStore& store);

// What was done: as a sentence, or as JSON where that was asked for.
ExitCode TellSecrets(Session& session, const SecretsArguments& arguments,
                     Value done, const std::string& sentence);

// list, versions (secrets_list.cc); set, rollback, generate (secrets_set.cc);
// unset (secrets_unset.cc); init, check-key, rekey (secrets_key.cc).
std::vector<Command> SecretsListCommands();
std::vector<Command> SecretsSetCommands();
Command SecretsUnsetCommand();
std::vector<Command> SecretsKeyCommands();

}  // namespace writ::reconciler
