#include "manifests/format/format.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "manifests/format/document_formatter.h"
#include "manifests/format/input.h"
#include "manifests/format/key_order.h"
#include "schema/utf8.h"

namespace writ::manifests {
namespace {

using format::DocumentPlace;
using format::FormattedDocument;

struct Chunk {
  std::string_view text;  // whole lines
  DocumentPlace place;
};

std::uint32_t CountLines(std::string_view text) {
  return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

// At every line that begins or ends a document. YAML allows such a line nowhere
// else, not even within a scalar.
std::vector<Chunk> SplitDocuments(std::string_view text) {
  std::vector<Chunk> chunks;
  std::size_t begin = 0;
  std::uint32_t line = 1;
  const auto add = [&](std::size_t end) {
    const std::string_view chunk = text.substr(begin, end - begin);
    chunks.push_back({chunk, {line, chunks.empty(), end == text.size()}});
    line += CountLines(chunk);
    begin = end;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    const std::string_view whole = text.substr(at, end - 1 - at);
    if (at > begin && format::IsDocumentMarker(whole)) add(at);
    at = end;
  }
  if (begin < text.size()) add(text.size());
  return chunks;
}

std::vector<std::vector<std::string>> SortedTokens(
    const FormattedDocument& document) {
  std::vector<std::vector<std::string>> tokens = {document.tokens};
  for (const auto& entry : document.entries) tokens.push_back(entry.tokens);
  std::sort(tokens.begin() + 1, tokens.end());
  return tokens;
}

std::vector<std::string> SortedComments(const FormattedDocument& document) {
  std::vector<std::string> comments = document.comments;
  std::sort(comments.begin(), comments.end());
  return comments;
}

// Reads the new text as the old one was read: it must say the same, and there
// must be nothing more to do.
bool IsSound(const FormattedDocument& before, const DocumentPlace& place) {
  if (SplitDocuments(before.text).size() > 1) return false;
  auto after = format::FormatDocument(before.text, place);
  if (!after) return false;
  format::OrderKeys(*after);
  return after->text == before.text &&
         SortedTokens(*after) == SortedTokens(before) &&
         SortedComments(*after) == SortedComments(before);
}

// The document formatted, or nothing where it is to be left as it is.
Result<std::optional<FormattedDocument>> FormatChunk(const Chunk& chunk) {
  // A carriage return that ends no line is a line break to some readers only.
  if (chunk.text.find('\r') != std::string_view::npos) {
    return std::optional<FormattedDocument>();
  }
  auto document = format::FormatDocument(chunk.text, chunk.place);
  if (!document && document.error().code == ErrorCode::kUnsupported) {
    return std::optional<FormattedDocument>();
  }
  if (!document) return tl::unexpected<Error>(std::move(document).error());
  format::OrderKeys(*document);
  if (!IsSound(*document, chunk.place)) {
    return std::optional<FormattedDocument>();
  }
  return std::optional<FormattedDocument>(std::move(*document));
}

// Text with one kind of line end, and whether it had to get its last one.
struct Lines {
  std::string text;
  bool ended = true;
  std::vector<FormatChange> changes;
};

Lines NormalizeLineEnds(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  Lines lines;
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
    lines.changes.push_back({1, FormatRule::kLineEnds});
  }
  std::uint32_t line = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      lines.changes.push_back({line, FormatRule::kLineEnds});
      continue;
    }
    if (text[i] == '\n') ++line;
    lines.text += text[i];
  }
  lines.ended = lines.text.empty() || lines.text.back() == '\n';
  if (!lines.ended) lines.text += '\n';
  return lines;
}

void Append(FormattedDocument document, FormatResult& result) {
  result.text += document.text;
  result.changes.insert(result.changes.end(), document.changes.begin(),
                        document.changes.end());
}

}  // namespace

std::string_view Name(FormatRule rule) {
  switch (rule) {
    case FormatRule::kIndentation:
      return "indentation";
    case FormatRule::kSpacing:
      return "spacing";
    case FormatRule::kBlankLines:
      return "blank lines";
    case FormatRule::kQuotes:
      return "quotes";
    case FormatRule::kKeyOrder:
      return "key order";
    case FormatRule::kLineEnds:
      return "line ends";
  }
  return "";
}

Result<FormatResult> FormatYaml(std::string_view text) {
  if (!IsValidUtf8(text) || text.find('\0') != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidManifest, "the text is not UTF-8");
  }
  Lines lines = NormalizeLineEnds(text);
  FormatResult result;
  result.changes = std::move(lines.changes);
  for (const Chunk& chunk : SplitDocuments(lines.text)) {
    auto document = TRY(FormatChunk(chunk));
    // There the line feed that was missing would be content.
    const bool open_end = chunk.place.is_last && !lines.ended;
    if (document && !(open_end && document->ends_in_block_scalar)) {
      Append(std::move(*document), result);
      if (open_end) {
        result.changes.push_back(
            {CountLines(lines.text), FormatRule::kLineEnds});
      }
      continue;
    }
    result.text += chunk.text;
    result.untouched.push_back(chunk.place.first_line);
    if (open_end) result.text.pop_back();
  }
  std::sort(result.changes.begin(), result.changes.end());
  result.changes.erase(
      std::unique(result.changes.begin(), result.changes.end()),
      result.changes.end());
  return result;
}

}  // namespace writ::manifests
