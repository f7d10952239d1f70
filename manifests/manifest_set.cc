#include "manifests/manifest_set.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "manifests/loading.h"
#include "manifests/manifest_file.h"
#include "manifests/path_rules.h"
#include "manifests/text_places.h"
#include "schema/field_walk.h"

namespace writ::manifests {
namespace {

// An environment sets variables that the repository declares; another name is
// a typing mistake that would leave the declared one as it is.
void CheckVariables(const Value& root, Reporter& reporter) {
  const Value* environments = root.FindPath("spec.environments");
  if (environments == nullptr || !environments->IsMap()) return;
  const Value* declared = root.FindPath("spec.variables");
  std::vector<std::string_view> names;
  if (declared != nullptr && declared->IsMap()) {
    for (const Value::Entry& entry : declared->AsMap()) {
      names.push_back(entry.key);
    }
  }
  for (const Value::Entry& environment : environments->AsMap()) {
    const Value* variables = environment.value.Find("variables");
    if (variables == nullptr || !variables->IsMap()) continue;
    for (const Value::Entry& entry : variables->AsMap()) {
      if (std::find(names.begin(), names.end(), entry.key) != names.end()) {
        continue;
      }
      const auto nearest = Suggest(entry.key, names);
      reporter.Error("variable", entry.key_range,
                     "environment " + environment.key +
                         " sets the variable \"" + entry.key +
                         "\", which spec.variables doesn't declare",
                     nearest ? "did you mean \"" + std::string(*nearest) + "\"?"
                             : "declare it in spec.variables, with a value");
    }
  }
}

// The one document of writ.yaml, put into `repository`; false after an error.
bool TakeRepository(const std::vector<Document>& documents, Reporter& reporter,
                    RepositoryDocument& repository) {
  const std::size_t errors = reporter.error_count();
  const Document* found = nullptr;
  for (const Document& document : documents) {
    if (document.root.IsNull() && !document.broken) continue;
    if (found != nullptr) {
      reporter.Error("repository", document.root.range(),
                     "writ.yaml holds one document, of kind Repository");
    } else {
      found = &document;
    }
  }
  if (found == nullptr || found->broken || !found->root.IsMap()) {
    if (reporter.error_count() == errors &&
        (found == nullptr || !found->broken)) {
      reporter.Error("repository", {0, 1, 1, 0},
                     "writ.yaml holds no document of kind Repository",
                     "see: writ explain-kind Repository");
    }
    return false;
  }
  const Value* kind = found->root.Find("kind");
  if (kind != nullptr && kind->IsString() && kind->AsString() != "Repository") {
    reporter.Error(
        "repository", kind->range(),
        "writ.yaml holds a Repository, not " + WithArticle(kind->AsString()),
        "move it to a file of manifests");
    return false;
  }
  const auto resource = ValidateDocument(found->root, reporter);
  if (resource) CheckVariables(found->root, reporter);
  if (!resource || reporter.error_count() != errors) return false;
  repository.root = found->root;
  repository.references = resource->references;
  repository.config = ToRepositoryConfig(*resource);
  return true;
}

// The file whose lines were asked for last.
struct ExcerptCache {
  std::uint32_t index = 0;
  std::unique_ptr<ManifestFile> file;
};

std::unique_ptr<ManifestFile> ReadForExcerpt(Source& source,
                                             const std::string& path,
                                             std::uint32_t index) {
  auto entry = source.Find(path);
  if (!entry || !*entry) return nullptr;
  auto reader = source.NewReader();
  if (!reader) return nullptr;
  auto bytes = (*reader)->Read(**entry);
  if (!bytes) return nullptr;
  auto file = std::make_unique<ManifestFile>(*std::move(bytes), index);
  file->HideCredentials();
  return file;
}

// Null where it can't be read.
const ManifestFile* FindCached(ExcerptCache& cache, Source& source,
                               const SourceFiles& files, std::uint32_t index) {
  if (index >= files.size()) return nullptr;
  if (cache.file == nullptr || cache.index != index) {
    cache.file = ReadForExcerpt(source, files[index], index);
    cache.index = index;
  }
  return cache.file.get();
}

std::optional<DesiredState> Single(std::vector<DesiredState> states) {
  if (states.empty()) return std::nullopt;
  return std::move(states.front());
}

}  // namespace

Result<std::optional<RepositoryDocument>> ReadRepository(
    Source& source, bool required, Diagnostics& diagnostics) {
  const SourceFiles files{std::string(kRepositoryFile)};
  const auto entry = TRY(source.Find(files[0]));
  if (!entry) {
    if (required) {
      Diagnostic missing;
      missing.code = "no-repository";
      missing.summary = "there is no writ.yaml at the root";
      missing.locations.push_back({files[0], 0, 0, 0, {}});
      missing.hint = "begin with: writ init";
      diagnostics.Add(std::move(missing));
    }
    return std::nullopt;
  }
  const auto reader = TRY(source.NewReader());
  std::string bytes = TRY(While(reader->Read(*entry), "reading writ.yaml"));
  RepositoryDocument repository;
  repository.file = std::make_unique<ManifestFile>(std::move(bytes), 0);
  Reporter reporter(
      files,
      [&](std::uint32_t, std::uint32_t line) {
        return repository.file->Excerpt(line);
      },
      diagnostics);
  const auto documents = repository.file->Parse(reporter);
  if (!TakeRepository(documents, reporter, repository)) return std::nullopt;
  return repository;
}

Result<std::optional<DesiredState>> Load(Source& source,
                                         const LoadOptions& options,
                                         Diagnostics& diagnostics) {
  return Single(TRY(Loading(source, options, nullptr, diagnostics)
                        .Run(Loading::Scope::kOneEnvironment)));
}

Result<std::vector<DesiredState>> LoadAllEnvironments(
    Source& source, const LoadOptions& options, Diagnostics& diagnostics) {
  return Loading(source, options, nullptr, diagnostics)
      .Run(Loading::Scope::kAllEnvironments);
}

Result<std::optional<DesiredState>> LoadFiles(
    Source& source, const LoadOptions& options,
    const std::vector<SourceEntry>& files, Diagnostics& diagnostics) {
  return Single(TRY(Loading(source, options, &files, diagnostics)
                        .Run(Loading::Scope::kOneEnvironment)));
}

Result<std::optional<RepositoryConfig>> LoadRepository(
    Source& source, Diagnostics& diagnostics) {
  auto repository =
      TRY(ReadRepository(source, /*required=*/false, diagnostics));
  if (!repository) return std::nullopt;
  return std::move(repository->config);
}

bool IsManifestPath(const RepositoryConfig& repository,
                    const std::string& path) {
  return PathRules(repository).UseOf(path) == PathUse::kManifest;
}

Reporter::Excerpt SourceExcerpt(Source& source, const SourceFiles& files) {
  auto cache = std::make_shared<ExcerptCache>();
  return [&source, &files, cache](std::uint32_t file,
                                  std::uint32_t line) -> std::string {
    const ManifestFile* found = FindCached(*cache, source, files, file);
    return found == nullptr ? std::string() : found->Excerpt(line);
  };
}

SourcePlaces PlacesInSource(Source& source, const SourceFiles& files) {
  auto cache = std::make_shared<ExcerptCache>();
  return [&source, &files, cache](const Value& text,
                                  const std::vector<std::uint32_t>& offsets) {
    const ManifestFile* found =
        FindCached(*cache, source, files, text.range().file);
    return PlacesInText(found == nullptr ? std::string_view() : found->bytes(),
                        text, offsets);
  };
}

}  // namespace writ::manifests
