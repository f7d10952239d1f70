#include <ostream>
#include <utility>

#include "engine/diff/diff.h"
#include "engine/plan/plan_words.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/state_arguments.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/cli/token_states.h"
#include "reconciler/credentials/credential_mac.h"
#include "reconciler/credentials/state_secret.h"
#include "reconciler/secrets/rekey.h"
#include "schema/credential/token_format.h"
#include "schema/json.h"
#include "schema/kind.h"
#include "schema/report/escape.h"
#include "schema/time.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

void DeclareList(Options& options, StateArguments& arguments) {
  DeclareStateCommon(options, arguments);
  options.Text("--kind", arguments.kind, "Only resources of this kind");
  options.Flag("--deleted", arguments.deleted,
               "Those deleted within the last 7 days instead");
}

void DeclareShow(Options& options, StateArguments& arguments) {
  DeclareStateCommon(options, arguments);
  options.Positional("ADDRESS", arguments.address, true,
                     "Kind/name or Kind/parent/name");
}

void DeclareInit(Options& options, StateArguments& arguments) {
  DeclareStateCommon(options, arguments);
  DeclareTokensOut(options, arguments.tokens_out);
}

// The state's first key generation, where the environment names a key and the
// state has none yet; its keys.
Result<std::optional<KeyRing>> KeysOf(Session& session, StateStore& store) {
  auto key = TRY(ReadMasterKey());
  if (!key) return std::optional<KeyRing>();
  if (TRY(store.secrets().ReadKeyGenerations()).empty()) {
    const Rekeying rekeying{store, session.clock, session.random,
                            session.actor(), SignAgain};
    TRY(InitializeKey(rekeying, *key));
  }
  return std::optional<KeyRing>(TRY(KeyRing::Open(store.secrets(), *key)));
}

// The first client secret, once, where its value has somewhere to go; what was
// done, as a sentence.
Result<std::string> IssueFirst(Session& session,
                               const StateArguments& arguments,
                               StateStore& store, Value& done) {
  auto sink = TRY(TokenSinkOf(session, arguments.tokens_out, arguments.json));
  const auto keys = TRY(KeysOf(session, store));
  done.Set("first_secret", Value());
  if (!keys || sink == nullptr) {
    const std::string lacks = keys ? "no place for its value (--tokens-out)"
                                   : "no master key (WRIT_MASTER_KEY_FILE)";
    const std::string key =
        keys ? "" : "writ secrets init --key-file FILE, and ";
    return "\nNo client secret was issued: there is " + lacks +
           ".\nFor a gateway: " + key +
           "writ token issue Token/state/first --tokens-out FILE" +
           SameState(session, arguments.source);
  }
  session.out.flush();
  Credentials credentials(store, &*keys, session.clock, session.random);
  const auto record = TRY(IssueFirstSecret(store, credentials, session.random,
                                           {session.actor()}, *sink));
  if (!record) {
    return "\nIts first client secret was issued; for another: writ token "
           "issue Token/state/first" +
           SameState(session, arguments.source);
  }
  done.Set("first_secret", CredentialToValue(*record, session.clock.Now()));
  return "\nIssued the first client secret (" + MaskedHint(record->hint) +
         ") to " + sink->Name() + ".";
}

Result<ExitCode> Init(Session& session, const StateArguments& arguments) {
  auto source = TRY(OpenSourceOf(session, arguments.source));
  Diagnostics diagnostics;
  const auto repository = TRY(manifests::LoadRepository(*source, diagnostics));
  if (!repository) {
    if (!diagnostics.HasErrors()) {
      return tl::unexpected<Error>(NoRepositoryFile());
    }
    ReportDiagnostics(session, diagnostics, OutputFormat::kText,
                      ExitCode::kInvalid, /*as_result=*/false);
    return Fail(ErrorCode::kInvalidManifest, "there is no valid writ.yaml",
                "see: writ validate");
  }
  const auto environment =
      TRY(SelectEnvironment(*repository, arguments.source.environment));
  const std::string folder = TRY(StateFolderOf(
      session, arguments.source, &environment, source->base_folder()));
  auto existing =
      OpenState(session, folder, OpenMode::kReadOnly, environment.name);
  const bool had_one = existing.has_value();
  existing = Fail(ErrorCode::kNotFound, "");
  auto store =
      TRY(OpenState(session, folder, OpenMode::kMigrate, environment.name));
  const StateFacts facts = TRY(store->ReadFacts());
  Value done;
  done.Set("folder", folder);
  done.Set("environment", facts.environment);
  done.Set("lineage", facts.lineage);
  done.Set("created", !had_one);
  const std::string issued = TRY(IssueFirst(session, arguments, *store, done));
  return Tell(session, arguments, std::move(done),
              (had_one ? "There is a state already: " : "Created the state ") +
                  EscapeTerminal(folder) + " (" + facts.environment +
                  ", lineage " + facts.lineage + ")" +
                  EscapeTerminal(issued, kKeepNewlines));
}

std::string OwnerOf(const engine::LiveResource& resource) {
  return resource.owner.value_or("(unmanaged)");
}

Result<ExitCode> ListDeleted(Session& session, StateStore& store,
                             const StateArguments& arguments) {
  Value::List items;
  for (const DeletedResource& deleted : TRY(store.ReadDeleted())) {
    const std::string& address = deleted.resource.live.id.address();
    if (arguments.json) {
      Value item;
      item.Set("address", address);
      item.Set("deleted_at", FormatTimestamp(deleted.deleted_at));
      items.push_back(std::move(item));
      continue;
    }
    session.out << address << "  deleted "
                << FormatAge(deleted.deleted_at, session.clock.Now())
                << "  writ state undelete " << address
                << SameState(session, arguments.source) << "\n";
  }
  if (arguments.json) {
    Value value;
    value.Set("deleted", std::move(items));
    return PrintResult(session, std::move(value));
  }
  return ExitCode::kDone;
}

Status CheckKind(const std::string& name) {
  if (FindKind(name) != nullptr) return {};
  std::vector<std::string_view> names;
  for (const Kind* kind : AllKinds()) names.push_back(kind->name);
  const auto nearest = Suggest(name, names);
  return Fail(ErrorCode::kInvalidArgument, "there is no kind \"" + name + "\"",
              nearest ? "did you mean \"" + std::string(*nearest) + "\"?"
                      : "see: writ explain-kind");
}

Result<ExitCode> List(Session& session, const StateArguments& arguments) {
  if (!arguments.kind.empty()) TRY(CheckKind(arguments.kind));
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadOnly));
  if (arguments.deleted) {
    return ListDeleted(session, *store, arguments);
  }
  const engine::Snapshot live = TRY(store->ReadAll(/*contents=*/false));
  const TokenStates states =
      TRY(TokenStates::Read(*store, nullptr, session.clock.Now()));
  Value::List items;
  for (const engine::LiveResource& resource : live.resources) {
    if (!arguments.kind.empty() && resource.id.kind() != arguments.kind) {
      continue;
    }
    if (!arguments.json) {
      session.out << resource.id.address();
      if (!resource.owner) session.out << "  (unmanaged)";
      const std::string token = states.Of(resource);
      const std::string& said = token.empty() ? resource.status : token;
      if (!said.empty()) session.out << "  " << EscapeTerminal(said);
      session.out << "\n";
      continue;
    }
    Value item;
    item.Set("address", resource.id.address());
    item.Set("owner", resource.owner ? Value(*resource.owner) : Value());
    item.Set("generation", resource.generation);
    item.Set("protect", resource.protect);
    item.Set("digest", resource.content_digest.Hex());
    if (resource.id.kind() == "Token") item.Set("status", states.Of(resource));
    items.push_back(std::move(item));
  }
  if (arguments.json) {
    Value value;
    value.Set("environment", live.environment);
    value.Set("lineage", live.lineage);
    value.Set("serial", live.serial);
    value.Set("resources", std::move(items));
    return PrintResult(session, std::move(value));
  }
  return ExitCode::kDone;
}

// Why something declared isn't at work yet; empty where it is.
std::string PendingOf(const engine::LiveResource& resource,
                      const TokenStates& states) {
  if (resource.id.kind() == "Token") return states.Of(resource);
  if (!resource.status.empty()) return resource.status;
  if (resource.id.kind() == "Secret") return "no value";
  return {};
}

Value ToValue(const StoredResource& stored, const Value& content,
              const TokenStates& states) {
  const engine::LiveResource& live = stored.live;
  Value value;
  value.Set("address", live.id.address());
  value.Set("uid", live.uid);
  value.Set("owner", live.owner ? Value(*live.owner) : Value());
  value.Set("generation", live.generation);
  value.Set("protect", live.protect);
  value.Set("status", PendingOf(live, states));
  Value provenance;
  provenance.Set("commit", live.provenance.commit);
  provenance.Set("author", live.provenance.author);
  provenance.Set("file", live.provenance.file);
  provenance.Set("line", static_cast<std::int64_t>(live.provenance.line));
  value.Set("applied_from", std::move(provenance));
  value.Set("changed_by", live.changed_by);
  value.Set("changed_at", live.changed_at
                              ? Value(FormatTimestamp(*live.changed_at))
                              : Value());
  Value::List references;
  for (const ResourceId& id : stored.references) {
    references.push_back(id.address());
  }
  value.Set("references", std::move(references));
  value.Set("content", content);
  return value;
}

Result<ExitCode> Show(Session& session, const StateArguments& arguments) {
  const ResourceId id = TRY(AddressOf(arguments));
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadOnly));
  const StoredResource stored = TRY(ReadStoredOf(*store, id));
  Value content = TRY(ParseJson(stored.live.content));
  const Kind* kind = FindKind(id.kind());
  if (kind != nullptr) content = engine::Redact(*kind, content);
  const TokenStates states =
      TRY(TokenStates::Read(*store, &stored.live, session.clock.Now()));
  if (arguments.json) {
    return PrintResult(session, ToValue(stored, content, states));
  }
  const engine::LiveResource& live = stored.live;
  session.out << id.address() << " · " << OwnerOf(live) << " · generation "
              << live.generation;
  if (const std::string pending = PendingOf(live, states); !pending.empty()) {
    session.out << " · " << EscapeTerminal(pending);
  }
  if (live.protect) session.out << " · protected";
  session.out << "\n";
  if (!live.provenance.commit.empty()) {
    session.out << "applied from " << live.provenance.commit.substr(0, 7)
                << " by " << EscapeTerminal(live.provenance.author) << ", "
                << EscapeTerminal(live.provenance.file) << ":"
                << live.provenance.line << "\n";
  }
  session.out << EscapeTerminal(PrettyJson(content), kKeepNewlines) << "\n";
  return ExitCode::kDone;
}

Result<ExitCode> Verify(Session& session, const StateArguments& arguments) {
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadOnly));
  const std::vector<std::string> faults = TRY(store->Verify());
  Value found;
  found.Set("faults", Value::List(faults.begin(), faults.end()));
  if (faults.empty()) {
    return Tell(session, arguments, std::move(found), "The state is whole.");
  }
  const Error error{ErrorCode::kCorrupt,
                    engine::Counted(static_cast<std::int64_t>(faults.size()),
                                    "fault", "faults") +
                        " in the state",
                    "restore a backup: writ state restore FILE --state "
                    "sqlite:FOLDER",
                    {}};
  if (arguments.json) {
    PrintResult(session, std::move(found), ToExitCode(error.code));
  } else {
    for (const std::string& fault : faults) {
      session.out << EscapeTerminal(fault) << "\n";
    }
  }
  return ReportError(session, error);
}

}  // namespace

Command StateCommand() {
  Command command;
  command.name = "state";
  command.summary = "Look at the live state, mend it, back it up";
  Command init = MakeCommand<StateArguments>(
      "init", "Create the state of an environment", DeclareInit,
      RunReporting<StateArguments, Init>);
  init.description =
      "With a master key and somewhere to put it, issues the state's first "
      "client secret, once: what lets\nthe first remote apply in.";
  init.examples = {"writ state init --env production",
                   "writ state init --tokens-out /run/secrets/writ"};
  Command list =
      MakeCommand<StateArguments>("list", "List what is live", DeclareList,
                                  RunReporting<StateArguments, List>);
  list.examples = {"writ state list --kind Token", "writ state list --deleted"};
  Command show = MakeCommand<StateArguments>(
      "show", "Show one live resource; never a secret", DeclareShow,
      RunReporting<StateArguments, Show>);
  show.examples = {"writ state show App/order-service"};
  Command verify = MakeCommand<StateArguments>(
      "verify", "Check every row, digest, reference and the audit",
      DeclareStateCommon, RunReporting<StateArguments, Verify>);
  verify.examples = {"writ state verify --env production"};
  command.subcommands = {std::move(init), std::move(list), std::move(show),
                         std::move(verify)};
  for (Command& edit : StateEditCommands()) {
    command.subcommands.push_back(std::move(edit));
  }
  for (Command& copy : StateCopyCommands()) {
    command.subcommands.push_back(std::move(copy));
  }
  return command;
}

}  // namespace writ::reconciler
