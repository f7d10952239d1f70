#include "engine/cel/environment.h"

#include <algorithm>
#include <utility>

#include "schema/check.h"

namespace writ::engine::cel {
namespace {

Overload MakeOverload(const FunctionRow& row) {
  auto parameters = ParseTypes(row.parameters);
  auto result = ParseType(row.result);
  CHECK(parameters && result);
  return {row.style, *std::move(parameters), *std::move(result), row.run,
          row.strictness};
}

}  // namespace

Environment::Environment(const std::vector<const Library*>& libraries,
                         std::string container, Limits limits)
    : container_(std::move(container)), limits_(limits) {
  for (const Library* library : libraries) {
    for (const FunctionRow& row : library->functions) {
      functions_[std::string(row.name)].push_back(MakeOverload(row));
    }
    for (const MacroRow& row : library->macros) macros_.push_back(&row);
    types_.insert(types_.end(), library->types.begin(), library->types.end());
  }
}

Slot Environment::AddVariable(std::string name, Type type) {
  if (const auto slot = FindVariable(name)) {
    variables_[*slot].type = std::move(type);
    return *slot;
  }
  const auto slot = static_cast<Slot>(variables_.size());
  slots_.emplace(name, slot);
  variables_.push_back({std::move(name), std::move(type)});
  return slot;
}

void Environment::AddFunction(const std::string& name, Overload overload) {
  functions_[name].push_back(std::move(overload));
}

std::optional<Slot> Environment::FindVariable(std::string_view name) const {
  const auto found = slots_.find(name);
  if (found == slots_.end()) return std::nullopt;
  return found->second;
}

const std::vector<Overload>* Environment::FindFunction(
    std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

std::optional<std::string_view> Environment::FindType(
    std::string_view name) const {
  const auto found = std::find(types_.begin(), types_.end(), name);
  if (found == types_.end()) return std::nullopt;
  return *found;
}

const MacroRow* Environment::FindMacro(std::string_view name, Style style,
                                       std::size_t arguments) const {
  for (const MacroRow* row : macros_) {
    if (row->name == name && row->style == style &&
        (row->arguments < 0 ||
         static_cast<std::size_t>(row->arguments) == arguments)) {
      return row;
    }
  }
  return nullptr;
}

std::vector<std::string> Environment::Candidates(std::string_view name) const {
  if (name.starts_with('.')) return {std::string(name.substr(1))};
  std::vector<std::string> candidates;
  std::string_view prefix = container_;
  while (!prefix.empty()) {
    candidates.push_back(std::string(prefix) + "." + std::string(name));
    const std::size_t dot = prefix.rfind('.');
    prefix = dot == std::string_view::npos ? "" : prefix.substr(0, dot);
  }
  candidates.emplace_back(name);
  return candidates;
}

}  // namespace writ::engine::cel
