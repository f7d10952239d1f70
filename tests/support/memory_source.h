// A Source over a map of texts, with every effect a test may want: files that
// can't be read, lists in another order, blob ids as if git had made them.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "manifests/source/source.h"
#include "schema/digest.h"

namespace writ::manifests {

class MemorySource final : public Source {
 public:
  using Files = std::map<std::string, std::string>;

  explicit MemorySource(Files files) : files_(std::move(files)) {}

  // For a test to change.
  Files& files() { return files_; }
  std::set<std::string>& unreadable() { return unreadable_; }
  void set_reversed(bool reversed) { reversed_ = reversed; }
  void set_commit(Commit commit) { commit_ = std::move(commit); }
  // How many files were read.
  int reads() const { return reads_.load(); }
  int lists() const { return lists_; }

  const Commit& commit() const override { return commit_; }
  const std::string& base_folder() const override { return base_folder_; }

  Result<std::vector<SourceEntry>> List(Diagnostics&) override {
    ++lists_;
    std::vector<SourceEntry> entries;
    for (const auto& [path, text] : files_) {
      if (IsYaml(path)) entries.push_back(EntryOf(path, text));
    }
    if (reversed_) std::reverse(entries.begin(), entries.end());
    return entries;
  }

  Result<bool> HasFolder(const std::string& folder) override {
    const auto first = files_.lower_bound(folder + "/");
    return first != files_.end() && first->first.starts_with(folder + "/");
  }

  Result<std::optional<SourceEntry>> Find(const std::string& path) override {
    const auto found = files_.find(path);
    if (found == files_.end()) return std::optional<SourceEntry>();
    return std::optional(EntryOf(found->first, found->second));
  }

  Result<std::unique_ptr<SourceReader>> NewReader() override {
    return std::unique_ptr<SourceReader>(std::make_unique<Reader>(*this));
  }

  Result<std::optional<std::vector<SourceChange>>> ChangedSince(
      const std::string&) override {
    return std::optional<std::vector<SourceChange>>();
  }

 private:
  class Reader final : public SourceReader {
   public:
    explicit Reader(MemorySource& source) : source_(source) {}
    Result<std::string> Read(const SourceEntry& entry) override {
      ++source_.reads_;
      const auto found = source_.files_.find(entry.path);
      if (found == source_.files_.end()) {
        return Fail(ErrorCode::kNotFound, "no such file: " + entry.path);
      }
      if (source_.unreadable_.count(entry.path) > 0) {
        return Fail(ErrorCode::kIo, "can't read " + entry.path);
      }
      return found->second;
    }

   private:
    MemorySource& source_;
  };

  static bool IsYaml(const std::string& path) {
    const auto ends_with = [&](const std::string& suffix) {
      return path.size() > suffix.size() &&
             path.compare(path.size() - suffix.size(), suffix.size(), suffix) ==
                 0;
    };
    return ends_with(".yaml") || ends_with(".yml");
  }
  static SourceEntry EntryOf(const std::string& path, const std::string& text) {
    return {path, Sha256(text).Hex().substr(0, 40), text.size()};
  }

  Files files_;
  std::set<std::string> unreadable_;
  Commit commit_;
  std::string base_folder_ = "/nowhere";
  bool reversed_ = false;
  std::atomic<int> reads_{0};
  int lists_ = 0;
};

}  // namespace writ::manifests
