#include <algorithm>
#include <ostream>
#include <set>
#include <utility>

#include "engine/diff/diff.h"
#include "manifests/yaml_text.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/drift_patch.h"
#include "reconciler/cli/planning_arguments.h"
#include "schema/json.h"
#include "schema/kind.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

struct ExportArguments {
  SourceArguments source;
  std::vector<std::string> addresses;
  bool drift = false;
  bool show_sensitive = false;
  bool json = false;
};

void DeclareExport(Options& options, ExportArguments& arguments) {
  options.Positionals("ADDRESS", arguments.addresses, false,
                      "Only these (default: all that no repository declares)");
  options.Flag("--drift", arguments.drift,
               "A git patch that makes manifests say what drifted");
  options.Flag("--show-sensitive", arguments.show_sensitive,
               "Print what is never shown otherwise, such as destinations' "
               "URLs");
  DeclareSource(options, arguments.source);
  DeclareRef(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

struct Exported {
  ResourceId id;
  Value document;
  bool hides = false;  // a sensitive value was left out
};

// A part of the content, where it says anything.
void CopyPart(const Value& content, const char* part, Value& to) {
  const Value* found = content.Find(part);
  if (found == nullptr || !found->IsMap() || found->AsMap().empty()) return;
  for (const Value::Entry& entry : found->AsMap()) {
    to.Set(entry.key, entry.value);
  }
}

bool SaysNothing(const Value& value) {
  return value.IsNull() || (value.IsMap() && value.AsMap().empty()) ||
         (value.IsList() && value.AsList().empty());
}

Value WithoutEmpty(const Value& map) {
  Value kept(Value::Map{});
  for (const Value::Entry& entry : map.AsMap()) {
    if (!SaysNothing(entry.value)) kept.Set(entry.key, entry.value);
  }
  return kept;
}

// The document that, once committed, leaves nothing but its adoption to do.
Result<Exported> ExportOne(const engine::LiveResource& live,
                           bool show_sensitive) {
  const Kind* kind = FindKind(live.id.kind());
  const Value content = TRY(ParseJson(live.content));
  if (kind == nullptr || !content.IsMap()) {
    return Fail(ErrorCode::kUnsupported, live.id.address() +
                                             " is of a kind that this "
                                             "version doesn't know");
  }
  const Value redacted = engine::Redact(*kind, content);
  Exported exported;
  exported.id = live.id;
  exported.hides = !show_sensitive && redacted != content;
  const Value& shown = exported.hides ? redacted : content;
  Value metadata;
  metadata.Set("name", live.id.name());
  CopyPart(shown, "metadata", metadata);
  Value lifecycle;
  lifecycle.Set("adopt", true);
  Value spec(Value::Map{});
  CopyPart(shown, "spec", spec);
  exported.document.Set("apiVersion", "writ/v1");
  exported.document.Set("kind", live.id.kind());
  exported.document.Set("metadata", WithoutEmpty(metadata));
  exported.document.Set("lifecycle", std::move(lifecycle));
  exported.document.Set("spec", std::move(spec));
  return exported;
}

Status CheckAddresses(const std::vector<std::string>& addresses,
                      const engine::Snapshot& live) {
  for (const std::string& text : addresses) {
    const auto id = ResourceId::Parse(text);
    const engine::LiveResource* found = id ? live.Find(*id) : nullptr;
    if (found == nullptr) {
      return Fail(ErrorCode::kNotFound,
                  "there is no " + text + " in the live state",
                  "see: writ drift");
    }
    if (found->owner) {
      return Fail(ErrorCode::kConflict,
                  text + " is declared by the repository " + *found->owner +
                      (found->provenance.file.empty()
                           ? std::string()
                           : ", in " + found->provenance.file));
    }
  }
  return {};
}

Result<std::vector<Exported>> ExportAll(StateStore& store,
                                        const ExportArguments& arguments) {
  const engine::Snapshot live = TRY(store.ReadAll(/*contents=*/true));
  TRY(CheckAddresses(arguments.addresses, live));
  const std::set<std::string> wanted(arguments.addresses.begin(),
                                     arguments.addresses.end());
  std::vector<Exported> all;
  for (const engine::LiveResource& resource : live.resources) {
    const bool is_asked =
        wanted.empty() || wanted.count(resource.id.address()) > 0;
    // The default token of an app comes with it.
    if (!is_asked || resource.owner || resource.implied) continue;
    all.push_back(TRY(ExportOne(resource, arguments.show_sensitive)));
  }
  return all;
}

bool IsAsked(const std::vector<std::string>& addresses,
             const engine::Change& change) {
  return addresses.empty() || std::find(addresses.begin(), addresses.end(),
                                        change.id.address()) != addresses.end();
}

Result<ExitCode> ExportDrift(Session& session,
                             const ExportArguments& arguments) {
  PlanningArguments planning;
  planning.source = arguments.source;
  PlanRequest request = TRY(PlanRequestOf(session, planning));
  request.plan.leave_drift = true;
  Diagnostics diagnostics;
  auto run = TRY(MakePlanRun(EffectsOf(session), request, diagnostics));
  if (!run) {
    ReportInvalid(session, diagnostics, OutputFormat::kText);
    return ExitCode::kInvalid;
  }
  std::vector<engine::Change> drift;
  for (engine::Change& change : run->planned.plan.left_drift) {
    if (IsAsked(arguments.addresses, change)) {
      drift.push_back(std::move(change));
    }
  }
  const DriftPatch patch = TRY(
      MakeDriftPatch(*run->source, run->planned.desired.environment, drift));
  session.out << patch.text;
  if (drift.empty()) session.err << "No drift: there is nothing to adopt.\n";
  for (const std::string& left : patch.left) {
    session.err << "to be edited by hand: " << EscapeTerminal(left) << "\n";
  }
  return patch.left.empty() ? ExitCode::kDone : ExitCode::kPartial;
}

Result<ExitCode> RunExport(Session& session, const ExportArguments& arguments) {
  if (arguments.drift && arguments.json) {
    return Fail(ErrorCode::kInvalidArgument,
                "--drift prints a patch, never JSON", "see: writ drift --json");
  }
  if (arguments.drift) return ExportDrift(session, arguments);
  const StateLocation location =
      TRY(FindStateLocation(session, arguments.source));
  const std::string folder = TRY(ReadableFolder(session, location, ""));
  auto store = TRY(OpenState(session, folder, OpenMode::kReadOnly, ""));
  const auto all = TRY(ExportAll(*store, arguments));
  for (const Exported& each : all) {
    if (!each.hides) continue;
    session.err << "warning: " << EscapeTerminal(each.id.address())
                << " holds what is never shown; put it into a Secret and refer "
                   "to it, or say --show-sensitive\n";
  }
  if (arguments.json) {
    Value::List list;
    for (const Exported& each : all) list.push_back(each.document);
    Value found;
    found.Set("manifests", std::move(list));
    return PrintResult(session, std::move(found));
  }
  if (all.empty()) {
    session.err << "Everything live is declared by a repository.\n";
  }
  bool is_first = true;
  for (const Exported& each : all) {
    session.out << (is_first ? "" : "---\n")
                << manifests::ToYaml(each.document);
    is_first = false;
  }
  return ExitCode::kDone;
}

}  // namespace

Command ExportCommand() {
  Command command = MakeCommand<ExportArguments>(
      "export", "Write manifests of what is live and declared nowhere",
      DeclareExport, RunReporting<ExportArguments, RunExport>);
  command.description =
      "What was made over HTTP becomes a manifest: commit it, and the next "
      "plan holds its adoption\nalone (lifecycle.adopt). With --drift, what "
      "was "
      "changed outside of git becomes a patch of the\nmanifests.";
  command.examples = {
      "writ export > manifests/adopted.yaml",
      "writ export App/checkout               # one of them",
      "writ export --drift | git apply        # git says what drifted",
  };
  return command;
}

}  // namespace writ::reconciler
