#include "reconciler/store/generation_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>

#include "reconciler/descriptor.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kSize = sizeof(std::uint64_t);

using Counter = std::atomic_ref<std::uint64_t>;
static_assert(Counter::is_always_lock_free,
              "a lock of this process alone would not be seen by others");

tl::unexpected<Error> FailErrno(const std::string& doing,
                                const std::string& file) {
  const int error = errno;
  const bool refused = error == EACCES || error == EPERM || error == ELOOP;
  return Fail(refused ? ErrorCode::kPermission : ErrorCode::kIo,
              "can't " + doing + " " + file + ": " +
                  std::error_code(error, std::generic_category()).message(),
              "the state's folder must be writable");
}

Status Prepare(int fd, const std::string& file, struct stat& status) {
  if (::fstat(fd, &status) != 0) return FailErrno("look at", file);
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) {
    return Fail(ErrorCode::kPermission, file + " is not a file of yours",
                "remove it: it holds nothing that lasts");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0 ||
      (status.st_mode & S_IRWXU) != (S_IRUSR | S_IWUSR)) {
    if (::fchmod(fd, S_IRUSR | S_IWUSR) != 0) return FailErrno("close", file);
  }
  // Longer without a write: another process may be counting already.
  if (status.st_size < static_cast<off_t>(kSize) &&
      ::ftruncate(fd, static_cast<off_t>(kSize)) != 0) {
    return FailErrno("make room in", file);
  }
  // A hole would be filled at the first move, which on a full disk is a signal.
  if (::fallocate(fd, 0, 0, static_cast<off_t>(kSize)) != 0 &&
      errno != EOPNOTSUPP) {
    return FailErrno("make room in", file);
  }
  return {};
}

}  // namespace

std::string GenerationFile::PathIn(const std::string& folder) {
  return folder + "/state.db.gen";
}

Result<GenerationFile> GenerationFile::Open(const std::string& folder) {
  const std::string file = PathIn(folder);
  const Descriptor opened(::open(file.c_str(),
                                 O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                                 S_IRUSR | S_IWUSR));
  if (opened.get() < 0) return FailErrno("open", file);
  struct stat status {};
  TRY(Prepare(opened.get(), file, status));
  void* mapped = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED,
                        opened.get(), 0);
  if (mapped == MAP_FAILED) {
    return Fail(ErrorCode::kUnsupported,
                "the file system of " + file + " can't share memory",
                "keep the state on a local disk");
  }
  return GenerationFile(static_cast<std::uint64_t*>(mapped),
                        {status.st_dev, status.st_ino});
}

GenerationFile& GenerationFile::operator=(GenerationFile&& other) noexcept {
  std::swap(counter_, other.counter_);
  std::swap(identity_, other.identity_);
  return *this;
}

GenerationFile::~GenerationFile() {
  if (counter_ != nullptr) ::munmap(counter_, kSize);
}

std::uint64_t GenerationFile::Load() const { return Counter(*counter_).load(); }

std::uint64_t GenerationFile::MakeOdd() {
  Counter counter(*counter_);
  std::uint64_t now = counter.load();
  std::uint64_t next = 0;
  do {
    next = now + (IsOdd(now) ? 2 : 1);
  } while (!counter.compare_exchange_weak(now, next));
  return next;
}

void GenerationFile::MakeEven(std::uint64_t odd) {
  Counter(*counter_).compare_exchange_strong(odd, odd + 1);
}

}  // namespace writ::reconciler
