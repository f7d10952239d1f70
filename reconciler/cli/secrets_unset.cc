#include <ostream>
#include <span>
#include <utility>

#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/cli/secrets_input.h"
#include "reconciler/secrets/unmanaged_secret.h"

namespace writ::reconciler {
namespace {

void DeclareUnset(Options& options, SecretsArguments& arguments) {
  DeclareSecret(options, arguments);
  options.Flag("--all", arguments.all,
               "In every environment; and the secret itself where no manifest "
               "declares it");
  options.Text("--confirm", arguments.confirm,
               "The key once more, instead of typing it back");
}

Result<std::vector<std::string>> EnvironmentsOf(
    const Session& session, const SecretsArguments& arguments,
    StateStore& store, const SecretResource& secret) {
  if (!arguments.all) {
    const std::string environment =
        TRY(SecretEnvironmentOf(session, arguments, store));
    TRY(CheckEnvironment(secret, environment));
    return std::vector<std::string>{environment};
  }
  std::vector<std::string> with_values;
  for (const std::string& environment : secret.environments) {
    const auto pointer =
        TRY(store.secrets().FindPointer(secret.uid, environment));
    if (pointer && pointer->version > 0) with_values.push_back(environment);
  }
  return with_values;
}

Result<std::vector<std::string>> DependentsOf(StateStore& store,
                                              const SecretResource& secret) {
  std::vector<std::string> dependents;
  for (const auto& reference :
       TRY(store.ReferencesTo(std::span(&secret.id, 1)))) {
    if (!reference.is_parent) dependents.push_back(reference.from.address());
  }
  return dependents;
}

// S-45: what goes, what depends on it, and the key typed back.
Status Confirm(Session& session, const SecretsArguments& arguments,
               const SecretResource& secret,
               const std::vector<std::string>& environments,
               const std::vector<std::string>& dependents) {
  session.err << "This destroys every value of " << secret.id.address()
              << " in";
  for (std::size_t i = 0; i < environments.size(); ++i) {
    session.err << (i == 0 ? " " : ", ") << environments[i];
  }
  session.err << ". It is permanent and can't be undone.\n";
  for (const std::string& dependent : dependents) {
    session.err << "warning: " << dependent << " depends on it\n";
  }
  const std::string typed =
      arguments.confirm.empty()
          ? ReadConfirmation(session, "Type the key to confirm: ")
          : arguments.confirm;
  if (typed == secret.key()) return {};
  return Fail(
      ErrorCode::kUnsafe, "that is not the key; nothing was deleted",
      "type " + secret.key() + " back, or say --confirm " + secret.key());
}

Result<ExitCode> Unset(Session& session, const SecretsArguments& arguments) {
  auto store = TRY(OpenSecretsState(session, arguments, OpenMode::kReadWrite));
  const ResourceId id = TRY(SecretOf(*store, arguments));
  const SecretResource secret = TRY(ReadSecret(*store, id));
  const auto environments =
      TRY(EnvironmentsOf(session, arguments, *store, secret));
  const bool removes = arguments.all && !secret.owner;
  if (environments.empty() && !removes) {
    return Fail(ErrorCode::kNotFound, id.address() + " has no value");
  }
  const KeyRing ring = TRY(RingOf(arguments, *store));
  const auto dependents = TRY(DependentsOf(*store, secret));
  TRY(Confirm(session, arguments, secret, environments, dependents));
  ManagedSecrets secrets(*store, ring, session.clock, session.random);
  std::int64_t destroyed = 0;
  Value::List names;
  for (const std::string& environment : environments) {
    destroyed += TRY(secrets.Unset({id, environment}, session.actor()));
    names.emplace_back(environment);
  }
  if (removes) {
    TRY(RemoveUnmanagedSecret(*store, id,
                              {session.clock.Now(), session.actor()}));
  }
  TRY(EmptyLog(session, *store));
  Value done;
  done.Set("address", id.address());
  done.Set("environments", std::move(names));
  done.Set("destroyed", destroyed);
  done.Set("removed", removes);
  return TellSecrets(session, arguments, std::move(done),
                     "Destroyed " + std::to_string(destroyed) +
                         (destroyed == 1 ? " version of " : " versions of ") +
                         id.address() +
                         (removes ? ", and the secret itself." : "."));
}

}  // namespace

Command SecretsUnsetCommand() {
  Command unset = MakeCommand<SecretsArguments>(
      "unset", "Destroy a secret's values, for good", DeclareUnset,
      RunReporting<SecretsArguments, Unset>);
  unset.examples = {
      "writ secrets unset payments/SLACK_WEBHOOK_URL --secret-env dev",
      "writ secrets unset payments/OLD_KEY --all --confirm OLD_KEY"};
  return unset;
}

}  // namespace writ::reconciler
