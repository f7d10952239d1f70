#include "schema/explain.h"

#include <algorithm>
#include <cstddef>

#include "schema/field_text.h"
#include "schema/field_walk.h"
#include "schema/format_check.h"
#include "schema/kind.h"
#include "schema/text_list.h"
#include "schema/utf8.h"
#include "schema/validator.h"

namespace writ {
namespace {

// Appends words, broken before `width`, each line indented.
void AppendWrapped(std::string_view text, std::size_t indent, int width,
                   std::string& out) {
  const std::size_t limit = std::max<std::size_t>(
      static_cast<std::size_t>(std::max(width, 0)), indent + 20);
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    const std::size_t size = DisplayWidth(word);
    if (column > 0 && column + 1 + size > limit) {
      out += '\n';
      column = 0;
    }
    if (column == 0) {
      out.append(indent, ' ');
      column = indent;
    } else {
      out += ' ';
      ++column;
    }
    out.append(word);
    column += size;
    if (space == std::string_view::npos) break;
    text.remove_prefix(space + 1);
  }
  out += '\n';
}

// "duration, required, =90d"
std::string SummaryOf(const Field& field) {
  std::vector<std::string> texts = {TypeText(field)};
  for (std::string& text : ConstraintTexts(field)) {
    texts.push_back(std::move(text));
  }
  const std::string fallback = DefaultText(field);
  if (!fallback.empty()) texts.push_back("=" + fallback);
  return Joined(texts);
}

// The object that a field's members are those of: itself, or its item.
const Field& Inner(const Field& field) {
  const Field* inner = &field;
  while (inner->item != nullptr) inner = inner->item.get();
  return *inner;
}

void AppendMembers(const Field& field, int width, std::string& out) {
  const Field& inner = Inner(field);
  if (inner.fields.empty() || IsSecretReference(inner)) return;
  out.append("\nFIELDS\n");
  for (const Field& member : inner.fields) {
    AppendWrapped(member.name + ": " + SummaryOf(member), 2, width, out);
    AppendWrapped(member.doc, 6, width, out);
  }
}

std::string FormatNote(const Field& field) {
  const Field& inner = Inner(field);
  if (inner.type == FieldType::kDuration) {
    return "A number and its unit, w d h m s ms, as in 90d or 1h30m; at most "
           "36500d.";
  }
  if (inner.type == FieldType::kTimestamp) {
    return "As in 2026-12-01T00:00:00Z, years 1970 to 9999.";
  }
  if (inner.type != FieldType::kString || inner.format == Format::kNone) {
    return {};
  }
  const auto set = ClosedSetOf(inner.format);
  if (!set.empty()) return "One of " + Listed({set.begin(), set.end()}) + ".";
  std::string note(RowOf(inner.format).expectation);
  if (!note.empty() && note[0] >= 'a' && note[0] <= 'z') {
    note[0] = static_cast<char>(note[0] - 'a' + 'A');
  }
  return note + ".";
}

std::string FieldText(const std::string& path, const Field& field, int width) {
  std::string out;
  AppendWrapped(path + ": " + SummaryOf(field), 0, width, out);
  out += '\n';
  AppendWrapped(field.doc, 0, width, out);
  const std::string note = FormatNote(field);
  if (!note.empty()) AppendWrapped(note, 0, width, out);
  if (IsSecretReference(Inner(field))) {
    AppendWrapped(
        "Written {secretRef: {project: payments, key: SLACK_WEBHOOK_URL}}: "
        "the Secret whose value is used.",
        0, width, out);
  }
  if (!field.example.empty()) {
    const std::size_t dot = path.rfind('.');
    out.append("\nEXAMPLE\n  ").append(path.substr(dot + 1));
    out.append(": ").append(field.example).append("\n");
  }
  AppendMembers(field, width, out);
  return out;
}

void AppendIndented(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.append("  ").append(text.substr(0, end)).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string KindText(const Kind& kind, int width) {
  std::string out = kind.name;
  if (kind.is_resource) out.append(": ").append(AddressText(kind));
  out.append("\n\n");
  AppendWrapped(kind.doc, 0, width, out);
  AppendMembers(kind.spec, width, out);
  out.append("\nEXAMPLE\n");
  AppendIndented(kind.example, out);
  return out;
}

// The field that the rest of a path leads to, and its full path. "rotation"
// and "spec.rotation" are the same.
struct Found {
  const Field* field = nullptr;
  std::string path;
};

Found FindBelow(const Kind& kind, std::string_view rest) {
  for (const std::string& candidate :
       {std::string(rest), "spec." + std::string(rest)}) {
    if (const Field* field = kind.FindField(candidate)) {
      return {field, kind.name + "." + candidate};
    }
  }
  return {};
}

std::vector<std::string_view> MemberNames(const Field& field) {
  std::vector<std::string_view> names;
  for (const Field& member : Inner(field).fields) names.push_back(member.name);
  return names;
}

}  // namespace

std::optional<std::string> ExplainField(std::string_view path, int width) {
  const std::size_t dot = path.find('.');
  const Kind* kind = FindKind(path.substr(0, dot));
  if (kind == nullptr) return std::nullopt;
  if (dot == std::string_view::npos) return KindText(*kind, width);
  const Found found = FindBelow(*kind, path.substr(dot + 1));
  if (found.field == nullptr) return std::nullopt;
  return FieldText(found.path, *found.field, width);
}

std::string SuggestField(std::string_view path) {
  std::size_t dot = path.find('.');
  const std::string_view written = path.substr(0, dot);
  const Kind* kind = FindKind(written);
  if (kind == nullptr) {
    std::vector<std::string_view> names;
    for (const Kind* each : AllKinds()) names.push_back(each->name);
    const auto nearest = Suggest(written, names);
    if (!nearest) return {};
    kind = FindKind(*nearest);
  }
  std::string good = kind->name;
  std::string_view rest =
      dot == std::string_view::npos ? "" : path.substr(dot + 1);
  if (rest.starts_with("spec.")) rest.remove_prefix(5);
  const Field* field = &kind->spec;
  while (!rest.empty()) {
    dot = rest.find('.');
    const auto nearest = Suggest(rest.substr(0, dot), MemberNames(*field));
    if (!nearest) break;
    good.append(".").append(*nearest);
    field = Inner(*field).Find(*nearest);
    rest = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
  }
  if (good == written) return {};
  return "did you mean \"" + good + "\"?";
}

}  // namespace writ
