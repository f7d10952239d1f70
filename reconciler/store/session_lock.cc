#include "reconciler/store/session_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace writ::reconciler {
namespace {

struct flock WholeFile(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Result<SessionLock> SessionLock::Join(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                        S_IRUSR | S_IWUSR);
  if (fd < 0) {
    const int error = errno;
    return Fail(error == EACCES || error == EPERM ? ErrorCode::kPermission
                                                  : ErrorCode::kIo,
                "can't open " + file + ": " +
                    std::error_code(error, std::generic_category()).message(),
                "the state's folder must be writable");
  }
  SessionLock lock(fd);
  struct flock alone = WholeFile(F_WRLCK);
  struct flock shared = WholeFile(F_RDLCK);
  lock.exclusive_ = ::fcntl(fd, F_OFD_SETLK, &alone) == 0;
  if (::fchmod(fd, S_IRUSR | S_IWUSR) != 0 ||
      (!lock.exclusive_ && ::fcntl(fd, F_OFD_SETLKW, &shared) != 0)) {
    return Fail(ErrorCode::kIo, "can't lock " + file);
  }
  return lock;
}

void SessionLock::MarkState() {
  // Where it fails, the mark comes with a later session.
  [[maybe_unused]] const int result = ::ftruncate(fd_, 1);
}

bool SessionLock::IsMarked(const std::string& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 && status.st_size > 0;
}

bool SessionLock::IsHeld(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return false;
  struct flock lock = WholeFile(F_WRLCK);
  const bool known = ::fcntl(fd, F_OFD_GETLK, &lock) == 0;
  ::close(fd);
  return known && lock.l_type != F_UNLCK;
}

SessionLock::~SessionLock() {
  if (fd_ >= 0) ::close(fd_);
}

SessionLock::SessionLock(SessionLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), exclusive_(other.exclusive_) {}

SessionLock& SessionLock::operator=(SessionLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(exclusive_, other.exclusive_);
  return *this;
}

void SessionLock::Share() {
  struct flock shared = WholeFile(F_RDLCK);
  // To loosen an own lock can't meet another's.
  ::fcntl(fd_, F_OFD_SETLK, &shared);
  exclusive_ = false;
}

bool SessionLock::MakeExclusive() {
  struct flock alone = WholeFile(F_WRLCK);
  exclusive_ = ::fcntl(fd_, F_OFD_SETLK, &alone) == 0;
  return exclusive_;
}

}  // namespace writ::reconciler
