// docs/manifests.md: every kind and field, from the tables.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/ascii_case.h"
#include "schema/explain.h"
#include "schema/field_text.h"
#include "schema/format_check.h"
#include "schema/kind.h"

namespace writ {
namespace {

constexpr std::string_view kOpening = R"(# Manifests

Every kind of document and every field. This file is made from the tables in
`schema/kinds`, and a test holds it to them; the same text is printed by
`writ explain-kind KIND.field`, and editors get it as JSON Schema from
`writ schema`.

A document has `apiVersion: writ/v1`, a `kind`, `metadata` and a `spec`.
Unknown fields, wrong types, duplicate keys are errors, all reported at once.
An *immutable* field replaces the resource when it changes. A *computed* one
keeps its live value where the manifest has none. A *sensitive* one is never
shown. A *set* and a *list by* a field hold each value or key once, in any
order; a *list* keeps its order.

| type | how it is written |
|---|---|
| duration | number and unit: `90d`, `1h30m`, `250ms`; units w d h m s ms, at most `36500d` |
| timestamp | `2026-12-01T00:00:00Z`, years 1970 to 9999 |
| reference | the name of a resource under the same parent, then in that parent's workspace; an address elsewhere |
| secretRef | `{secretRef: {project: payments, key: API_KEY}}`; the Secret is of the user's own project, or its `usableBy` lists the user |
)";

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("|*_<>`[]$\\").find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

std::string Code(std::string_view text) {
  std::string out = "`";
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out + "`";
}

std::string Sentence(std::vector<std::string> texts) {
  std::string out;
  for (const std::string& text : texts) {
    out += out.empty() ? "" : ", ";
    out += text;
  }
  return out;
}

void AppendRow(const Field& field, const std::string& path, std::string& out) {
  std::vector<std::string> texts = ConstraintTexts(field);
  const std::string constraints = Sentence(std::move(texts));
  const bool in_words =
      field.default_value == nullptr && field.default_from.empty();
  const std::string fallback = DefaultText(field);
  out.append("| ").append(Code(path)).append(" | ");
  out.append(Escaped(TypeText(field))).append(" | ");
  if (!fallback.empty()) {
    out.append(in_words ? Escaped(fallback) : Code(fallback));
  }
  out.append(" | ").append(Escaped(field.doc));
  if (!constraints.empty()) {
    out.append(" *").append(Escaped(constraints)).append("*");
  }
  out.append(" |\n");
}

void AppendRows(const Field& field, const std::string& path, std::string& out) {
  const std::string prefix = path.empty() ? "" : path + ".";
  for (const Field& member : field.fields) {
    const std::string own = prefix + member.name;
    AppendRow(member, own, out);
    if (IsSecretReference(member) || member.type == FieldType::kSecretUrl) {
      continue;
    }
    if (member.type == FieldType::kList) {
      AppendRows(*member.item, own + "[]", out);
    } else if (member.type == FieldType::kMap) {
      AppendRows(*member.item, own + ".*", out);
    } else {
      AppendRows(member, own, out);
    }
  }
}

void AppendTable(const Field& field, const std::string& path,
                 std::string& out) {
  out.append("| field | type | default | |\n|---|---|---|---|\n");
  AppendRows(field, path, out);
}

void AppendFormats(std::string& out) {
  for (int i = 1; i <= static_cast<int>(Format::kUrlPath); ++i) {
    const FormatRow& row = RowOf(static_cast<Format>(i));
    if (row.format == Format::kLine) continue;  // called text in the tables
    std::string how(row.expectation);
    for (const std::string_view word : ClosedSetOf(row.format)) {
      how.append(how.empty() ? "" : ", ").append(word);
    }
    out.append("| ").append(row.name).append(" | ");
    out.append(Escaped(how)).append(" |\n");
  }
}

void AppendKind(const Kind& kind, std::string& out) {
  out.append("\n## ").append(kind.name).append("\n\n");
  out.append(Escaped(kind.doc)).append("\n");
  if (kind.is_resource) {
    out.append("\nAddress: ").append(Code(AddressText(kind))).append("\n");
  }
  out.append("\n```yaml\n").append(kind.example).append("```\n\n");
  const std::string rules = Sentence(ConstraintTexts(kind.spec));
  if (!rules.empty()) {
    out.append("`spec` stands ").append(Escaped(rules)).append(".\n\n");
  }
  AppendTable(kind.spec, "spec", out);
}

}  // namespace

std::string ManifestReference() {
  std::string out(kOpening);
  AppendFormats(out);
  out.append("\nKinds:");
  for (const Kind* kind : AllKinds()) {
    out.append(kind == AllKinds().front() ? " " : ", ");
    out.append("[")
        .append(kind->name)
        .append("](#")
        .append(LowerCased(kind->name));
    out.append(")");
  }
  out.append(".\n\n## metadata\n\n").append(MetadataField().doc);
  out.append("\n\n");
  AppendTable(MetadataField(), "metadata", out);
  out.append("\n## lifecycle\n\n").append(LifecycleField().doc);
  out.append(" Resources have it; other documents don't.\n\n");
  AppendTable(LifecycleField(), "lifecycle", out);
  for (const Kind* kind : AllKinds()) AppendKind(*kind, out);
  return out;
}

}  // namespace writ
