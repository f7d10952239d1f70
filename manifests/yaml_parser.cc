#include "manifests/yaml_parser.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <istream>
#include <optional>
#include <streambuf>
#include <string>

#include "manifests/plain_yaml.h"
#include "manifests/source_text.h"
#include "manifests/yaml_loader.h"
#include "schema/utf8.h"

namespace writ::manifests {
namespace {

// Reads from memory without a copy.
class MemoryBuffer final : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string_view text) {
    // The interface wants mutable bytes; nothing puts characters back.
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

// Documents with syntax errors that are named before the rest is left unread.
constexpr std::size_t kMaxSyntaxErrors = 20;

// Thrown through yaml-cpp when a limit was met and reported.
struct Stop {};

// yaml-cpp 0.7 turns the escapes \N and \_ into one byte, 0x85 or 0xA0, that is
// no UTF-8 by itself. Everything else it hands over is.
std::string MendEscapes(std::string_view text) {
  std::string mended;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    AppendUtf8(point.value, mended);
    at += point.size;
  }
  return mended;
}

// yaml-cpp's events as calls of the loader. Marks are moved by where the part
// that is being parsed begins in the file.
class Adapter final : public YAML::EventHandler {
 public:
  using Place = YamlLoader::Place;

  Adapter(YamlLoader& loader, Place base) : loader_(loader), base_(base) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    Check(loader_.StartDocument(At(mark)));
  }
  void OnDocumentEnd() override { loader_.EndDocument(); }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(loader_.AddNull(At(mark), anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(loader_.AddAlias(At(mark), anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    const bool valid = IsValidUtf8(value);
    const std::string mended = valid ? std::string() : MendEscapes(value);
    YamlLoader::Scalar scalar{valid ? value : mended,
                              YamlLoader::Style::kTagged, tag};
    if (tag == "?") scalar.style = YamlLoader::Style::kPlain;
    if (tag == "!") scalar.style = YamlLoader::Style::kQuoted;
    Check(loader_.AddScalar(At(mark), scalar, anchor));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Check(loader_.StartList(At(mark), Written(tag), anchor));
  }
  void OnSequenceEnd() override { Check(loader_.EndCollection()); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Check(loader_.StartMap(At(mark), Written(tag), anchor));
  }
  void OnMapEnd() override { Check(loader_.EndCollection()); }

 private:
  static void Check(bool goes_on) {
    if (!goes_on) throw Stop();
  }
  static std::string_view Written(const std::string& tag) {
    return tag == "?" ? std::string_view() : std::string_view(tag);
  }
  Place At(const YAML::Mark& mark) const {
    return {base_.offset + static_cast<std::size_t>(mark.pos),
            base_.line + static_cast<std::uint32_t>(mark.line),
            static_cast<std::uint32_t>(mark.column)};
  }

  YamlLoader& loader_;
  Place base_;
};

// What yaml-cpp says, in plain words.
struct Wording {
  std::string_view message;
  std::string_view summary;
  std::string_view hint;
};
constexpr std::string_view kQuoteHint =
    "put the text in quotes if the character belongs to it";
constexpr std::string_view kColonHint =
    "check the indentation, or put the text in quotes if the colon belongs to "
    "it";
constexpr std::array kWordings{
    Wording{"illegal map value", "a second \"key: value\" can't start here",
            kColonHint},
    Wording{"illegal map key", "a key can't start here", kColonHint},
    Wording{"illegal block entry", "a list entry (-) can't start here",
            "begin a line with the dash, or write the list as [a, b]"},
    Wording{"illegal flow end", "this bracket closes nothing",
            "remove it, or put the text in quotes"},
    Wording{"end of map not found", "the map ends in a way YAML doesn't know",
            "check the indentation of this line"},
    Wording{"end of sequence not found",
            "the list ends in a way YAML doesn't know",
            "check the indentation of this line"},
    Wording{"end of map flow not found", "a { is never closed", "add the }"},
    Wording{"end of sequence flow not found", "a [ is never closed",
            "add the ]"},
    Wording{"illegal EOF in scalar", "a quoted text is never closed",
            "add the closing quote"},
    Wording{"illegal document indicator in scalar",
            "a document marker stands inside a quoted text",
            "close the quote before it"},
    Wording{"illegal tab when looking for indentation",
            "a tab can't indent YAML", "use spaces"},
    Wording{"unknown token", "no text can begin with this character",
            "put the text in quotes"},
    Wording{"illegal character in scalar",
            "this character can't stand in a plain text", kQuoteHint},
    Wording{"bad character found while scanning hex number",
            "the escape wants hexadecimal digits", "write \\x41 or \\u00e9"},
    Wording{"the referenced anchor is not defined",
            "this alias (*) names no anchor of the document",
            "put the text in quotes if it isn't meant as an alias"},
    Wording{"alias not found after *", "a name is missing behind the *",
            "put the text in quotes if it isn't meant as an alias"},
    Wording{"anchor not found after &", "a name is missing behind the &",
            "put the text in quotes if it isn't meant as an anchor"},
    Wording{"unexpected character in block scalar",
            "only an indentation and - or + may follow the | or >",
            "begin the text on the next line"},
    Wording{"cannot set zero indentation for a block scalar",
            "a block text can't have the indentation 0", ""},
};

struct SyntaxFault {
  std::size_t offset = 0;  // in the part that was parsed
  std::string message;
};

// Everything but the messages of the table: yaml-cpp's own words.
Wording FindWording(const std::string& message) {
  const auto* found =
      std::find_if(kWordings.begin(), kWordings.end(),
                   [&](const Wording& w) { return w.message == message; });
  if (found != kWordings.end()) return *found;
  constexpr std::string_view kEscape = "unknown escape character: ";
  if (message.compare(0, kEscape.size(), kEscape) == 0) {
    return {message, "YAML doesn't know this escape",
            "write \\\\ for a backslash, or use single quotes"};
  }
  return {message, message, ""};
}

enum class Outcome : std::uint8_t { kDone, kStopped, kFault };

Outcome ParsePart(std::string_view part, YamlLoader::Place base,
                  YamlLoader& loader, SyntaxFault& fault) {
  try {
    MemoryBuffer buffer(part);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    Adapter adapter(loader, base);
    while (parser.HandleNextDocument(adapter)) {
    }
    return Outcome::kDone;
  } catch (const Stop&) {
    return Outcome::kStopped;
  } catch (const YAML::Exception& error) {
    fault = {part.size(), error.msg};
    if (error.mark.pos >= 0) {
      fault.offset =
          std::min(part.size(), static_cast<std::size_t>(error.mark.pos));
    }
    return Outcome::kFault;
  }
}

// At the end of the text the last character that isn't blank is what people
// see as the place.
std::size_t VisibleOffset(std::string_view text, std::size_t offset) {
  if (offset < text.size()) return offset;
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? 0 : last;
}

void ReportFault(const SyntaxFault& fault, const SourceText& text,
                 std::size_t base, YamlLoader& loader, Reporter& reporter) {
  const YamlLoader::Abandoned abandoned = loader.AbandonDocument();
  const Wording wording = FindWording(fault.message);
  const bool unclosed = fault.message == "end of map flow not found" ||
                        fault.message == "end of sequence flow not found";
  if (unclosed && abandoned.in_brackets) {
    const bool is_list = abandoned.bracket == '[';
    reporter.Error(
        "yaml-syntax", abandoned.opened,
        is_list ? "this [ is never closed" : "this { is never closed",
        is_list ? "add the ]" : "add the }");
    return;
  }
  const std::size_t offset = VisibleOffset(text.text(), base + fault.offset);
  reporter.Error("yaml-syntax", text.At(offset, 1),
                 std::string(wording.summary), std::string(wording.hint));
}

// Where the first line with `---` begins that holds or follows `offset`.
// REQUIRES: offset > 0.
std::optional<std::size_t> FindMarker(std::string_view text,
                                      std::size_t offset) {
  const std::size_t found = text.find("\n---", offset < 4 ? 0 : offset - 4);
  if (found == std::string_view::npos) return std::nullopt;
  return found + 1;
}

std::vector<Document> Unread(std::uint32_t line) {
  return {Document{Value(), line, /*broken=*/true}};
}

}  // namespace

std::vector<Document> ParseYaml(std::string_view bytes, std::uint32_t file,
                                const YamlLimits& limits, Reporter& reporter) {
  const std::string_view text = WithoutByteOrderMark(bytes);
  if (bytes.size() > limits.max_bytes) {
    reporter.Error("yaml-limit", {file, 0, 0, 0},
                   "the file takes " + std::to_string(bytes.size()) +
                       " bytes, and " + std::to_string(limits.max_bytes) +
                       " are allowed");
    return Unread(1);
  }
  if (const auto fault = FindTextFault(text)) {
    const SourceText source(text, file);
    reporter.Error("yaml-encoding", source.At(fault->offset, 1), fault->summary,
                   fault->hint);
    return Unread(source.At(fault->offset, 0).line);
  }
  YamlLoader loader(text, file, limits, reporter);
  switch (ReadPlainYaml(text, loader)) {
    case PlainYaml::kRead:
      return loader.TakeDocuments();
    case PlainYaml::kStopped:
      loader.AbandonDocument();
      return loader.TakeDocuments();
    case PlainYaml::kNotPlain:
      break;
  }
  const SourceText source(text, file);
  YamlLoader::Place base;
  SyntaxFault fault;
  std::size_t faults = 0;
  while (true) {
    const std::string_view part = text.substr(base.offset);
    const Outcome outcome = ParsePart(part, base, loader, fault);
    if (outcome == Outcome::kDone) break;
    if (outcome == Outcome::kStopped) {
      loader.AbandonDocument();
      break;
    }
    ReportFault(fault, source, base.offset, loader, reporter);
    if (++faults == kMaxSyntaxErrors) break;
    const auto next =
        FindMarker(text, std::max(base.offset + 1, base.offset + fault.offset));
    if (!next) break;
    base = {*next, source.At(*next, 0).line - 1, 0};
  }
  return loader.TakeDocuments();
}

}  // namespace writ::manifests
