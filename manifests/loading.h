// The way from a source to desired states, in steps: writ.yaml, environments,
// the list of files, overlays with their patches, then every other file by
// worker threads, and at last the rules that concern several documents. Used
// by manifest_set.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "manifests/document_resolver.h"
#include "manifests/environment.h"
#include "manifests/manifest_file.h"
#include "manifests/manifest_set.h"
#include "manifests/path_rules.h"
#include "manifests/source/source.h"
#include "manifests/yaml_parser.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"
#include "schema/result.h"
#include "schema/validator.h"
#include "schema/value.h"

namespace writ::manifests {

// writ.yaml as read.
struct RepositoryDocument {
  std::unique_ptr<ManifestFile> file;
  Value root;  // as written
  std::vector<Reference> references;
  RepositoryConfig config;
};

// Absent after an error in it, or where there is no such file: the latter is
// an error only if `required`.
Result<std::optional<RepositoryDocument>> ReadRepository(
    Source& source, bool required, Diagnostics& diagnostics);

// What there is to say of a file that was read.
struct FileReport {
  std::uint32_t file = 0;
  Diagnostics diagnostics;
  std::optional<Error> error;
};

class Loading {
 public:
  enum class Scope : std::uint8_t { kOneEnvironment, kAllEnvironments };

  // `only`: of the manifests, these alone; null for all.
  Loading(Source& source, const LoadOptions& options,
          const std::vector<SourceEntry>* only, Diagnostics& diagnostics);

  Result<std::vector<DesiredState>> Run(Scope scope);

 private:
  // A file that is read: overlays here and now, the rest by the workers.
  struct Task {
    SourceEntry entry;
    std::uint32_t index = 0;  // in files_
    PathUse use = PathUse::kNone;
  };
  struct OverlayFile {
    Task task;
    std::unique_ptr<ManifestFile> file;
    std::vector<Document> documents;
    bool counts = true;  // its resources were asked for
  };

  Status ChooseEnvironments(Scope scope);
  Result<std::vector<SourceEntry>> EntriesToRead();
  Status ListFiles();
  Status CheckOverlayFolders();
  void ReportMissingFolder(const std::string& environment, const Value& folder,
                           Reporter& reporter) const;
  void WarnOfIncludes(const std::vector<SourceEntry>& entries);
  Status ReadOverlays();
  void AddPatches(std::size_t environment);
  Status ReadManifests();
  FileReport ReadManifest(const Task& task, SourceReader& reader,
                          ResolvedDocuments& resolved) const;
  Status Report(std::vector<FileReport> reports);
  // Environments whose overlays hold the file.
  std::vector<std::size_t> EnvironmentsOf(const std::string& path) const;
  void ResolveOverlay(const OverlayFile& overlay, ResolvedDocuments& resolved);
  std::string Excerpt(std::uint32_t file, std::uint32_t line) const;
  std::vector<DesiredState> Collect();
  DesiredState CollectOne(std::size_t environment);
  std::vector<Reference> MentionsOf(const std::string& environment) const;
  void CheckPatches(std::size_t environment, const DesiredState& state);
  Digest InputsOf(std::size_t environment) const;

  Source& source_;
  const LoadOptions& options_;
  const std::vector<SourceEntry>* only_;
  Diagnostics& diagnostics_;
  std::optional<RepositoryDocument> repository_;
  SourceFiles files_;  // writ.yaml first, then in byte order
  std::vector<std::unique_ptr<Environment>> environments_;
  std::vector<Task> tasks_;
  std::vector<OverlayFile> overlays_;  // by path
  // Of overlays_, then of what each worker has read: a list for each file would
  // leave a hole in the heap for each.
  std::vector<ResolvedDocuments> resolved_;
};

}  // namespace writ::manifests
