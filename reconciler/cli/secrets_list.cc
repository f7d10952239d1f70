#include <algorithm>
#include <ostream>
#include <utility>

#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/cli/table.h"
#include "reconciler/secrets/secret_resource.h"
#include "schema/report/escape.h"
#include "schema/text_list.h"
#include "schema/time.h"
#include "schema/utf8.h"

namespace writ::reconciler {
namespace {

// "dev v3, prod v1, staging -"
std::string ValuesOf(const SecretRow& row) {
  if (!row.secret.is_managed()) return "from " + row.secret.source;
  std::vector<std::string> values;
  for (const std::string& environment : row.secret.environments) {
    const auto current = row.current.find(environment);
    values.push_back(environment +
                     (current == row.current.end()
                          ? " -"
                          : " v" + std::to_string(current->second.version)));
  }
  return Joined(values);
}

std::string DateOf(const std::optional<Timestamp>& at) {
  return at ? FormatTimestamp(*at).substr(0, 10) : "-";
}

Value RowJson(const SecretRow& row) {
  Value item;
  item.Set("key", row.secret.key());
  item.Set("address", row.secret.id.address());
  item.Set("type", Name(row.secret.type));
  item.Set("description", row.secret.description);
  item.Set("source", row.secret.source);
  item.Set("required", row.secret.required);
  item.Set("created_at",
           row.created_at ? Value(FormatTimestamp(*row.created_at)) : Value());
  Value values(Value::Map{});
  for (const auto& [environment, current] : row.current) {
    Value one;
    one.Set("version", current.version);
    one.Set("since", FormatTimestamp(current.since));
    one.Set("by", current.by);
    values.Set(environment, std::move(one));
  }
  item.Set("values", std::move(values));
  const auto texts = [](const std::vector<std::string>& names) {
    Value::List list;
    for (const std::string& name : names) list.emplace_back(name);
    return list;
  };
  item.Set("environments", texts(row.secret.environments));
  item.Set("missing", texts(row.missing));
  return item;
}

using Line = std::vector<std::string>;

// S-40, S-42: every column but the value.
Result<ExitCode> List(Session& session, const SecretsArguments& arguments) {
  auto store = TRY(ReadSecretsState(session, arguments));
  const std::string project = TRY(ProjectOf(*store, arguments));
  const std::vector<SecretRow> rows = TRY(ListSecrets(*store, project));
  if (arguments.json) {
    Value::List items;
    for (const SecretRow& row : rows) items.push_back(RowJson(row));
    Value found;
    found.Set("project", project);
    found.Set("secrets", std::move(items));
    return PrintResult(session, std::move(found));
  }
  if (rows.empty()) {
    session.out << "Project " << project << " has no secrets.\n";
    return ExitCode::kDone;
  }
  std::vector<Line> lines = {
      {"KEY", "TYPE", "VALUES", "CREATED", "DESCRIPTION"}};
  for (const SecretRow& row : rows) {
    lines.push_back({row.secret.key(), std::string(Name(row.secret.type)),
                     ValuesOf(row), DateOf(row.created_at),
                     EscapeTerminal(row.secret.description)});
  }
  PrintTable(session.out, lines);
  for (const SecretRow& row : rows) {
    if (row.missing.empty()) continue;
    session.out << row.secret.key() << " is required and has no value in "
                << Joined(row.missing) << "\n";
  }
  return ExitCode::kDone;
}

Result<ExitCode> Versions(Session& session, const SecretsArguments& arguments) {
  auto store = TRY(OpenSecretsState(session, arguments, OpenMode::kReadOnly));
  const ResourceId id = TRY(SecretOf(*store, arguments));
  const std::string environment =
      TRY(SecretEnvironmentOf(session, arguments, *store));
  const auto versions = TRY(ListVersions(*store, {id, environment}));
  if (arguments.json) {
    Value::List items;
    for (const SecretVersionRow& version : versions) {
      Value item;
      item.Set("version", version.version);
      item.Set("created_at", FormatTimestamp(version.created_at));
      item.Set("created_by", version.created_by);
      item.Set("current", version.is_current);
      item.Set("destroyed", version.is_destroyed);
      items.push_back(std::move(item));
    }
    Value found;
    found.Set("address", id.address());
    found.Set("environment", environment);
    found.Set("versions", std::move(items));
    return PrintResult(session, std::move(found));
  }
  if (versions.empty()) {
    session.out << id.address() << " never had a value in " << environment
                << ".\n";
    return ExitCode::kDone;
  }
  std::vector<Line> lines = {{"VERSION", "CREATED", "BY", ""}};
  for (const SecretVersionRow& version : versions) {
    lines.push_back({std::to_string(version.version),
                     FormatSeconds(version.created_at),
                     EscapeTerminal(version.created_by),
                     version.is_current     ? "current"
                     : version.is_destroyed ? "destroyed"
                                            : ""});
  }
  PrintTable(session.out, lines);
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> SecretsListCommands() {
  Command list = MakeCommand<SecretsArguments>(
      "list", "Show a project's secrets, never their values", DeclareProject,
      RunReporting<SecretsArguments, List>);
  list.examples = {"writ secrets list --project payments"};
  Command versions = MakeCommand<SecretsArguments>(
      "versions", "Show when a secret's values were set, and by whom",
      DeclareSecret, RunReporting<SecretsArguments, Versions>);
  versions.examples = {
      "writ secrets versions payments/SLACK_WEBHOOK_URL --secret-env prod"};
  return {std::move(list), std::move(versions)};
}

}  // namespace writ::reconciler
