#include "reconciler/store/revocation_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "reconciler/descriptor.h"
#include "reconciler/durable_folder.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kLineSize = 65;  // 64 hexadecimal digits and a newline

tl::unexpected<Error> IoError(const std::string& doing,
                              const std::string& file) {
  return Fail(ErrorCode::kIo,
              "can't " + doing + " " + file + ": " + std::strerror(errno));
}

}  // namespace

Result<RevocationLog> RevocationLog::Open(const std::string& folder) {
  RevocationLog log;
  log.file_ = folder + "/state.db.revoked";
  std::ifstream in(log.file_, std::ios::binary);
  if (!in) {
    if (errno == ENOENT) return log;
    return IoError("read", log.file_);
  }
  const std::string text((std::istreambuf_iterator<char>(in)),
                         std::istreambuf_iterator<char>());
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    // An append that was cut off may stand before later ones.
    if (line.size() + 1 < kLineSize) continue;
    const auto digest =
        ParseDigestHex(line.substr(line.size() + 1 - kLineSize));
    if (!digest) {
      return Fail(ErrorCode::kCorrupt,
                  log.file_ + " has a line that is no digest",
                  "restore it from a copy; without it, credentials that were "
                  "revoked may come back with an older database");
    }
    log.digests_.insert(digest->Hex());
  }
  return log;
}

Status RevocationLog::Append(const Digest& digest) {
  const bool is_new = ::access(file_.c_str(), F_OK) != 0;
  const Descriptor opened(
      ::open(file_.c_str(),
             O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (opened.get() < 0) return IoError("open", file_);
  if (is_new && ::fchmod(opened.get(), 0600) != 0) {
    return IoError("protect", file_);
  }
  const std::string line = digest.Hex() + "\n";
  const ssize_t written = ::write(opened.get(), line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size())) {
    if (written >= 0) errno = ENOSPC;
    return IoError("append to", file_);
  }
  if (::fsync(opened.get()) != 0) return IoError("make durable", file_);
  if (is_new) TRY(SyncFolderOf(file_));
  digests_.insert(digest.Hex());
  return {};
}

}  // namespace writ::reconciler
