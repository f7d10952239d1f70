// Everything writ knows about one resource: where it stands, who put it there,
// what it needs, who needs it, what happened to it.
#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "manifests/source/revision.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/desired_arguments.h"
#include "reconciler/cli/token_states.h"
#include "reconciler/controller/resolved_references.h"
#include "schema/report/escape.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

constexpr int kHistory = 20;
constexpr std::size_t kShownDependents = 20;

struct ExplainArguments {
  SourceArguments source;
  std::string address;
  bool json = false;
};

void DeclareExplain(Options& options, ExplainArguments& arguments) {
  options.Positional("ADDRESS", arguments.address, true,
                     "Kind/name or Kind/parent/name");
  DeclareSource(options, arguments.source);
  DeclareRef(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareVariables(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

struct Explanation {
  ResourceId id;
  std::string file;
  std::string declared_at;           // file:line:column; empty: not declared
  bool is_unread = false;            // the manifests can't be read
  std::optional<Commit> changed_in;  // the newest commit of that file
  std::optional<StoredResource> live;
  std::string token;  // how a Token stands; empty for others
  std::vector<std::string> references;
  std::vector<std::string> dependents;
  std::vector<JournalEntry> history;
};

void ExplainDesired(const DesiredRun& run, Explanation& explanation) {
  for (const Resource& resource : run.desired.resources) {
    if (resource.id != explanation.id) continue;
    explanation.file = run.desired.files[resource.range.file];
    explanation.declared_at = explanation.file + ":" +
                              std::to_string(resource.range.line) + ":" +
                              std::to_string(resource.range.column);
  }
  for (const auto& reference : ResolveAmong(run.desired.resources)) {
    if (reference.from == explanation.id) {
      explanation.references.push_back(reference.to.address());
    }
    if (reference.to == explanation.id) {
      explanation.dependents.push_back(reference.from.address());
    }
  }
}

Status ExplainLive(StateStore& store, bool is_declared, Timestamp now,
                   Explanation& explanation) {
  explanation.live = TRY(store.ReadStored(explanation.id));
  if (explanation.live) {
    const engine::LiveResource& live = explanation.live->live;
    explanation.token = TRY(TokenStates::Read(store, &live, now))
    .Of(live);
  }
  explanation.history = TRY(store.ReadHistory(explanation.id, kHistory));
  if (is_declared) return {};
  const std::span<const ResourceId> ids(&explanation.id, 1);
  for (const auto& reference : TRY(store.ReferencesFrom(ids))) {
    explanation.references.push_back(reference.to.address());
  }
  for (const auto& reference : TRY(store.ReferencesTo(ids))) {
    explanation.dependents.push_back(reference.from.address());
  }
  return {};
}

std::string StandingOfLive(const Explanation& explanation) {
  if (!explanation.live) return "not live";
  const engine::LiveResource& live = explanation.live->live;
  std::string text = "live, generation " + std::to_string(live.generation);
  text += live.owner ? ", managed by " + *live.owner : ", unmanaged";
  if (live.protect) text += ", protected";
  const std::string& said =
      explanation.token.empty() ? live.status : explanation.token;
  if (!said.empty()) text += ", " + said;
  const bool was_ended = !live.status.empty();
  if (was_ended && !explanation.declared_at.empty()) text += ", still declared";
  return text;
}

void PrintList(std::ostream& out, const std::string& title,
               const std::vector<std::string>& addresses) {
  if (addresses.empty()) return;
  out << title << "\n";
  const std::size_t shown = std::min(addresses.size(), kShownDependents);
  for (std::size_t i = 0; i < shown; ++i) {
    out << "  " << EscapeTerminal(addresses[i]) << "\n";
  }
  if (shown < addresses.size()) {
    out << "  and " << addresses.size() - shown << " more\n";
  }
}

std::string DeclaredAt(const Explanation& explanation) {
  if (explanation.is_unread) {
    return "not known: the manifests can't be read (writ validate)";
  }
  return explanation.declared_at.empty()
             ? "nowhere in this revision"
             : EscapeTerminal(explanation.declared_at);
}

void Print(std::ostream& out, const Explanation& explanation, Timestamp now) {
  out << explanation.id.address() << " · "
      << EscapeTerminal(StandingOfLive(explanation)) << "\n";
  out << "declared at   " << DeclaredAt(explanation) << "\n";
  if (explanation.changed_in) {
    out << "last changed  " << ShortRevision(*explanation.changed_in) << " \""
        << EscapeTerminal(explanation.changed_in->subject) << "\" by "
        << EscapeTerminal(explanation.changed_in->author_name) << "\n";
  }
  if (explanation.live) {
    const engine::LiveResource& live = explanation.live->live;
    const engine::Provenance& from = live.provenance;
    out << "applied from  "
        << (from.commit.empty() ? "no commit" : from.commit.substr(0, 7));
    if (!from.subject.empty()) {
      out << " \"" << EscapeTerminal(from.subject) << "\"";
    }
    if (!from.author.empty()) out << " by " << EscapeTerminal(from.author);
    out << "\n";
    if (live.changed_at) {
      out << "changed by    " << EscapeTerminal(live.changed_by) << ", "
          << FormatAge(*live.changed_at, now) << "\n";
    }
  }
  PrintList(out, "refers to", explanation.references);
  PrintList(out, "used by", explanation.dependents);
  if (explanation.history.empty()) return;
  out << "history\n";
  for (const JournalEntry& entry : explanation.history) {
    out << "  " << FormatSeconds(entry.at) << "  " << entry.action << " ("
        << engine::NameInWords(entry.reason) << ")  "
        << (entry.provenance.commit.empty()
                ? "-"
                : entry.provenance.commit.substr(0, 7))
        << "  by " << EscapeTerminal(entry.actor) << "\n";
  }
}

Value ToValue(const Explanation& explanation) {
  Value value;
  value.Set("address", explanation.id.address());
  value.Set("declared_at",
            explanation.is_unread ? Value() : Value(explanation.declared_at));
  if (explanation.changed_in) {
    Value changed;
    changed.Set("commit", explanation.changed_in->id);
    changed.Set("subject", explanation.changed_in->subject);
    changed.Set("author", explanation.changed_in->author_name);
    value.Set("last_changed", std::move(changed));
  }
  value.Set("live", explanation.live.has_value());
  if (explanation.live) {
    const engine::LiveResource& live = explanation.live->live;
    value.Set("generation", live.generation);
    value.Set("owner", live.owner ? Value(*live.owner) : Value());
    value.Set("commit", live.provenance.commit);
    value.Set("author", live.provenance.author);
    value.Set("changed_by", live.changed_by);
    value.Set("status",
              explanation.token.empty() ? live.status : explanation.token);
  }
  value.Set("references", Value::List(explanation.references.begin(),
                                      explanation.references.end()));
  value.Set("dependents", Value::List(explanation.dependents.begin(),
                                      explanation.dependents.end()));
  Value::List history;
  for (const JournalEntry& entry : explanation.history) {
    Value item;
    item.Set("at", FormatTimestamp(entry.at));
    item.Set("action", entry.action);
    item.Set("reason", entry.reason);
    item.Set("commit", entry.provenance.commit);
    item.Set("actor", entry.actor);
    item.Set("serial", entry.serial);
    history.push_back(std::move(item));
  }
  value.Set("history", std::move(history));
  return value;
}

Result<ExitCode> Explain(Session& session, const ExplainArguments& arguments) {
  const auto id = ResourceId::Parse(arguments.address);
  if (!id) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + arguments.address + "\" is no address",
                "write Kind/name or Kind/parent/name");
  }
  Explanation explanation;
  explanation.id = *id;
  Diagnostics diagnostics;
  const auto run = LoadDesired(session, arguments.source, diagnostics);
  explanation.is_unread = !run || !*run;
  if (run && *run) ExplainDesired(**run, explanation);
  if (!explanation.file.empty() && !arguments.source.working_tree) {
    auto commit = manifests::LastCommitTouching(
        TRY(RequestOf(session, arguments.source)), explanation.file);
    if (commit) explanation.changed_in = std::move(*commit);
  }
  const StateLocation location =
      TRY(FindStateLocation(session, arguments.source));
  const std::string folder = TRY(ReadableFolder(session, location, ""));
  auto store = OpenState(session, folder, OpenMode::kReadOnly, "");
  if (!store && store.error().code != ErrorCode::kNotFound) {
    return Fail(store.error().code, Describe(store.error()),
                store.error().remedy);
  }
  const bool is_declared = !explanation.declared_at.empty();
  if (store) {
    TRY(ExplainLive(**store, is_declared, session.clock.Now(), explanation));
  }
  if (!is_declared && !explanation.live && explanation.history.empty()) {
    return Fail(ErrorCode::kNotFound,
                arguments.address + (explanation.is_unread
                                         ? " isn't live, and the manifests "
                                           "can't be read"
                                         : " is neither declared nor live"),
                "see: writ state list, writ graph");
  }
  if (arguments.json) {
    return PrintResult(session, ToValue(explanation));
  }
  Print(session.out, explanation, session.clock.Now());
  return ExitCode::kDone;
}

}  // namespace

Command ExplainCommand() {
  Command command = MakeCommand<ExplainArguments>(
      "explain", "Say where a resource comes from and who needs it",
      DeclareExplain, RunReporting<ExplainArguments, Explain>);
  command.examples = {"writ explain App/order-service --env production"};
  return command;
}

}  // namespace writ::reconciler
