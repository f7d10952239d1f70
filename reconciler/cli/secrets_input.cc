#include "reconciler/cli/secrets_input.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <istream>
#include <ostream>
#include <string_view>

#include "reconciler/secrets/value_check.h"

namespace writ::reconciler {
namespace {

// A value, and the newline behind it.
constexpr std::size_t kMaxRead = kMaxSecretSize + 2;

// The terminal shows nothing of what is typed while this lives.
class Unseen {
 public:
  explicit Unseen(bool is_terminal)
      : is_changed_(is_terminal && tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_changed_) return;
    termios unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
    is_changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen) == 0;
  }
  ~Unseen() {
    if (is_changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

  bool holds() const { return is_changed_; }

 private:
  termios before_{};
  bool is_changed_ = false;
};

// A few bytes of the process's own input, past std::cin and its buffer, which
// nothing wipes; of a test's stream otherwise.
std::size_t ReadSome(Session& session, std::array<char, 512>& buffer,
                     std::size_t wanted) {
  if (session.in.rdbuf() != std::cin.rdbuf()) {
    session.in.read(buffer.data(), static_cast<std::streamsize>(wanted));
    return static_cast<std::size_t>(session.in.gcount());
  }
  if (session.await_input && !session.await_input()) return 0;
  const ssize_t size = ::read(STDIN_FILENO, buffer.data(), wanted);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

Result<SecretValue> ReadAll(Session& session, bool until_newline) {
  std::array<char, 512> buffer{};
  SecretBuilder built;
  std::size_t total = 0;
  while (total <= kMaxRead) {
    // What stands behind a line is another answer.
    const std::size_t size =
        ReadSome(session, buffer, until_newline ? 1 : buffer.size());
    if (size == 0) break;
    built.Append({buffer.data(), size});
    total += size;
    if (until_newline && buffer[0] == '\n') break;
  }
  Wipe(buffer.data(), buffer.size());
  if (session.interrupted && session.interrupted()) {
    return Fail(ErrorCode::kInterrupted, "interrupted; nothing was saved");
  }
  if (total > kMaxRead) {
    return Fail(ErrorCode::kLimit,
                "the value has more than the 65536 bytes that platforms take");
  }
  return built.Finish();
}

SecretValue WithoutNewline(const SecretValue& value) {
  std::string_view text = value.Reveal();
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return SecretValue::Copy(text);
}

Result<SecretValue> Prompt(Session& session, const std::string& text) {
  const Unseen unseen(session.in_is_terminal);
  if (!unseen.holds()) {
    return Fail(ErrorCode::kIo,
                "the terminal can't hide what is typed; nothing was asked",
                "give the value on standard input: writ secrets set KEY < "
                "FILE");
  }
  session.err << text << ": " << std::flush;
  auto line = ReadAll(session, /*until_newline=*/true);
  session.err << "\n";
  if (!line) return line;
  return WithoutNewline(*line);
}

}  // namespace

Result<SecretValue> ReadSecretInput(Session& session,
                                    const SecretInputOptions& options) {
  if (!session.in_is_terminal) {
    SecretValue value = TRY(ReadAll(session, /*until_newline=*/false));
    return options.keep_newline ? std::move(value) : WithoutNewline(value);
  }
  SecretValue value = TRY(Prompt(session, options.prompt));
  if (value.empty() || options.once) return value;
  const SecretValue again = TRY(Prompt(session, "Once more"));
  if (SameSecret(value, again)) return value;
  return Fail(ErrorCode::kInvalidArgument,
              "the two values differ; nothing was saved");
}

std::string ReadConfirmation(Session& session, const std::string& question) {
  session.err << question << std::flush;
  std::string answer;
  const bool can_read = !session.await_input || session.await_input();
  const bool answered =
      can_read && static_cast<bool>(std::getline(session.in, answer));
  if (!session.in_is_terminal || !answered) session.err << "\n";
  return answer;
}

}  // namespace writ::reconciler
