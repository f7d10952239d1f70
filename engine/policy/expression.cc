#include "engine/policy/expression.h"

#include <utility>

#include "engine/cel/ast.h"
#include "schema/utf8.h"

namespace writ::engine {
namespace {

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_';
}

// How far a caret reaches: over the word that begins there.
std::uint32_t WordSize(std::string_view text, std::uint32_t at) {
  std::uint32_t size = 0;
  while (at + size < text.size() && IsWord(text[at + size])) ++size;
  return size == 0 ? 1 : size;
}

std::string_view Describe(ResultType type) {
  return type == ResultType::kBool ? "true or false" : "a string";
}

}  // namespace

Location Expression::PlaceOf(cel::ExprId part) const {
  if (part == 0 || part >= places_.size()) return at_;
  const SourceRange& place = places_[part];
  return {at_.file, place.line, place.column, place.length, {}};
}

Location ExpressionCompiler::AtRange(const SourceRange& range) const {
  if (document_.files == nullptr || range.line == 0 ||
      range.file >= document_.files->size()) {
    return document_.at;
  }
  return {(*document_.files)[range.file],
          range.line,
          range.column,
          range.length,
          {}};
}

void ExpressionCompiler::Add(Severity severity, std::string code,
                             const Location& at, std::string summary,
                             std::string hint) {
  if (severity == Severity::kError && fault_.empty()) fault_ = summary;
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = std::move(code);
  diagnostic.summary = std::move(summary);
  diagnostic.hint = std::move(hint);
  diagnostic.locations = {at};
  diagnostics_.Add(std::move(diagnostic));
}

void ExpressionCompiler::Error(std::string code, const Location& at,
                               std::string summary, std::string hint) {
  Add(Severity::kError, std::move(code), at, std::move(summary),
      std::move(hint));
}

void ExpressionCompiler::Warning(std::string code, const Location& at,
                                 std::string summary, std::string hint) {
  Add(Severity::kWarning, std::move(code), at, std::move(summary),
      std::move(hint));
}

void ExpressionCompiler::Report(const cel::Issues& issues, const Value& text,
                                const std::string& path) {
  std::vector<std::uint32_t> offsets;
  for (const cel::Issue& issue : issues) offsets.push_back(issue.span.at);
  std::vector<SourceRange> places(issues.size(), text.range());
  if (places_ && document_.files) places = places_(text, offsets);
  for (std::size_t i = 0; i < issues.size(); ++i) {
    const cel::Issue& issue = issues[i];
    Location at = AtRange(places[i]);
    if (places[i] != text.range() && at.line == places[i].line) {
      at.length = WordSize(text.AsString(), issue.span.at);
    }
    Error("cel-" + issue.code, at,
          issue.message + " in " + path + " of " + subject_, issue.hint);
  }
}

void ExpressionCompiler::CheckResult(const Expression& expression,
                                     ResultType result) {
  using Kind = cel::Type::Kind;
  const cel::Type& type = expression.program()->type();
  const Kind want = result == ResultType::kBool ? Kind::kBool : Kind::kString;
  if (result == ResultType::kAny || type.Is(Kind::kDyn) || type.Is(want)) {
    return;
  }
  Error("cel-result-type", expression.at(),
        expression.path() + " of " + subject_ + " is of type " + type.ToText() +
            ", not " + std::string(Describe(result)));
}

Expression ExpressionCompiler::Compile(const Value& text, std::string path,
                                       const cel::Environment& environment,
                                       ResultType result) {
  Expression expression;
  expression.at_ = At(text);
  expression.path_ = std::move(path);
  if (!text.IsString()) return expression;
  expression.text_ = text.AsString();
  auto compiled = cel::Program::Compile(expression.text_, environment);
  if (!compiled) {
    Report(compiled.error(), text, expression.path_);
    return expression;
  }
  expression.program_ =
      std::make_shared<const cel::Program>(*std::move(compiled));
  const cel::Ast& ast = expression.program_->ast();
  if (places_ && document_.files) {
    std::vector<std::uint32_t> offsets;
    for (std::size_t id = 0; id < ast.id_limit(); ++id) {
      offsets.push_back(ast.SpanOf(static_cast<cel::ExprId>(id)).at);
    }
    expression.places_ = places_(text, offsets);
  }
  CheckResult(expression, result);
  return expression;
}

std::string OnOneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string Clipped(std::string text, std::size_t code_points) {
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size(); ++count) {
    if (count == code_points) {
      text.resize(at);
      return text + "…";
    }
    at += DecodeUtf8(text, at).size;
  }
  return text;
}

}  // namespace writ::engine
