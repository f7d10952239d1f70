// writ token suggest: a manifest that takes away the scopes that nobody used.
#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/credentials/terms.h"
#include "reconciler/events/use_records.h"
#include "reconciler/store/live_spec.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

using Scopes = std::set<std::string>;

struct TokenSuggestArguments {
  TokenArguments token;
  std::string unused_for = "30d";
  bool json = false;  // as RunReporting wants it
};

void DeclareSuggest(Options& options, TokenSuggestArguments& arguments) {
  DeclareSource(options, arguments.token.source);
  DeclareEnvironment(options, arguments.token.source);
  DeclareState(options, arguments.token.source);
  options.Positional("ADDRESS", arguments.token.subject, false,
                     "Only of Token/WORKSPACE/NAME (default: of all)");
  options.Text("--unused-for", arguments.unused_for,
               "How long nobody used a scope (default: 30d)");
  options.Flag("--json", arguments.json, "Print JSON");
}

// What a token may and what it did.
struct Subject {
  ResourceId id;
  engine::Provenance declared;
  Scopes granted;
  Scopes direct;
  std::map<std::string, Scopes> sets;  // as the token names them
  Scopes used;
  bool is_old_enough = false;  // one of its credentials is
};

struct Suggestion {
  ResourceId id;
  engine::Provenance declared;
  Scopes drop;
  Scopes scopes;                  // that are left
  std::vector<std::string> sets;  // that are left
  bool has_sets = false;          // that the patch has to say
};

struct Suggestions {
  std::vector<Suggestion> list;
  std::vector<ResourceId> unused;  // altogether
  std::vector<ResourceId> young;   // nothing can be said yet
};

Scopes TextsIn(const Value& spec, std::string_view key) {
  Scopes texts;
  const Value* list = spec.Find(key);
  if (list == nullptr || !list->IsList()) return texts;
  for (const Value& item : list->AsList()) {
    if (item.IsString()) texts.insert(item.AsString());
  }
  return texts;
}

Result<Subject> ReadToken(StateStore& store, UseRecords& records,
                          const engine::LiveResource& row, Timestamp since) {
  Subject subject;
  subject.id = row.id;
  subject.declared = row.provenance;
  const Value spec = TRY(SpecOf(row));
  subject.direct = TextsIn(spec, "scopes");
  subject.granted = subject.direct;
  for (const std::string& name : TextsIn(spec, "scopeSets")) {
    const auto address = ResourceId::Parse(name);
    const ResourceId set =
        address ? *address : ResourceId("ScopeSet", row.id.parent(), name);
    const Value content = TRY(ReadSpec(store, set));
    const Scopes scopes = TextsIn(content, "scopes");
    subject.granted.insert(scopes.begin(), scopes.end());
    subject.sets[name] = scopes;
  }
  for (const auto& record : TRY(store.credentials().ReadOf(row.id))) {
    if (record.token_uid != row.uid) continue;
    if (record.issued_at <= since) subject.is_old_enough = true;
    for (const UseSum& sum : TRY(records.ReadOf(record.id))) {
      if (sum.refused || sum.last_at < since || sum.scope.empty()) continue;
      subject.used.insert(sum.scope);
    }
  }
  return subject;
}

// What the token needs of what it has. admin:all stands for each scope that it
// was used for.
Suggestion Narrow(const Subject& subject) {
  Suggestion suggestion;
  suggestion.id = subject.id;
  suggestion.declared = subject.declared;
  const bool is_admin = subject.granted.contains("admin:all");
  Scopes needed;
  for (const std::string& scope : subject.used) {
    if (is_admin || subject.granted.contains(scope)) needed.insert(scope);
  }
  for (const std::string& scope : subject.granted) {
    if (!needed.contains(scope)) suggestion.drop.insert(scope);
  }
  suggestion.scopes = needed;
  suggestion.has_sets = !subject.sets.empty();
  for (const auto& [name, scopes] : subject.sets) {
    if (!std::includes(needed.begin(), needed.end(), scopes.begin(),
                       scopes.end())) {
      continue;
    }
    suggestion.sets.push_back(name);
    for (const std::string& scope : scopes) {
      if (!subject.direct.contains(scope)) suggestion.scopes.erase(scope);
    }
  }
  return suggestion;
}

// Since when all use is recorded; nothing where it isn't.
Result<std::optional<Timestamp>> RecordedSince(UseRecords& records) {
  const auto since = TRY(records.FirstAt());
  const auto lost = TRY(records.LostUntil());
  return since && lost && *lost > *since ? lost : since;
}

Result<Suggestions> Suggest(StateStore& store, UseRecords& records,
                            const std::string& only, Timestamp since) {
  Suggestions suggestions;
  for (const engine::LiveResource& row : TRY(store.ReadKind("Token"))) {
    if (!only.empty() && row.id.address() != only) continue;
    const Value spec = TRY(SpecOf(row));
    if (spec.FindString("type") != "workspaceToken") continue;
    const Subject subject = TRY(ReadToken(store, records, row, since));
    if (!subject.is_old_enough) {
      suggestions.young.push_back(row.id);
    } else if (subject.used.empty()) {
      suggestions.unused.push_back(row.id);
    } else {
      Suggestion narrowed = Narrow(subject);
      if (!narrowed.drop.empty()) {
        suggestions.list.push_back(std::move(narrowed));
      }
    }
  }
  return suggestions;
}

template <typename Texts>
Value ToList(const Texts& texts) {
  Value::List list;
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

Value AddressList(const std::vector<ResourceId>& ids) {
  Value::List list;
  for (const ResourceId& id : ids) list.emplace_back(id.address());
  return list;
}

// A Patch, as YAML: its values are JSON.
std::string ManifestOf(const Suggestion& suggestion) {
  std::string manifest =
      "apiVersion: writ/v1\nkind: Patch\nmetadata: {name: least-privilege-" +
      std::string(suggestion.id.name()) +
      "}\nspec:\n  target: {address: " + suggestion.id.address() +
      "}\n  merge:\n    spec:\n      scopes: " +
      CompactJson(ToList(suggestion.scopes)) + "\n";
  if (suggestion.has_sets) {
    manifest +=
        "      scopeSets: " + CompactJson(ToList(suggestion.sets)) + "\n";
  }
  return manifest;
}

Value ToValue(const Suggestions& suggestions) {
  Value::List patches;
  for (const Suggestion& suggestion : suggestions.list) {
    Value each;
    each.Set("address", suggestion.id.address());
    each.Set("drop", ToList(suggestion.drop));
    each.Set("scopes", ToList(suggestion.scopes));
    each.Set("scope_sets", ToList(suggestion.sets));
    each.Set("patch", ManifestOf(suggestion));
    patches.push_back(std::move(each));
  }
  Value value;
  value.Set("suggestions", std::move(patches));
  value.Set("unused", AddressList(suggestions.unused));
  value.Set("too_young", AddressList(suggestions.young));
  return value;
}

// Manifests on standard output, so that they can go into a file; the rest
// beside them.
void Print(Session& session, const Suggestions& suggestions,
           const std::string& unused_for) {
  const char* separator = "";
  for (const Suggestion& suggestion : suggestions.list) {
    session.out << separator << "# Nobody used for " << unused_for << ": ";
    const char* comma = "";
    for (const std::string& scope : suggestion.drop) {
      session.out << comma << scope;
      comma = ", ";
    }
    session.out << "\n";
    if (!suggestion.declared.file.empty()) {
      session.out << "# Declared at "
                  << EscapeTerminal(suggestion.declared.file) << ":"
                  << suggestion.declared.line << "\n";
    }
    session.out << ManifestOf(suggestion);
    separator = "---\n";
  }
  for (const ResourceId& id : suggestions.unused) {
    session.err << id.address() << " wasn't used at all for " << unused_for
                << ": remove its manifest, or see writ token usage\n";
  }
  if (!suggestions.young.empty()) {
    session.err << engine::Counted(
                       static_cast<std::int64_t>(suggestions.young.size()),
                       "token is", "tokens are")
                << " younger than that: nothing can be said yet\n";
  }
  if (suggestions.list.empty()) {
    session.err << "No token has a scope that nobody used for " << unused_for
                << ".\n";
  }
}

Result<ExitCode> RunSuggest(Session& session,
                            const TokenSuggestArguments& arguments) {
  const auto span = ParseDuration(arguments.unused_for);
  if (!span || *span <= Duration::zero()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--unused-for wants a duration, such as 30d");
  }
  if (!arguments.token.subject.empty()) {
    TRY(TokenAddressOf(arguments.token.subject));
  }
  auto state = TRY(OpenTokenState(session, arguments.token, OpenMode::kReadOnly,
                                  KeyUse::kNone));
  EventDatabaseOptions options;
  options.folder = state->store->folder();
  auto records = UseRecords::Open(options);
  if (!records && records.error().code == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kNotFound, "no gateway has recorded use here",
                "writ serve records it");
  }
  if (!records) return tl::unexpected<Error>(records.error());
  const Timestamp since = session.clock.Now() - *span;
  const auto recorded = TRY(RecordedSince(**records));
  if (!recorded || *recorded > since) {
    return Fail(ErrorCode::kNotFound,
                "use isn't recorded for as long as " + arguments.unused_for +
                    (recorded ? ", but since " + FormatSeconds(*recorded)
                              : std::string()),
                "ask for less with --unused-for, or later");
  }
  const Suggestions suggestions =
      TRY(Suggest(*state->store, **records, arguments.token.subject, since));
  if (arguments.json) return PrintResult(session, ToValue(suggestions));
  Print(session, suggestions, arguments.unused_for);
  return ExitCode::kDone;
}

}  // namespace

Command TokenSuggestCommand() {
  Command suggest = MakeCommand<TokenSuggestArguments>(
      "suggest", "Print manifests that drop scopes nobody used", DeclareSuggest,
      RunReporting<TokenSuggestArguments, RunSuggest>);
  suggest.description =
      "A Patch for each token of a workspace that may do more than it did, by "
      "what gateways recorded.\nNothing is changed: put it into an overlay, "
      "or change the manifest that declares the token.";
  suggest.examples = {
      "writ token suggest --unused-for 90d > overlays/least-privilege.yaml",
      "writ token suggest Token/acme/zapier"};
  return suggest;
}

}  // namespace writ::reconciler
