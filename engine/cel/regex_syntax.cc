#include "engine/cel/regex_syntax.h"

#include <cstddef>

namespace writ::engine::cel {
namespace {

using Kind = RegexGraph::Kind;
using NodeId = std::uint32_t;

constexpr std::size_t kMaxNodes = 300;
// Of characters and groups: those of a copied group are read again each time.
constexpr int kMaxReads = 5'000;

AsciiSet Range(char first, char last) {
  AsciiSet set;
  for (int c = first; c <= last; ++c) set.set(static_cast<std::size_t>(c));
  return set;
}

AsciiSet One(char c) { return Range(c, c); }

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 128; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Builds the graph from its end to its start: each part is asked for with the
// node that comes after it, so that repetitions are built anew for each copy.
class SyntaxChecker {
 public:
  explicit SyntaxChecker(std::string_view pattern) : pattern_(pattern) {}

  std::optional<RegexGraph> Run() {
    const NodeId match = New({Kind::kMatch, 0, 0, {}});
    std::size_t at = 0;
    graph_.start = Alternatives(at, match);
    if (!plain_ || at != pattern_.size()) return std::nullopt;
    return std::move(graph_);
  }

 private:
  struct Bounds {
    int least = 1;
    int most = 1;  // -1: any number
  };

  NodeId New(RegexGraph::Node node) {
    if (graph_.nodes.size() >= kMaxNodes) plain_ = false;
    if (plain_) graph_.nodes.push_back(node);
    return static_cast<NodeId>(graph_.nodes.size() - 1);
  }
  NodeId Fork(NodeId one, NodeId other) {
    return New({Kind::kFork, one, other, {}});
  }
  NodeId Refuse() {
    plain_ = false;
    return 0;
  }
  bool AtEnd(std::size_t at) const { return at >= pattern_.size(); }
  bool Sees(std::size_t at, char c) const {
    return !AtEnd(at) && pattern_[at] == c;
  }

  // a|b|c, up to a closing bracket or the end.
  NodeId Alternatives(std::size_t& at, NodeId after) {
    NodeId all = Sequence(at, after);
    while (plain_ && Sees(at, '|')) {
      ++at;
      all = Fork(all, Sequence(at, after));
    }
    return all;
  }

  NodeId Sequence(std::size_t& at, NodeId after) {
    struct Part {
      std::size_t begin;
      Bounds bounds;
    };
    std::vector<Part> parts;
    while (plain_ && !AtEnd(at) && pattern_[at] != '|' && pattern_[at] != ')') {
      Part part{at, {}};
      SkipAtom(at);
      if (plain_) part.bounds = ReadBounds(at);
      parts.push_back(part);
    }
    for (auto part = parts.rbegin(); plain_ && part != parts.rend(); ++part) {
      after = Repeated(part->begin, part->bounds, after);
    }
    return after;
  }

  // x{least,most}: x…x(x(x)?)? or x…x(x)*
  NodeId Repeated(std::size_t begin, Bounds bounds, NodeId after) {
    NodeId first = after;
    if (bounds.most < 0) {
      const NodeId loop = Fork(after, after);
      const NodeId body = Atom(begin, loop);
      if (!plain_) return 0;
      graph_.nodes[loop].next = body;
      first = loop;
    }
    for (int i = bounds.least; plain_ && i < bounds.most; ++i) {
      first = Fork(Atom(begin, first), after);
    }
    for (int i = 0; plain_ && i < bounds.least; ++i) {
      first = Atom(begin, first);
    }
    return first;
  }

  // Where it ends does not depend on what follows it.
  void SkipAtom(std::size_t& at) {
    const std::size_t nodes = graph_.nodes.size();
    Atom(at, 0, &at);
    graph_.nodes.resize(nodes);
  }

  NodeId Atom(std::size_t at, NodeId after, std::size_t* end = nullptr) {
    if (++reads_ > kMaxReads) return Refuse();
    const char c = pattern_[at];
    NodeId atom = 0;
    if (c == '(') {
      ++at;
      if (Sees(at, '?')) {
        if (!Sees(at + 1, ':')) return Refuse();
        at += 2;
      }
      atom = Alternatives(at, after);
      if (!plain_ || !Sees(at, ')')) return Refuse();
      ++at;
    } else if (c == '^') {
      ++at;
      atom = New({Kind::kBegin, after, 0, {}});
    } else if (c == '$') {
      ++at;
      atom = New({Kind::kEnd, after, 0, {}});
    } else {
      const AsciiSet set = Character(at);
      atom = New({Kind::kCharacter, after, 0, set});
    }
    if (end != nullptr) *end = at;
    return atom;
  }

  // One character of the text: written, escaped, a dot or a class.
  AsciiSet Character(std::size_t& at) {
    const char c = pattern_[at];
    switch (c) {
      case '.':
        ++at;
        return ~One('\n');
      case '[':
        return Class(at);
      case '\\':
        return Escape(at);
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        Refuse();
        return {};
      default:
        ++at;
        if (!IsAscii(c)) {
          Refuse();
          return {};
        }
        return One(c);
    }
  }

  AsciiSet Escape(std::size_t& at) {
    const char c = at + 1 < pattern_.size() ? pattern_[at + 1] : '\0';
    at += 2;
    const AsciiSet digit = Range('0', '9');
    const AsciiSet word = digit | Range('a', 'z') | Range('A', 'Z') | One('_');
    const AsciiSet space =
        One('\t') | One('\n') | One('\f') | One('\r') | One(' ');
    switch (c) {
      case 'd':
        return digit;
      case 'D':
        return ~digit;
      case 'w':
        return word;
      case 'W':
        return ~word;
      case 's':
        return space;
      case 'S':
        return ~space;
      case 't':
        return One('\t');
      case 'n':
        return One('\n');
      case 'r':
        return One('\r');
      case 'f':
        return One('\f');
      case 'v':
        return One('\v');
      default:
        break;
    }
    const bool punctuation =
        IsAscii(c) && c > ' ' && c != '\x7f' &&
        !word.test(static_cast<std::size_t>(static_cast<unsigned char>(c)));
    if (!punctuation) {
      Refuse();
      return {};
    }
    return One(c);
  }

  AsciiSet Class(std::size_t& at) {
    ++at;
    const bool negated = Sees(at, '^');
    if (negated) ++at;
    AsciiSet set;
    for (bool first = true; plain_ && (first || !Sees(at, ']'));
         first = false) {
      if (AtEnd(at) || pattern_[at] == '[') Refuse();  // perhaps [:alpha:]
      if (!plain_) return {};
      set |= ClassItem(at);
    }
    ++at;
    return negated ? ~set : set;
  }

  // a, a-z, \d
  AsciiSet ClassItem(std::size_t& at) {
    const char first = pattern_[at];
    AsciiSet set;
    if (first == '\\') {
      set = Escape(at);
    } else {
      ++at;
      if (!IsAscii(first)) Refuse();
      if (plain_) set = One(first);
    }
    const bool range =
        Sees(at, '-') && at + 1 < pattern_.size() && pattern_[at + 1] != ']';
    if (!plain_ || !range) return set;
    const char last = pattern_[at + 1];
    // Escapes at either end are rare enough for RE2.
    if (first == '\\' || last == '\\' || last == '[' || !IsAscii(last)) {
      Refuse();
      return {};
    }
    at += 2;
    return Range(first, last);
  }

  // * + ? {n} {n,} {n,m}; a ? behind them says which match is wanted, which is
  // nothing to whether there is one.
  Bounds ReadBounds(std::size_t& at) {
    if (AtEnd(at)) return {};
    Bounds bounds;
    switch (pattern_[at]) {
      case '*':
        bounds = {0, -1};
        break;
      case '+':
        bounds = {1, -1};
        break;
      case '?':
        bounds = {0, 1};
        break;
      case '{':
        bounds = ReadCounts(at);
        break;
      default:
        return {};
    }
    ++at;
    if (Sees(at, '?')) ++at;
    return bounds;
  }

  // Ends at the closing brace.
  Bounds ReadCounts(std::size_t& at) {
    ++at;
    Bounds bounds;
    bounds.least = ReadNumber(at);
    bounds.most = bounds.least;
    if (plain_ && Sees(at, ',')) {
      ++at;
      bounds.most = Sees(at, '}') ? -1 : ReadNumber(at);
    }
    if (!Sees(at, '}')) Refuse();
    return bounds;
  }

  int ReadNumber(std::size_t& at) {
    constexpr int kMaxCount = 1'000;  // RE2's own limit
    int number = 0;
    if (AtEnd(at) || !IsDigit(pattern_[at])) Refuse();
    for (; !AtEnd(at) && IsDigit(pattern_[at]); ++at) {
      if (number <= kMaxCount) number = number * 10 + (pattern_[at] - '0');
    }
    return number;
  }

  const std::string_view pattern_;
  RegexGraph graph_;
  int reads_ = 0;
  bool plain_ = true;
};

}  // namespace

std::optional<RegexGraph> ParsePlainRegex(std::string_view pattern) {
  return SyntaxChecker(pattern).Run();
}

}  // namespace writ::engine::cel
