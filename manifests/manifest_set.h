// All documents of one revision, and what they come to in one environment:
// YAML → documents → variables and patches → validated resources. Everything
// that is wrong is reported at once, sorted.
//
// Deterministic: the same files give the same resources and diagnostics,
// whatever the number of threads and the order of files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifests/repository.h"
#include "manifests/source/source.h"
#include "schema/diagnostic.h"
#include "schema/digest.h"
#include "schema/resource.h"
#include "schema/result.h"
#include "schema/validator.h"

namespace writ::manifests {

struct LoadOptions {
  // Empty: the repository's default environment, or its only one.
  std::string environment;
  // --var NAME=TEXT, read as the declared variable's type.
  std::vector<std::pair<std::string, std::string>> variables;
  // Worker threads for reading and parsing; at least 1.
  int threads = 1;
  // Whether an app without a declared apiKey token gets its default one. Of no
  // effect on LoadFiles: what other files declare isn't known there.
  bool implied_tokens = true;
  // Hand over what is sound in spite of errors, so that further checks may
  // report theirs at once.
  bool keep_going = false;
};

struct DesiredState {
  RepositoryConfig repository;
  EnvironmentConfig environment;
  SourceFiles files;
  // By address. Complete, or for a partial load only those declared in the
  // files asked for.
  std::vector<Resource> resources;
  std::size_t file_count = 0;  // files read, writ.yaml and overlays included
  // PolicyTest and RuleTest documents, by their places.
  std::vector<Resource> tests;
  // What writ.yaml mentions for this environment: sync.notify.
  std::vector<Reference> mentions;
  // With keep_going: addresses that are declared but have errors, sorted; and
  // whether there are documents of which not even that is known. A reference
  // to one of them isn't dangling.
  std::vector<std::string> refused;
  bool unreadable = false;
  // Of everything but the manifests' files that decides what they come to:
  // writ.yaml, overlays, variables, environment, kind tables, version.
  Digest inputs;
};

// Reads everything. Tests are validated as well and otherwise left to their own
// commands. The result is absent exactly when `diagnostics` has errors in it
// (with keep_going: when writ.yaml has); an operation that failed (unreadable
// blob) is an Error, and so is an environment or --var that isn't there
// (kInvalidArgument).
Result<std::optional<DesiredState>> Load(Source& source,
                                         const LoadOptions& options,
                                         Diagnostics& diagnostics);

// The same for each environment in the order of their names; files are read
// and parsed once. Empty where Load's result would be absent.
Result<std::vector<DesiredState>> LoadAllEnvironments(
    Source& source, const LoadOptions& options, Diagnostics& diagnostics);

// Reads writ.yaml, overlays and variables, and of the manifests only `files`
// (those that exist). `inputs` tells the caller whether what it holds for the
// other files still stands. Cross-document rules are checked only among what
// was read. The `included` check applies: files outside include are left out.
Result<std::optional<DesiredState>> LoadFiles(
    Source& source, const LoadOptions& options,
    const std::vector<SourceEntry>& files, Diagnostics& diagnostics);

// Reads writ.yaml alone; absent: no such file, or errors in `diagnostics`.
Result<std::optional<RepositoryConfig>> LoadRepository(
    Source& source, Diagnostics& diagnostics);

// True when the repository's include and exclude take this path as a manifest.
bool IsManifestPath(const RepositoryConfig& repository,
                    const std::string& path);

// Token/<app>/default: what a declared {type: apiKey, app: …} comes to, at the
// app's position. REQUIRES: a resource of kind App.
Resource ImpliedToken(const Resource& app);

// Lines of the source's files for carets, without credentials. Reads a file
// when first asked for a line of it and keeps the last one. REQUIRES: both
// outlive the result, which belongs to the source's thread.
Reporter::Excerpt SourceExcerpt(Source& source, const SourceFiles& files);

// PlacesInText (manifests/text_places.h) of texts that `files` count. Reads and
// keeps files as SourceExcerpt does, with the same lifetimes.
using SourcePlaces = std::function<std::vector<SourceRange>(
    const Value& text, const std::vector<std::uint32_t>& offsets)>;
SourcePlaces PlacesInSource(Source& source, const SourceFiles& files);

}  // namespace writ::manifests
