#include "engine/cel/checker_names.h"

#include <algorithm>
#include <set>

#include "schema/field_walk.h"
#include "schema/validator.h"

namespace writ::engine::cel {
namespace {

// The name that stands for a type, as a value of what type.
Type TypeOfName(std::string_view name) {
  if (auto type = ParseType(name)) return Type::Of(*std::move(type));
  return Type::Of(Type());
}

bool HasStyle(const std::vector<Overload>& overloads, Style style) {
  return std::any_of(overloads.begin(), overloads.end(),
                     [style](const Overload& o) { return o.style == style; });
}

bool IsQualified(std::string_view name) {
  return name.find('.') != std::string_view::npos;
}

std::string_view Root(std::string_view qualified) {
  return qualified.substr(0, qualified.find('.', 1));
}

}  // namespace

const Type* CheckerNames::FindLocal(std::string_view name) const {
  const auto found =
      std::find_if(locals_.rbegin(), locals_.rend(),
                   [name](const auto& local) { return local.first == name; });
  return found == locals_.rend() ? nullptr : &found->second;
}

bool CheckerNames::IsRootedInLocal(std::string_view qualified) const {
  return FindLocal(Root(qualified)) != nullptr;
}

std::optional<Type> CheckerNames::FindDeclared(std::string_view name) const {
  for (const std::string& candidate : environment_.Candidates(name)) {
    if (const auto slot = environment_.FindVariable(candidate)) {
      return environment_.variables()[*slot].type;
    }
    if (const auto type = environment_.FindType(candidate)) {
      return TypeOfName(*type);
    }
  }
  return std::nullopt;
}

const std::vector<Overload>* CheckerNames::FindFunction(std::string_view name,
                                                        Style style) const {
  for (const std::string& candidate : environment_.Candidates(name)) {
    const auto* overloads = environment_.FindFunction(candidate);
    if (overloads != nullptr && HasStyle(*overloads, style)) return overloads;
  }
  return nullptr;
}

bool CheckerNames::IsPrefixDeclared(std::string_view qualified) const {
  if (IsRootedInLocal(qualified)) return true;
  while (!FindDeclared(qualified)) {
    const std::size_t dot = qualified.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return false;
    qualified = qualified.substr(0, dot);
  }
  return true;
}

std::string CheckerNames::UnknownPart(std::string_view qualified) const {
  const std::string_view root = Root(qualified);
  const std::string prefix = std::string(root) + ".";
  const auto& variables = environment_.variables();
  const bool shared = std::any_of(
      variables.begin(), variables.end(),
      [&](const Variable& v) { return v.name.starts_with(prefix); });
  if (!shared || qualified.size() <= prefix.size()) return std::string(root);
  return std::string(qualified.substr(0, qualified.find('.', root.size() + 1)));
}

std::string CheckerNames::SuggestName(std::string_view name) const {
  std::vector<std::string_view> candidates;
  for (const auto& [local, type] : locals_) {
    // Names that no one wrote: of macros.
    if (!local.starts_with('@')) candidates.push_back(local);
  }
  for (const Variable& variable : environment_.variables()) {
    candidates.push_back(variable.name);
  }
  return DidYouMean(name, candidates);
}

std::string CheckerNames::SuggestFunction(std::string_view name,
                                          Style style) const {
  std::vector<std::string_view> candidates;
  const auto consider = [&](std::string_view candidate) {
    // Neither operators nor what macros call; and of x.size(), "size" says
    // nothing.
    const bool written = !candidate.starts_with('_') &&
                         candidate.find('@') == std::string_view::npos;
    if (written && (IsQualified(candidate) || !IsQualified(name))) {
      candidates.push_back(candidate);
    }
  };
  for (const auto& [function, overloads] : environment_.functions()) {
    if (HasStyle(overloads, style)) consider(function);
  }
  for (const MacroRow* macro : environment_.macros()) {
    if (macro->style == style) consider(macro->name);
  }
  return DidYouMean(name, candidates);
}

std::string CheckerNames::MacroArguments(std::string_view name,
                                         Style style) const {
  std::set<int> counts;
  for (const MacroRow* macro : environment_.macros()) {
    if (macro->name == name && macro->style == style && macro->arguments >= 0) {
      counts.insert(macro->arguments);
    }
  }
  std::string text;
  for (const int count : counts) {
    if (!text.empty()) text += " or ";
    text += std::to_string(count);
  }
  return text;
}

std::string DidYouMean(std::string_view written,
                       const std::vector<std::string_view>& candidates) {
  const auto best = Suggest(written, candidates);
  if (!best || *best == written) return {};
  return "did you mean " + Quoted(*best) + "?";
}

}  // namespace writ::engine::cel
