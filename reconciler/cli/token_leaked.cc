// writ token leaked: takes any text on standard input.
#include <ostream>
#include <utility>
#include <vector>

#include "reconciler/cli/rotation_moving.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/credentials/issue.h"
#include "reconciler/credentials/leak.h"
#include "reconciler/rotation/leak_replacement.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

void DeclareLeaked(Options& options, TokenArguments& arguments) {
  DeclareTokenCommon(options, arguments);
  options.Positional("INPUT", arguments.subject, false,
                     "-: standard input, which is also the default");
  options.Text("--reason", arguments.reason,
               "Why; kept in the audit (default: leaked)");
  options.Text("--host-config", arguments.source.host_file,
               "The operator's file (default: /etc/writ/host.yaml)");
}

std::string SentenceOf(const LeakAnswer& answer) {
  const std::string of =
      answer.record ? answer.record->token.address() + ", " + answer.record->id
                    : std::string();
  switch (answer.outcome) {
    case LeakOutcome::kNotOurs:
      return "not issued by this state";
    case LeakOutcome::kEndedAlready:
      return of + ": ended before";
    case LeakOutcome::kRevoked:
      return of + ": revoked";
    case LeakOutcome::kRotating:
      return of + ": replaced by an emergency rotation, and revoked";
  }
  return {};
}

// The state is held for the whole of it, with a driver over it.
Result<std::vector<LeakAnswer>> AnswerReplacing(Session& session,
                                                Moving& moving,
                                                std::string_view text,
                                                const Author& author) {
  Credentials credentials(*moving.store, &*moving.keys, session.clock,
                          session.random);
  const auto warn = [&](const ResourceId& token, const Error& error) {
    session.err << "warning: " << token.address()
                << " was not replaced: " << EscapeTerminal(Describe(error))
                << "\n";
  };
  return AnswerLeaksReplacing({*moving.store, credentials, moving.run->driver(),
                               moving.lease->token(), warn},
                              text, author);
}

Result<std::vector<LeakAnswer>> Answer(Session& session,
                                       const TokenArguments& arguments,
                                       std::string_view text,
                                       const Author& author) {
  auto moving = OpenMoving(session, {arguments.source}, "token leaked");
  if (moving) return AnswerReplacing(session, **moving, text, author);
  session.err << "warning: nothing is replaced, only revoked: "
              << EscapeTerminal(Describe(moving.error())) << "\n";
  auto state = TRY(OpenTokenState(session, arguments, OpenMode::kReadWrite,
                                  KeyUse::kIfThere));
  return AnswerLeaks(*state->store, *state->credentials, text, author,
                     /*rotation=*/nullptr);
}

Value ToValue(const LeakAnswer& answer) {
  Value item;
  item.Set("hint", MaskedHint(answer.hint));
  item.Set("outcome", Name(answer.outcome));
  if (answer.record) {
    item.Set("address", answer.record->token.address());
    item.Set("credential", answer.record->id);
  }
  return item;
}

Result<ExitCode> Leaked(Session& session, const TokenArguments& arguments) {
  const SecretValue text = TRY(ReadTokenInput(session, arguments));
  const Author author{session.actor(),
                      arguments.reason.empty() ? "leaked" : arguments.reason};
  const auto answers = TRY(Answer(session, arguments, text.Reveal(), author));
  if (arguments.json) {
    Value::List items;
    for (const LeakAnswer& answer : answers) items.push_back(ToValue(answer));
    Value value;
    value.Set("tokens", std::move(items));
    return PrintResult(session, std::move(value));
  }
  for (const LeakAnswer& answer : answers) {
    session.out << EscapeTerminal(MaskedHint(answer.hint)) << "  "
                << EscapeTerminal(SentenceOf(answer)) << "\n";
  }
  if (answers.empty()) session.out << "There is no token in this.\n";
  return ExitCode::kDone;
}

}  // namespace

Command TokenLeakedCommand() {
  Command leaked = MakeCommand<TokenArguments>(
      "leaked", "Replace or revoke every token in a text that somebody reports",
      DeclareLeaked, RunReporting<TokenArguments, Leaked>);
  leaked.description =
      "Reads any text on standard input. A token is matched by its digest and "
      "written down nowhere. One\nthat is delivered somewhere is rotated as "
      "`writ rotate --compromised` does, which wants the master\nkey; the rest "
      "is revoked at once. At the end each is revoked, whatever became of "
      "its rotation.";
  leaked.examples = {"writ token leaked - < report.txt"};
  return leaked;
}

}  // namespace writ::reconciler
