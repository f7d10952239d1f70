#include "manifests/format/document_formatter.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "manifests/format/block_scalar.h"
#include "manifests/format/flow_formatter.h"
#include "manifests/format/input.h"
#include "manifests/format/layout.h"
#include "manifests/format/scalar_style.h"

namespace writ::manifests::format {
namespace {

constexpr std::size_t kMaxDepth = 64;

bool HasTabInIndentation(std::string_view line) {
  const std::size_t content = line.find_first_not_of(" \t");
  return line.substr(0, content).find('\t') != std::string_view::npos;
}

// What stands before a node.
struct Properties {
  bool any = false;
  bool tag = false;
};

class DocumentFormatter {
 public:
  DocumentFormatter(std::string_view text, const DocumentPlace& place)
      : input_(text, place.first_line),
        layout_(place.is_first),
        is_last_(place.is_last) {}

  Result<FormattedDocument> Run() {
    TRY(ReadHeldLines());
    if (!input_.AtEnd() && AtMarker()) TRY(ReadMarker());
    if (!input_.AtEnd()) TRY(ReadOwnLine(0));
    if (!input_.AtEnd()) {
      return Unsupported(input_, "the indentation fits nothing above");
    }
    layout_.Finish(is_last_);
    return Take();
  }

 private:
  FormattedDocument Take() {
    document_.text = std::move(layout_.text());
    document_.changes = std::move(layout_.changes());
    document_.comments = layout_.comments();
    document_.tokens = std::move(tokens_);
    return std::move(document_);
  }

  bool AtMarker() const {
    return input_.column() == 0 && IsDocumentMarker(input_.RestOfLine());
  }

  Status ReadMarker() {
    layout_.StartLine(input_.line(), 0, 0);
    Emit(input_.Take(3));
    const std::string_view blanks = input_.SkipBlanks();
    if (AtRestWithoutContent()) return FinishLine(blanks);
    layout_.Space(blanks, input_.line());
    if (StartsWithKey(input_.RestOfLine()) ||
        StartsWithDash(input_.RestOfLine())) {
      return Unsupported(input_, "a collection beside the document's marker");
    }
    marker_has_content_ = true;
    TRY(ReadLeaf());
    if (input_.AtEnd()) return {};
    return Unsupported(input_, "content after the document's content");
  }

  // ---- lines ----

  bool AtRestWithoutContent() const {
    return input_.AtLineEnd() || input_.Peek() == '#';
  }

  // What follows a line's last token, then comments and blank lines up to the
  // next content, which the input then stands at.
  Status FinishLine(std::string_view blanks) {
    if (input_.Peek() == '#') {
      if (blanks.empty()) return Unsupported(input_, "text with \"#\" in it");
      layout_.CommentGap(blanks, input_.column(), input_.line());
      const std::string_view comment = TakeComment();
      layout_.AddComment(comment);
      layout_.Write(comment);
    } else if (!input_.AtLineEnd()) {
      return Unsupported(input_, "text after a complete value");
    } else if (!blanks.empty()) {
      layout_.Note(FormatRule::kSpacing, input_.line());
    }
    layout_.EndLine();
    input_.NextLine();
    return ReadHeldLines();
  }

  std::string_view TakeComment() {
    const std::string_view rest = input_.RestOfLine();
    const std::string_view comment = TrimBlanks(rest);
    if (comment.size() != rest.size()) {
      layout_.Note(FormatRule::kSpacing, input_.line());
    }
    input_.Take(rest.size());
    return comment;
  }

  Status ReadHeldLines() {
    while (!input_.AtEnd()) {
      const bool tab = HasTabInIndentation(input_.RestOfLine());
      const std::string_view blanks = input_.SkipBlanks();
      if (input_.AtLineEnd()) {
        if (!blanks.empty()) layout_.Note(FormatRule::kSpacing, input_.line());
        layout_.HoldBlankLine(input_.line());
      } else if (input_.Peek() == '#') {
        const int column = input_.column();
        layout_.HoldComment(input_.line(), column, TakeComment());
      } else if (tab) {
        return Invalid(input_, "a tab in the indentation; YAML wants spaces");
      } else {
        return {};
      }
      input_.NextLine();
    }
    return {};
  }

  void Emit(std::string_view text) {
    tokens_.emplace_back(text);
    layout_.Write(text);
  }

  // ---- block structure ----

  // A node that begins a line, at the input's column.
  Status ReadOwnLine(int after) {
    const int before = input_.column();
    layout_.StartLine(input_.line(), before, after);
    if (PropertyLength(input_.RestOfLine(), false) > 0 &&
        !StartsWithKey(input_.RestOfLine())) {
      return Unsupported(input_, "a tag or anchor on a line of its own");
    }
    return ReadNode(before, after);
  }

  // A node whose first line's indentation is written.
  Status ReadNode(int before, int after) {
    if (layout_.depth() >= kMaxDepth) {
      return Unsupported(input_, "too many levels");
    }
    const std::string_view rest = input_.RestOfLine();
    if (StartsWithDash(rest)) return ReadSequence(before, after);
    if (StartsWithKey(rest)) return ReadMapping(before, after);
    return ReadLeaf();
  }

  Status ReadSequence(int before, int after) {
    layout_.Open({before, after, /*is_mapping=*/false});
    tokens_.emplace_back("(sequence");
    while (true) {
      TRY(ReadItem());
      if (input_.AtEnd() || input_.column() < before) break;
      if (input_.column() > before) return FailOfIndentation();
      // What else stands there may be the next key of a mapping whose sequence
      // isn't indented.
      if (!StartsWithDash(input_.RestOfLine())) break;
      layout_.StartLine(input_.line(), before, after);
    }
    tokens_.emplace_back(")");
    layout_.Close();
    return {};
  }

  Status ReadItem() {
    Emit(input_.Take(1));
    const std::string_view blanks = input_.SkipBlanks();
    if (AtRestWithoutContent()) return ReadBelow(blanks);
    layout_.Space(blanks, input_.line());
    return ReadNode(input_.column(), layout_.level().content());
  }

  Status ReadMapping(int before, int after) {
    const bool at_top = layout_.depth() == 0 && !marker_has_content_;
    layout_.Open({before, after, /*is_mapping=*/true});
    tokens_.emplace_back("(mapping");
    while (true) {
      TRY(at_top ? ReadTopEntry() : ReadEntry());
      if (input_.AtEnd() || input_.column() < before) break;
      if (input_.column() > before || !StartsWithKey(input_.RestOfLine())) {
        return FailOfIndentation();
      }
      layout_.StartLine(input_.line(), before, after);
    }
    tokens_.emplace_back(")");
    layout_.Close();
    return {};
  }

  tl::unexpected<Error> FailOfIndentation() const {
    return Unsupported(input_, "the indentation fits nothing above");
  }

  // Keeps what was read apart, for keys that change places.
  Status ReadTopEntry() {
    TopEntry entry;
    entry.begin = layout_.text().size();
    entry.line = input_.line();
    std::vector<std::string> outer = std::exchange(tokens_, {});
    TRY(ReadEntry());
    entry.end = layout_.text().size();
    entry.tokens = std::exchange(tokens_, std::move(outer));
    document_.entries.push_back(std::move(entry));
    return {};
  }

  Status ReadEntry() {
    const Properties properties = TRY(ReadProperties());
    const bool alias = input_.Peek() == '*';
    TRY(ReadScalar(properties));
    const std::string_view before_colon = input_.SkipBlanks();
    // An alias's name would go on with the colon.
    if (alias) {
      layout_.Space(before_colon, input_.line());
    } else if (!before_colon.empty()) {
      layout_.Note(FormatRule::kSpacing, input_.line());
    }
    Emit(input_.Take(1));
    const std::string_view blanks = input_.SkipBlanks();
    if (AtRestWithoutContent()) return ReadBelow(blanks);
    layout_.Space(blanks, input_.line());
    const std::string_view rest = input_.RestOfLine();
    if (StartsWithKey(rest) || StartsWithDash(rest)) {
      return Unsupported(input_, "a collection that begins beside its key");
    }
    return ReadLeaf();
  }

  // The value on the lines below, if there is one: set deeper than the
  // collection, or a sequence as deep as the mapping it belongs to.
  Status ReadBelow(std::string_view blanks) {
    TRY(FinishLine(blanks));
    const Level level = layout_.level();
    const bool deeper = !input_.AtEnd() && input_.column() > level.before;
    const bool beside = !input_.AtEnd() && level.is_mapping &&
                        input_.column() == level.before &&
                        StartsWithDash(input_.RestOfLine());
    if (deeper || beside) return ReadOwnLine(level.content());
    tokens_.emplace_back("(nothing)");
    return {};
  }

  // ---- leaves: all that isn't a block collection ----

  Status ReadLeaf() {
    const Properties properties = TRY(ReadProperties());
    const std::string_view rest = input_.RestOfLine();
    switch (input_.Peek()) {
      case '\n':
        return ReadBelow({});
      case '|':
      case '>':
        TRY(FormatBlockScalar(input_, layout_, tokens_));
        document_.ends_in_block_scalar = input_.AtEnd();
        return ReadHeldLines();
      case '[':
      case '{':
        TRY(FormatFlow(input_, layout_, tokens_, document_.has_anchors));
        return FinishLine(input_.SkipBlanks());
      case '"':
      case '\'':
        if (QuotedLength(rest) == 0) return ReadQuotedLines(properties);
        break;
      default:
        break;
    }
    const bool plain = PlainLength(rest, /*in_flow=*/false) > 0;
    TRY(ReadScalar(properties));
    return plain ? ReadPlainLines(properties) : FinishLine(input_.SkipBlanks());
  }

  // After them the input stands at their value or at the line's end.
  Result<Properties> ReadProperties() {
    Properties properties;
    while (const std::size_t size =
               PropertyLength(input_.RestOfLine(), /*in_flow=*/false)) {
      properties.any = true;
      properties.tag = properties.tag || input_.Peek() == '!';
      document_.has_anchors = document_.has_anchors || input_.Peek() == '&';
      Emit(input_.Take(size));
      const std::string_view blanks = input_.SkipBlanks();
      if (input_.Peek() == '#') {
        return Unsupported(input_, "a comment between a tag and its value");
      }
      if (!input_.AtLineEnd()) {
        layout_.Space(blanks, input_.line());
      } else if (!blanks.empty()) {
        layout_.Note(FormatRule::kSpacing, input_.line());
      }
    }
    return properties;
  }

  // In an item with a tag or anchor yaml-cpp 0.7 ends a scalar at a line that
  // others take for its next.
  Status CheckLinesAfter(const Properties& properties) const {
    if (!properties.any) return {};
    return Unsupported(input_, "a scalar across lines with a tag or anchor");
  }

  // An alias, or a scalar's part on this line.
  Status ReadScalar(const Properties& properties) {
    const std::string_view rest = input_.RestOfLine();
    if (const std::size_t size = QuotedLength(rest)) {
      const std::uint32_t line = input_.line();
      tokens_.push_back(
          WriteQuoted(input_.Take(size), properties.tag, line, layout_));
      return {};
    }
    if (const std::size_t size = AliasLength(rest)) {
      document_.has_anchors = true;
      Emit(input_.Take(size));
      return {};
    }
    const std::size_t size = PlainLength(rest, /*in_flow=*/false);
    if (size == 0) return Unsupported(input_, "an unexpected character");
    layout_.Write(rest.substr(0, size));
    tokens_.push_back(PlainToken(input_.Take(size)));
    return {};
  }

  // The lines that go on with a plain scalar.
  Status ReadPlainLines(const Properties& properties) {
    while (true) {
      const std::string_view blanks = input_.SkipBlanks();
      if (!input_.AtLineEnd()) return FinishLine(blanks);
      Input next = input_;
      next.NextLine();
      std::size_t blank_lines = 0;
      while (!next.AtEnd() && TrimBlanks(next.RestOfLine()).empty()) {
        ++blank_lines;
        next.NextLine();
      }
      const bool tab = HasTabInIndentation(next.RestOfLine());
      next.SkipBlanks();
      if (next.AtEnd() || next.column() <= layout_.level().before ||
          next.Peek() == '#') {
        return FinishLine(blanks);
      }
      const std::string_view rest = next.RestOfLine();
      const std::size_t size = PlainContinuationLength(rest);
      if (tab || size == 0 || TrimBlanks(rest.substr(size)).starts_with(':')) {
        return Unsupported(input_, "a plain scalar that readers read apart");
      }
      TRY(CheckLinesAfter(properties));
      NoteTrailingBlanks(blanks, next);
      for (std::size_t i = 0; i <= blank_lines; ++i) layout_.EndLine();
      WriteContinuation(next, rest.substr(0, size));
      tokens_.back() += blank_lines == 0 ? " " : std::string(blank_lines, '\n');
      tokens_.back() += rest.substr(0, size);
      next.Take(size);
      input_ = next;
    }
  }

  // At the end of this line and on the empty lines before `next`.
  void NoteTrailingBlanks(std::string_view blanks, const Input& next) {
    Input at = input_;
    do {
      if (!blanks.empty()) layout_.Note(FormatRule::kSpacing, at.line());
      at.NextLine();
      blanks = at.RestOfLine();
    } while (at.line() < next.line());
  }

  // A quoted scalar that ends on another line than it begins. Blanks at the
  // start of its lines are indentation; all else stays.
  Status ReadQuotedLines(const Properties& properties) {
    TRY(CheckLinesAfter(properties));
    const Input begin = input_;
    const char quote = input_.Peek();
    std::string token = "quoted ";
    const auto copy = [&](std::size_t size) {
      const std::string_view text = input_.Take(size);
      token += text;
      layout_.Write(text);
    };
    copy(1);
    while (true) {
      const char c = input_.Peek();
      const char next = input_.Peek(1);
      if (input_.AtLineEnd()) {
        TRY(ContinueQuoted(begin, token));
      } else if (quote == '"' ? c == '\\' && next != '\n'
                              : c == quote && next == quote) {
        copy(2);  // an escape
      } else {
        copy(1);
        if (c == quote) break;
      }
    }
    tokens_.push_back(std::move(token));
    return FinishLine(input_.SkipBlanks());
  }

  // To the next line with text in it.
  Status ContinueQuoted(const Input& begin, std::string& token) {
    do {
      token += '\n';
      layout_.EndLine();
      input_.NextLine();
      if (input_.AtEnd()) return Invalid(begin, "this quote is never closed");
      const std::string_view blanks = input_.SkipBlanks();
      if (input_.AtLineEnd() && !blanks.empty()) {
        layout_.Note(FormatRule::kSpacing, input_.line());
      }
    } while (input_.AtLineEnd());
    if (input_.column() <= layout_.level().before) {
      return Unsupported(input_, "a quoted scalar left of its collection");
    }
    WriteContinuation(input_, {});
    return {};
  }

  void WriteContinuation(const Input& at, std::string_view text) {
    // At the top there is no collection to be right of, and a line moved to the
    // first column could begin a document.
    const int column =
        layout_.depth() == 0 ? at.column() : layout_.level().content();
    if (column != at.column()) {
      layout_.Note(FormatRule::kIndentation, at.line());
    }
    layout_.Write(std::string(static_cast<std::size_t>(column), ' '));
    layout_.Write(text);
  }

  Input input_;
  Layout layout_;
  bool is_last_;
  bool marker_has_content_ = false;
  std::vector<std::string> tokens_;
  FormattedDocument document_;
};

}  // namespace

Result<FormattedDocument> FormatDocument(std::string_view text,
                                         const DocumentPlace& place) {
  return DocumentFormatter(text, place).Run();
}

}  // namespace writ::manifests::format
