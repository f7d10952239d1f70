// writ token usage: who uses a token, as gateways recorded it. Addresses and
// agents stand on a terminal alone; elsewhere counts do (T-16).
#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <tuple>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/events/use_records.h"
#include "schema/credential/token_format.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kLinesShown = 20;
constexpr int kDays = 7;

void DeclareUsage(Options& options, TokenArguments& arguments) {
  DeclareTokenCommon(options, arguments);
  options.Positional("SUBJECT", arguments.subject, true,
                     "Token/PARENT/NAME, or a credential's id");
}

struct CredentialUsage {
  CredentialRecord record;
  std::vector<UseSum> sums;  // newest first
};

struct TokenUsage {
  std::vector<CredentialUsage> credentials;
  std::int64_t count_7d = 0;
  std::optional<Timestamp> last_at;
  std::optional<Timestamp> complete_until;
  std::optional<Timestamp> lost_until;
};

Result<TokenUsage> ReadUsage(Session& session, StateStore& store,
                             const std::string& subject) {
  TokenUsage usage;
  EventDatabaseOptions options;
  options.folder = store.folder();
  auto records = UseRecords::Open(options);
  const bool has_records = records.has_value();
  if (!has_records && records.error().code != ErrorCode::kNotFound) {
    return tl::unexpected<Error>(records.error());
  }
  std::set<std::string> ids;
  for (CredentialRecord& record : TRY(ReadSubject(store, subject))) {
    CredentialUsage each{std::move(record), {}};
    ids.insert(each.record.id);
    if (has_records) each.sums = TRY((*records)->ReadOf(each.record.id));
    usage.credentials.push_back(std::move(each));
  }
  if (!has_records) return usage;
  usage.complete_until = TRY((*records)->CompleteUntil());
  usage.lost_until = TRY((*records)->LostUntil());
  for (const UseTotal& total :
       TRY((*records)->Totals(session.clock.Now(), kDays))) {
    if (!ids.contains(total.credential)) continue;
    usage.count_7d += total.count;
    if (!usage.last_at || (total.last_at && *total.last_at > *usage.last_at)) {
      usage.last_at = total.last_at;
    }
  }
  return usage;
}

Value TimeValue(const std::optional<Timestamp>& at) {
  return at ? Value(FormatTimestamp(*at)) : Value();
}

// What was done with it, whoever did.
struct Deed {
  std::int64_t count = 0;
  std::int64_t refused = 0;
  Timestamp first_at;
  Timestamp last_at;
  std::set<std::string> clients;
};
using Deeds = std::map<std::pair<std::string, std::string>, Deed>;

Deeds DeedsOf(const CredentialUsage& usage) {
  Deeds deeds;
  for (const UseSum& sum : usage.sums) {
    if (sum.agent.starts_with(kProbeAgent)) continue;
    Deed& deed = deeds[{sum.route, sum.scope}];
    const bool is_new = deed.clients.empty();
    deed.first_at =
        is_new ? sum.first_at : std::min(deed.first_at, sum.first_at);
    deed.last_at = is_new ? sum.last_at : std::max(deed.last_at, sum.last_at);
    deed.clients.insert(sum.client);
    (sum.refused ? deed.refused : deed.count) += sum.count;
  }
  return deeds;
}

Value ToValue(const CredentialUsage& usage) {
  Value::List uses;
  for (const auto& [what, deed] : DeedsOf(usage)) {
    Value each;
    each.Set("route", what.first);
    each.Set("scope", what.second);
    each.Set("count", deed.count);
    each.Set("refused", deed.refused);
    each.Set("clients", static_cast<std::int64_t>(deed.clients.size()));
    each.Set("first_at", FormatTimestamp(deed.first_at));
    each.Set("last_at", FormatTimestamp(deed.last_at));
    uses.push_back(std::move(each));
  }
  Value value;
  value.Set("id", usage.record.id);
  value.Set("hint", MaskedHint(usage.record.hint));
  value.Set("uses", std::move(uses));
  return value;
}

Value ToValue(const std::string& subject, const TokenUsage& usage) {
  Value value;
  value.Set("subject", subject);
  value.Set("count_7d", usage.count_7d);
  value.Set("last_used_at", TimeValue(usage.last_at));
  value.Set("complete_until", TimeValue(usage.complete_until));
  value.Set("lost_until", TimeValue(usage.lost_until));
  Value::List credentials;
  for (const CredentialUsage& each : usage.credentials) {
    credentials.push_back(ToValue(each));
  }
  value.Set("credentials", std::move(credentials));
  return value;
}

std::string Times(std::int64_t count) {
  return engine::Counted(count, "time", "times");
}

std::string DeedText(const std::string& route, const std::string& scope) {
  std::string text = route.empty() ? "anything" : EscapeTerminal(route);
  if (!scope.empty()) text += " (" + EscapeTerminal(scope) + ")";
  return text;
}

// With who it was: for a terminal.
void PrintSums(std::ostream& out, const CredentialUsage& usage, Timestamp now) {
  std::size_t shown = 0;
  for (const UseSum& sum : usage.sums) {
    if (shown++ == kLinesShown) break;
    out << "    "
        << (sum.client.empty() ? "others" : EscapeTerminal(sum.client));
    if (!sum.agent.empty()) out << "  " << EscapeTerminal(sum.agent);
    out << "  " << DeedText(sum.route, sum.scope) << "  "
        << (sum.refused ? "refused " : "") << Times(sum.count) << ", last "
        << FormatAge(sum.last_at, now) << "\n";
  }
  if (usage.sums.size() > kLinesShown) {
    out << "    … and " << usage.sums.size() - kLinesShown << " more\n";
  }
}

void PrintDeeds(std::ostream& out, const CredentialUsage& usage,
                Timestamp now) {
  for (const auto& [what, deed] : DeedsOf(usage)) {
    out << "    " << DeedText(what.first, what.second) << "  "
        << Times(deed.count);
    if (deed.refused > 0) out << ", refused " << Times(deed.refused);
    out << ", from "
        << engine::Counted(static_cast<std::int64_t>(deed.clients.size()),
                           "address", "addresses")
        << ", last " << FormatAge(deed.last_at, now) << "\n";
  }
}

void Print(Session& session, const std::string& subject,
           const TokenUsage& usage) {
  const Timestamp now = session.clock.Now();
  std::ostream& out = session.out;
  out << EscapeTerminal(subject) << " · used " << Times(usage.count_7d)
      << " in 7 days";
  if (usage.last_at) out << ", last " << FormatAge(*usage.last_at, now);
  out << "\n";
  for (const CredentialUsage& each : usage.credentials) {
    out << "  " << each.record.id << "  "
        << EscapeTerminal(MaskedHint(each.record.hint));
    if (each.sums.empty()) out << "  never used";
    out << "\n";
    if (session.out_is_terminal) {
      PrintSums(out, each, now);
    } else {
      PrintDeeds(out, each, now);
    }
  }
  if (!usage.complete_until) {
    out << "No gateway records use: nothing is known since the last one did.\n";
    return;
  }
  out << "All use before " << FormatSeconds(*usage.complete_until)
      << " is in this";
  if (usage.lost_until) {
    out << ", but some before " << FormatSeconds(*usage.lost_until)
        << " may be missing: a gateway was killed";
  }
  out << ".\n";
}

Result<ExitCode> Usage(Session& session, const TokenArguments& arguments) {
  auto state = TRY(
      OpenTokenState(session, arguments, OpenMode::kReadOnly, KeyUse::kNone));
  const TokenUsage usage =
      TRY(ReadUsage(session, *state->store, arguments.subject));
  if (arguments.json) {
    return PrintResult(session, ToValue(arguments.subject, usage));
  }
  Print(session, arguments.subject, usage);
  return ExitCode::kDone;
}

}  // namespace

Command TokenUsageCommand() {
  Command usage = MakeCommand<TokenArguments>(
      "usage", "Show what a token was used for, as gateways recorded it",
      DeclareUsage, RunReporting<TokenArguments, Usage>);
  usage.description =
      "Who used it, by address and agent, stands on a terminal alone; JSON and "
      "pipes get counts.";
  usage.examples = {"writ token usage Token/acme/zapier"};
  return usage;
}

}  // namespace writ::reconciler
