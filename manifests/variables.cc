#include "manifests/variables.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

#include "manifests/credential_check.h"
#include "schema/json.h"

namespace writ::manifests {
namespace {

constexpr std::string_view kOpen = "${";
constexpr std::string_view kPrefix = "vars.";

std::vector<std::string_view> Names(const Value& variables) {
  std::vector<std::string_view> names;
  if (!variables.IsMap()) return names;
  for (const Value::Entry& entry : variables.AsMap()) {
    names.push_back(entry.key);
  }
  return names;
}

std::string DidYouMean(std::string_view name, const Value& variables) {
  const auto names = Names(variables);
  if (const auto nearest = Suggest(name, names)) {
    return "did you mean \"" + std::string(*nearest) + "\"?";
  }
  std::string hint;
  for (const std::string_view known : names) {
    hint += (hint.empty() ? "declared are " : ", ") + std::string(known);
  }
  return hint.empty() ? "declare it in writ.yaml, below spec.variables" : hint;
}

void Overlay(Value& variables, const Value& over) {
  if (!over.IsMap()) return;
  for (const Value::Entry& entry : over.AsMap()) {
    variables.Set(entry.key, entry.value);
  }
}

std::optional<Value> ReadList(const std::string& text) {
  if (text.substr(0, 1) == "[") {
    auto list = ParseJson(text);
    if (!list || !list->IsList()) return std::nullopt;
    for (const Value& item : list->AsList()) {
      if (!item.IsString()) return std::nullopt;
    }
    return *std::move(list);
  }
  Value::List items;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    items.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return Value(std::move(items));
}

template <typename Number>
std::optional<Value> ReadNumber(std::string_view text) {
  Number number{};
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc() || end != last) return std::nullopt;
  return Value(number);
}

// --var's text as the type of what is declared. A number may be written with
// or without decimals, whichever the declared one has.
std::optional<Value> ReadAs(const Value& declared, const std::string& text) {
  switch (declared.type()) {
    case Value::Type::kBoolean:
      if (text == "true") return Value(true);
      if (text == "false") return Value(false);
      return std::nullopt;
    case Value::Type::kInteger:
    case Value::Type::kNumber:
      if (auto integer = ReadNumber<std::int64_t>(text)) return integer;
      // JSON's grammar keeps "inf" and "nan" out.
      if (auto number = ParseJson(text); number && number->IsNumber()) {
        return *number;
      }
      return std::nullopt;
    case Value::Type::kList:
      return ReadList(text);
    case Value::Type::kNull:
    case Value::Type::kString:
    case Value::Type::kMap:
      break;
  }
  return Value(text);
}

class Interpolator {
 public:
  Interpolator(const Value& variables, Reporter& reporter)
      : variables_(variables), reporter_(reporter) {}

  bool Replace(Value& value) {
    bool changed = false;
    if (value.IsString()) return ReplaceText(value);
    if (value.IsList()) {
      for (Value& item : value.MutableList()) changed |= Replace(item);
    } else if (value.IsMap()) {
      for (Value::Entry& entry : value.MutableMap()) {
        changed |= Replace(entry.value);
      }
    }
    return changed;
  }

 private:
  struct Found {
    const Value* variable = nullptr;
    std::size_t end = 0;  // behind the closing brace
  };

  void Error(const SourceRange& range, std::string summary, std::string hint) {
    reporter_.Error("variable", range, std::move(summary), std::move(hint));
  }

  // The reference that begins at `begin`; nullopt after an error.
  std::optional<Found> Find(const std::string& text, std::size_t begin,
                            const SourceRange& range) {
    const std::size_t close = text.find('}', begin);
    if (close == std::string::npos) {
      Error(range, "a reference to a variable is never closed",
            "write ${vars.name}, or $${ for the characters ${");
      return std::nullopt;
    }
    const std::string inner =
        text.substr(begin + kOpen.size(), close - begin - kOpen.size());
    if (inner.compare(0, kPrefix.size(), kPrefix) != 0) {
      Error(range, "\"${" + inner + "}\" is not a variable",
            "write ${vars.name}, or $${ for the characters ${");
      return std::nullopt;
    }
    const std::string name = inner.substr(kPrefix.size());
    const Value* variable = variables_.Find(name);
    if (variable == nullptr) {
      Error(range, "unknown variable \"" + name + "\"",
            DidYouMean(name, variables_));
      return std::nullopt;
    }
    return Found{variable, close + 1};
  }

  bool Print(const Value& variable, const SourceRange& range,
             std::string& out) {
    if (variable.IsList()) {
      Error(range, "a list can't stand inside a longer text",
            "make the reference the whole value");
      return false;
    }
    out += variable.IsString() ? variable.AsString() : CompactJson(variable);
    return true;
  }

  bool ReplaceText(Value& value) {
    if (value.AsString().find(kOpen) == std::string::npos) return false;
    ReplaceReferences(value);
    if (const auto found = FindCredentialIn(value)) {
      reporter_.Error("raw-credential", value.range(), found->summary,
                      found->hint);
    }
    return true;
  }

  void ReplaceReferences(Value& value) {
    const std::string& text = value.AsString();
    std::size_t open = text.find(kOpen);
    const SourceRange range = value.range();
    std::string out;
    std::size_t at = 0;
    for (; open != std::string::npos; open = text.find(kOpen, at)) {
      if (open > at && text[open - 1] == '$') {
        out.append(text, at, open - 1 - at).append(kOpen);
        at = open + kOpen.size();
        continue;
      }
      const auto found = Find(text, open, range);
      if (!found) return;
      if (open == 0 && found->end == text.size()) {
        value = *found->variable;
        value.set_range(range);
        return;
      }
      out.append(text, at, open - at);
      if (!Print(*found->variable, range, out)) return;
      at = found->end;
    }
    out.append(text, at);
    value = Value(std::move(out));
    value.set_range(range);
  }

  const Value& variables_;
  Reporter& reporter_;
};

}  // namespace

Result<Value> ResolveVariables(
    const Value& repository, const Value& environment,
    const std::vector<std::pair<std::string, std::string>>& overrides) {
  Value variables{Value::Map{}};
  Overlay(variables, repository);
  Overlay(variables, environment);
  for (const auto& [name, text] : overrides) {
    const Value* declared = variables.Find(name);
    if (declared == nullptr) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--var names the variable \"" + name +
                      "\", which writ.yaml doesn't declare",
                  DidYouMean(name, variables));
    }
    auto value = ReadAs(*declared, text);
    if (const auto found = FindCredentialIn(value ? *value : Value(text))) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--var " + name + ": " + found->summary, found->hint);
    }
    if (!value) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--var " + name + ": \"" + text + "\" is not " +
                      std::string(Describe(declared->type())),
                  "writ.yaml declares it so");
    }
    variables.Set(name, *std::move(value));
  }
  return variables;
}

bool MentionsVariables(const Value& tree) {
  if (tree.IsString()) return tree.AsString().find(kOpen) != std::string::npos;
  if (tree.IsList()) {
    const Value::List& list = tree.AsList();
    return std::any_of(list.begin(), list.end(), MentionsVariables);
  }
  if (!tree.IsMap()) return false;
  const Value::Map& map = tree.AsMap();
  return std::any_of(map.begin(), map.end(), [](const Value::Entry& entry) {
    return MentionsVariables(entry.value);
  });
}

bool Interpolate(Value& tree, const Value& variables, Reporter& reporter) {
  return Interpolator(variables, reporter).Replace(tree);
}

}  // namespace writ::manifests
