#include "reconciler/credentials/token_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <string_view>
#include <system_error>
#include <utility>

#include "reconciler/descriptor.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kDescriptor = "fd:";

std::string Cause() { return std::strerror(errno); }

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

SecretValue LineOf(const ResourceId& token, const SecretValue& value) {
  SecretBuilder line;
  line.Append(token.address()).Append(" ").Append(value).Append("\n");
  return line.Finish();
}

// Of a file, a pipe, a socket; only the first can be made durable.
Status WriteDurably(int fd, const SecretValue& line, const std::string& name) {
  if (!WriteAll(fd, line.Reveal())) {
    return Fail(ErrorCode::kIo, "can't write to " + name + ": " + Cause());
  }
  if (::fsync(fd) == 0 || errno == EINVAL || errno == EROFS) return {};
  return Fail(ErrorCode::kIo, "can't make " + name + " durable: " + Cause());
}

class FileSink final : public TokenSink {
 public:
  FileSink(std::string path, Descriptor folder, Descriptor file,
           std::string entry)
      : path_(std::move(path)),
        folder_(std::move(folder)),
        file_(std::move(file)),
        entry_(std::move(entry)) {}
  ~FileSink() override {
    if (!is_used_) ::unlinkat(folder_.get(), entry_.c_str(), 0);
  }

  Status Put(const ResourceId& token, const SecretValue& value) override {
    is_used_ = true;
    TRY(WriteDurably(file_.get(), LineOf(token, value), Name()));
    if (::fsync(folder_.get()) == 0) return {};
    return Fail(ErrorCode::kIo,
                "can't make the folder of " + path_ + " durable: " + Cause());
  }
  std::string Name() const override { return "the file " + path_; }

 private:
  std::string path_;
  Descriptor folder_;
  Descriptor file_;
  std::string entry_;
  bool is_used_ = false;
};

class DescriptorSink final : public TokenSink {
 public:
  explicit DescriptorSink(int fd) : fd_(fd) {}
  Status Put(const ResourceId& token, const SecretValue& value) override {
    return WriteDurably(fd_, LineOf(token, value), Name());
  }
  std::string Name() const override {
    return "descriptor " + std::to_string(fd_);
  }

 private:
  int fd_;
};

class TerminalSink final : public TokenSink {
 public:
  explicit TerminalSink(std::ostream& terminal) : terminal_(terminal) {}
  Status Put(const ResourceId& token, const SecretValue& value) override {
    terminal_ << "\n  " << EscapeTerminal(token.address())
              << ", shown this once:\n\n    " << value.Reveal() << "\n\n"
              << std::flush;
    if (terminal_) return {};
    return Fail(ErrorCode::kIo, "can't write to the terminal");
  }
  std::string Name() const override { return "the terminal"; }

 private:
  std::ostream& terminal_;
};

class MaskingSink final : public TokenSink {
 public:
  MaskingSink(std::unique_ptr<TokenSink> sink, std::ostream& log)
      : sink_(std::move(sink)), log_(log) {}
  Status Put(const ResourceId& token, const SecretValue& value) override {
    log_ << "::add-mask::" << value.Reveal() << "\n" << std::flush;
    if (!log_) return Fail(ErrorCode::kIo, "can't mask the token in the log");
    return sink_->Put(token, value);
  }
  std::string Name() const override { return sink_->Name(); }

 private:
  std::unique_ptr<TokenSink> sink_;
  std::ostream& log_;
};

Result<std::unique_ptr<TokenSink>> OpenDescriptor(std::string_view number) {
  int fd = -1;
  const char* end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, fd);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == end &&
                         fd >= 0 && !number.empty();
  const int flags = is_number ? ::fcntl(fd, F_GETFL) : -1;
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
    return Fail(ErrorCode::kInvalidArgument,
                "fd:" + std::string(number) +
                    " is no descriptor that is open for writing",
                "open it where the command is started: 3>FILE");
  }
  return std::make_unique<DescriptorSink>(fd);
}

// The work tree that a folder is in; empty: none.
std::string WorkTreeAround(std::filesystem::path folder) {
  for (;; folder = folder.parent_path()) {
    std::error_code error;
    if (std::filesystem::exists(folder / ".git", error)) {
      return folder.string();
    }
    if (folder == folder.parent_path()) return {};
  }
}

Result<std::unique_ptr<TokenSink>> OpenFile(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::canonical(path.parent_path(), error);
  const std::string entry = path.filename().string();
  if (error || entry.empty() || entry == "." || entry == "..") {
    return Fail(ErrorCode::kInvalidArgument,
                path.string() + " is no place for a new file",
                "name a file in a folder that is there");
  }
  if (const std::string tree = WorkTreeAround(folder); !tree.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                path.string() + " is inside the git work tree " + tree +
                    ", where a commit would take the token along",
                "name a file elsewhere, or use fd:N");
  }
  Descriptor directory(
      ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) {
    return Fail(ErrorCode::kIo,
                "can't open " + folder.string() + ": " + Cause());
  }
  Descriptor file(::openat(directory.get(), entry.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                           S_IRUSR | S_IWUSR));
  if (!file.is_open()) {
    const bool is_there = errno == EEXIST || errno == ELOOP;
    return Fail(is_there ? ErrorCode::kConflict : ErrorCode::kIo,
                "can't create " + path.string() + ": " + Cause(),
                is_there ? "tokens go into a new file only" : "");
  }
  if (::fchmod(file.get(), S_IRUSR | S_IWUSR) != 0) {
    return Fail(ErrorCode::kIo,
                "can't set the mode of " + path.string() + ": " + Cause());
  }
  return std::make_unique<FileSink>(
      (folder / entry).string(), std::move(directory), std::move(file), entry);
}

}  // namespace

Result<std::unique_ptr<TokenSink>> OpenTokenSink(const std::string& where,
                                                 const std::string& folder) {
  if (where.rfind(kDescriptor, 0) == 0) {
    return OpenDescriptor(std::string_view(where).substr(kDescriptor.size()));
  }
  return OpenFile((std::filesystem::path(folder) / where).lexically_normal());
}

std::unique_ptr<TokenSink> ShowTokens(std::ostream& terminal) {
  return std::make_unique<TerminalSink>(terminal);
}

std::unique_ptr<TokenSink> MaskFirst(std::unique_ptr<TokenSink> sink,
                                     std::ostream& log) {
  return std::make_unique<MaskingSink>(std::move(sink), log);
}

}  // namespace writ::reconciler
