// What gives a secret a value: set, rollback, generate. The texts of refusals
// are the product's own (S-43, S-44).
#include <charconv>
#include <optional>
#include <ostream>
#include <utility>

#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/cli/secrets_input.h"
#include "reconciler/secrets/generate.h"
#include "reconciler/secrets/unmanaged_secret.h"
#include "reconciler/secrets/value_check.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr std::int64_t kDefaultLength = 32;
constexpr std::int64_t kDefaultDigits = 12;

void DeclareSet(Options& options, SecretsArguments& arguments) {
  DeclareSecret(options, arguments);
  options.Text("--description", arguments.description,
               "A new description, of a secret that no manifest declares");
  options.Flag("--create", arguments.create,
               "Make the secret, without a manifest, where it isn't there");
  options.Choice("--type", arguments.type,
                 {"string", "boolean", "number", "json"},
                 "With --create: what its values are (default: string)");
  options.Flag("--keep-newline", arguments.keep_newline,
               "The newline at the end of standard input is part of the value");
  options.Text("--value", arguments.value,
               "Refused: every process can read a command line");
}

void DeclareGenerate(Options& options, SecretsArguments& arguments) {
  DeclareSecret(options, arguments);
  options.Integer("--length", arguments.length,
                  "Characters (default: 32; a number's digits: 12)");
  options.Choice("--alphabet", arguments.alphabet,
                 {"alphanumeric", "hex", "url-safe", "symbols", "digits"},
                 "Of which characters (default: alphanumeric)");
  options.Flag("--replace", arguments.replace, "Even where it has a value");
}

void DeclareRollback(Options& options, SecretsArguments& arguments) {
  DeclareSecret(options, arguments);
  options.Text("--to", arguments.version,
               "The version, as `writ secrets versions` shows it");
}

// One value's place in an open state.
struct Opened {
  std::unique_ptr<StateStore> store;
  SecretPlace place;
  std::optional<SecretResource> secret;  // none: it isn't there
  bool has_value = false;
};

Result<Opened> OpenPlace(const Session& session,
                         const SecretsArguments& arguments) {
  Opened opened;
  opened.store =
      TRY(OpenSecretsState(session, arguments, OpenMode::kReadWrite));
  opened.place.secret = TRY(SecretOf(*opened.store, arguments));
  opened.place.environment =
      TRY(SecretEnvironmentOf(session, arguments, *opened.store));
  auto secret = ReadSecret(*opened.store, opened.place.secret);
  if (!secret) {
    const bool may_create =
        arguments.create && secret.error().code == ErrorCode::kNotFound;
    if (!may_create) return tl::unexpected<Error>(secret.error());
    TRY(ReadProject(*opened.store, std::string(opened.place.secret.parent())));
    return opened;
  }
  opened.secret = *std::move(secret);
  TRY(CheckEnvironment(*opened.secret, opened.place.environment));
  const auto pointer = TRY(opened.store->secrets().FindPointer(
      opened.secret->uid, opened.place.environment));
  opened.has_value = pointer && pointer->version > 0;
  return opened;
}

std::string In(const SecretPlace& place) {
  return place.secret.address() + " in " + place.environment;
}

ExitCode TellWritten(Session& session, const SecretsArguments& arguments,
                     const SecretPlace& place,
                     const ManagedSecrets::Written& written,
                     const std::string& sentence) {
  Value done;
  done.Set("address", place.secret.address());
  done.Set("environment", place.environment);
  done.Set("version", written.version);
  done.Set("changed", written.changed);
  return TellSecrets(session, arguments, std::move(done), sentence);
}

// S-43, S-44: what a blank value means.
Status CheckBlank(const Opened& opened, const SecretsArguments& arguments) {
  if (!opened.has_value) {
    return Fail(ErrorCode::kInvalidArgument, "Secret value is required",
                "give it on standard input, or type it at the prompt");
  }
  if (arguments.description.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "No changes to save",
                "give a new value, a new description, or both");
  }
  return {};
}

// The secret itself: made, or described anew.
Status WriteResource(Session& session, const SecretsArguments& arguments,
                     const Opened& opened) {
  const Authorship by{session.clock.Now(), session.actor()};
  if (!opened.secret) {
    return CreateUnmanagedSecret(*opened.store, opened.place.secret,
                                 {arguments.type, arguments.description}, by);
  }
  if (arguments.description.empty()) return {};
  return DescribeUnmanagedSecret(*opened.store, opened.place.secret,
                                 arguments.description, by);
}

Result<ExitCode> Set(Session& session, const SecretsArguments& arguments) {
  Opened opened = TRY(OpenPlace(session, arguments));
  const KeyRing ring = TRY(RingOf(arguments, *opened.store));
  SecretInputOptions input;
  input.prompt = "Value of " + In(opened.place);
  if (opened.has_value) input.prompt += " (blank keeps the current one)";
  input.keep_newline = arguments.keep_newline;
  const SecretValue value = TRY(ReadSecretInput(session, input));
  if (value.empty()) {
    TRY(CheckBlank(opened, arguments));
    TRY(WriteResource(session, arguments, opened));
    return TellWritten(session, arguments, opened.place, {0, false},
                       "Described " + opened.place.secret.address() +
                           " anew; its value is the same.");
  }
  const SecretType type =
      opened.secret ? opened.secret->type : ParseSecretType(arguments.type);
  TRY(CheckSecretValue(type, value));
  TRY(WriteResource(session, arguments, opened));
  ManagedSecrets secrets(*opened.store, ring, session.clock, session.random);
  const auto written = TRY(secrets.Set(opened.place, value, session.actor()));
  return TellWritten(
      session, arguments, opened.place, written,
      written.changed
          ? "Set " + In(opened.place) + " (version " +
                std::to_string(written.version) + "), at once."
          : In(opened.place) + " has that value already (version " +
                std::to_string(written.version) + "); nothing changed.");
}

Result<ExitCode> Generate(Session& session, const SecretsArguments& arguments) {
  Opened opened = TRY(OpenPlace(session, arguments));
  if (opened.has_value && !arguments.replace) {
    return Fail(ErrorCode::kUnsafe, In(opened.place) + " has a value",
                "to replace it by a random one: --replace");
  }
  const KeyRing ring = TRY(RingOf(arguments, *opened.store));
  const SecretType type = opened.secret->type;
  GenerateOptions options;
  options.length = arguments.length != 0         ? arguments.length
                   : type == SecretType::kNumber ? kDefaultDigits
                                                 : kDefaultLength;
  options.alphabet =
      ParseAlphabet(arguments.alphabet).value_or(Alphabet::kAlphanumeric);
  const SecretValue value = TRY(GenerateValue(type, options, session.random));
  ManagedSecrets secrets(*opened.store, ring, session.clock, session.random);
  const auto written = TRY(secrets.Set(opened.place, value, session.actor()));
  return TellWritten(session, arguments, opened.place, written,
                     "Generated a random value of " +
                         std::to_string(options.length) + " characters for " +
                         In(opened.place) + " (version " +
                         std::to_string(written.version) +
                         "). It isn't shown; whoever needs it reads it.");
}

Result<std::int64_t> VersionOf(const SecretsArguments& arguments) {
  const std::string& text = arguments.version;
  std::int64_t version = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), version);
  if (error == std::errc() && end == text.data() + text.size() && version > 0) {
    return version;
  }
  return Fail(ErrorCode::kInvalidArgument,
              "rollback wants --to VERSION, a number from `writ secrets "
              "versions`");
}

Result<ExitCode> Rollback(Session& session, const SecretsArguments& arguments) {
  const std::int64_t version = TRY(VersionOf(arguments));
  Opened opened = TRY(OpenPlace(session, arguments));
  const KeyRing ring = TRY(RingOf(arguments, *opened.store));
  ManagedSecrets secrets(*opened.store, ring, session.clock, session.random);
  const auto written =
      TRY(secrets.Rollback(opened.place, version, session.actor()));
  return TellWritten(session, arguments, opened.place, written,
                     In(opened.place) +
                         (written.changed ? " is version " : " was version ") +
                         std::to_string(version) +
                         (written.changed ? " again." : " already."));
}

}  // namespace

std::vector<Command> SecretsSetCommands() {
  Command set = MakeCommand<SecretsArguments>(
      "set", "Set a value, read from standard input or typed unseen",
      DeclareSet, RunReporting<SecretsArguments, Set>);
  set.description =
      "A blank value keeps the current one. A value takes effect at once.";
  set.examples = {
      "writ secrets set payments/SLACK_WEBHOOK_URL --secret-env prod",
      "pass show slack | writ secrets set SLACK_WEBHOOK_URL -p payments"};
  Command rollback = MakeCommand<SecretsArguments>(
      "rollback", "Make an earlier version current again", DeclareRollback,
      RunReporting<SecretsArguments, Rollback>);
  rollback.examples = {
      "writ secrets rollback payments/SLACK_WEBHOOK_URL --to 3"};
  Command generate = MakeCommand<SecretsArguments>(
      "generate", "Set a strong random value, which nobody sees",
      DeclareGenerate, RunReporting<SecretsArguments, Generate>);
  generate.examples = {
      "writ secrets generate payments/SESSION_KEY --secret-env prod",
      "writ secrets generate payments/PIN --length 8 --replace"};
  return {std::move(set), std::move(rollback), std::move(generate)};
}

}  // namespace writ::reconciler
