#include "engine/cel/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/cel/lexer.h"
#include "schema/utf8.h"

namespace writ::engine::cel {
namespace {

struct Operator {
  Token token;
  int precedence;
  const char* function;
};

constexpr int kOrLevel = 1;
constexpr int kAndLevel = 2;
constexpr std::array kOperators = {
    Operator{Token::kOr, kOrLevel, "_||_"},
    Operator{Token::kAnd, kAndLevel, "_&&_"},
    Operator{Token::kEqual, 3, "_==_"},
    Operator{Token::kNotEqual, 3, "_!=_"},
    Operator{Token::kLess, 3, "_<_"},
    Operator{Token::kLessEqual, 3, "_<=_"},
    Operator{Token::kGreater, 3, "_>_"},
    Operator{Token::kGreaterEqual, 3, "_>=_"},
    Operator{Token::kIn, 3, "@in"},
    Operator{Token::kPlus, 4, "_+_"},
    Operator{Token::kMinus, 4, "_-_"},
    Operator{Token::kTimes, 5, "_*_"},
    Operator{Token::kDivide, 5, "_/_"},
    Operator{Token::kModulo, 5, "_%_"},
};

const Operator* FindOperator(Token token) {
  const auto found = std::find_if(
      kOperators.begin(), kOperators.end(),
      [token](const Operator& candidate) { return candidate.token == token; });
  return found == kOperators.end() ? nullptr : &*found;
}

// Recursive descent; a null expression is on its way up to an issue that has
// been reported.
class Parser {
 public:
  Parser(Ast& ast, const Environment& environment, Issues& issues)
      : ast_(ast),
        environment_(environment),
        issues_(issues),
        lexer_(ast.source().text()) {
    Advance();
  }

  Expr* ParseAll() {
    Expr* root = ParseExpression();
    if (root != nullptr && token_ != Token::kEnd) return Unexpected();
    return root;
  }

 private:
  // Counts what is open while it lives.
  class Nested {
   public:
    explicit Nested(Parser& parser) : parser_(parser) { ++parser_.nesting_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    ~Nested() { --parser_.nesting_; }
    bool TooDeep() const {
      return parser_.nesting_ > parser_.environment_.limits().max_nesting;
    }

   private:
    Parser& parser_;
  };

  void Advance() {
    last_end_ = lexer_.end();
    if (token_ != Token::kMistake) token_ = lexer_.Next();
  }
  bool Take(Token wanted) {
    if (token_ != wanted) return false;
    Advance();
    return true;
  }

  std::nullptr_t Fail(Span span, std::string message) {
    if (failed_) return nullptr;
    failed_ = true;
    const Position position = ast_.source().PositionOf(span.at);
    issues_.push_back({"syntax", std::move(message), {}, span, position});
    return nullptr;
  }
  std::nullptr_t Unexpected() {
    const Span span{lexer_.begin(), lexer_.end(), lexer_.begin()};
    if (token_ == Token::kMistake) return Fail(span, lexer_.text());
    if (token_ == Token::kEnd) {
      return Fail(span, "the expression ends too early");
    }
    return Fail(span, "\"" + std::string(ast_.source().TextOf(span)) +
                          "\" can't stand here");
  }
  std::nullptr_t TooDeep() {
    return Fail({lexer_.begin(), lexer_.end(), lexer_.begin()},
                "the expression is nested too deeply");
  }
  Span From(std::uint32_t begin, std::uint32_t at) const {
    return {begin, last_end_, at};
  }
  std::uint32_t BeginOf(const Expr* expr) const {
    return ast_.SpanOf(expr->id).begin;
  }

  Expr* ParseExpression();
  Expr* ParseBinary(int precedence);
  Expr* ParseChain(Expr* first, const Operator& chained);
  Expr* Balance(const std::vector<Expr*>& terms,
                const std::vector<std::uint32_t>& signs,
                const Operator& chained, std::size_t first, std::size_t last);
  Expr* ParseUnary();
  Expr* ParseMember();
  Expr* ParseSelect(Expr* operand);
  Expr* ParseIndex(Expr* operand);
  Expr* ParsePrimary();
  Expr* ParseName();
  Expr* ParseList();
  Expr* ParseMap();
  Expr* ParseLiteral(bool negative, std::uint32_t begin);
  Expr* ParseInt(bool negative, std::uint32_t begin);
  bool ParseArguments(std::vector<Expr*>& arguments);
  Expr* MakeCall(Span span, std::string function, Expr* target,
                 std::vector<Expr*> arguments);

  Ast& ast_;
  const Environment& environment_;
  Issues& issues_;
  Lexer lexer_;
  Token token_ = Token::kEnd;
  std::uint32_t last_end_ = 0;
  std::size_t nesting_ = 0;
  bool failed_ = false;
};

// OR ["?" OR ":" EXPRESSION]
Expr* Parser::ParseExpression() {
  const Nested nested(*this);
  if (nested.TooDeep()) return TooDeep();
  Expr* condition = ParseBinary(kOrLevel);
  if (condition == nullptr || token_ != Token::kQuestion) return condition;
  const std::uint32_t at = lexer_.begin();
  Advance();
  Expr* yes = ParseBinary(kOrLevel);
  if (yes == nullptr) return nullptr;
  if (!Take(Token::kColon)) return Unexpected();
  Expr* no = ParseExpression();
  if (no == nullptr) return nullptr;
  return ast_.New(From(BeginOf(condition), at),
                  Call{"_?_:_", nullptr, {condition, yes, no}});
}

// Precedence climbing: operands bound by operators of at least `precedence`.
Expr* Parser::ParseBinary(int precedence) {
  Expr* left = ParseUnary();
  while (left != nullptr) {
    const Operator* found = FindOperator(token_);
    if (found == nullptr || found->precedence < precedence) break;
    if (found->precedence <= kAndLevel) {
      left = ParseChain(left, *found);
      continue;
    }
    const std::uint32_t at = lexer_.begin();
    Advance();
    Expr* right = ParseBinary(found->precedence + 1);
    if (right == nullptr) return nullptr;
    left = ast_.New(From(BeginOf(left), at),
                    Call{found->function, nullptr, {left, right}});
  }
  return left;
}

// a && b && c …: a balanced tree, so that a long chain is no deep one.
Expr* Parser::ParseChain(Expr* first, const Operator& chained) {
  std::vector<Expr*> terms = {first};
  std::vector<std::uint32_t> signs;
  while (token_ == chained.token) {
    signs.push_back(lexer_.begin());
    Advance();
    Expr* term = ParseBinary(chained.precedence + 1);
    if (term == nullptr) return nullptr;
    terms.push_back(term);
  }
  return Balance(terms, signs, chained, 0, terms.size() - 1);
}

Expr* Parser::Balance(const std::vector<Expr*>& terms,
                      const std::vector<std::uint32_t>& signs,
                      const Operator& chained, std::size_t first,
                      std::size_t last) {
  if (first == last) return terms[first];
  const std::size_t middle = (first + last) / 2;
  Expr* left = Balance(terms, signs, chained, first, middle);
  Expr* right = Balance(terms, signs, chained, middle + 1, last);
  const Span span{BeginOf(left), ast_.SpanOf(right->id).end, signs[middle]};
  return ast_.New(span, Call{chained.function, nullptr, {left, right}});
}

Expr* Parser::ParseUnary() {
  if (token_ != Token::kNot && token_ != Token::kMinus) return ParseMember();
  const Nested nested(*this);
  if (nested.TooDeep()) return TooDeep();
  const std::uint32_t begin = lexer_.begin();
  const char* function = token_ == Token::kNot ? "!_" : "-_";
  const bool minus = token_ == Token::kMinus;
  Advance();
  // A minus in front of a number is part of it: the least int has no opposite.
  if (minus && (token_ == Token::kInt || token_ == Token::kDouble)) {
    Expr* literal = ParseLiteral(true, begin);
    while (literal != nullptr &&
           (token_ == Token::kDot || token_ == Token::kOpenBracket)) {
      literal =
          token_ == Token::kDot ? ParseSelect(literal) : ParseIndex(literal);
    }
    return literal;
  }
  Expr* operand = ParseUnary();
  if (operand == nullptr) return nullptr;
  return ast_.New(From(begin, begin), Call{function, nullptr, {operand}});
}

Expr* Parser::ParseMember() {
  Expr* member = ParsePrimary();
  while (member != nullptr) {
    if (token_ == Token::kDot) {
      member = ParseSelect(member);
    } else if (token_ == Token::kOpenBracket) {
      member = ParseIndex(member);
    } else {
      break;
    }
  }
  return member;
}

// "." ["?"] NAME ["(" ARGUMENTS ")"]
Expr* Parser::ParseSelect(Expr* operand) {
  Advance();
  const bool optional = Take(Token::kQuestion);
  const std::uint32_t at = lexer_.begin();
  const bool quoted = token_ == Token::kQuoted;
  if (!quoted && token_ != Token::kIdentifier && token_ != Token::kReserved) {
    return Unexpected();
  }
  std::string name = lexer_.text();
  Advance();
  if (quoted || optional || token_ != Token::kOpenParenthesis) {
    return ast_.New(From(BeginOf(operand), at),
                    Select{operand, std::move(name), optional, false});
  }
  std::vector<Expr*> arguments;
  if (!ParseArguments(arguments)) return nullptr;
  return MakeCall(From(BeginOf(operand), at), std::move(name), operand,
                  std::move(arguments));
}

// "[" ["?"] EXPRESSION "]"
Expr* Parser::ParseIndex(Expr* operand) {
  const std::uint32_t at = lexer_.begin();
  Advance();
  const bool optional = Take(Token::kQuestion);
  Expr* index = ParseExpression();
  if (index == nullptr) return nullptr;
  if (!Take(Token::kCloseBracket)) return Unexpected();
  return ast_.New(From(BeginOf(operand), at),
                  Call{optional ? "_[?_]" : "_[_]", nullptr, {operand, index}});
}

Expr* Parser::ParsePrimary() {
  if (token_ == Token::kDot || token_ == Token::kIdentifier ||
      token_ == Token::kReserved) {
    return ParseName();
  }
  if (token_ == Token::kOpenBracket) return ParseList();
  if (token_ == Token::kOpenBrace) return ParseMap();
  if (!Take(Token::kOpenParenthesis)) {
    return ParseLiteral(false, lexer_.begin());
  }
  Expr* inner = ParseExpression();
  if (inner != nullptr && !Take(Token::kCloseParenthesis)) return Unexpected();
  return inner;
}

// ["."] IDENTIFIER ["(" ARGUMENTS ")"]
Expr* Parser::ParseName() {
  const std::uint32_t begin = lexer_.begin();
  const bool rooted = Take(Token::kDot);
  if (token_ == Token::kReserved) {
    const Span span{lexer_.begin(), lexer_.end(), lexer_.begin()};
    return Fail(span, "\"" + lexer_.text() + "\" is reserved; it's no name");
  }
  if (token_ != Token::kIdentifier) return Unexpected();
  const std::uint32_t at = lexer_.begin();
  std::string name = (rooted ? "." : "") + lexer_.text();
  Advance();
  if (token_ != Token::kOpenParenthesis) {
    return ast_.New(From(begin, at), Ident{std::move(name)});
  }
  std::vector<Expr*> arguments;
  if (!ParseArguments(arguments)) return nullptr;
  return MakeCall(From(begin, at), std::move(name), nullptr,
                  std::move(arguments));
}

// "(" [EXPRESSION {"," EXPRESSION}] ")"
bool Parser::ParseArguments(std::vector<Expr*>& arguments) {
  Advance();
  if (Take(Token::kCloseParenthesis)) return true;
  do {
    Expr* argument = ParseExpression();
    if (argument == nullptr) return false;
    arguments.push_back(argument);
  } while (Take(Token::kComma));
  if (Take(Token::kCloseParenthesis)) return true;
  Unexpected();
  return false;
}

Expr* Parser::MakeCall(Span span, std::string function, Expr* target,
                       std::vector<Expr*> arguments) {
  const Style style = target == nullptr ? Style::kFunction : Style::kMethod;
  if (const MacroRow* macro =
          environment_.FindMacro(function, style, arguments.size())) {
    MacroCall call(ast_, span, target, arguments, issues_);
    Expr* expanded = macro->expand(call);
    if (expanded != nullptr) return expanded;
    // It is no macro, or a wrong one: then the call stands in, so that the
    // rest of the text is read and all issues are found.
  }
  return ast_.New(span,
                  Call{std::move(function), target, std::move(arguments)});
}

// "[" [["?"] EXPRESSION {"," ...}] [","] "]"
Expr* Parser::ParseList() {
  const std::uint32_t begin = lexer_.begin();
  Advance();
  ListLiteral list;
  while (token_ != Token::kCloseBracket) {
    const bool optional = Take(Token::kQuestion);
    Expr* value = ParseExpression();
    if (value == nullptr) return nullptr;
    list.elements.push_back({value, optional});
    if (!Take(Token::kComma)) break;
  }
  if (!Take(Token::kCloseBracket)) return Unexpected();
  return ast_.New(From(begin, begin), std::move(list));
}

// "{" [["?"] EXPRESSION ":" EXPRESSION {"," ...}] [","] "}"
Expr* Parser::ParseMap() {
  const std::uint32_t begin = lexer_.begin();
  Advance();
  MapLiteral map;
  while (token_ != Token::kCloseBrace) {
    const bool optional = Take(Token::kQuestion);
    Expr* key = ParseExpression();
    if (key == nullptr) return nullptr;
    if (!Take(Token::kColon)) return Unexpected();
    Expr* value = ParseExpression();
    if (value == nullptr) return nullptr;
    map.entries.push_back({key, value, optional});
    if (!Take(Token::kComma)) break;
  }
  if (!Take(Token::kCloseBrace)) return Unexpected();
  return ast_.New(From(begin, begin), std::move(map));
}

Expr* Parser::ParseInt(bool negative, std::uint32_t begin) {
  constexpr std::uint64_t kMostNegative = std::uint64_t{1} << 63U;
  const std::uint64_t number = lexer_.number();
  if (number == kMostNegative && !negative) {
    return Fail({begin, lexer_.end(), begin},
                "the number exceeds the range of int");
  }
  Advance();
  const auto value = static_cast<std::int64_t>(negative ? ~number + 1 : number);
  return ast_.New(From(begin, begin), Literal{Value::Int(value)});
}

Expr* Parser::ParseLiteral(bool negative, std::uint32_t begin) {
  if (token_ == Token::kInt) return ParseInt(negative, begin);
  Value value;
  if (token_ == Token::kUint) {
    value = Value::Uint(lexer_.number());
  } else if (token_ == Token::kDouble) {
    value = Value::Double(negative ? -lexer_.real() : lexer_.real());
  } else if (token_ == Token::kString) {
    value = Value::String(lexer_.text());
  } else if (token_ == Token::kBytes) {
    value = Value::Bytes(lexer_.text());
  } else if (token_ == Token::kTrue || token_ == Token::kFalse) {
    value = Value::Bool(token_ == Token::kTrue);
  } else if (token_ != Token::kNull) {
    return Unexpected();
  }
  Advance();
  return ast_.New(From(begin, begin), Literal{std::move(value)});
}

// The tree's depth, without recursion.
bool IsDeeper(const Expr& root, std::size_t limit) {
  struct Open {
    const Expr* expr;
    std::size_t depth;
  };
  std::vector<Open> open = {{&root, 1}};
  std::vector<const Expr*> children;
  while (!open.empty()) {
    const Open next = open.back();
    open.pop_back();
    if (next.depth > limit) return true;
    children.clear();
    AppendChildren(*next.expr, children);
    for (const Expr* child : children) open.push_back({child, next.depth + 1});
  }
  return false;
}

Issues OneIssue(std::string message) {
  return {{"syntax", std::move(message), {}, {}, {}}};
}

}  // namespace

Compiled<Ast> Parse(std::string text, const Environment& environment) {
  const Limits& limits = environment.limits();
  if (!IsValidUtf8(text)) {
    return tl::unexpected(OneIssue("the expression is not valid UTF-8"));
  }
  if (CountCodePoints(text) > limits.max_code_points) {
    return tl::unexpected(OneIssue("the expression has more than " +
                                   std::to_string(limits.max_code_points) +
                                   " characters"));
  }
  Ast ast(std::move(text));
  Issues issues;
  Expr* root = Parser(ast, environment, issues).ParseAll();
  if (root != nullptr && issues.empty() && IsDeeper(*root, limits.max_depth)) {
    issues = OneIssue("the expression is nested too deeply");
  }
  if (root == nullptr || !issues.empty()) return tl::unexpected(issues);
  ast.set_root(root);
  return ast;
}

}  // namespace writ::engine::cel
