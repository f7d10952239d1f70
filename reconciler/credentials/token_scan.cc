#include "reconciler/credentials/token_scan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <tuple>
#include <utility>

#include "schema/credential/token_format.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = std::size_t{1} << 20U;
// No token is longer; what begins in the last so many bytes of a piece is
// looked at with the next one.
constexpr std::size_t kOverlap = 64;

class FileScan {
 public:
  FileScan(std::string file, std::vector<FoundToken>& found)
      : file_(std::move(file)), found_(found) {}

  // False where it can't be read.
  bool Run(const fs::path& path);

 private:
  // Looks for what begins before `limit`; how much of the text is done with.
  std::size_t Look(std::string_view text, std::size_t limit);
  void Advance(std::string_view text);

  std::string file_;
  std::vector<FoundToken>& found_;
  std::uint64_t line_ = 1;
  std::uint64_t column_ = 1;
};

bool FileScan::Run(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return false;
  std::string text;
  while (stream) {
    const std::size_t kept = text.size();
    text.resize(kept + kPiece);
    stream.read(text.data() + kept, static_cast<std::streamsize>(kPiece));
    text.resize(kept + static_cast<std::size_t>(stream.gcount()));
    const bool is_last = !stream;
    const std::size_t limit =
        is_last ? text.size() : text.size() - std::min(text.size(), kOverlap);
    text.erase(0, Look(text, limit));
  }
  return stream.eof();
}

std::size_t FileScan::Look(std::string_view text, std::size_t limit) {
  std::size_t at = 0;
  for (const std::string_view token : FindTokens(text)) {
    const auto offset = static_cast<std::size_t>(token.data() - text.data());
    if (offset >= limit) break;
    Advance(text.substr(at, offset - at));
    found_.push_back({file_, line_, column_, MaskedHint(VisiblePrefix(token))});
    Advance(token);
    at = offset + token.size();
  }
  const std::size_t done = std::max(at, limit);
  Advance(text.substr(at, done - at));
  return done;
}

void FileScan::Advance(std::string_view text) {
  for (const char c : text) {
    ++column_;
    if (c != '\n') continue;
    ++line_;
    column_ = 1;
  }
}

void ScanFile(const fs::path& path, TokenScan& scan) {
  ++scan.files;
  if (!FileScan(path.string(), scan.found).Run(path)) {
    scan.unreadable.push_back(path.string());
  }
}

}  // namespace

Result<TokenScan> ScanForTokens(const std::string& path,
                                const std::function<bool()>& stop) {
  TokenScan scan;
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (!fs::exists(status)) {
    return Fail(ErrorCode::kNotFound, "there is no " + path);
  }
  if (!fs::is_directory(status)) {
    ScanFile(path, scan);
    return scan;
  }
  fs::recursive_directory_iterator at(path, error);
  for (; !error && at != fs::end(at); at.increment(error)) {
    if (stop && stop()) {
      return Fail(ErrorCode::kInterrupted, "interrupted");
    }
    const fs::file_status entry = at->symlink_status(error);
    if (fs::is_directory(entry) && at->path().filename() == ".git") {
      at.disable_recursion_pending();
    } else if (fs::is_regular_file(entry)) {
      ScanFile(at->path(), scan);
    }
  }
  if (error) scan.unreadable.push_back(path + ": " + error.message());
  std::sort(scan.found.begin(), scan.found.end(),
            [](const FoundToken& a, const FoundToken& b) {
              return std::tie(a.file, a.line, a.column) <
                     std::tie(b.file, b.line, b.column);
            });
  return scan;
}

}  // namespace writ::reconciler
