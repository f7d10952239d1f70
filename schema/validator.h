// One document against the table of its kind: types, formats, required and
// unknown fields with suggestions, duplicates in sets and keyed lists, the
// kind's own rules. What passes comes out as a Resource with defaults filled
// in. References are collected, not followed (engine/graph does that).
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schema/diagnostic.h"
#include "schema/kind.h"
#include "schema/resource.h"
#include "schema/value.h"

namespace writ {

// Where diagnostics of one document go. `excerpt` yields the text of a line of
// the document's file, for carets; may be empty.
class Reporter {
 public:
  using Excerpt =
      std::function<std::string(std::uint32_t file, std::uint32_t line)>;
  Reporter(const SourceFiles& files, Excerpt excerpt, Diagnostics& diagnostics);

  // An error at the value's, or the key's, place. The address of the document
  // is part of the summary where the caller puts it there.
  void Error(std::string_view code, const SourceRange& range,
             std::string summary, std::string hint = {});
  void Warning(std::string_view code, const SourceRange& range,
               std::string summary, std::string hint = {});

  bool has_errors() const { return diagnostics_.HasErrors(); }
  // Errors that came in through this reporter.
  std::size_t error_count() const { return errors_; }
  // "EventSchema/order-service/order.placed", once it is known.
  void set_subject(std::string subject) { subject_ = std::move(subject); }
  const std::string& subject() const { return subject_; }

 private:
  void Add(Severity severity, std::string_view code, const SourceRange& range,
           std::string summary, std::string hint);

  const SourceFiles& files_;
  Excerpt excerpt_;
  Diagnostics& diagnostics_;
  std::string subject_;
  std::size_t errors_ = 0;
};

// Validates a document that has apiVersion, kind, metadata, spec. Returns the
// resource when it has no error. For kinds that aren't resources the content
// is normalised as well and the id is Kind/name.
// REQUIRES: document is a map.
std::optional<Resource> ValidateDocument(Value document, Reporter& reporter);

// The content of a resource that an older table wrote, brought to this table:
// new defaults filled in, unknown fields kept.
Value NormalizeContent(const Kind& kind, Value content);

// The nearest of `candidates` to what was written, when it is near enough to
// suggest: edit distance (with swaps) at most a third of the length, rounded
// up; ties go to the first.
std::optional<std::string_view> Suggest(
    std::string_view written, std::span<const std::string_view> candidates);

}  // namespace writ
