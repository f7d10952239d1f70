// writ token list, show.
#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <utility>

#include "reconciler/cli/table.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/credentials/state_secret.h"
#include "reconciler/credentials/token_status.h"
#include "schema/credential/token_format.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kTokenAddressColumn = 38;
constexpr std::size_t kStatusColumn = 14;

void DeclareList(Options& options, TokenArguments& arguments) {
  DeclareTokenCommon(options, arguments);
  options.Positional("TEXT", arguments.subject, false,
                     "Only those with this in address, label, id or visible "
                     "prefix");
}

void DeclareShow(Options& options, TokenArguments& arguments) {
  DeclareTokenCommon(options, arguments);
  options.Positional("SUBJECT", arguments.subject, true,
                     "Token/PARENT/NAME, or a credential's id");
}

// A Token and its credentials; a credential whose Token isn't live any more
// stands by itself.
struct TokenLine {
  std::string address;
  std::string type;
  std::string label;
  bool is_live = false;
  std::vector<CredentialRecord> credentials;  // newest first
};

std::string TokenCell(const std::string& text, std::size_t width) {
  return Padded(text, width) + " ";
}

Result<std::vector<TokenLine>> ReadLines(StateStore& store) {
  std::map<std::pair<std::string, std::string>, TokenLine> lines;
  for (const engine::LiveResource& live : TRY(store.ReadKind("Token"))) {
    const auto content = ParseJson(live.content);
    TokenLine& line = lines[{live.id.address(), live.uid}];
    line.address = live.id.address();
    line.is_live = true;
    if (!content) continue;
    if (const Value* spec = content->Find("spec")) {
      line.type = spec->FindString("type");
      line.label = spec->FindString("label");
    }
  }
  for (CredentialRecord& record : TRY(store.credentials().ReadSince(0))) {
    TokenLine& line = lines[{record.token.address(), record.token_uid}];
    line.address = record.token.address();
    line.credentials.push_back(std::move(record));
  }
  std::vector<TokenLine> list;
  for (auto& [key, line] : lines) {
    std::sort(line.credentials.begin(), line.credentials.end(),
              [](const CredentialRecord& a, const CredentialRecord& b) {
                return a.issued_at > b.issued_at;
              });
    list.push_back(std::move(line));
  }
  return list;
}

// S-32: found by name and prefix.
bool Matches(const TokenLine& line, const std::string& text) {
  const auto has = [&](const std::string& where) {
    return where.find(text) != std::string::npos;
  };
  // What was pasted may be longer than what is kept.
  const auto begins = [&](const std::string& hint) {
    return !hint.empty() && text.rfind(hint, 0) == 0;
  };
  return text.empty() || has(line.address) || has(line.label) ||
         std::any_of(line.credentials.begin(), line.credentials.end(),
                     [&](const CredentialRecord& record) {
                       return has(record.id) || has(record.hint) ||
                              begins(record.hint);
                     });
}

bool IsOver(const CredentialRecord& record, Timestamp now) {
  const std::string_view standing = StandingOf(record, now);
  return standing != "active" && standing != "pending" &&
         standing != "suspended";
}

// Of a Token that isn't live, only what still opens something is worth a line.
bool IsListed(const TokenLine& line, Timestamp now) {
  return line.is_live ||
         !std::all_of(line.credentials.begin(), line.credentials.end(),
                      [now](const CredentialRecord& record) {
                        return IsOver(record, now);
                      });
}

Value ToValue(const TokenLine& line, Timestamp now) {
  Value value;
  value.Set("address", line.address);
  value.Set("type", line.type);
  value.Set("label", line.label);
  value.Set("live", line.is_live);
  value.Set("status", DescribeToken(line.credentials, now));
  Value::List credentials;
  for (const CredentialRecord& record : line.credentials) {
    credentials.push_back(CredentialToValue(record, now));
  }
  value.Set("credentials", std::move(credentials));
  return value;
}

void Print(std::ostream& out, const TokenLine& line, Timestamp now) {
  out << TokenCell(EscapeTerminal(line.address), kTokenAddressColumn)
      << TokenCell(EscapeTerminal(DescribeToken(line.credentials, now)),
                   kStatusColumn);
  std::string hints;
  std::string until;
  for (const CredentialRecord& record : line.credentials) {
    if (IsOver(record, now)) continue;
    hints += (hints.empty() ? "" : ", ") + MaskedHint(record.hint);
    if (record.expires_at && until.empty()) {
      until = "until " + FormatSeconds(*record.expires_at);
    }
  }
  out << EscapeTerminal(hints);
  if (!until.empty()) out << "  " << until;
  const auto id = ResourceId::Parse(line.address);
  if (id && IsStateSecret(*id)) {
    out << "  (the state's own)";
  } else if (!line.is_live) {
    out << "  (no such resource)";
  }
  out << "\n";
}

Result<ExitCode> List(Session& session, const TokenArguments& arguments) {
  auto state = TRY(
      OpenTokenState(session, arguments, OpenMode::kReadOnly, KeyUse::kNone));
  const Timestamp now = TRY(state->credentials->EffectiveNow());
  Value::List tokens;
  std::int64_t unissued = 0;
  for (const TokenLine& line : TRY(ReadLines(*state->store))) {
    if (!Matches(line, arguments.subject) || !IsListed(line, now)) continue;
    if (DescribeToken(line.credentials, now) == "not issued") ++unissued;
    if (arguments.json) {
      tokens.push_back(ToValue(line, now));
    } else {
      Print(session.out, line, now);
    }
  }
  if (arguments.json) {
    Value value;
    value.Set("tokens", std::move(tokens));
    return PrintResult(session, std::move(value));
  }
  if (unissued > 0) {
    session.out << "\nWhat isn't issued: writ token issue"
                << SameState(session, arguments.source) << " ADDRESS\n";
  }
  return ExitCode::kDone;
}

void PrintRights(std::ostream& out, const CredentialRights& rights) {
  std::string may;
  for (const std::string& scope : rights.scopes) {
    may += (may.empty() ? "" : ", ") + scope;
  }
  if (!rights.role.empty()) may = rights.role;
  if (may.empty()) may = rights.type;
  out << "    may        " << EscapeTerminal(may);
  if (rights.parent_uid.empty()) {
    out << " of everything";
  } else {
    out << " of " << EscapeTerminal(rights.parent.address());
  }
  out << "\n";
  if (rights.allow_from.empty()) return;
  out << "    from       ";
  const char* separator = "";
  for (const IpNetwork& network : rights.allow_from) {
    out << separator << network.Text();
    separator = ", ";
  }
  out << "\n";
}

void PrintCredential(std::ostream& out, const CredentialRecord& record,
                     Timestamp now) {
  out << "  " << record.id << "  " << EscapeTerminal(MaskedHint(record.hint))
      << "  " << EscapeTerminal(DescribeStanding(record, now)) << "\n"
      << "    issued     " << FormatSeconds(record.issued_at) << " by "
      << EscapeTerminal(record.issued_by) << "\n";
  if (record.not_before) {
    out << "    not before " << FormatSeconds(*record.not_before) << "\n";
  }
  if (record.expires_at) {
    out << "    until      " << FormatSeconds(*record.expires_at) << "\n";
  }
  if (!record.target.empty()) {
    out << "    only for   " << EscapeTerminal(record.target) << "\n";
  }
  if (!record.ended_why.empty()) {
    out << "    because    " << EscapeTerminal(record.ended_why) << "\n";
  }
  const auto rights = ParseRights(record.rights);
  if (rights) PrintRights(out, *rights);
}

Result<ExitCode> Show(Session& session, const TokenArguments& arguments) {
  auto state = TRY(
      OpenTokenState(session, arguments, OpenMode::kReadOnly, KeyUse::kNone));
  const Timestamp now = TRY(state->credentials->EffectiveNow());
  const auto records = TRY(ReadSubject(*state->store, arguments.subject));
  TokenLine line;
  line.address =
      records.empty() ? arguments.subject : records[0].token.address();
  for (TokenLine& each : TRY(ReadLines(*state->store))) {
    if (each.address == line.address && each.is_live) line = std::move(each);
  }
  line.credentials = records;
  if (arguments.json) return PrintResult(session, ToValue(line, now));
  session.out << EscapeTerminal(line.address);
  if (!line.label.empty()) session.out << " · " << EscapeTerminal(line.label);
  session.out << " · " << EscapeTerminal(DescribeToken(records, now)) << "\n";
  for (const CredentialRecord& record : records) {
    PrintCredential(session.out, record, now);
  }
  if (records.empty()) {
    session.out << "  Issue it: writ token issue "
                << EscapeTerminal(line.address)
                << SameState(session, arguments.source) << "\n";
  }
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> TokenListCommands() {
  Command list = MakeCommand<TokenArguments>(
      "list", "List tokens: issued, not issued, ended", DeclareList,
      RunReporting<TokenArguments, List>);
  list.examples = {"writ token list", "writ token list sk_live_a1b2c3d4"};
  Command show = MakeCommand<TokenArguments>(
      "show", "Show a token's credentials, never a value", DeclareShow,
      RunReporting<TokenArguments, Show>);
  show.examples = {"writ token show Token/acme/production-ci"};
  return {std::move(list), std::move(show)};
}

}  // namespace writ::reconciler
