// Rules about paths that every source shares.
//
// Pure, safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "manifests/source/source.h"
#include "schema/diagnostic.h"
#include "schema/result.h"

namespace writ::manifests {

// What marks a root.
inline constexpr std::string_view kRepositoryFile = "writ.yaml";

// "app.yaml", "app.yml".
bool IsYamlName(std::string_view name);

// ".git", ".github", ".app.yaml": left out of lists.
bool IsHiddenName(std::string_view name);

// True when a link with that name may stand for manifests: a YAML file's name,
// or one that reads like a folder's.
bool MayHoldManifests(std::string_view name);

// Valid UTF-8 without control characters.
bool IsHarmless(std::string_view text);
// The same text with U+FFFD for what isn't.
std::string Harmless(std::string_view text);

// "a/b", also of "./a//b/": relative and inside, else kInvalidArgument (T-22).
// Empty for "" and ".".
Result<std::string> NormalizePath(std::string_view path);

// "a/b" of "a" and "b"; either may be empty.
std::string JoinPath(std::string_view folder, std::string_view name);
// "a" of "a/b", empty of "a".
std::string ParentPath(std::string_view path);

// A warning or error about one path of a source as a whole.
Diagnostic AboutPath(Severity severity, std::string code, std::string summary,
                     std::string_view path);
Diagnostic LinkWarning(std::string_view path);
Diagnostic NestedRepositoryWarning(std::string_view path);
Diagnostic NameError(std::string_view path);

// Each names its limit.
Status CheckFileCount(std::size_t files, const SourceLimits& limits);
Status CheckEntryCount(std::uint64_t entries, const SourceLimits& limits);
Status CheckDepth(std::string_view folder, std::uint32_t depth,
                  const SourceLimits& limits);
Status CheckFileBytes(std::string_view path, std::uint64_t bytes,
                      const SourceLimits& limits);

}  // namespace writ::manifests
