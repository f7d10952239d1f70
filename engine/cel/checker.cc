#include "engine/cel/checker.h"

#include <algorithm>
#include <utility>

#include "engine/cel/checker_walk.h"
#include "schema/field_walk.h"

namespace writ::engine::cel {
namespace {

using TypeKind = Type::Kind;

Type Bool() { return Type(TypeKind::kBool); }
Type String() { return Type(TypeKind::kString); }

// What an optional holds; any other type itself.
Type Unwrapped(const Type& type) {
  return type.Is(TypeKind::kOptional) ? type.parameters()[0] : type;
}

std::string SuggestField(const ObjectType& object, std::string_view field) {
  std::vector<std::string_view> fields;
  for (const ObjectType::Field& known : object.fields) {
    fields.push_back(known.name);
  }
  return DidYouMean(field, fields);
}

}  // namespace

Compiled<Checked> Check(const Ast& ast, const Environment& environment) {
  return CheckerWalk(ast, environment).Run();
}

Compiled<Checked> CheckerWalk::Run() {
  Check(ast_.root());
  Checked checked;
  checked.types.reserve(types_.size());
  for (const Type& type : types_) {
    checked.types.push_back(unifier_.Finish(type));
  }
  checked.result = checked.types[ast_.root().id];
  if (unifier_.exhausted()) {
    Report(ast_.root(), "too-complex", "the types are too complex to check");
  }
  if (issues_.empty()) return checked;
  std::stable_sort(
      issues_.begin(), issues_.end(),
      [](const Issue& a, const Issue& b) { return a.span.at < b.span.at; });
  return tl::unexpected<Issues>(std::move(issues_));
}

Type CheckerWalk::Report(const Expr& expr, std::string code,
                         std::string message, std::string hint) {
  return ReportAt(ast_.SpanOf(expr.id), std::move(code), std::move(message),
                  std::move(hint));
}

Type CheckerWalk::ReportAt(const Span& span, std::string code,
                           std::string message, std::string hint) {
  issues_.push_back({std::move(code), std::move(message), std::move(hint), span,
                     ast_.source().PositionOf(span.at)});
  return {};
}

Type CheckerWalk::Check(const Expr& expr) {
  Type type;
  if (unifier_.exhausted()) return type;
  if (const auto* literal = expr.As<Literal>()) {
    type = CheckLiteral(*literal);
  } else if (const auto* ident = expr.As<Ident>()) {
    type = CheckIdent(expr, *ident);
  } else if (const auto* select = expr.As<Select>()) {
    type = CheckSelect(expr, *select);
  } else if (const auto* call = expr.As<Call>()) {
    type = CheckCall(expr, *call);
  } else if (const auto* list = expr.As<ListLiteral>()) {
    type = CheckList(*list);
  } else if (const auto* map = expr.As<MapLiteral>()) {
    type = CheckMap(*map);
  } else if (const auto* loop = expr.As<Loop>()) {
    type = CheckLoop(*loop);
  } else if (const auto* let = expr.As<Let>()) {
    type = CheckLet(*let);
  }
  types_[expr.id] = type;
  return type;
}

Type CheckerWalk::CheckLiteral(const Literal& literal) {
  return ParseType(TypeName(literal.value)).value_or(Type());
}

Type CheckerWalk::CheckIdent(const Expr& expr, const Ident& ident) {
  if (const Type* local = names_.FindLocal(ident.name)) return *local;
  if (const auto declared = names_.FindDeclared(ident.name)) {
    Unifier::Instance instance;
    return unifier_.Instantiate(*declared, instance);
  }
  return UnknownName(expr, ident.name);
}

Type CheckerWalk::UnknownName(const Expr& expr, std::string_view name) {
  const std::string_view plain = name.substr(name.starts_with('.') ? 1 : 0);
  return Report(expr, "unknown-name", "nothing is declared as " + Quoted(plain),
                names_.SuggestName(plain));
}

Type CheckerWalk::CheckSelect(const Expr& expr, const Select& select) {
  const bool plain = !select.test && !select.optional;
  const std::string qualified = plain ? QualifiedName(expr) : std::string();
  if (!qualified.empty() && !names_.IsRootedInLocal(qualified)) {
    if (const auto declared = names_.FindDeclared(qualified)) {
      Unifier::Instance instance;
      return unifier_.Instantiate(*declared, instance);
    }
    if (!names_.IsPrefixDeclared(qualified)) {
      const std::string unknown = names_.UnknownPart(qualified);
      const Expr* at = &expr;
      while (QualifiedName(*at) != unknown) at = at->As<Select>()->operand;
      return UnknownName(*at, unknown);
    }
  }
  const Type operand = unifier_.Resolve(Check(*select.operand));
  const Type target = unifier_.Resolve(Unwrapped(operand));
  const Type field = FieldType(FieldSpan(expr, select), target, select.field);
  if (select.test) return Bool();
  const bool wrapped = select.optional || operand.Is(TypeKind::kOptional);
  return wrapped ? Type::Optional(field) : field;
}

// The span of has(a.b) is that of the macro.
Span CheckerWalk::FieldSpan(const Expr& expr, const Select& select) const {
  Span span = ast_.SpanOf(expr.id);
  if (!select.test) return span;
  const std::size_t at = ast_.source().text().find(
      select.field, ast_.SpanOf(select.operand->id).end);
  if (at < span.end) span.at = static_cast<std::uint32_t>(at);
  return span;
}

Type CheckerWalk::FieldType(const Span& at, const Type& target,
                            const std::string& field) {
  switch (target.kind()) {
    case TypeKind::kDyn:
      return {};
    case TypeKind::kParameter:
      unifier_.Assign(target, Type());
      return {};
    case TypeKind::kMap:
      return target.parameters()[1];
    case TypeKind::kObject: {
      const ObjectType& object = target.object();
      if (const auto* known = object.Find(field)) return known->type;
      if (object.open) return {};
      return ReportAt(at, "unknown-field",
                      object.name + " has no field " + Quoted(field),
                      SuggestField(object, field));
    }
    case TypeKind::kNull:
    case TypeKind::kBool:
    case TypeKind::kInt:
    case TypeKind::kUint:
    case TypeKind::kDouble:
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kList:
    case TypeKind::kType:
    case TypeKind::kOptional:
    case TypeKind::kOpaque:
      break;
  }
  return ReportAt(at, "no-fields",
                  "a value of type " + TextOf(target) + " has no fields");
}

Type CheckerWalk::CheckOptionalElement(const Expr& expr) {
  const Type type = unifier_.Resolve(Check(expr));
  if (type.Is(TypeKind::kOptional)) return type.parameters()[0];
  const Type value = unifier_.NewVariable();
  if (unifier_.Assign(type, Type::Optional(value))) return value;
  return Report(expr, "type-mismatch",
                "what follows ? is to be an optional, not " + TextOf(type));
}

Type CheckerWalk::Join(const std::optional<Type>& before, const Type& type) {
  return before ? unifier_.Common(*before, type).value_or(Type()) : type;
}

Type CheckerWalk::CheckList(const ListLiteral& list) {
  std::optional<Type> element;
  for (const ListLiteral::Element& item : list.elements) {
    const Type type =
        item.optional ? CheckOptionalElement(*item.value) : Check(*item.value);
    element = Join(element, type);
  }
  return Type::List(element ? *element : unifier_.NewVariable());
}

Type CheckerWalk::CheckMap(const MapLiteral& map) {
  std::optional<Type> key;
  std::optional<Type> value;
  for (const MapLiteral::Entry& entry : map.entries) {
    const Type key_type = Check(*entry.key);
    key = Join(key, key_type);
    const Type type = entry.optional ? CheckOptionalElement(*entry.value)
                                     : Check(*entry.value);
    value = Join(value, type);
  }
  if (!key) return Type::Map(unifier_.NewVariable(), unifier_.NewVariable());
  return Type::Map(*key, *value);
}

Type CheckerWalk::CheckLoop(const Loop& loop) {
  std::vector<Type> variables = CheckRange(loop);
  const std::size_t depth = names_.Depth();
  names_.Enter(loop.variable, variables[0]);
  if (!loop.variable2.empty()) names_.Enter(loop.variable2, variables[1]);
  if (loop.condition != nullptr) ExpectBool(*loop.condition, "a condition");
  Type body;
  const bool tests = loop.kind == Loop::Kind::kAll ||
                     loop.kind == Loop::Kind::kExists ||
                     loop.kind == Loop::Kind::kExistsOne;
  if (tests) {
    ExpectBool(*loop.body, "a condition");
  } else {
    body = Check(*loop.body);
  }
  names_.LeaveTo(depth);
  return LoopResult(loop, types_[loop.range->id], body);
}

std::vector<Type> CheckerWalk::CheckRange(const Loop& loop) {
  const Type range = unifier_.Resolve(Check(*loop.range));
  const bool both = !loop.variable2.empty();
  switch (range.kind()) {
    case TypeKind::kParameter:
      unifier_.Assign(range, Type());
      return {Type(), Type()};
    case TypeKind::kDyn:
      return {Type(), Type()};
    case TypeKind::kList:
      if (!both) return {range.parameters()[0]};
      return {Type(TypeKind::kInt), range.parameters()[0]};
    case TypeKind::kMap:
      return {range.parameters()[0], range.parameters()[1]};
    case TypeKind::kObject:
      return {String(), Type()};
    case TypeKind::kNull:
    case TypeKind::kBool:
    case TypeKind::kInt:
    case TypeKind::kUint:
    case TypeKind::kDouble:
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kType:
    case TypeKind::kOptional:
    case TypeKind::kOpaque:
      break;
  }
  Report(*loop.range, "type-mismatch",
         "a macro goes over a list or a map, not over " + TextOf(range));
  return {Type(), Type()};
}

Type CheckerWalk::LoopResult(const Loop& loop, const Type& range,
                             const Type& body) {
  switch (loop.kind) {
    case Loop::Kind::kAll:
    case Loop::Kind::kExists:
    case Loop::Kind::kExistsOne:
      return Bool();
    case Loop::Kind::kList:
      return Type::List(body);
    case Loop::Kind::kMap: {
      const Type known = unifier_.Resolve(range);
      if (known.Is(TypeKind::kMap)) {
        return Type::Map(known.parameters()[0], body);
      }
      if (known.Is(TypeKind::kList)) {
        return Type::Map(Type(TypeKind::kInt), body);
      }
      return Type::Map(known.Is(TypeKind::kObject) ? String() : Type(), body);
    }
    case Loop::Kind::kMapEntry:
      break;
  }
  const Type result = Type::Map(unifier_.NewVariable(), unifier_.NewVariable());
  if (!unifier_.Assign(body, result)) {
    return Report(*loop.body, "type-mismatch",
                  "an entry is to be a map, not " + TextOf(body));
  }
  return result;
}

Type CheckerWalk::CheckLet(const Let& let) {
  const std::size_t depth = names_.Depth();
  for (const Let::Binding& binding : let.bindings) {
    Type type = Check(*binding.value);
    names_.Enter(binding.name, std::move(type));
  }
  Type body = Check(*let.body);
  names_.LeaveTo(depth);
  return body;
}

void CheckerWalk::ExpectBool(const Expr& expr, std::string_view what) {
  const Type type = Check(expr);
  if (unifier_.Assign(type, Bool())) return;
  Report(expr, "type-mismatch",
         std::string(what) + " is to be a bool, not " + TextOf(type));
}

}  // namespace writ::engine::cel
