#include "manifests/source/source_path.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "schema/utf8.h"

namespace writ::manifests {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool IsPrintable(const CodePoint& point) {
  const char32_t value = point.value;
  return point.valid && value >= 0x20 && !(value >= 0x7F && value < 0xA0);
}

std::string Quoted(std::string_view path) {
  return "\"" + Harmless(path) + "\"";
}

}  // namespace

bool IsYamlName(std::string_view name) {
  return (name.ends_with(".yaml") && name.size() > 5) ||
         (name.ends_with(".yml") && name.size() > 4);
}

bool IsHiddenName(std::string_view name) { return name.starts_with('.'); }

bool MayHoldManifests(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return true;
  const char first = name[dot + 1];
  const bool letter =
      (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
  return IsYamlName(name) || !letter;
}

bool IsHarmless(std::string_view text) {
  // Nearly every name; a list of a large repository asks for each.
  if (std::all_of(text.begin(), text.end(),
                  [](char c) { return c >= 0x20 && c < 0x7F; })) {
    return true;
  }
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    if (!IsPrintable(point)) return false;
    at += point.size;
  }
  return true;
}

std::string Harmless(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    result += IsPrintable(point) ? text.substr(at, point.size) : kReplacement;
    at += point.size;
  }
  return result;
}

Result<std::string> NormalizePath(std::string_view path) {
  const auto outside = [&] {
    return Fail(ErrorCode::kInvalidArgument,
                Quoted(path) + " is not a relative path inside the source");
  };
  if (path.starts_with('/') || path.find('\0') != std::string_view::npos) {
    return outside();
  }
  std::string result;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") return outside();
    result = JoinPath(result, part);
  }
  return result;
}

std::string JoinPath(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!folder.empty() && !name.empty()) path += '/';
  path += name;
  return path;
}

std::string ParentPath(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string()
                                         : std::string(path.substr(0, slash));
}

Diagnostic AboutPath(Severity severity, std::string code, std::string summary,
                     std::string_view path) {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = std::move(code);
  diagnostic.summary = std::move(summary);
  Location location;
  location.file = Harmless(path);
  diagnostic.locations.push_back(std::move(location));
  return diagnostic;
}

Diagnostic LinkWarning(std::string_view path) {
  return AboutPath(Severity::kWarning, "link-not-followed",
                   "this is a link; links are not followed", path);
}

Diagnostic NestedRepositoryWarning(std::string_view path) {
  return AboutPath(Severity::kWarning, "nested-repository",
                   "this is a repository of its own; its files are not read",
                   path);
}

Diagnostic NameError(std::string_view path) {
  return AboutPath(
      Severity::kError, "file-name",
      "the file's name is not UTF-8 text without control characters", path);
}

Status CheckFileCount(std::size_t files, const SourceLimits& limits) {
  if (files <= limits.max_files) return {};
  return Fail(ErrorCode::kLimit, "the source has more than " +
                                     std::to_string(limits.max_files) +
                                     " YAML files, the limit");
}

Status CheckEntryCount(std::uint64_t entries, const SourceLimits& limits) {
  if (entries <= limits.max_entries) return {};
  return Fail(ErrorCode::kLimit, "the source has more than " +
                                     std::to_string(limits.max_entries) +
                                     " files and folders, the limit");
}

Status CheckDepth(std::string_view folder, std::uint32_t depth,
                  const SourceLimits& limits) {
  if (depth <= limits.max_depth) return {};
  return Fail(ErrorCode::kLimit, Quoted(folder) + " lies more than " +
                                     std::to_string(limits.max_depth) +
                                     " folders deep, the limit");
}

Status CheckFileBytes(std::string_view path, std::uint64_t bytes,
                      const SourceLimits& limits) {
  if (bytes <= limits.max_file_bytes) return {};
  return Fail(ErrorCode::kInvalidManifest,
              Quoted(path) + " is larger than " +
                  std::to_string(limits.max_file_bytes) +
                  " bytes, the limit of a file",
              "split it into several files");
}

}  // namespace writ::manifests
