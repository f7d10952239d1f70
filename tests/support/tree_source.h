// A source in memory that behaves like git: every committed set of files is a
// tree with an id, earlier trees stay readable until they are forgotten, and
// what changed since one of them is answered by comparing file by file.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifests/source/source.h"
#include "schema/digest.h"

namespace writ::testing {

using Files = std::map<std::string, std::string>;  // path → text

class TreeSource final : public manifests::Source {
 public:
  TreeSource() { Commit({}); }

  // Makes `files` the current tree.
  void Commit(Files files, const std::string& subject = "A change") {
    files_ = std::move(files);
    Sha256Stream stream;
    for (const auto& [path, text] : files_) {
      stream.UpdateFramed(path);
      stream.UpdateFramed(text);
    }
    const std::string id = stream.Finish().Hex();
    trees_[id] = files_;
    commit_.tree_id = id;
    commit_.id = Sha256(id + std::to_string(++commits_)).Hex().substr(0, 40);
    commit_.subject = subject;
    commit_.author_name = "Ana Ruiz";
    commit_.author_email = "ana@acme.example";
    commit_.ref = "HEAD";
  }
  // As after a garbage collection.
  void ForgetEarlierTrees() {
    trees_.clear();
    trees_[commit_.tree_id] = files_;
  }
  const Files& files() const { return files_; }

  const ::writ::Commit& commit() const override { return commit_; }
  const std::string& base_folder() const override { return base_; }

  Result<std::vector<manifests::SourceEntry>> List(
      Diagnostics& /*diagnostics*/) override {
    std::vector<manifests::SourceEntry> entries;
    for (const auto& [path, text] : files_) entries.push_back(Entry(path));
    return entries;
  }
  Result<std::optional<manifests::SourceEntry>> Find(
      const std::string& path) override {
    if (files_.count(path) == 0) return std::nullopt;
    return Entry(path);
  }
  Result<std::unique_ptr<manifests::SourceReader>> NewReader() override {
    return std::unique_ptr<manifests::SourceReader>(
        std::make_unique<Reader>(files_));
  }
  Result<std::optional<std::vector<manifests::SourceChange>>> ChangedSince(
      const std::string& tree_id) override {
    const auto tree = trees_.find(tree_id);
    if (tree == trees_.end()) return std::nullopt;
    std::vector<manifests::SourceChange> changes;
    for (const auto& [path, text] : tree->second) {
      if (files_.count(path) == 0) changes.push_back({path, std::nullopt});
    }
    for (const auto& [path, text] : files_) {
      const auto before = tree->second.find(path);
      if (before == tree->second.end() || before->second != text) {
        changes.push_back({path, Entry(path)});
      }
    }
    std::sort(changes.begin(), changes.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return changes;
  }

 private:
  class Reader final : public manifests::SourceReader {
   public:
    explicit Reader(Files files) : files_(std::move(files)) {}
    Result<std::string> Read(const manifests::SourceEntry& entry) override {
      const auto file = files_.find(entry.path);
      if (file == files_.end()) {
        return Fail(ErrorCode::kNotFound, "no file " + entry.path);
      }
      return file->second;
    }

   private:
    Files files_;
  };

  manifests::SourceEntry Entry(const std::string& path) const {
    const std::string& text = files_.at(path);
    return {path, Sha256(text).Hex().substr(0, 40), text.size()};
  }

  Files files_;
  std::map<std::string, Files> trees_;
  ::writ::Commit commit_;
  std::string base_ = "/nowhere";
  int commits_ = 0;
};

}  // namespace writ::testing
