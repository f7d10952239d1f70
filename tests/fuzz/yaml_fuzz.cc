#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "manifests/manifest_file.h"
#include "manifests/overlay.h"
#include "manifests/variables.h"
#include "schema/check.h"
#include "schema/credential/credential_scan.h"
#include "schema/json.h"
#include "schema/validator.h"
#include "tests/fuzz/fuzz_targets.h"

namespace writ {
namespace {

using manifests::Document;
using manifests::ManifestFile;

void CheckRange(const SourceRange& range, std::uint32_t lines) {
  CHECK(range.line <= lines);
  CHECK(range.line == 0 || range.column > 0);
}

void CheckTree(const Value& value, std::uint32_t lines) {
  CheckRange(value.range(), lines);
  if (value.IsList()) {
    for (const Value& item : value.AsList()) CheckTree(item, lines);
  } else if (value.IsMap()) {
    for (const Value::Entry& entry : value.AsMap()) {
      CheckRange(entry.key_range, lines);
      CheckTree(entry.value, lines);
    }
  }
}

// What is read is plain data: it prints as JSON and reads back the same.
void CheckPrintsBack(const Value& value) {
  const auto back = ParseJson(CanonicalJson(value));
  CHECK(back.has_value());
  CHECK(*back == value);
}

void Use(const Document& document, Reporter& reporter) {
  if (!document.root.IsMap() || document.broken) return;
  Value variables;
  variables.Set("name", Value("x"));
  Value root = document.root;
  manifests::Interpolate(root, variables, reporter);
  const bool valid = ValidateDocument(root, reporter).has_value();
  if (!valid || root.FindString("kind") != "Patch") return;
  if (const auto patch = manifests::ReadPatch(root, reporter)) {
    static_cast<void>(manifests::ApplyPatch(*patch, root, reporter));
  }
}

}  // namespace

void FuzzYaml(std::string_view bytes) {
  const SourceFiles files{"fuzz.yaml"};
  Diagnostics diagnostics;
  ManifestFile file(std::string(bytes), 0);
  Reporter reporter(
      files, [&](auto, std::uint32_t line) { return file.Excerpt(line); },
      diagnostics);
  const auto lines = static_cast<std::uint32_t>(
      std::count(bytes.begin(), bytes.end(), '\n') + 1);
  for (const Document& document : file.Parse(reporter)) {
    CheckTree(document.root, lines);
    if (!document.broken) CheckPrintsBack(document.root);
    CHECK(!document.broken || diagnostics.HasErrors());
    Use(document, reporter);
  }
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    CHECK(!diagnostic.summary.empty());
    // Of a private key its first line may be shown.
    for (const auto& finding : FindCredentials(diagnostic.excerpt)) {
      CHECK(finding.family == "private key");
    }
    for (const Location& at : diagnostic.locations) CHECK(at.line <= lines);
  }
}

}  // namespace writ
