// An expression as a tree. Operators are calls of functions named as in the
// specification; macros are expanded while parsing, into two forms that both
// checker and evaluator know directly: Loop and Let.
//
//   operators  !_ -_ _+_ _-_ _*_ _/_ _%_ _==_ _!=_ _<_ _<=_ _>_ _>=_ @in
//              _&&_ _||_ (balanced where chained) _?_:_ _[_] _[?_]
//
// Nodes live as long as their Ast and are shared by nothing else.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/cel/source.h"
#include "engine/cel/value.h"

namespace writ::engine::cel {

struct Expr;

// null, bool, int, uint, double, string, bytes.
struct Literal {
  Value value;
};

// ".name" is resolved from the root, past containers and local variables.
struct Ident {
  std::string name;
};

struct Select {
  Expr* operand = nullptr;
  std::string field;
  bool optional = false;  // a.?b
  bool test = false;      // has(a.b)
};

struct Call {
  std::string function;
  Expr* target = nullptr;  // null for operators and plain functions
  std::vector<Expr*> arguments;
};

struct ListLiteral {
  struct Element {
    Expr* value = nullptr;
    bool optional = false;  // [?a]
  };
  std::vector<Element> elements;
};

struct MapLiteral {
  struct Entry {
    Expr* key = nullptr;
    Expr* value = nullptr;
    bool optional = false;  // {?a: b}
  };
  std::vector<Entry> entries;
};

// A macro over the elements of a list or the keys of a map. With one variable
// it is bound to the element or the key; with two to index and element, or to
// key and value.
struct Loop {
  enum class Kind : std::uint8_t {
    kAll,        // body for all; errors give way to a false
    kExists,     // body for any; errors give way to a true
    kExistsOne,  // body for exactly one
    kList,       // the bodies as a list: map, filter, transformList
    kMap,        // key → body: transformMap
    kMapEntry,   // the body's entries: transformMapEntry
  };
  Kind kind = Kind::kAll;
  std::string variable;
  std::string variable2;  // empty: one variable
  Expr* range = nullptr;
  Expr* condition = nullptr;  // of kList, kMap, kMapEntry; null: all elements
  Expr* body = nullptr;
};

// Names for values: cel.bind, cel.block. Each is visible to those after it and
// to the body; an error counts only where the name is used.
struct Let {
  struct Binding {
    std::string name;
    Expr* value = nullptr;
  };
  std::vector<Binding> bindings;
  Expr* body = nullptr;
};

struct Expr {
  ExprId id = 0;
  std::variant<Literal, Ident, Select, Call, ListLiteral, MapLiteral, Loop, Let>
      node;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&node);
  }
};

class Ast {
 public:
  explicit Ast(std::string text) : source_(std::move(text)) {
    spans_.emplace_back();
  }
  Ast(Ast&&) = default;
  Ast& operator=(Ast&&) = default;

  // `node` is one of the forms above.
  template <typename T>
  Expr* New(const Span& span, T node) {
    spans_.push_back(span);
    return &nodes_.emplace_back(
        Expr{static_cast<ExprId>(spans_.size() - 1), std::move(node)});
  }

  const Source& source() const { return source_; }
  // Ids are below this; 0 is none's.
  std::size_t id_limit() const { return spans_.size(); }
  const Span& SpanOf(ExprId id) const { return spans_[id]; }
  Position PositionOf(ExprId id) const {
    return source_.PositionOf(spans_[id].at);
  }

  const Expr& root() const { return *root_; }
  void set_root(Expr* root) { root_ = root; }

 private:
  Source source_;
  std::deque<Expr> nodes_;
  std::vector<Span> spans_;
  Expr* root_ = nullptr;
};

// "a.b.c" where the expression is a chain of plain selects from an identifier
// (with a leading dot where the identifier has one), else empty.
std::string QualifiedName(const Expr& expr);

// The expressions right below one, in the order of evaluation.
void AppendChildren(const Expr& expr, std::vector<const Expr*>& children);

}  // namespace writ::engine::cel
