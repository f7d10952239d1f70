// A .env file (targets.md, section 11): one variable replaced, the rest of the
// file as it was. A new file takes the old one's place at once, or not at all.
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <utility>

#include "reconciler/descriptor.h"
#include "reconciler/host/dotenv_text.h"
#include "reconciler/host/environment_names.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/git_index.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr Duration kLockPause = std::chrono::milliseconds(20);
constexpr std::size_t kMaxFile = std::size_t{1} << 20;

// The file as it is, with its folder locked against other writs.
struct Opened {
  Descriptor folder;
  std::string path;
  std::string name;
  bool exists = false;
  struct stat facts = {};
  SecretValue text;

  std::string Version() const {
    if (!exists) return "absent";
    return std::to_string(facts.st_ino) + "-" +
           std::to_string(facts.st_mtim.tv_sec) + "." +
           std::to_string(facts.st_mtim.tv_nsec) + "-" +
           std::to_string(facts.st_size);
  }
};

tl::unexpected<TargetFailure> IoFailure(const std::string& what) {
  return FailTarget(FailureClass::kTransient, ErrorCode::kIo,
                    what + ": " + std::strerror(errno));
}

tl::unexpected<TargetFailure> Refuse(std::string message,
                                     std::string remedy = {}) {
  return FailTarget(FailureClass::kInvalid, ErrorCode::kPermission,
                    std::move(message), std::move(remedy));
}

class Dotenv final : public Target {
 public:
  Dotenv(const HostFile& host, const Clock& clock,
         std::chrono::nanoseconds deadline, std::string path, mode_t mode)
      : host_(host),
        clock_(clock),
        deadline_(deadline),
        path_(std::move(path)),
        mode_(mode) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = true;
    can.compares_version = true;
    can.removes = true;
    return can;
  }
  TargetStatus Preflight(const std::string& name) override;
  TargetResult<Observation> Observe(const std::string& name) override;
  TargetResult<Written> Put(const PutRequest& request) override;
  TargetStatus Activate(const Delivery&) override { return {}; }
  TargetResult<Health> CheckHealth(const Delivery&) override {
    return Health::kHealthy;
  }
  TargetStatus Remove(const std::string& name) override;
  TargetResult<Written> Restore(const Delivery&, const std::string&) override {
    return CannotRestore();
  }

 private:
  TargetResult<Opened> Open() const;
  TargetStatus Lock(const Descriptor& folder) const;
  TargetStatus ReadFile(Opened& file) const;
  TargetStatus CheckWritable(const Opened& file) const;
  TargetResult<Written> Replace(Opened& file, const SecretValue& text) const;
  TargetStatus WriteNew(const Opened& file, const std::string& temporary,
                        const SecretValue& text) const;

  const HostFile& host_;
  const Clock& clock_;
  std::chrono::nanoseconds deadline_;
  std::string path_;
  mode_t mode_;
};

TargetStatus CheckName(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  if (!ChangesPrograms(name)) return {};
  return Refuse(name +
                " changes how programs run; no .env file gets it (T-25)");
}

TargetStatus Dotenv::Lock(const Descriptor& folder) const {
  while (flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return IoFailure("can't lock " + path_);
    if (clock_.Monotonic() >= deadline_) {
      return FailTarget(FailureClass::kTransient, ErrorCode::kLocked,
                        "somebody else is writing beside " + path_);
    }
    clock_.Sleep(kLockPause);
  }
  return {};
}

TargetStatus Dotenv::ReadFile(Opened& file) const {
  const Descriptor open_file(openat(file.folder.get(), file.name.c_str(),
                                    O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!open_file.is_open()) {
    if (errno == ENOENT) return {};
    if (errno == ELOOP) return Refuse(path_ + " is a link");
    return IoFailure("can't read " + path_);
  }
  file.exists = true;
  if (fstat(open_file.get(), &file.facts) != 0) {
    return IoFailure("can't look at " + path_);
  }
  if (!S_ISREG(file.facts.st_mode)) return Refuse(path_ + " is no file");
  SecretBuilder text;
  std::array<char, 4096> buffer{};
  std::size_t size = 0;
  ssize_t got = 0;
  while ((got = read(open_file.get(), buffer.data(), buffer.size())) > 0) {
    text.Append({buffer.data(), static_cast<std::size_t>(got)});
    size += static_cast<std::size_t>(got);
    if (size > kMaxFile) return Refuse(path_ + " is larger than 1 MiB");
  }
  Wipe(buffer.data(), buffer.size());
  if (got < 0) return IoFailure("can't read " + path_);
  file.text = text.Finish();
  return {};
}

TargetResult<Opened> Dotenv::Open() const {
  auto granted = host_.MayWriteDotenv(path_);
  if (!granted) return InvalidTarget(std::move(granted.error()));
  const std::filesystem::path path(*granted);
  Opened file;
  file.path = *granted;
  file.name = path.filename().string();
  file.folder =
      Descriptor(open(path.parent_path().c_str(),
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.folder.is_open()) {
    return FailTarget(FailureClass::kGone, ErrorCode::kNotFound,
                      "can't open the folder of " + path_);
  }
  TRY_TARGET(Lock(file.folder));
  TRY_TARGET(ReadFile(file));
  return file;
}

// What is there must be as safe as what would take its place.
TargetStatus Dotenv::CheckWritable(const Opened& file) const {
  auto tracked = IsTrackedByGit(file.path);
  if (!tracked) return InvalidTarget(std::move(tracked.error()));
  if (*tracked) {
    return Refuse("git tracks " + path_ + ": the value would be committed",
                  "git rm --cached " + file.name + ", and ignore it");
  }
  if (faccessat(file.folder.get(), ".", W_OK, AT_EACCESS) != 0) {
    return Refuse("this user may not write into the folder of " + path_);
  }
  if (!file.exists) return {};
  if (file.facts.st_nlink != 1) {
    return Refuse(path_ + " has another name: it would keep the old value");
  }
  if ((file.facts.st_mode & 0777 & ~mode_) != 0) {
    std::array<char, 8> octal{};
    std::to_chars(octal.data(), octal.data() + octal.size(), mode_, 8);
    return Refuse("others may read or write " + path_,
                  "chmod 0" + std::string(octal.data()) + " " + path_);
  }
  return {};
}

TargetStatus Dotenv::WriteNew(const Opened& file, const std::string& temporary,
                              const SecretValue& text) const {
  const Descriptor out(
      openat(file.folder.get(), temporary.c_str(),
             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!out.is_open()) return IoFailure("can't write beside " + path_);
  std::string_view rest = text.Reveal();
  while (!rest.empty()) {
    const ssize_t wrote = write(out.get(), rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return IoFailure("can't write beside " + path_);
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  const bool owned = !file.exists || (file.facts.st_uid == geteuid() &&
                                      file.facts.st_gid == getegid());
  if (!owned && fchown(out.get(), file.facts.st_uid, file.facts.st_gid) != 0) {
    return Refuse(path_ +
                  " belongs to somebody else, who couldn't read it "
                  "any more");
  }
  if (fchmod(out.get(), mode_) != 0 || fsync(out.get()) != 0) {
    return IoFailure("can't write beside " + path_);
  }
  return {};
}

TargetResult<Written> Dotenv::Replace(Opened& file,
                                      const SecretValue& text) const {
  // Always the same name, so that what a crash left behind goes at the next
  // write; nobody else writes it, by the lock.
  const std::string temporary = "." + file.name + ".writ-new";
  unlinkat(file.folder.get(), temporary.c_str(), 0);
  TargetStatus written = WriteNew(file, temporary, text);
  if (written && renameat(file.folder.get(), temporary.c_str(),
                          file.folder.get(), file.name.c_str()) != 0) {
    written = IoFailure("can't replace " + path_);
  }
  if (!written) {
    unlinkat(file.folder.get(), temporary.c_str(), 0);
    return tl::unexpected(std::move(written.error()));
  }
  if (fsync(file.folder.get()) != 0) {
    return FailTarget(FailureClass::kUnknown, ErrorCode::kIo,
                      "can't sync the folder of " + path_);
  }
  TRY_TARGET(ReadFile(file));
  return Written{file.Version()};
}

TargetStatus Dotenv::Preflight(const std::string& name) {
  TRY_TARGET(CheckName(name));
  const Opened file = TRY_TARGET(Open());
  TRY_TARGET(CheckWritable(file));
  auto value = ReadVariable(file.text.Reveal(), name);
  if (!value) return InvalidTarget(std::move(value.error()));
  return {};
}

TargetResult<Observation> Dotenv::Observe(const std::string& name) {
  TRY_TARGET(CheckName(name));
  const Opened file = TRY_TARGET(Open());
  auto value = ReadVariable(file.text.Reveal(), name);
  if (!value) return InvalidTarget(std::move(value.error()));
  Observation seen;
  seen.version = file.Version();
  seen.readable = true;
  seen.present = value->has_value();
  if (seen.present) seen.value = std::move(**value);
  return seen;
}

TargetResult<Written> Dotenv::Put(const PutRequest& request) {
  const std::string& name = request.delivery.name;
  TRY_TARGET(CheckName(name));
  Opened file = TRY_TARGET(Open());
  TRY_TARGET(CheckWritable(file));
  auto held = ReadVariable(file.text.Reveal(), name);
  if (!held) return InvalidTarget(std::move(held.error()));
  if (*held && SameSecret(**held, request.value)) {
    return Written{file.Version()};
  }
  if (!request.expected_version.empty() &&
      request.expected_version != file.Version()) {
    return FailTarget(FailureClass::kConflict, ErrorCode::kConflict,
                      path_ + " was written since it was looked at");
  }
  auto text = WithVariable(file.text.Reveal(), name, request.value);
  if (!text) return InvalidTarget(std::move(text.error()));
  return Replace(file, *text);
}

TargetStatus Dotenv::Remove(const std::string& name) {
  TRY_TARGET(CheckName(name));
  Opened file = TRY_TARGET(Open());
  auto held = ReadVariable(file.text.Reveal(), name);
  if (!held) return InvalidTarget(std::move(held.error()));
  if (!*held) return {};
  TRY_TARGET(CheckWritable(file));
  auto text = WithoutVariable(file.text.Reveal(), name);
  if (!text) return InvalidTarget(std::move(text.error()));
  TRY_TARGET(Replace(file, *text));
  return {};
}

}  // namespace

Made MakeDotenv(TargetSetup& setup) {
  const std::string path = TextOf(setup, "path");
  std::string mode_text = TextOf(setup, "mode");
  if (mode_text.empty()) mode_text = "0600";
  unsigned mode = 0;
  std::from_chars(mode_text.data(), mode_text.data() + mode_text.size(), mode,
                  8);
  TRY(setup.host.MayWriteDotenv(path));
  return std::make_unique<Dotenv>(setup.host, setup.clock, setup.deadline, path,
                                  static_cast<mode_t>(mode & 0777U));
}

}  // namespace writ::reconciler::targets
