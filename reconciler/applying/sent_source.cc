#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "reconciler/applying/sent_plan.h"

namespace writ::reconciler {
namespace {

using manifests::SourceChange;
using manifests::SourceEntry;
using manifests::SourceReader;
using SentFiles = std::map<std::string, std::string>;

bool IsManifest(const std::string& path) {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

class SentReader final : public SourceReader {
 public:
  explicit SentReader(std::shared_ptr<const SentFiles> files)
      : files_(std::move(files)) {}

  Result<std::string> Read(const SourceEntry& entry) override {
    const auto found = files_->find(entry.path);
    if (found != files_->end()) return found->second;
    return Fail(ErrorCode::kNotFound, "there is no file " + entry.path);
  }

 private:
  std::shared_ptr<const SentFiles> files_;
};

class SentSource final : public manifests::Source {
 public:
  explicit SentSource(const SentPlan& plan)
      : commit_(plan.commit),
        files_(std::make_shared<const SentFiles>(plan.files)),
        folders_(plan.folders) {}

  const Commit& commit() const override { return commit_; }
  const std::string& base_folder() const override { return base_folder_; }

  Result<std::vector<SourceEntry>> List(Diagnostics& /*diagnostics*/) override {
    std::vector<SourceEntry> entries;
    for (const auto& [path, bytes] : *files_) {
      if (IsManifest(path)) entries.push_back({path, "", bytes.size()});
    }
    return entries;
  }
  Result<bool> HasFolder(const std::string& folder) override {
    if (std::ranges::find(folders_, folder) != folders_.end()) return true;
    const auto first = files_->lower_bound(folder + "/");
    return first != files_->end() && first->first.starts_with(folder + "/");
  }
  Result<std::optional<SourceEntry>> Find(const std::string& path) override {
    const auto found = files_->find(path);
    if (found == files_->end()) return std::optional<SourceEntry>();
    return std::optional(SourceEntry{path, "", found->second.size()});
  }
  Result<std::unique_ptr<SourceReader>> NewReader() override {
    return std::unique_ptr<SourceReader>(std::make_unique<SentReader>(files_));
  }
  Result<std::optional<std::vector<SourceChange>>> ChangedSince(
      const std::string& /*tree_id*/) override {
    return std::optional<std::vector<SourceChange>>();
  }

 private:
  const Commit commit_;
  const std::string base_folder_ = "/";
  const std::shared_ptr<const SentFiles> files_;
  const std::vector<std::string> folders_;
};

}  // namespace

std::unique_ptr<manifests::Source> OpenSentSource(const SentPlan& plan) {
  return std::make_unique<SentSource>(plan);
}

}  // namespace writ::reconciler
