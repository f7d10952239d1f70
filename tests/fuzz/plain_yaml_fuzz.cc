#include "manifests/plain_yaml.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "manifests/source_text.h"
#include "manifests/yaml_loader.h"
#include "manifests/yaml_parser.h"
#include "schema/check.h"
#include "schema/json.h"
#include "tests/fuzz/fuzz_targets.h"

namespace writ {
namespace {

using manifests::Document;
using manifests::PlainYaml;
using manifests::YamlLimits;

// Small, so that they are met.
YamlLimits Limits() {
  YamlLimits limits;
  limits.max_depth = 12;
  limits.max_documents = 5;
  limits.max_scalar_bytes = 200;
  limits.max_nodes = 300;
  return limits;
}

std::string Place(const SourceRange& range) {
  return std::to_string(range.line) + ":" + std::to_string(range.column) + "+" +
         std::to_string(range.length);
}

void Describe(const Value& value, std::string& out) {
  out += Place(value.range()) + " ";
  if (value.IsList()) {
    out += "[";
    for (const Value& item : value.AsList()) Describe(item, out);
    out += "]";
  } else if (value.IsMap()) {
    out += "{";
    for (const Value::Entry& entry : value.AsMap()) {
      out += QuoteJson(entry.key) + " " + Place(entry.key_range) + ": ";
      Describe(entry.value, out);
    }
    out += "}";
  } else {
    out += CanonicalJson(value) + "; ";
  }
}

// All that a reader says of a text: values, places, errors.
std::string Account(const std::string& text) {
  const SourceFiles files{"fuzz.yaml"};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  std::string account;
  for (const Document& document :
       manifests::ParseYaml(text, 0, Limits(), reporter)) {
    account += "line " + std::to_string(document.line) +
               (document.broken ? ", broken: " : ": ");
    Describe(document.root, account);
    account += "\n";
  }
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    account +=
        diagnostic.code + ": " + diagnostic.summary + " " + diagnostic.hint;
    for (const Location& at : diagnostic.locations) {
      account +=
          " " + std::to_string(at.line) + ":" + std::to_string(at.column);
    }
    account += "\n";
  }
  return account;
}

PlainYaml ReadPlain(std::string_view text) {
  const SourceFiles files{"fuzz.yaml"};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  const YamlLimits limits = Limits();
  manifests::YamlLoader loader(text, 0, limits, reporter);
  return manifests::ReadPlainYaml(text, loader);
}

}  // namespace

void FuzzPlainYaml(std::string_view bytes) {
  const bool has_mark = bytes.substr(0, 3) == "\xef\xbb\xbf";
  if (has_mark || manifests::FindTextFault(bytes)) return;
  const std::string text(bytes);
  if (ReadPlain(text) == PlainYaml::kNotPlain) return;
  // A tab in a comment means nothing, and isn't plain.
  std::string other = text;
  if (!other.empty() && other.back() != '\n') other += '\n';
  other += "#\t\n";
  CHECK(ReadPlain(other) == PlainYaml::kNotPlain);
  const std::string quick = Account(text);
  const std::string whole = Account(other);
  if (quick == whole) return;
  std::fprintf(stderr, "read as plain:\n%s\nread by yaml-cpp:\n%s\n",
               quick.c_str(), whole.c_str());
  std::abort();
}

}  // namespace writ
