#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>
#include <string>
#include <utility>

#include "engine/cel/conformance.h"
#include "engine/cel/program.h"
#include "engine/cel/value_tree.h"
#include "manifests/yaml_parser.h"
#include "reconciler/cli/commands.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

namespace cel = engine::cel;

struct EvalArguments {
  std::string expression;
  std::string bindings;
  bool jsonl = false;
  bool json = false;
};

void DeclareEval(Options& options, EvalArguments& arguments) {
  options.Positional("EXPRESSION", arguments.expression, false,
                     "What to evaluate");
  options.Text("--bindings", arguments.bindings,
               "A YAML or JSON file whose keys become variables; - reads "
               "standard input");
  options.Flag("--jsonl", arguments.jsonl,
               "Answer tests of the language, a line each, from standard "
               "input");
  options.Flag("--json", arguments.json, "Print JSON");
}

ExitCode AnswerTests(Session& session) {
  std::string line;
  while (std::getline(session.in, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    session.out << cel::AnswerTest(line) << '\n';
    // Whoever feeds lines one by one waits for each answer.
    if (session.in.rdbuf()->in_avail() <= 0) session.out.flush();
    if (session.interrupted && session.interrupted()) {
      return ExitCode::kInterrupted;
    }
  }
  return ExitCode::kDone;
}

Result<std::string> ReadBindings(Session& session, const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(session.in), {});
  }
  std::ifstream file(std::filesystem::path(session.cwd) / path,
                     std::ios::binary);
  if (!file) {
    return Fail(ErrorCode::kNotFound, "can't read the bindings " + path);
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<Value> LoadBindings(Session& session, const std::string& path) {
  if (path.empty()) return Value(Value::Map{});
  const std::string text = TRY(ReadBindings(session, path));
  const SourceFiles files = {path == "-" ? "standard input" : path};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  auto documents =
      manifests::ParseYaml(text, 0, manifests::YamlLimits{}, reporter);
  if (diagnostics.HasErrors()) {
    diagnostics.Sort();
    const Diagnostic& first = diagnostics.items()[0];
    std::string where;
    if (!first.locations.empty() && first.locations[0].line > 0) {
      where = ":" + std::to_string(first.locations[0].line) + ":" +
              std::to_string(first.locations[0].column);
    }
    return Fail(ErrorCode::kInvalidArgument,
                files[0] + where + ": " + first.summary);
  }
  if (documents.empty()) return Value(Value::Map{});
  if (documents.size() > 1 || !documents[0].root.IsMap()) {
    return Fail(ErrorCode::kInvalidArgument,
                "bindings are one document, a map of names to values");
  }
  return std::move(documents[0].root);
}

Result<ExitCode> Evaluate(Session& session, const EvalArguments& arguments) {
  if (arguments.jsonl) {
    if (!arguments.expression.empty() || !arguments.bindings.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--jsonl takes neither an expression nor bindings");
    }
    return AnswerTests(session);
  }
  if (arguments.expression.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "an expression is missing",
                "writ eval 'size([1, 2])'");
  }
  const Value tree = TRY(LoadBindings(session, arguments.bindings));
  cel::Environment environment;
  for (const Value::Entry& entry : tree.AsMap()) {
    environment.AddVariable(entry.key, cel::Type());
  }
  const auto program = cel::Program::Compile(arguments.expression, environment);
  if (!program) {
    return Fail(ErrorCode::kInvalidArgument, cel::Describe(program.error()));
  }
  cel::Bindings bindings(environment);
  for (const Value::Entry& entry : tree.AsMap()) {
    bindings.Set(*environment.FindVariable(entry.key),
                 cel::Value::Document(entry.value));
  }
  const cel::Value value = program->Evaluate(bindings);
  if (value.IsError()) {
    return Fail(ErrorCode::kInternal, cel::Describe(*program, value));
  }
  if (arguments.json) {
    Value result{Value::Map{}};
    result.Set("value", TRY(cel::ToTypedTree(value)));
    result.Set("type", program->type().ToText());
    session.out << CompactJson(result) << '\n';
  } else {
    session.out << PrettyJson(TRY(cel::ToPlainTree(value))) << '\n';
  }
  return ExitCode::kDone;
}

}  // namespace

Command EvalCommand() {
  Command command = MakeCommand<EvalArguments>(
      "eval", "Evaluate an expression of the Common Expression Language",
      DeclareEval, RunReporting<EvalArguments, Evaluate>);
  command.description =
      "The language of policies, with all its libraries. The keys of the "
      "bindings are variables;\nthe value is printed as JSON.";
  command.examples = {
      "writ eval 'size([1, 2]) + 1'",
      "writ eval 'change.kind == \"App\"' --bindings change.yaml",
      "writ eval --jsonl < tests.jsonl        # a test a line",
  };
  return command;
}

}  // namespace writ::reconciler
