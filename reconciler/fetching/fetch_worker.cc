#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "reconciler/fetching/fetch_messages.h"
#include "reconciler/fetching/source_cache.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kMaxOrder = 256u << 10;

// Nothing of it is kept in a buffer of a stream.
SecretValue ReadInput() {
  SecretBuilder text;
  std::size_t size = 0;
  std::array<char, 4096> buffer{};
  while (size < kMaxOrder) {
    const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.Append({buffer.data(), static_cast<std::size_t>(got)});
    size += static_cast<std::size_t>(got);
  }
  Wipe(buffer.data(), buffer.size());
  return text.Finish();
}

void Tell(std::string_view line) {
  while (!line.empty()) {
    const ssize_t wrote = write(STDOUT_FILENO, line.data(), line.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

// It ends with whoever started it, whatever happens to that, and writes no
// file that is larger than what it may receive.
void Confine(const ReceivedOrder& received) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto seconds = received.timeout.count() / 1000 + 2;
  alarm(static_cast<unsigned>(seconds));
  signal(SIGXFSZ, SIG_IGN);
  constexpr std::uint64_t kSlack = 64u << 20;  // packs are completed (thin)
  const rlimit files = {received.order.max_bytes + kSlack,
                        received.order.max_bytes + kSlack};
  setrlimit(RLIMIT_FSIZE, &files);
  const rlimit cores = {0, 0};  // they would hold the token
  setrlimit(RLIMIT_CORE, &cores);
}

}  // namespace

int RunFetchWorker() {
  const SecretValue input = ReadInput();
  const auto received = ReadOrder(input.Reveal());
  if (!received) {
    Tell(WriteEnd(tl::unexpected(received.error())));
    return 1;
  }
  Confine(*received);
  const Status fetched = manifests::FetchInto(
      received->order,
      [](const std::string& waits_for) { Tell(WriteProgress(waits_for)); });
  Tell(WriteEnd(fetched));
  return fetched ? 0 : 1;
}

}  // namespace writ::reconciler
