#include "manifests/plain_yaml.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace writ::manifests {
namespace {

// Far below what yaml-cpp takes, and far above what people write.
constexpr std::size_t kMaxKeyBytes = 256;
constexpr std::size_t kMaxDepth = 32;

constexpr std::size_t kBytesPerEvent = 8;  // of usual manifests

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

bool IsKeyCharacter(char c) {
  return IsAlphanumeric(c) || c == '_' || c == '-' || c == '.' || c == '/';
}

bool IsOneOf(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

// yaml-cpp has an event of its own for it.
bool IsNullWord(std::string_view text) {
  return text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// What the loader will be told, once the whole file has turned out plain.
struct Event {
  enum class Type : std::uint8_t {
    kStartDocument,
    kEndDocument,
    kPlain,
    kQuoted,
    kStartList,
    kStartMap,
    kEndCollection,
  };
  Type type;
  YamlLoader::Place place;
  std::string_view text;
};

// Reads line by line. Each Read… stands at `at_` and moves it past what it has
// read; false: not plain.
class PlainReader {
 public:
  explicit PlainReader(std::string_view text) : text_(text) {
    events_.reserve(text.size() / kBytesPerEvent);
  }

  bool Read() {
    if (IsOneOf('\t', text_) || IsOneOf('\r', text_)) return false;
    for (; line_begin_ < text_.size(); ++line_number_) {
      line_ = text_.substr(line_begin_);
      line_ = line_.substr(0, line_.find('\n'));
      if (!ReadLine()) return false;
      line_begin_ += line_.size() + 1;
    }
    return EndDocument();
  }

  const std::vector<Event>& events() const { return events_; }

 private:
  using Type = Event::Type;
  struct Block {
    std::size_t column = 0;
    bool is_map = false;
  };

  bool IsAtEnd() const { return at_ >= line_.size(); }
  // What stands `ahead`; a blank at the end of the line.
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < line_.size() ? line_[at_ + ahead] : ' ';
  }
  void SkipBlanks() {
    while (!IsAtEnd() && line_[at_] == ' ') ++at_;
  }

  void Add(Type type, std::string_view text = {}) {
    events_.push_back(
        {type,
         {line_begin_ + at_, static_cast<std::uint32_t>(line_number_),
          static_cast<std::uint32_t>(at_)},
         text});
  }

  // A block list or map that begins here.
  bool StartBlock(bool is_map) {
    if (blocks_.size() == kMaxDepth) return false;
    Add(is_map ? Type::kStartMap : Type::kStartList);
    blocks_.push_back({at_, is_map});
    return true;
  }
  void EndBlock() {
    Add(Type::kEndCollection);
    blocks_.pop_back();
  }

  bool StartDocument() {
    if (in_document_ && !EndDocument()) return false;
    Add(Type::kStartDocument);
    in_document_ = true;
    return true;
  }
  bool EndDocument() {
    if (blocks_.empty() || awaits_value_) return false;
    while (!blocks_.empty()) EndBlock();
    Add(Type::kEndDocument);
    in_document_ = false;
    return true;
  }

  bool ReadLine() {
    at_ = 0;
    if (line_ == "---") return StartDocument();
    SkipBlanks();
    if (IsAtEnd() || Peek() == '#') return true;
    const bool is_item = Peek() == '-' && Peek(1) == ' ';
    if (!FindBlock(is_item)) return false;
    return is_item ? ReadItem() : ReadMember();
  }

  // Ends the blocks that this line isn't in, and begins the one that it opens.
  bool FindBlock(bool is_item) {
    if (blocks_.empty()) {
      if (is_item || (!in_document_ && !StartDocument())) return false;
      return StartBlock(true);
    }
    if (awaits_value_) {
      awaits_value_ = false;
      const std::size_t outer = blocks_.back().column;
      const bool inside = at_ > outer || (is_item && at_ == outer);
      return inside && StartBlock(!is_item);
    }
    const auto is_left = [&](const Block& block) {
      return block.column > at_ ||
             (block.column == at_ && !block.is_map && !is_item);
    };
    while (!blocks_.empty() && is_left(blocks_.back())) EndBlock();
    return !blocks_.empty() && blocks_.back().column == at_ &&
           blocks_.back().is_map != is_item;
  }

  bool ReadItem() {
    ++at_;
    SkipBlanks();
    if (KeySize() == 0) return ReadValue();
    return StartBlock(true) && ReadMember();
  }

  bool ReadMember() {
    if (!ReadKey()) return false;
    SkipBlanks();
    awaits_value_ = IsAtEnd() || Peek() == '#';
    return awaits_value_ || ReadValue();
  }

  // A value and what may stand behind it on its line.
  bool ReadValue() {
    if (!ReadNode(0)) return false;
    const std::size_t end = at_;
    SkipBlanks();
    return IsAtEnd() || (Peek() == '#' && at_ > end);
  }

  // The size of the key that begins here, 0 where none does.
  std::size_t KeySize() const {
    if (!IsAlphanumeric(Peek()) && Peek() != '_') return 0;
    std::size_t size = 1;
    while (IsKeyCharacter(Peek(size))) ++size;
    const bool is_key = Peek(size) == ':' && Peek(size + 1) == ' ';
    return is_key ? size : 0;
  }

  bool ReadKey() {
    const std::size_t size = KeySize();
    if (size == 0 || size > kMaxKeyBytes) return false;
    if (!AddPlain(line_.substr(at_, size))) return false;
    at_ += size + 1;
    return true;
  }

  // `depth`: how many brackets are open.
  bool ReadNode(std::size_t depth) {
    if (Peek() == '"' || Peek() == '\'') return ReadQuoted();
    if (Peek() == '[' || Peek() == '{') return ReadBrackets(depth + 1);
    return depth > 0 ? ReadPlainInBrackets() : ReadPlain();
  }

  bool ReadQuoted() {
    const char quote = Peek();
    const std::size_t end = line_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return false;
    const std::string_view text = line_.substr(at_ + 1, end - at_ - 1);
    const bool escapes = quote == '"'
                             ? IsOneOf('\\', text)
                             : end + 1 < line_.size() && line_[end + 1] == '\'';
    if (escapes) return false;
    Add(Type::kQuoted, text);
    at_ = end + 1;
    return true;
  }

  bool ReadBrackets(std::size_t depth) {
    if (depth > kMaxDepth) return false;
    const bool is_map = Peek() == '{';
    const char close = is_map ? '}' : ']';
    Add(is_map ? Type::kStartMap : Type::kStartList);
    ++at_;
    SkipBlanks();
    for (bool first = true; !first || Peek() != close; first = false) {
      if (!first) {
        if (Peek() != ',') return false;
        ++at_;
        SkipBlanks();
      }
      if (is_map && !ReadKey()) return false;
      SkipBlanks();
      if (!ReadNode(depth)) return false;
      SkipBlanks();
      if (Peek() == close) break;
    }
    Add(Type::kEndCollection);
    ++at_;
    return true;
  }

  bool StartsPlain(std::string_view indicators) const {
    if (Peek() == '-') return IsAlphanumeric(Peek(1));
    return Peek() != ' ' && !IsOneOf(Peek(), indicators);
  }

  bool ReadPlain() {
    if (!StartsPlain(",[]{}#&*!|>'\"%@`?:")) return false;
    std::size_t end = at_;
    for (; end < line_.size(); ++end) {
      const char next = end + 1 < line_.size() ? line_[end + 1] : ' ';
      if (line_[end] == ':' && next == ' ') return false;
      if (line_[end] == ' ' && next == '#') break;
    }
    return TakePlain(end);
  }

  bool ReadPlainInBrackets() {
    if (!StartsPlain("?,[]{}#&*!|>'\"%@`:")) return false;
    for (std::size_t end = at_; end < line_.size(); ++end) {
      const char c = line_[end];
      if (IsOneOf(c, ",]}")) return TakePlain(end);
      const char next = end + 1 < line_.size() ? line_[end + 1] : ' ';
      if (IsOneOf(c, "?[{") || (c == ':' && IsOneOf(next, " ,]}")) ||
          (c == ' ' && next == '#')) {
        return false;
      }
    }
    return false;
  }

  // A plain text up to `end`, without the blanks before it.
  bool TakePlain(std::size_t end) {
    while (line_[end - 1] == ' ') --end;
    if (!AddPlain(line_.substr(at_, end - at_))) return false;
    at_ = end;
    return true;
  }

  bool AddPlain(std::string_view text) {
    if (IsNullWord(text)) return false;
    Add(Type::kPlain, text);
    return true;
  }

  std::string_view text_;
  std::string_view line_;
  std::size_t line_begin_ = 0;
  std::size_t line_number_ = 0;
  std::size_t at_ = 0;  // in line_
  std::vector<Block> blocks_;
  bool in_document_ = false;
  bool awaits_value_ = false;  // a key stood last
  std::vector<Event> events_;
};

bool Tell(const Event& event, YamlLoader& loader) {
  using Style = YamlLoader::Style;
  switch (event.type) {
    case Event::Type::kStartDocument:
      return loader.StartDocument(event.place);
    case Event::Type::kEndDocument:
      loader.EndDocument();
      return true;
    case Event::Type::kPlain:
      return loader.AddScalar(event.place, {event.text, Style::kPlain, {}}, 0);
    case Event::Type::kQuoted:
      return loader.AddScalar(event.place, {event.text, Style::kQuoted, {}}, 0);
    case Event::Type::kStartList:
      return loader.StartList(event.place, {}, 0);
    case Event::Type::kStartMap:
      return loader.StartMap(event.place, {}, 0);
    case Event::Type::kEndCollection:
      return loader.EndCollection();
  }
  return false;
}

}  // namespace

PlainYaml ReadPlainYaml(std::string_view text, YamlLoader& loader) {
  PlainReader reader(text);
  if (!reader.Read()) return PlainYaml::kNotPlain;
  const bool told =
      std::all_of(reader.events().begin(), reader.events().end(),
                  [&](const Event& event) { return Tell(event, loader); });
  return told ? PlainYaml::kRead : PlainYaml::kStopped;
}

}  // namespace writ::manifests
