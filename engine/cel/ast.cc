#include "engine/cel/ast.h"

#include <string_view>

namespace writ::engine::cel {

std::string QualifiedName(const Expr& expr) {
  std::vector<std::string_view> fields;
  const Expr* at = &expr;
  while (const auto* select = at->As<Select>()) {
    if (select->optional || select->test) return {};
    fields.push_back(select->field);
    at = select->operand;
  }
  const auto* ident = at->As<Ident>();
  if (ident == nullptr) return {};
  std::string name = ident->name;
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    name += '.';
    name += *field;
  }
  return name;
}

void AppendChildren(const Expr& expr, std::vector<const Expr*>& children) {
  const auto add = [&children](const Expr* child) {
    if (child != nullptr) children.push_back(child);
  };
  if (const auto* select = expr.As<Select>()) {
    add(select->operand);
  } else if (const auto* call = expr.As<Call>()) {
    add(call->target);
    for (const Expr* argument : call->arguments) add(argument);
  } else if (const auto* list = expr.As<ListLiteral>()) {
    for (const auto& element : list->elements) add(element.value);
  } else if (const auto* map = expr.As<MapLiteral>()) {
    for (const auto& entry : map->entries) {
      add(entry.key);
      add(entry.value);
    }
  } else if (const auto* loop = expr.As<Loop>()) {
    add(loop->range);
    add(loop->condition);
    add(loop->body);
  } else if (const auto* let = expr.As<Let>()) {
    for (const auto& binding : let->bindings) add(binding.value);
    add(let->body);
  }
}

}  // namespace writ::engine::cel
