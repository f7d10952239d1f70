#include "engine/cel/conformance.h"

#include <optional>
#include <utility>
#include <vector>

#include "engine/cel/checker.h"
#include "engine/cel/parser.h"
#include "engine/cel/program.h"
#include "engine/cel/value_tree.h"
#include "schema/json.h"

namespace writ::engine::cel {
namespace {

bool IsSet(const writ::Value& test, std::string_view key) {
  const writ::Value* flag = test.Find(key);
  return flag != nullptr && flag->IsBoolean() && flag->AsBoolean();
}

tl::unexpected<Error> Wrong(std::string what) {
  return Fail(ErrorCode::kInvalidArgument, std::move(what));
}

Result<Type> ReadType(const writ::Value* tree) {
  if (tree != nullptr && tree->IsString()) {
    if (auto type = ParseType(tree->AsString())) return *std::move(type);
  }
  return Wrong("type_env: a declaration without a type");
}

// A function that the checker alone knows.
Result<Overload> ReadOverload(const writ::Value& tree) {
  Overload overload;
  overload.result = TRY(ReadType(tree.Find("result")));
  const writ::Value* params = tree.Find("params");
  if (params != nullptr && params->IsList()) {
    for (const writ::Value& param : params->AsList()) {
      overload.parameters.push_back(TRY(ReadType(&param)));
    }
  }
  for (const char* key : {"member", "is_instance_function"}) {
    if (IsSet(tree, key)) overload.style = Style::kMethod;
  }
  return overload;
}

Status Declare(const writ::Value& declarations, Environment& environment) {
  if (!declarations.IsList()) return Wrong("type_env is no list");
  for (const writ::Value& declaration : declarations.AsList()) {
    const std::string name(declaration.FindString("name"));
    const writ::Value* overloads = declaration.Find("overloads");
    if (overloads == nullptr) {
      environment.AddVariable(name, TRY(ReadType(declaration.Find("type"))));
      continue;
    }
    if (!overloads->IsList()) return Wrong("type_env: overloads are a list");
    for (const writ::Value& overload : overloads->AsList()) {
      environment.AddFunction(name, TRY(ReadOverload(overload)));
    }
  }
  return {};
}

struct Bound {
  Slot slot;
  Value value;
};

Result<std::vector<Bound>> Bind(const writ::Value* bindings,
                                Environment& environment) {
  std::vector<Bound> bound;
  if (bindings == nullptr) return bound;
  if (!bindings->IsMap()) return Wrong("bindings are no map");
  for (const writ::Value::Entry& entry : bindings->AsMap()) {
    auto slot = environment.FindVariable(entry.key);
    if (!slot) slot = environment.AddVariable(entry.key, Type());
    bound.push_back({
      *slot, TRY(While(FromTypedTree(entry.value),
                       "reading the binding \"" + entry.key + "\""))
    });
  }
  return bound;
}

Result<writ::Value> CheckOnly(const std::string& expression,
                              const Environment& environment) {
  const auto ast = Parse(expression, environment);
  if (!ast) return Wrong(Describe(ast.error()));
  const auto checked = Check(*ast, environment);
  if (!checked) return Wrong(Describe(checked.error()));
  writ::Value result{writ::Value::Map{}};
  result.Set("type", checked->result.ToText());
  return result;
}

Result<writ::Value> RunTest(const writ::Value& test) {
  if (!test.IsMap()) return Wrong("the line is no object");
  const writ::Value* expression = test.Find("expr");
  if (expression == nullptr || !expression->IsString()) {
    return Wrong("the line has no \"expr\"");
  }
  Environment environment(AllLibraries(),
                          std::string(test.FindString("container")));
  if (const writ::Value* declarations = test.Find("type_env")) {
    TRY(Declare(*declarations, environment));
  }
  const auto bound = TRY(Bind(test.Find("bindings"), environment));
  if (IsSet(test, "check_only")) {
    return CheckOnly(expression->AsString(), environment);
  }
  CompileOptions options;
  options.check = !IsSet(test, "disable_check");
  const auto program =
      Program::Compile(expression->AsString(), environment, options);
  if (!program) return Wrong(Describe(program.error()));
  Bindings bindings(environment);
  for (const Bound& binding : bound) bindings.Set(binding.slot, binding.value);
  const Value value = program->Evaluate(bindings);
  if (value.IsError()) return Wrong(Describe(*program, value));
  writ::Value result{writ::Value::Map{}};
  result.Set("value", TRY(ToTypedTree(value)));
  if (options.check) result.Set("type", program->type().ToText());
  return result;
}

}  // namespace

std::string AnswerTest(std::string_view line) {
  const auto test = ParseJson(line);
  writ::Value answer{writ::Value::Map{}};
  for (const char* key : {"section", "group", "name"}) {
    const writ::Value* given = test ? test->Find(key) : nullptr;
    answer.Set(key, given != nullptr ? *given : writ::Value());
  }
  auto result = test ? RunTest(*test) : tl::unexpected(test.error());
  if (!result) {
    writ::Value error{writ::Value::Map{}};
    error.Set("error", Describe(result.error()));
    result = std::move(error);
  }
  answer.Set("result", *std::move(result));
  return CompactJson(answer);
}

}  // namespace writ::engine::cel
