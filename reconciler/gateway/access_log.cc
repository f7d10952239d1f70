#include "reconciler/gateway/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "reconciler/descriptor.h"
#include "reconciler/gateway/credential_text.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kMaxWaiting = 4 * 1024 * 1024;
constexpr std::size_t kMaxText = 256;

void AppendKey(std::string_view key, std::string& line) {
  line += line.size() == 1 ? "\"" : ",\"";
  line += key;
  line += "\":";
}

// Masked before it is cut, and from more than is kept: a credential that
// begins in what is kept is seen whole enough to be known.
void AppendText(std::string_view key, std::string_view text,
                std::string& line) {
  AppendKey(key, line);
  AppendQuotedJson(
      EscapeTerminal(
          MaskCredentialText(text.substr(0, 2 * kMaxText)).substr(0, kMaxText)),
      line);
}

void AppendNumber(std::string_view key, std::int64_t number,
                  std::string& line) {
  AppendKey(key, line);
  line += std::to_string(number);
}

Result<Descriptor> OpenLog(const std::string& path) {
  Descriptor file(path == "-" ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
                              : open(path.c_str(),
                                     O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
                                         O_NOFOLLOW | O_NOCTTY,
                                     S_IRUSR | S_IWUSR));
  if (file.is_open()) return file;
  return Fail(ErrorCode::kIo, "can't open the access log " + path + ": " +
                                  std::strerror(errno));
}

bool WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::uint64_t CountLines(std::string_view text) {
  std::uint64_t lines = 0;
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  return lines;
}

class FileLog final : public AccessLog {
 public:
  FileLog(std::string path, Descriptor file, const Clock& clock)
      : path_(std::move(path)),
        clock_(clock),
        file_(std::move(file)),
        thread_([this](const std::stop_token& stop) { Run(stop); }) {}
  ~FileLog() override = default;

  void Write(const Exchange& exchange) override {
    const std::string line = AccessLogLine(exchange, clock_.Now()) + "\n";
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() + line.size() > kMaxWaiting) {
        ++dropped_;
        return;
      }
      waiting_ += line;
    }
    changed_.notify_one();
  }

  Status Reopen() override {
    Descriptor file = TRY(OpenLog(path_));
    const std::lock_guard lock(mutex_);
    next_ = std::move(file);
    return {};
  }

  std::uint64_t dropped() const override { return dropped_; }

 private:
  void Run(const std::stop_token& stop) {
    std::string lines;
    while (true) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [this] { return !waiting_.empty(); });
        if (waiting_.empty()) return;
        lines.clear();
        lines.swap(waiting_);
        if (next_) file_ = *std::exchange(next_, std::nullopt);
      }
      if (!WriteAll(file_.get(), lines)) dropped_ += CountLines(lines);
    }
  }

  const std::string path_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string waiting_;             // under the mutex
  std::optional<Descriptor> next_;  // the same
  std::atomic<std::uint64_t> dropped_ = 0;
  Descriptor file_;  // of the thread's
  std::jthread thread_;
};

}  // namespace

std::string AccessLogLine(const Exchange& exchange, Timestamp at) {
  const HttpRequest& request = exchange.request;
  std::string line = "{";
  AppendText("time", FormatTimestamp(at), line);
  AppendText("request_id", request.id, line);
  AppendText("client", request.client.Text(), line);
  AppendText("method", request.method, line);
  AppendText("path", request.path, line);
  AppendText("route", request.route, line);
  AppendNumber("status", exchange.status, line);
  AppendNumber("bytes", static_cast<std::int64_t>(exchange.response_bytes),
               line);
  AppendNumber("elapsed_us", exchange.elapsed.count(), line);
  AppendText("agent", request.Header("User-Agent").value_or(""), line);
  return line + "}";
}

Result<std::unique_ptr<AccessLog>> AccessLog::Open(const std::string& path,
                                                   const Clock& clock) {
  Descriptor file = TRY(OpenLog(path));
  return std::unique_ptr<AccessLog>(
      std::make_unique<FileLog>(path, std::move(file), clock));
}

}  // namespace writ::reconciler::gateway
