#include "manifests/json_patch.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>

namespace writ::manifests {
namespace {

struct ActionName {
  std::string_view name;
  PatchAction action;
};
constexpr std::array kActions{
    ActionName{"add", PatchAction::kAdd},
    ActionName{"remove", PatchAction::kRemove},
    ActionName{"replace", PatchAction::kReplace},
    ActionName{"move", PatchAction::kMove},
    ActionName{"copy", PatchAction::kCopy},
    ActionName{"test", PatchAction::kTest},
};

constexpr std::string_view kPatchCode = "patch-operation";

// ~1 is a slash and ~0 a tilde; nullopt for any other tilde.
std::optional<std::string> Unescape(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '~') {
      out += text[at];
      continue;
    }
    ++at;
    if (at == text.size() || (text[at] != '0' && text[at] != '1')) {
      return std::nullopt;
    }
    out += text[at] == '0' ? '~' : '/';
  }
  return out;
}

std::optional<PathPart> ReadPart(std::string_view text) {
  auto plain = Unescape(text);
  if (!plain) return std::nullopt;
  PathPart part;
  part.text = *std::move(plain);
  const std::string& whole = part.text;
  if (whole.size() < 2 || whole.front() != '[' || whole.back() != ']') {
    return part;
  }
  const std::size_t equals = whole.find('=');
  if (equals == std::string::npos || equals == 1) return std::nullopt;
  part.field = whole.substr(1, equals - 1);
  part.value = whole.substr(equals + 1, whole.size() - equals - 2);
  return part;
}

std::optional<PatchPath> ReadPath(const Value& written, Reporter& reporter) {
  constexpr std::string_view kHint =
      "write it as /spec/fields/[name=currency]/required";
  PatchPath path;
  path.range = written.range();
  if (written.IsString()) path.text = written.AsString();
  if (path.text.size() < 2 || path.text[0] != '/') {
    reporter.Error(kPatchCode, path.range,
                   "the path of an operation begins with a slash and names a "
                   "field",
                   std::string(kHint));
    return std::nullopt;
  }
  std::string_view rest = path.text;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    auto part = ReadPart(rest.substr(0, slash));
    if (!part) {
      reporter.Error(
          kPatchCode, path.range,
          "\"" + std::string(rest.substr(0, slash)) + "\" is no part of a path",
          std::string(kHint));
      return std::nullopt;
    }
    path.parts.push_back(*std::move(part));
    rest.remove_prefix(slash);
  }
  return path;
}

std::optional<std::size_t> ReadIndex(const std::string& text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::size_t index = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, index);
  if (error != std::errc() || end != last) return std::nullopt;
  return index;
}

// The text by which a list item may be named: numbers and booleans as they
// are printed have no place here.
bool IsNamed(const Value& item, const PathPart& part) {
  const Value* field = item.Find(part.field);
  return field != nullptr && field->IsString() &&
         field->AsString() == part.value;
}

std::optional<std::size_t> FindItem(const Value::List& list,
                                    const PathPart& part) {
  if (part.field.empty()) {
    const auto index = ReadIndex(part.text);
    if (index && *index < list.size()) return index;
    return std::nullopt;
  }
  const auto found =
      std::find_if(list.begin(), list.end(),
                   [&](const Value& item) { return IsNamed(item, part); });
  if (found == list.end()) return std::nullopt;
  return static_cast<std::size_t>(found - list.begin());
}

Value* Step(Value& at, const PathPart& part) {
  if (at.IsMap()) return part.field.empty() ? at.Find(part.text) : nullptr;
  if (!at.IsList()) return nullptr;
  const auto index = FindItem(at.AsList(), part);
  return index ? &at.MutableList()[*index] : nullptr;
}

bool Missing(const PatchPath& path, std::size_t parts, Reporter& reporter) {
  std::string there;
  for (std::size_t i = 0; i < parts; ++i) there += "/" + path.parts[i].text;
  reporter.Error(kPatchCode, path.range, path.text + " isn't there",
                 there.empty() ? "" : "what is there ends with " + there);
  return false;
}

// What holds the last part of the path; null after an error.
Value* FindHolder(Value& document, const PatchPath& path, Reporter& reporter) {
  Value* at = &document;
  for (std::size_t i = 0; i + 1 < path.parts.size(); ++i) {
    Value* next = Step(*at, path.parts[i]);
    if (next == nullptr) {
      Missing(path, i, reporter);
      return nullptr;
    }
    at = next;
  }
  return at;
}

Value* Find(Value& document, const PatchPath& path, Reporter& reporter) {
  Value* holder = FindHolder(document, path, reporter);
  if (holder == nullptr) return nullptr;
  Value* found = Step(*holder, path.parts.back());
  if (found == nullptr) Missing(path, path.parts.size() - 1, reporter);
  return found;
}

bool Remove(Value& document, const PatchPath& path, Reporter& reporter) {
  Value* holder = FindHolder(document, path, reporter);
  if (holder == nullptr) return false;
  const PathPart& last = path.parts.back();
  if (Step(*holder, last) == nullptr) {
    return Missing(path, path.parts.size() - 1, reporter);
  }
  if (holder->IsMap()) return holder->Erase(last.text);
  Value::List& list = holder->MutableList();
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(*FindItem(list, last)));
  return true;
}

// `add` to a list: before the position, at the end for "-" and for a name that
// no item has, in its place for one that has.
bool AddToList(Value::List& list, const PatchPath& path, Value value,
               Reporter& reporter) {
  const PathPart& last = path.parts.back();
  if (!last.field.empty()) {
    if (const auto index = FindItem(list, last)) {
      list[*index] = std::move(value);
    } else {
      list.push_back(std::move(value));
    }
    return true;
  }
  const auto index =
      last.text == "-" ? std::optional(list.size()) : ReadIndex(last.text);
  if (!index || *index > list.size()) {
    return Missing(path, path.parts.size() - 1, reporter);
  }
  list.insert(list.begin() + static_cast<std::ptrdiff_t>(*index),
              std::move(value));
  return true;
}

bool Add(Value& document, const PatchPath& path, Value value,
         Reporter& reporter) {
  Value* holder = FindHolder(document, path, reporter);
  if (holder == nullptr) return false;
  if (holder->IsList()) {
    return AddToList(holder->MutableList(), path, std::move(value), reporter);
  }
  const PathPart& last = path.parts.back();
  if (!holder->IsMap() || !last.field.empty()) {
    return Missing(path, path.parts.size() - 1, reporter);
  }
  holder->Erase(last.text);
  holder->MutableMap().push_back({last.text, path.range, std::move(value)});
  return true;
}

// Whether `inner` lies below `outer`, where it can't be moved to.
bool IsBelow(const PatchPath& inner, const PatchPath& outer) {
  return inner.text.size() > outer.text.size() &&
         inner.text.compare(0, outer.text.size() + 1, outer.text + "/") == 0;
}

bool Copy(const PatchOperation& operation, Value& document,
          Reporter& reporter) {
  const Value* source = Find(document, *operation.from, reporter);
  if (source == nullptr) return false;
  Value value = *source;
  value.set_range(operation.path.range);
  if (operation.action == PatchAction::kMove) {
    if (IsBelow(operation.path, *operation.from)) {
      reporter.Error(kPatchCode, operation.path.range,
                     "a value can't be moved below itself");
      return false;
    }
    if (!Remove(document, *operation.from, reporter)) return false;
  }
  return Add(document, operation.path, std::move(value), reporter);
}

std::optional<PatchAction> FindAction(std::string_view name) {
  for (const ActionName& known : kActions) {
    if (known.name == name) return known.action;
  }
  return std::nullopt;
}

// Fills in `from` and `value`, whichever the action wants.
bool ReadOperands(const Value& written, PatchOperation& operation,
                  Reporter& reporter) {
  const std::string name(written.FindString("op"));
  const auto lacks = [&](std::string_view field) {
    reporter.Error(kPatchCode, written.range(),
                   "\"" + name + "\" needs \"" + std::string(field) + "\"");
    return false;
  };
  switch (operation.action) {
    case PatchAction::kRemove:
      return true;
    case PatchAction::kMove:
    case PatchAction::kCopy: {
      const Value* from = written.Find("from");
      if (from == nullptr) return lacks("from");
      operation.from = ReadPath(*from, reporter);
      return operation.from.has_value();
    }
    case PatchAction::kAdd:
    case PatchAction::kReplace:
    case PatchAction::kTest: {
      const Value* value = written.Find("value");
      if (value == nullptr) return lacks("value");
      operation.value = *value;
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<PatchOperation> ReadOperation(const Value& written,
                                            Reporter& reporter) {
  const auto action = FindAction(written.FindString("op"));
  const Value* path = written.Find("path");
  if (!action || path == nullptr) {
    reporter.Error(kPatchCode, written.range(),
                   "an operation needs \"op\" and \"path\"",
                   "op is add, remove, replace, move, copy or test");
    return std::nullopt;
  }
  PatchOperation operation;
  operation.action = *action;
  auto parsed = ReadPath(*path, reporter);
  if (!parsed) return std::nullopt;
  operation.path = *std::move(parsed);
  if (!ReadOperands(written, operation, reporter)) return std::nullopt;
  return operation;
}

bool ApplyOperation(const PatchOperation& operation, Value& document,
                    Reporter& reporter) {
  switch (operation.action) {
    case PatchAction::kAdd:
      return Add(document, operation.path, *operation.value, reporter);
    case PatchAction::kRemove:
      return Remove(document, operation.path, reporter);
    case PatchAction::kMove:
    case PatchAction::kCopy:
      return Copy(operation, document, reporter);
    case PatchAction::kReplace:
    case PatchAction::kTest:
      break;
  }
  Value* found = Find(document, operation.path, reporter);
  if (found == nullptr) return false;
  if (operation.action == PatchAction::kReplace) {
    *found = *operation.value;
    return true;
  }
  if (*found == *operation.value) return true;
  reporter.Error(kPatchCode, operation.value->range(),
                 "the test of " + operation.path.text + " doesn't hold");
  return false;
}

}  // namespace writ::manifests
