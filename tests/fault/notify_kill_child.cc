// A notifier as a process of its own, that somebody will kill.
//
//   notify_kill_child FOLDER URL
//
// Destinations' URLs are secrets; every one is URL.
#include <unistd.h>

#include <string>

#include "reconciler/notify/notifier.h"

int main(int count, char** arguments) {
  using namespace writ;
  using namespace writ::reconciler;
  if (count != 3) return 64;
  const std::string url = arguments[2];
  SystemClock clock;
  SystemRandom random;
  NotifierOptions options;
  options.folder = arguments[1];
  options.host.networks = {*ParseIpNetwork("127.0.0.0/8")};
  options.clock = &clock;
  options.random = &random;
  options.senders = 2;
  options.secrets = [&url](StateStore&) -> SecretOfUser {
    return [&url](const ResourceId&, const ResourceId&) {
      return Result<SecretValue>(SecretValue::Copy(url));
    };
  };
  Notifier notifier(std::move(options));
  if (!notifier.Start()) return 1;
  while (true) ::pause();
}
