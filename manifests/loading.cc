#include "manifests/loading.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <iterator>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "manifests/declared_set.h"
#include "manifests/variables.h"
#include "schema/json.h"
#include "schema/kind.h"

namespace writ::manifests {
namespace {

// Calls `work(task, worker)` for every task, in rising order for each worker.
// Once a call returns false no further task begins; those before it have
// begun, so that the first failure is the same however many threads there are.
template <typename Work>
void ForEachTask(std::size_t tasks, std::size_t workers, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  const auto run = [&](std::size_t worker) {
    while (!stopped.load(std::memory_order_relaxed)) {
      const std::size_t task = next.fetch_add(1, std::memory_order_relaxed);
      if (task >= tasks) return;
      if (!work(task, worker)) stopped.store(true, std::memory_order_relaxed);
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t worker = 1; worker < workers; ++worker) {
    threads.emplace_back(run, worker);
  }
  run(0);
}

// What is wrong with a file as a whole is a mistake among the others.
Diagnostic AboutFile(const std::string& path, const Error& error) {
  Diagnostic diagnostic;
  diagnostic.code = "file";
  diagnostic.summary = error.message;
  diagnostic.hint = error.remedy;
  diagnostic.locations.push_back({path, 0, 0, 0, {}});
  return diagnostic;
}

bool ByPath(const SourceEntry& a, const SourceEntry& b) {
  return a.path < b.path;
}

}  // namespace

Loading::Loading(Source& source, const LoadOptions& options,
                 const std::vector<SourceEntry>* only, Diagnostics& diagnostics)
    : source_(source),
      options_(options),
      only_(only),
      diagnostics_(diagnostics) {}

Result<std::vector<DesiredState>> Loading::Run(Scope scope) {
  repository_ = TRY(ReadRepository(source_, /*required=*/true, diagnostics_));
  if (!repository_) return std::vector<DesiredState>();
  TRY(ChooseEnvironments(scope));
  TRY(ListFiles());
  TRY(ReadOverlays());
  for (std::size_t i = 0; i < environments_.size(); ++i) AddPatches(i);
  TRY(ReadManifests());
  std::vector<DesiredState> states = Collect();
  if (diagnostics_.HasErrors() && !options_.keep_going) states.clear();
  return states;
}

Status Loading::ChooseEnvironments(Scope scope) {
  const RepositoryConfig& config = repository_->config;
  std::vector<const EnvironmentConfig*> chosen;
  if (scope == Scope::kOneEnvironment) {
    chosen.push_back(TRY(FindEnvironment(config, options_.environment)));
  } else {
    for (const auto& [name, environment] : config.environments) {
      chosen.push_back(&environment);
    }
  }
  for (const EnvironmentConfig* environment : chosen) {
    Value variables = TRY(ResolveVariables(
        config.variables, environment->variables, options_.variables));
    environments_.push_back(
        std::make_unique<Environment>(*environment, std::move(variables)));
  }
  return {};
}

// A partial load's cost follows the files that were asked for and the overlays,
// not the repository.
Result<std::vector<SourceEntry>> Loading::EntriesToRead() {
  if (only_ == nullptr) return source_.List(diagnostics_);
  std::vector<SourceEntry> entries = *only_;
  for (const auto& environment : environments_) {
    for (const std::string& folder : environment->config().overlays) {
      if (folder.empty()) continue;  // nothing lies below it (IsBelow)
      auto below = TRY(source_.ListBelow(folder, diagnostics_));
      std::move(below.begin(), below.end(), std::back_inserter(entries));
    }
  }
  return entries;
}

void Loading::WarnOfIncludes(const std::vector<SourceEntry>& entries) {
  Reporter reporter(
      files_, [this](auto file, auto line) { return Excerpt(file, line); },
      diagnostics_);
  const Value* include = repository_->root.FindPath("spec.include");
  if (include == nullptr || !include->IsList()) return;
  for (const Value& pattern : include->AsList()) {
    if (!pattern.IsString()) continue;
    const Glob glob(pattern.AsString());
    const bool matches = std::any_of(
        entries.begin(), entries.end(),
        [&](const SourceEntry& entry) { return glob.Matches(entry.path); });
    if (matches) continue;
    reporter.Warning("empty-include", pattern.range(),
                     "\"" + pattern.AsString() + "\" matches no YAML file");
  }
}

Status Loading::ListFiles() {
  const PathRules rules(repository_->config);
  std::vector<SourceEntry> entries = TRY(EntriesToRead());
  std::sort(entries.begin(), entries.end(), ByPath);
  const auto same = [](const SourceEntry& a, const SourceEntry& b) {
    return a.path == b.path;
  };
  entries.erase(std::unique(entries.begin(), entries.end(), same),
                entries.end());
  files_ = {std::string(kRepositoryFile)};
  if (only_ == nullptr) WarnOfIncludes(entries);
  for (SourceEntry& entry : entries) {
    const PathUse use = rules.UseOf(entry.path);
    if (use == PathUse::kNone || use == PathUse::kRepository) continue;
    if (use == PathUse::kOverlay && EnvironmentsOf(entry.path).empty()) {
      continue;
    }
    Task task{std::move(entry), static_cast<std::uint32_t>(files_.size()), use};
    files_.push_back(task.entry.path);
    if (use == PathUse::kOverlay) {
      overlays_.push_back({std::move(task), nullptr, {}, true});
    } else {
      tasks_.push_back(std::move(task));
    }
  }
  return {};
}

std::vector<std::size_t> Loading::EnvironmentsOf(
    const std::string& path) const {
  std::vector<std::size_t> indexes;
  for (std::size_t i = 0; i < environments_.size(); ++i) {
    const auto& folders = environments_[i]->config().overlays;
    const bool holds = std::any_of(
        folders.begin(), folders.end(),
        [&](const std::string& folder) { return IsBelow(path, folder); });
    if (holds) indexes.push_back(i);
  }
  return indexes;
}

std::string Loading::Excerpt(std::uint32_t file, std::uint32_t line) const {
  if (file == 0) return repository_->file->Excerpt(line);
  const auto found = std::find_if(
      overlays_.begin(), overlays_.end(),
      [&](const OverlayFile& overlay) { return overlay.task.index == file; });
  if (found == overlays_.end() || found->file == nullptr) return {};
  return found->file->Excerpt(line);
}

void Loading::ReportMissingFolder(const std::string& environment,
                                  const Value& folder,
                                  Reporter& reporter) const {
  std::set<std::string, std::less<>> folders;
  for (const Task& task : tasks_) {
    const std::size_t slash = task.entry.path.rfind('/');
    if (slash == std::string::npos) continue;
    folders.insert(task.entry.path.substr(0, slash));
  }
  const std::vector<std::string_view> names(folders.begin(), folders.end());
  const auto nearest = Suggest(CleanFolder(folder.AsString()), names);
  reporter.Error("unknown-folder", folder.range(),
                 "overlays of " + environment + " names the folder \"" +
                     folder.AsString() + "\", which doesn't exist",
                 nearest ? "did you mean \"" + std::string(*nearest) + "\"?"
                         : "git keeps no empty folder: put a file in it, or "
                           "leave it out");
}

// A folder without manifests is as likely not yet filled as mistaken; one that
// isn't there is surely mistyped.
Status Loading::CheckOverlayFolders() {
  Reporter reporter(
      files_, [this](auto file, auto line) { return Excerpt(file, line); },
      diagnostics_);
  const Value* declared = repository_->root.FindPath("spec.environments");
  for (const auto& environment : environments_) {
    const Value* written = declared->Find(environment->config().name);
    const Value* folders = written->Find("overlays");
    if (folders == nullptr) continue;
    for (const Value& folder : folders->AsList()) {
      const std::string clean = CleanFolder(folder.AsString());
      const bool holds = std::any_of(
          overlays_.begin(), overlays_.end(), [&](const OverlayFile& overlay) {
            return IsBelow(overlay.task.entry.path, clean);
          });
      if (holds) continue;
      if (!clean.empty() && !TRY(source_.HasFolder(clean))) {
        ReportMissingFolder(environment->config().name, folder, reporter);
      } else if (only_ == nullptr) {
        reporter.Warning(
            "empty-overlay", folder.range(),
            "the overlay folder \"" + clean + "\" holds no YAML file");
      }
    }
  }
  return {};
}

Status Loading::ReadOverlays() {
  TRY(CheckOverlayFolders());
  if (overlays_.empty()) return {};
  const auto reader = TRY(source_.NewReader());
  Reporter reporter(
      files_, [this](auto file, auto line) { return Excerpt(file, line); },
      diagnostics_);
  for (OverlayFile& overlay : overlays_) {
    const SourceEntry& entry = overlay.task.entry;
    overlay.file = std::make_unique<ManifestFile>(
        TRY(While(reader->Read(entry), "reading " + entry.path)),
        overlay.task.index);
    overlay.documents = overlay.file->Parse(reporter);
    overlay.counts =
        only_ == nullptr ||
        std::any_of(only_->begin(), only_->end(),
                    [&](const SourceEntry& e) { return e.path == entry.path; });
  }
  return {};
}

// In the order of the overlay folders, then of the files, then of their
// documents; a file in two of the folders counts where it is met first.
void Loading::AddPatches(std::size_t environment) {
  Environment& target = *environments_[environment];
  Reporter reporter(
      files_, [this](auto file, auto line) { return Excerpt(file, line); },
      diagnostics_);
  std::vector<bool> taken(overlays_.size(), false);
  for (const std::string& folder : target.config().overlays) {
    std::set<std::string, std::less<>> names;
    for (std::size_t i = 0; i < overlays_.size(); ++i) {
      const OverlayFile& overlay = overlays_[i];
      if (taken[i] || !IsBelow(overlay.task.entry.path, folder)) {
        continue;
      }
      taken[i] = true;
      for (const Document& document : overlay.documents) {
        if (document.broken || document.root.FindString("kind") != "Patch") {
          continue;
        }
        reporter.set_subject({});
        const Value* name = document.root.FindPath("metadata.name");
        if (name != nullptr && name->IsString() &&
            !names.insert(name->AsString()).second) {
          reporter.Error("duplicate-patch", name->range(),
                         "the overlay " + folder + " has a Patch " +
                             name->AsString() + " already",
                         "give one of the two another name");
        }
        target.AddPatch(document.root, reporter);
      }
    }
  }
}

void Loading::ResolveOverlay(const OverlayFile& overlay,
                             ResolvedDocuments& resolved) {
  Reporter reporter(
      files_, [this](auto file, auto line) { return Excerpt(file, line); },
      diagnostics_);
  for (const Document& document : overlay.documents) {
    if (document.root.FindString("kind") == "Patch") continue;
    ResolveDocument(document, PathUse::kOverlay, environments_,
                    EnvironmentsOf(overlay.task.entry.path), reporter,
                    resolved);
  }
}

FileReport Loading::ReadManifest(const Task& task, SourceReader& reader,
                                 ResolvedDocuments& resolved) const {
  FileReport report;
  report.file = task.index;
  auto bytes = While(reader.Read(task.entry), "reading " + task.entry.path);
  if (!bytes && bytes.error().code == ErrorCode::kInvalidManifest) {
    report.diagnostics.Add(AboutFile(task.entry.path, bytes.error()));
    resolved.unreadable = true;
    return report;
  }
  if (!bytes) {
    report.error = std::move(bytes).error();
    return report;
  }
  ManifestFile file(*std::move(bytes), task.index);
  Reporter reporter(
      files_,
      [&](std::uint32_t index, std::uint32_t line) {
        return index == task.index ? file.Excerpt(line) : Excerpt(index, line);
      },
      report.diagnostics);
  std::vector<std::size_t> all(environments_.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  for (Document& document : file.Parse(reporter)) {
    ResolveDocument(std::move(document), task.use, environments_, all, reporter,
                    resolved);
  }
  return report;
}

// In the order of the files, whoever has read them.
Status Loading::Report(std::vector<FileReport> reports) {
  std::sort(
      reports.begin(), reports.end(),
      [](const FileReport& a, const FileReport& b) { return a.file < b.file; });
  for (FileReport& report : reports) {
    if (report.error) return tl::unexpected<Error>(*std::move(report.error));
    diagnostics_.Append(std::move(report.diagnostics));
  }
  return {};
}

Status Loading::ReadManifests() {
  const std::size_t workers = std::min(
      static_cast<std::size_t>(std::max(1, options_.threads)), tasks_.size());
  ResolvedDocuments none;
  none.resources.resize(environments_.size());
  resolved_.assign(1 + workers, none);
  for (const OverlayFile& overlay : overlays_) {
    if (overlay.counts) ResolveOverlay(overlay, resolved_.front());
  }
  if (workers == 0) return {};
  std::vector<std::unique_ptr<SourceReader>> readers;
  for (std::size_t i = 0; i < workers; ++i) {
    readers.push_back(TRY(source_.NewReader()));
  }
  std::vector<std::vector<FileReport>> reports(workers);
  ForEachTask(
      tasks_.size(), workers, [&](std::size_t task, std::size_t worker) {
        FileReport report =
            ReadManifest(tasks_[task], *readers[worker], resolved_[1 + worker]);
        const bool goes_on = !report.error;
        if (!goes_on || !report.diagnostics.empty()) {
          reports[worker].push_back(std::move(report));
        }
        return goes_on;
      });
  std::vector<FileReport> all;
  for (std::vector<FileReport>& some : reports) {
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return Report(std::move(all));
}

std::vector<DesiredState> Loading::Collect() {
  std::vector<DesiredState> states;
  for (std::size_t i = 0; i < environments_.size(); ++i) {
    states.push_back(CollectOne(i));
    if (only_ == nullptr) CheckPatches(i, states.back());
  }
  return states;
}

std::vector<Reference> Loading::MentionsOf(
    const std::string& environment) const {
  const Value* environments = repository_->root.FindPath("spec.environments");
  const Value* written = environments->Find(environment);
  const Value* sync = written == nullptr ? nullptr : written->Find("sync");
  const Value* notify = sync == nullptr ? nullptr : sync->Find("notify");
  std::vector<Reference> mentions;
  for (const Reference& reference : repository_->references) {
    if (notify != nullptr && reference.range == notify->range()) {
      mentions.push_back(reference);
    }
  }
  return mentions;
}

DesiredState Loading::CollectOne(std::size_t environment) {
  DesiredState state;
  state.repository = repository_->config;
  state.environment = environments_[environment]->config();
  state.files = files_;
  state.file_count = files_.size();
  state.inputs = InputsOf(environment);
  std::vector<Resource*> all;
  for (ResolvedDocuments& resolved : resolved_) {
    for (Resource& resource : resolved.resources[environment]) {
      all.push_back(&resource);
    }
    state.refused.insert(state.refused.end(), resolved.refused.begin(),
                         resolved.refused.end());
    state.tests.insert(state.tests.end(), resolved.tests.begin(),
                       resolved.tests.end());
    state.unreadable = state.unreadable || resolved.unreadable;
  }
  std::sort(state.refused.begin(), state.refused.end());
  std::sort(
      state.tests.begin(), state.tests.end(),
      [](const Resource& a, const Resource& b) { return a.range < b.range; });
  state.mentions = MentionsOf(environments_[environment]->config().name);
  state.resources = TakeByAddress(std::move(all));
  for (ResolvedDocuments& resolved : resolved_) {
    std::vector<Resource>().swap(resolved.resources[environment]);
  }
  RefuseDuplicates(source_, state, diagnostics_);
  CheckAcross(source_, state, diagnostics_);
  if (only_ == nullptr && options_.implied_tokens) {
    AddImpliedTokens(state.resources);
  }
  return state;
}

void Loading::CheckPatches(std::size_t environment, const DesiredState& state) {
  // What couldn't be read or was refused may be what a patch means.
  if (state.unreadable || !state.refused.empty()) return;
  std::vector<std::string_view> addresses;
  for (const Resource& resource : state.resources) {
    addresses.push_back(resource.id.address());
  }
  Reporter reporter(
      files_, [this](auto file, auto line) { return Excerpt(file, line); },
      diagnostics_);
  environments_[environment]->ReportUnusedPatches(addresses, reporter);
}

Digest Loading::InputsOf(std::size_t environment) const {
  const Environment& of = *environments_[environment];
  Sha256Stream digest;
  digest.UpdateFramed("writ inputs " WRIT_VERSION);
  digest.UpdateFramed(KindTablesFingerprint());
  digest.UpdateFramed(repository_->file->bytes());
  digest.UpdateFramed(of.config().name);
  digest.UpdateFramed(CanonicalJson(of.variables()));
  for (const OverlayFile& overlay : overlays_) {
    const std::string& path = overlay.task.entry.path;
    const auto indexes = EnvironmentsOf(path);
    if (std::find(indexes.begin(), indexes.end(), environment) ==
        indexes.end()) {
      continue;
    }
    digest.UpdateFramed(path);
    digest.UpdateFramed(overlay.file->bytes());
  }
  return digest.Finish();
}

}  // namespace writ::manifests
