#include <utility>

#include "engine/cel/library.h"

namespace writ::engine::cel {

bool MacroCall::TargetIs(std::string_view name) const {
  if (target == nullptr) return false;
  const auto* ident = target->As<Ident>();
  return ident != nullptr && ident->name == name;
}

std::string MacroCall::VariableName(std::size_t argument) {
  const auto* ident = arguments[argument]->As<Ident>();
  if (ident != nullptr && !ident->name.starts_with('.')) return ident->name;
  Fail(arguments[argument], "a plain name for a variable belongs here");
  return {};
}

Expr* MacroCall::Fail(const Expr* where, std::string message) {
  const Span& span = ast_.SpanOf(where->id);
  issues_.push_back({"macro",
                     std::move(message),
                     {},
                     span,
                     ast_.source().PositionOf(span.at)});
  return nullptr;
}

}  // namespace writ::engine::cel
