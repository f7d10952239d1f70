#include "reconciler/targets/git_index.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>

namespace writ::reconciler::targets {
namespace {

namespace fs = std::filesystem;

std::string ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct WorkTree {
  fs::path root;
  fs::path git_folder;
};

std::optional<WorkTree> WorkTreeOf(const fs::path& file) {
  std::error_code ignored;
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    const fs::path entry = folder / ".git";
    if (fs::is_directory(entry, ignored)) return WorkTree{folder, entry};
    if (fs::is_regular_file(entry, ignored)) {
      // A linked work tree or a submodule: "gitdir: PATH".
      constexpr std::string_view kPrefix = "gitdir: ";
      std::string text = ReadWhole(entry);
      while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
      if (!text.starts_with(kPrefix)) return WorkTree{folder, entry};
      return WorkTree{folder, folder / text.substr(kPrefix.size())};
    }
    if (folder == folder.root_path() || folder.empty()) return std::nullopt;
  }
}

std::uint32_t BigEndian(std::string_view bytes, std::size_t at,
                        std::size_t size) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

// The index format of git (Documentation/gitformat-index.txt), versions 2 to 4.
class IndexReader {
 public:
  IndexReader(std::string_view bytes, std::size_t id_size)
      : bytes_(bytes), id_size_(id_size) {}

  // Nothing where the bytes are no index that is known.
  std::optional<bool> Holds(std::string_view path) {
    constexpr std::size_t kHeader = 12;
    if (bytes_.size() < kHeader || !bytes_.starts_with("DIRC")) return {};
    version_ = BigEndian(bytes_, 4, 4);
    if (version_ < 2 || version_ > 4) return {};
    at_ = kHeader;
    const std::uint32_t count = BigEndian(bytes_, 8, 4);
    bool found = false;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!ReadEntry()) return {};
      found = found || name_ == path;
      // A sparse index names a folder for all that lies below.
      found = found || (name_.ends_with('/') && path.starts_with(name_));
    }
    return found;
  }

 private:
  bool ReadEntry() {
    constexpr std::size_t kFacts = 40;
    constexpr std::uint32_t kExtended = 0x4000;
    const std::size_t from = at_;
    std::size_t name = from + kFacts + id_size_ + 2;
    if (name > bytes_.size()) return false;
    const std::uint32_t flags = BigEndian(bytes_, name - 2, 2);
    if ((flags & kExtended) != 0) name += 2;
    if (version_ == 4) {
      const std::optional<std::size_t> cut = ReadVariableLength(name);
      if (!cut || *cut > name_.size()) return false;
      name_.resize(name_.size() - *cut);
    } else {
      name_.clear();
    }
    if (name > bytes_.size()) return false;
    const std::size_t end = bytes_.find('\0', name);
    if (end == std::string_view::npos) return false;
    name_ += bytes_.substr(name, end - name);
    // Before version 4, entries are padded to multiples of eight.
    at_ = version_ == 4 ? end + 1 : from + ((end - from) / 8 + 1) * 8;
    return at_ <= bytes_.size();
  }

  std::optional<std::size_t> ReadVariableLength(std::size_t& at) {
    std::size_t number = 0;
    for (int i = 0; i < 5 && at < bytes_.size(); ++i) {
      const auto byte = static_cast<unsigned char>(bytes_[at++]);
      number = (i == 0 ? 0 : (number + 1) << 7U) | (byte & 0x7fU);
      if ((byte & 0x80U) == 0) return number;
    }
    return std::nullopt;
  }

  std::string_view bytes_;
  std::size_t id_size_;
  std::size_t at_ = 0;
  std::uint32_t version_ = 0;
  std::string name_;
};

}  // namespace

Result<bool> IsTrackedByGit(const std::string& file) {
  const std::optional<WorkTree> tree = WorkTreeOf(file);
  if (!tree) return false;
  const fs::path index = tree->git_folder / "index";
  std::error_code ignored;
  if (!fs::exists(index, ignored)) return false;
  const std::string bytes = ReadWhole(index);
  const std::string config = ReadWhole(tree->git_folder / "config");
  const bool sha256 = config.find("objectformat = sha256") != std::string::npos;
  IndexReader reader(bytes, sha256 ? 32 : 20);
  const std::optional<bool> holds =
      reader.Holds(fs::path(file).lexically_relative(tree->root).string());
  if (holds) return *holds;
  return Fail(ErrorCode::kUnsupported, "can't tell whether git tracks " + file +
                                           ": its index " + index.string() +
                                           " can't be read");
}

}  // namespace writ::reconciler::targets
