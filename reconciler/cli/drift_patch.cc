#include "reconciler/cli/drift_patch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "manifests/yaml_text.h"
#include "schema/ascii_case.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kAround = 3;  // lines

// With their line feeds.
std::vector<std::string> LinesIn(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t feed = text.find('\n', begin);
    const std::size_t end = feed == std::string::npos ? text.size() : feed + 1;
    lines.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return lines;
}

std::string DiffLine(char mark, const std::string& line) {
  std::string text = mark + line;
  if (!line.ends_with('\n')) text += "\n\\ No newline at end of file\n";
  return text;
}

// The byte at which a code point of a line begins; nothing past its end.
std::optional<std::size_t> ByteOf(const std::string& line,
                                  std::size_t code_points) {
  std::size_t at = 0;
  while (code_points > 0) {
    if (at >= line.size()) return std::nullopt;
    ++at;
    while (at < line.size() &&
           (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80) {
      ++at;
    }
    --code_points;
  }
  return at;
}

bool IsScalar(const std::optional<Value>& value) {
  return value && !value->IsMap() && !value->IsList() && !value->IsNull();
}

// How people write a scalar on one line.
bool IsWrittenAs(std::string_view text, const Value& value) {
  if (text == manifests::ToYamlLine(value)) return true;
  if (!value.IsString()) return false;
  const std::string& word = value.AsString();
  return text == word || text == "'" + word + "'" || text == "\"" + word + "\"";
}

class Patching {
 public:
  Patching(manifests::Source& source,
           const manifests::EnvironmentConfig& environment)
      : source_(source), environment_(environment) {}

  Result<DriftPatch> Make(const std::vector<engine::Change>& drift) {
    for (const engine::Change& change : drift) TRY(Adopt(change));
    DriftPatch patch;
    for (const auto& [path, file] : files_) {
      patch.text += UnifiedDiff(path, &file.before, Joined(file.lines));
    }
    for (const auto& [path, text] : overlays_) {
      patch.text += UnifiedDiff(path, nullptr, text);
    }
    patch.left = std::move(left_);
    return patch;
  }

 private:
  struct File {
    std::string before;
    std::vector<std::string> lines;  // as they will be
    // By line: how far bytes behind a column have moved.
    std::map<std::size_t, std::vector<std::pair<std::size_t, std::ptrdiff_t>>>
        moved;
  };

  static std::string Joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
  }

  Result<std::optional<std::string>> ReadText(const std::string& path) {
    const auto entry = TRY(source_.Find(path));
    if (!entry) return std::optional<std::string>();
    auto reader = TRY(source_.NewReader());
    return std::optional(TRY(reader->Read(*entry)));
  }

  Result<File*> FileAt(const std::string& path) {
    const auto found = files_.find(path);
    if (found != files_.end()) return &found->second;
    auto text = TRY(ReadText(path));
    if (!text) return static_cast<File*>(nullptr);
    File file;
    file.lines = LinesIn(*text);
    file.before = *std::move(text);
    return &files_.emplace(path, std::move(file)).first->second;
  }

  // False where it doesn't stand there as it was read.
  Result<bool> ReplaceInPlace(const engine::FieldChange& field) {
    const Location& at = field.written_at;
    if (at.file.empty() || at.line == 0 || at.column == 0) return false;
    if (!IsScalar(field.before) || !IsScalar(field.after)) return false;
    File* file = TRY(FileAt(at.file));
    if (file == nullptr || at.line > file->lines.size()) return false;
    const std::vector<std::string> original = LinesIn(file->before);
    const std::string& line = original[at.line - 1];
    const auto begin = ByteOf(line, at.column - 1);
    const auto end = ByteOf(line, at.column - 1 + at.length);
    if (!begin || !end || *end > line.size()) return false;
    const std::string old = line.substr(*begin, *end - *begin);
    if (!IsWrittenAs(old, *field.after)) return false;
    const std::string now = manifests::ToYamlLine(*field.before);
    std::ptrdiff_t shift = 0;
    for (const auto& [column, by] : file->moved[at.line]) {
      if (column < *begin) shift += by;
    }
    const auto place =
        static_cast<std::size_t>(static_cast<std::ptrdiff_t>(*begin) + shift);
    file->lines[at.line - 1].replace(place, old.size(), now);
    file->moved[at.line].emplace_back(
        *begin, static_cast<std::ptrdiff_t>(now.size()) -
                    static_cast<std::ptrdiff_t>(old.size()));
    return true;
  }

  Status Adopt(const engine::Change& change) {
    Value merge(Value::Map{});
    for (const engine::FieldChange& field : change.fields) {
      if (field.sensitive) {
        left_.push_back(change.id.address() + ": " + field.path +
                        " is never shown");
        continue;
      }
      if (TRY(ReplaceInPlace(field))) continue;
      AddMember(change, field.path, merge);
    }
    if (merge.AsMap().empty()) return {};
    return AddOverlay(change, std::move(merge));
  }

  // The whole of the spec's, or the metadata's, member that a path leads into,
  // as it is live.
  static void AddMember(const engine::Change& change, const std::string& path,
                        Value& merge) {
    const std::size_t dot = path.find('.');
    if (dot == std::string::npos || change.before == nullptr) return;
    const std::string part = path.substr(0, dot);
    const std::size_t end = path.find_first_of(".[", dot + 1);
    const std::string member =
        path.substr(dot + 1, end == std::string::npos ? end : end - dot - 1);
    const Value* content = change.before->Find(part);
    const Value* live = content == nullptr ? nullptr : content->Find(member);
    Value inner =
        merge.Find(part) == nullptr ? Value(Value::Map{}) : *merge.Find(part);
    inner.Set(member, live == nullptr ? Value() : *live);
    merge.Set(part, std::move(inner));
  }

  static std::string NameOf(const ResourceId& id) {
    std::string name = "drift-";
    for (const char c : id.address()) {
      const char lower = LowerCase(c);
      const bool is_plain = (lower >= 'a' && lower <= 'z') ||
                            (c >= '0' && c <= '9') || c == '.' || c == '-';
      name += is_plain ? lower : '-';
    }
    return name;
  }

  Status AddOverlay(const engine::Change& change, Value merge) {
    const std::string& address = change.id.address();
    if (environment_.overlays.empty()) {
      left_.push_back(address + ": what drifted isn't written in a file, and " +
                      environment_.name + " has no overlay folder for a Patch");
      return {};
    }
    const std::string name = NameOf(change.id);
    const std::string path =
        environment_.overlays.front() + "/" + name + ".yaml";
    if (TRY(source_.Find(path))) {
      left_.push_back(address + ": " + path + " is there already");
      return {};
    }
    Value metadata;
    metadata.Set("name", name);
    Value target;
    target.Set("address", address);
    Value spec;
    spec.Set("target", std::move(target));
    spec.Set("merge", std::move(merge));
    Value document;
    document.Set("apiVersion", "writ/v1");
    document.Set("kind", "Patch");
    document.Set("metadata", std::move(metadata));
    document.Set("spec", std::move(spec));
    overlays_.emplace(path, manifests::ToYaml(document));
    return {};
  }

  manifests::Source& source_;
  const manifests::EnvironmentConfig& environment_;
  std::map<std::string, File> files_;
  std::map<std::string, std::string> overlays_;
  std::vector<std::string> left_;
};

std::string Hunk(const std::vector<std::string>& before,
                 const std::vector<std::string>& after, std::size_t begin,
                 std::size_t end) {
  const std::string range =
      std::to_string(begin + 1) + "," + std::to_string(end - begin);
  std::string text = "@@ -" + range + " +" + range + " @@\n";
  for (std::size_t i = begin; i < end;) {
    if (before[i] == after[i]) {
      text += DiffLine(' ', before[i++]);
      continue;
    }
    const std::size_t first = i;
    for (; i < end && before[i] != after[i]; ++i) {
      text += DiffLine('-', before[i]);
    }
    for (std::size_t j = first; j < i; ++j) text += DiffLine('+', after[j]);
  }
  return text;
}

}  // namespace

std::string UnifiedDiff(const std::string& path, const std::string* before,
                        const std::string& after) {
  const std::vector<std::string> is = LinesIn(after);
  const std::string head = "diff --git a/" + path + " b/" + path + "\n";
  if (before == nullptr) {
    std::string text = head + "new file mode 100644\n--- /dev/null\n+++ b/" +
                       path + "\n@@ -0,0 +1," + std::to_string(is.size()) +
                       " @@\n";
    for (const std::string& line : is) text += DiffLine('+', line);
    return text;
  }
  const std::vector<std::string> was = LinesIn(*before);
  std::string hunks;
  for (std::size_t i = 0; i < was.size();) {
    if (was[i] == is[i]) {
      ++i;
      continue;
    }
    const std::size_t begin = i < kAround ? 0 : i - kAround;
    std::size_t last = i;  // that differs
    for (std::size_t j = i; j < was.size() && j <= last + 2 * kAround; ++j) {
      if (was[j] != is[j]) last = j;
    }
    const std::size_t end = std::min(was.size(), last + 1 + kAround);
    hunks += Hunk(was, is, begin, end);
    i = end;
  }
  if (hunks.empty()) return {};
  return head + "--- a/" + path + "\n+++ b/" + path + "\n" + hunks;
}

Result<DriftPatch> MakeDriftPatch(
    manifests::Source& source, const manifests::EnvironmentConfig& environment,
    const std::vector<engine::Change>& drift) {
  return Patching(source, environment).Make(drift);
}

}  // namespace writ::reconciler
