#include "manifests/yaml_text.h"

#include <algorithm>
#include <array>

#include "schema/ascii_case.h"
#include "schema/json.h"
#include "schema/time.h"

namespace writ::manifests {
namespace {

constexpr std::size_t kIndent = 2;

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
}

// A word that begins with a letter and that no reader of YAML 1.1 or 1.2 takes
// for anything else.
bool IsPlain(std::string_view text) {
  constexpr std::array<std::string_view, 9> kReserved = {
      "true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  if (text.empty()) return false;
  if (ParseDuration(text)) return true;  // 90d
  const char first = text.front();
  const bool is_letter =
      (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
  if (!is_letter || !std::all_of(text.begin(), text.end(), IsWordCharacter)) {
    return false;
  }
  return std::find(kReserved.begin(), kReserved.end(), LowerCased(text)) ==
         kReserved.end();
}

std::string ScalarText(const Value& value) {
  if (value.IsString() && IsPlain(value.AsString())) return value.AsString();
  // JSON's scalars are YAML's.
  return CanonicalJson(value);
}

bool IsScalarList(const Value& value) {
  return value.IsList() &&
         std::none_of(
             value.AsList().begin(), value.AsList().end(),
             [](const Value& item) { return item.IsMap() || item.IsList(); });
}

bool FitsOneLine(const Value& value) {
  if (value.IsMap()) return value.AsMap().empty();
  return !value.IsList() || IsScalarList(value);
}

std::string KeyText(const std::string& key) { return ScalarText(Value(key)); }

void WriteMap(const Value& map, std::size_t indent, bool is_inline,
              std::string& out);

void WriteList(const Value& list, std::size_t indent, std::string& out) {
  for (const Value& item : list.AsList()) {
    out += std::string(indent, ' ') + "- ";
    if (item.IsMap() && !item.AsMap().empty()) {
      WriteMap(item, indent + kIndent, /*is_inline=*/true, out);
    } else {
      out += ToYamlLine(item) + "\n";
    }
  }
}

void WriteMap(const Value& map, std::size_t indent, bool is_inline,
              std::string& out) {
  for (const Value::Entry& entry : map.AsMap()) {
    if (!is_inline) out += std::string(indent, ' ');
    is_inline = false;
    out += KeyText(entry.key) + ":";
    if (FitsOneLine(entry.value)) {
      out += " " + ToYamlLine(entry.value) + "\n";
      continue;
    }
    out += "\n";
    if (entry.value.IsMap()) {
      WriteMap(entry.value, indent + kIndent, /*is_inline=*/false, out);
    } else {
      WriteList(entry.value, indent + kIndent, out);
    }
  }
}

}  // namespace

std::string ToYamlLine(const Value& value) {
  if (value.IsMap()) {
    std::string text = "{";
    for (const Value::Entry& entry : value.AsMap()) {
      text += (text.size() == 1 ? "" : ", ") + KeyText(entry.key) + ": " +
              ToYamlLine(entry.value);
    }
    return text + "}";
  }
  if (value.IsList()) {
    std::string text = "[";
    for (const Value& item : value.AsList()) {
      text += (text.size() == 1 ? "" : ", ") + ToYamlLine(item);
    }
    return text + "]";
  }
  return ScalarText(value);
}

std::string ToYaml(const Value& document) {
  std::string out;
  WriteMap(document, 0, /*is_inline=*/false, out);
  return out;
}

}  // namespace writ::manifests
