#include <ostream>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/store/audit_chain.h"
#include "schema/json.h"
#include "schema/report/escape.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

constexpr int kAuditPage = 1'000;

struct AuditArguments {
  SourceArguments source;
  std::int64_t last = 20;
  std::string subject;
  std::string expect_head;
  bool json = false;
};

void DeclareCommon(Options& options, AuditArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

void DeclareShow(Options& options, AuditArguments& arguments) {
  DeclareCommon(options, arguments);
  options.Integer("-n,--last", arguments.last,
                  "So many of the newest entries; 0: all (default: 20)");
  options.Text("--subject", arguments.subject, "Only those about an address");
}

void DeclareVerify(Options& options, AuditArguments& arguments) {
  DeclareCommon(options, arguments);
  options.Text("--expect-head", arguments.expect_head,
               "NUMBER:DIGEST that an earlier apply printed");
}

Result<std::unique_ptr<StateStore>> Open(Session& session,
                                         const AuditArguments& arguments) {
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  return OpenState(session, folder, OpenMode::kReadOnly, "");
}

Value ToValue(const AuditEntry& entry) {
  Value value;
  value.Set("sequence", entry.sequence);
  value.Set("at", FormatTimestamp(entry.at));
  value.Set("actor", entry.actor);
  value.Set("action", entry.action);
  value.Set("subject", entry.subject);
  auto details = ParseJson(entry.details);
  value.Set("details", details ? std::move(*details) : Value());
  value.Set("digest", entry.digest.Hex());
  return value;
}

void Print(std::ostream& out, const AuditEntry& entry) {
  out << entry.sequence << "  " << FormatSeconds(entry.at) << "  "
      << EscapeTerminal(entry.actor) << "  " << entry.action;
  if (!entry.subject.empty()) out << "  " << EscapeTerminal(entry.subject);
  if (const auto details = ParseJson(entry.details);
      details && details->IsMap()) {
    for (const Value::Entry& detail : details->AsMap()) {
      if (detail.value.IsString() && detail.value.AsString().empty()) continue;
      const std::string text = detail.value.IsString()
                                   ? detail.value.AsString()
                                   : CompactJson(detail.value);
      out << "  " << detail.key << "=" << EscapeTerminal(text);
    }
  }
  out << "\n";
}

Result<ExitCode> Show(Session& session, const AuditArguments& arguments) {
  auto store = TRY(Open(session, arguments));
  const AuditHead head = TRY(store->ReadAuditHead());
  const bool all = arguments.last <= 0 || !arguments.subject.empty();
  std::int64_t next =
      all ? 1 : std::max<std::int64_t>(1, head.sequence - arguments.last + 1);
  Value::List entries;
  while (next <= head.sequence) {
    const auto page = TRY(store->ReadAudit(next, kAuditPage));
    if (page.empty()) break;
    for (const AuditEntry& entry : page) {
      next = entry.sequence + 1;
      if (!arguments.subject.empty() && entry.subject != arguments.subject) {
        continue;
      }
      if (arguments.json) {
        entries.push_back(ToValue(entry));
      } else {
        Print(session.out, entry);
      }
    }
  }
  if (arguments.json) {
    Value value;
    value.Set("entries", std::move(entries));
    return PrintResult(session, std::move(value));
  }
  return ExitCode::kDone;
}

Result<std::optional<AuditHead>> ParseHead(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::size_t colon = text.find(':');
  const auto digest = colon == std::string::npos
                          ? std::nullopt
                          : ParseDigestHex(text.substr(colon + 1));
  const bool numbered = colon != std::string::npos && colon > 0 && colon < 19 &&
                        text.find_first_not_of("0123456789") == colon;
  if (!digest || !numbered) {
    return Fail(ErrorCode::kInvalidArgument,
                "--expect-head wants NUMBER:DIGEST, not \"" + text + "\"");
  }
  return AuditHead{std::stoll(text.substr(0, colon)), *digest};
}

Result<ExitCode> Verify(Session& session, const AuditArguments& arguments) {
  const auto expected = TRY(ParseHead(arguments.expect_head));
  auto store = TRY(Open(session, arguments));
  const AuditHead head = TRY(VerifyAuditChain(*store, expected));
  if (arguments.json) {
    Value value;
    value.Set("entries", head.sequence);
    value.Set("head", std::to_string(head.sequence) + ":" + head.digest.Hex());
    return PrintResult(session, std::move(value));
  }
  session.out << "The audit is whole: " << head.sequence << " entries, head "
              << head.sequence << ":" << head.digest.Hex() << "\n";
  return ExitCode::kDone;
}

}  // namespace

Command AuditCommand() {
  Command command;
  command.name = "audit";
  command.summary = "Show or verify who did what, and why";
  Command show = MakeCommand<AuditArguments>(
      "show", "Print entries of the audit, oldest first", DeclareShow,
      RunReporting<AuditArguments, Show>);
  show.examples = {
      "writ audit show --env production",
      "writ audit show --subject App/order-service",
  };
  Command verify = MakeCommand<AuditArguments>(
      "verify", "Check that no entry was changed, cut or slipped in",
      DeclareVerify, RunReporting<AuditArguments, Verify>);
  verify.description =
      "Each entry carries the digest of the one before. A cut tail shows only "
      "against a head\nthat was kept elsewhere: each apply prints it, in full "
      "where its output is kept.";
  verify.examples = {"writ audit verify --expect-head 1881:7c0e…"};
  command.subcommands = {std::move(show), std::move(verify)};
  return command;
}

}  // namespace writ::reconciler
