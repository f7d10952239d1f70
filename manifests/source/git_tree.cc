#include "manifests/source/git_tree.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "manifests/source/source_path.h"

namespace writ::manifests::git {
namespace {

bool IsFolder(const git_tree_entry* entry) {
  return git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
}

SourceEntry EntryAt(const git_tree_entry* entry, const std::string& path) {
  return SourceEntry{path, Hex(*git_tree_entry_id(entry)), 0};
}

// A path that grows and shrinks with the walk.
class PathScope {
 public:
  PathScope(std::string& path, std::string_view name)
      : path_(path), size_(path.size()) {
    if (!path.empty()) path_ += '/';
    path_ += name;
  }
  ~PathScope() { path_.resize(size_); }
  PathScope(const PathScope&) = delete;
  PathScope& operator=(const PathScope&) = delete;

 private:
  std::string& path_;
  std::size_t size_;
};

class TreeLister {
 public:
  TreeLister(git_repository* repository, const SourceLimits& limits,
             Diagnostics& diagnostics)
      : repository_(repository), limits_(limits), diagnostics_(diagnostics) {}

  Status Visit(const git_tree* tree, std::uint32_t depth) {
    TRY(CheckDepth(path_, depth, limits_));
    const std::size_t count = git_tree_entrycount(tree);
    // A small tree object can stand for a huge tree: equal sub-trees are
    // stored once. So every entry counts, not only YAML files.
    TRY(CheckEntryCount(seen_ += count, limits_));
    for (std::size_t i = 0; i < count; ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(tree, i);
      const std::string_view name = git_tree_entry_name(entry);
      if (IsHiddenName(name)) continue;
      const PathScope scope(path_, name);
      TRY(VisitEntry(entry, name, depth));
    }
    return {};
  }

  // What Visit would come to on its way through this folder.
  Status VisitBelow(const git_tree* tree, std::string_view folder,
                    std::uint32_t depth) {
    if (folder.empty()) return Visit(tree, depth);
    const std::string name(folder.substr(0, folder.find('/')));
    folder.remove_prefix(std::min(folder.size(), name.size() + 1));
    const git_tree_entry* entry = git_tree_entry_byname(tree, name.c_str());
    if (entry == nullptr || !IsFolder(entry) || IsHiddenName(name)) return {};
    const PathScope scope(path_, name);
    const TreeHandle inner =
        TRY(LookupTree(repository_, *git_tree_entry_id(entry)));
    return VisitBelow(inner.get(), folder, depth + 1);
  }

  std::vector<SourceEntry> TakeEntries() {
    // Git's order of a tree is that of full paths; a hand-made tree's is not.
    const auto by_path = [](const SourceEntry& a, const SourceEntry& b) {
      return a.path < b.path;
    };
    if (!std::is_sorted(entries_.begin(), entries_.end(), by_path)) {
      std::sort(entries_.begin(), entries_.end(), by_path);
    }
    return std::move(entries_);
  }

 private:
  Status VisitEntry(const git_tree_entry* entry, std::string_view name,
                    std::uint32_t depth) {
    switch (git_tree_entry_filemode(entry)) {
      case GIT_FILEMODE_TREE: {
        const TreeHandle folder =
            TRY(LookupTree(repository_, *git_tree_entry_id(entry)));
        return Visit(folder.get(), depth + 1);
      }
      case GIT_FILEMODE_BLOB:
      case GIT_FILEMODE_BLOB_EXECUTABLE:
        return AddFile(entry, name);
      case GIT_FILEMODE_LINK:
        if (MayHoldManifests(name)) diagnostics_.Add(LinkWarning(path_));
        return {};
      case GIT_FILEMODE_COMMIT:
        diagnostics_.Add(NestedRepositoryWarning(path_));
        return {};
      case GIT_FILEMODE_UNREADABLE:
        break;
    }
    return Fail(ErrorCode::kCorrupt,
                "\"" + Harmless(path_) + "\" has no valid mode in git",
                "look with: git fsck");
  }

  Status AddFile(const git_tree_entry* entry, std::string_view name) {
    if (!IsYamlName(name)) return {};
    if (!IsHarmless(path_)) {
      diagnostics_.Add(NameError(path_));
      return {};
    }
    entries_.push_back(EntryAt(entry, path_));
    return CheckFileCount(entries_.size(), limits_);
  }

  git_repository* repository_;
  const SourceLimits& limits_;
  Diagnostics& diagnostics_;
  std::vector<SourceEntry> entries_;
  std::string path_;
  std::uint64_t seen_ = 0;
};

class TreeComparison {
 public:
  TreeComparison(git_repository* repository, const SourceLimits& limits)
      : repository_(repository), limits_(limits) {}

  // Either may be null: nothing there.
  Status Compare(const git_tree* before, const git_tree* after,
                 std::uint32_t depth) {
    TRY(CheckDepth(path_, depth, limits_));
    const std::size_t old_count = before ? git_tree_entrycount(before) : 0;
    const std::size_t new_count = after ? git_tree_entrycount(after) : 0;
    TRY(CheckEntryCount(seen_ += old_count + new_count, limits_));
    std::size_t i = 0;
    std::size_t j = 0;
    while (answerable_ && (i < old_count || j < new_count)) {
      const git_tree_entry* a =
          i < old_count ? git_tree_entry_byindex(before, i) : nullptr;
      const git_tree_entry* b =
          j < new_count ? git_tree_entry_byindex(after, j) : nullptr;
      // Git's order tells a file "a" from a folder "a", so those never pair.
      const int order = !a ? 1 : !b ? -1 : git_tree_entry_cmp(a, b);
      if (order <= 0) ++i;
      if (order >= 0) ++j;
      TRY(ComparePair(order <= 0 ? a : nullptr, order >= 0 ? b : nullptr,
                      depth));
    }
    return {};
  }

  void GiveUp() { answerable_ = false; }

  std::optional<std::vector<SourceChange>> TakeChanges() {
    if (!answerable_) return std::nullopt;
    const auto by_path = [](const SourceChange& a, const SourceChange& b) {
      return a.path < b.path;
    };
    if (!std::is_sorted(changes_.begin(), changes_.end(), by_path)) {
      std::sort(changes_.begin(), changes_.end(), by_path);
    }
    return std::move(changes_);
  }

 private:
  Status ComparePair(const git_tree_entry* before, const git_tree_entry* after,
                     std::uint32_t depth) {
    if (before && after && IsRegular(before) == IsRegular(after) &&
        git_oid_equal(git_tree_entry_id(before), git_tree_entry_id(after))) {
      return {};
    }
    const git_tree_entry* any = after ? after : before;
    const std::string_view name = git_tree_entry_name(any);
    if (IsHiddenName(name)) return {};
    const PathScope scope(path_, name);
    if (IsFolder(any)) return CompareFolders(before, after, depth);
    if (IsYamlName(name)) AddChange(before, after);
    return {};
  }

  Status CompareFolders(const git_tree_entry* before,
                        const git_tree_entry* after, std::uint32_t depth) {
    TreeHandle old_folder;
    TreeHandle new_folder;
    if (before) {
      auto found = LookupTree(repository_, *git_tree_entry_id(before));
      if (!found) return GiveUp(), Status{};
      old_folder = std::move(*found);
    }
    if (after) {
      new_folder = TRY(LookupTree(repository_, *git_tree_entry_id(after)));
    }
    return Compare(old_folder.get(), new_folder.get(), depth + 1);
  }

  void AddChange(const git_tree_entry* before, const git_tree_entry* after) {
    const bool was = before && IsRegular(before);
    const bool is = after && IsRegular(after);
    if (!was && !is) return;
    if (!IsHarmless(path_)) return GiveUp();
    SourceChange change;
    change.path = path_;
    if (is) change.now = EntryAt(after, path_);
    changes_.push_back(std::move(change));
  }

  git_repository* repository_;
  const SourceLimits& limits_;
  std::vector<SourceChange> changes_;
  std::string path_;
  std::uint64_t seen_ = 0;
  bool answerable_ = true;
};

}  // namespace

Result<std::vector<SourceEntry>> ListTree(git_repository* repository,
                                          const git_tree* root,
                                          const std::string& folder,
                                          const SourceLimits& limits,
                                          Diagnostics& diagnostics) {
  TreeLister lister(repository, limits, diagnostics);
  TRY(lister.VisitBelow(root, folder, 0));
  return lister.TakeEntries();
}

Result<std::optional<std::vector<SourceChange>>> CompareTrees(
    git_repository* repository, const git_oid& before, const git_tree* after,
    const SourceLimits& limits) {
  TreeComparison comparison(repository, limits);
  auto old_root = LookupTree(repository, before);
  if (!old_root) return std::optional<std::vector<SourceChange>>();
  TRY(comparison.Compare(old_root->get(), after, 0));
  return comparison.TakeChanges();
}

}  // namespace writ::manifests::git
