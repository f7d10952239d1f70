// One expression of a document, compiled, with the place of each of its parts
// in the file.
//
// Immutable; safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cel/environment.h"
#include "engine/cel/program.h"
#include "engine/policy/policy_set.h"
#include "schema/diagnostic.h"
#include "schema/value.h"

namespace writ::engine {

class Expression {
 public:
  // Empty where it could not be compiled.
  const cel::Program* program() const { return program_.get(); }
  const std::string& text() const { return text_; }
  // "spec.validations[least-privilege].expression"
  const std::string& path() const { return path_; }
  const Location& at() const { return at_; }
  // Of a part of it; `at` where that isn't known.
  Location PlaceOf(cel::ExprId part) const;

 private:
  friend class ExpressionCompiler;
  std::shared_ptr<const cel::Program> program_;
  std::string text_;
  std::string path_;
  Location at_;
  std::vector<SourceRange> places_;  // by ExprId; may be empty
};

enum class ResultType : std::uint8_t { kAny, kBool, kString };

// Compiles the expressions of one document and says what is wrong with them.
class ExpressionCompiler {
 public:
  // `subject` is the document's address.
  ExpressionCompiler(const GuardDocument& document, std::string subject,
                     const TextPlaces& places, Diagnostics& diagnostics)
      : document_(document),
        subject_(std::move(subject)),
        places_(places),
        diagnostics_(diagnostics) {}

  // `path` is that of the text within the document.
  Expression Compile(const Value& text, std::string path,
                     const cel::Environment& environment, ResultType result);

  void Error(std::string code, const Location& at, std::string summary,
             std::string hint = {});
  void Warning(std::string code, const Location& at, std::string summary,
               std::string hint = {});
  // The place of a value of the document.
  Location At(const Value& value) const { return AtRange(value.range()); }

  const std::string& subject() const { return subject_; }
  // The first error; empty: there was none.
  const std::string& fault() const { return fault_; }

 private:
  Location AtRange(const SourceRange& range) const;
  void Add(Severity severity, std::string code, const Location& at,
           std::string summary, std::string hint);
  void Report(const cel::Issues& issues, const Value& text,
              const std::string& path);
  void CheckResult(const Expression& expression, ResultType result);

  const GuardDocument& document_;
  std::string subject_;
  const TextPlaces& places_;
  Diagnostics& diagnostics_;
  std::string fault_;
};

// On one line, with runs of white space as one blank.
std::string OnOneLine(std::string_view text);
// Cut after so many code points, "…" behind.
std::string Clipped(std::string text, std::size_t code_points);

}  // namespace writ::engine
