// What is wrong with what a user wrote, collected and shown all at once:
// where (file, line, column), what, and what to do about it. Renderers are in
// schema/report.
//
// Plain values; one collector belongs to one thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace writ {

enum class Severity : std::uint8_t { kError, kWarning, kNote };

// A place in a text. Lines and columns count from 1; columns and lengths count
// code points. Line 0 means "the file as a whole".
struct SourceRange {
  std::uint32_t file = 0;  // index into the SourceFiles of the set
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;

  auto operator<=>(const SourceRange&) const = default;
};

// A place as diagnostics carry it: with its file's name, and the text of the
// line where that may be shown.
struct Location {
  std::string file;  // relative to the source's root; empty: no file
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;
  std::string label;  // what stands here; for several places, what links them

  auto operator<=>(const Location&) const = default;
};

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;     // stable, kebab case: "unknown-field"
  std::string summary;  // one sentence without a final full stop
  // The first is the place at fault; a cycle has one for each step.
  std::vector<Location> locations;
  std::string hint;  // shown at the caret: `did you mean "required"?`
  // The line to show above the caret. Empty: no excerpt. Where it held a
  // credential, whoever reports it has cut that out already.
  std::string excerpt;

  auto operator<=>(const Diagnostic&) const = default;
};

class Diagnostics {
 public:
  void Add(Diagnostic diagnostic);
  void Append(Diagnostics other);

  // Sorted by file, line, column, then the rest; without repeats.
  void Sort();

  // Asks for the text of the line of each diagnostic that points at one place
  // and has no excerpt yet.
  void FillExcerpts(const std::function<std::string(const Location&)>& excerpt);

  bool HasErrors() const { return errors_ > 0; }
  std::size_t error_count() const { return errors_; }
  std::size_t warning_count() const { return warnings_; }
  bool empty() const { return items_.empty(); }
  const std::vector<Diagnostic>& items() const { return items_; }

 private:
  std::vector<Diagnostic> items_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

}  // namespace writ
