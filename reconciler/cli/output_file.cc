#include "reconciler/cli/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace writ::reconciler {
namespace {

bool WriteWhole(int file, std::string_view rest) {
  while (!rest.empty()) {
    const ssize_t written = write(file, rest.data(), rest.size());
    if (written <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Status WriteOutputFile(const std::string& path, std::string_view text,
                       const std::string& what) {
  constexpr mode_t kMode = 0666;  // what the umask leaves of it
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  const bool is_file = !std::filesystem::exists(status) ||
                       std::filesystem::is_regular_file(status);
  const std::string draft =
      is_file ? path + ".draft-" + std::to_string(getpid()) : path;
  const int file = open(
      draft.c_str(),
      is_file ? O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC : O_WRONLY | O_CLOEXEC,
      kMode);
  bool done =
      file >= 0 && WriteWhole(file, text) && (!is_file || fsync(file) == 0);
  int cause = errno;
  if (file >= 0) close(file);
  if (done && is_file) {
    done = std::rename(draft.c_str(), path.c_str()) == 0;
    cause = errno;
  }
  if (done) return {};
  if (is_file) unlink(draft.c_str());
  return Fail(ErrorCode::kIo, "can't write " + what + " to " + path + ": " +
                                  std::strerror(cause));
}

}  // namespace writ::reconciler
