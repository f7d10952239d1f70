// Revokes credentials in a process of its own, as `writ token revoke` does, and
// may be killed at any step of it.
//
//   revoking_child FOLDER IDS exit N      ends at the Nth write, sync or
//                                         truncation of SQLite's; 0: never
//   revoking_child FOLDER IDS late 0      ends after the first commit, as if
//                                         before the generation's second move
//
// IDS is a file with an id a line. Prints each once it is revoked, at once.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/issue.h"
#include "reconciler/store/generation_file.h"
#include "tests/fault/faulty_vfs.h"

namespace writ::reconciler {
namespace {

void Say(const std::string& line) {
  const std::string text = line + "\n";
  (void)!::write(STDOUT_FILENO, text.data(), text.size());
}

int Run(const std::string& folder, const std::string& file, bool ends_late) {
  const SystemClock clock;
  SystemRandom random;
  OpenOptions options;
  options.folder = folder;
  options.mode = OpenMode::kReadWrite;
  options.clock = &clock;
  options.random = &random;
  const auto store = StateStore::Open(options);
  if (!store) return 1;
  Credentials credentials(**store, nullptr, clock, random);
  std::ifstream ids(file);
  for (std::string id; std::getline(ids, id);) {
    const auto revoked =
        Transact(**store, "", [&](WriteTransaction& transaction) -> Status {
          TRY(credentials.Revoke(transaction, id, {"child", "asked"}));
          return {};
        });
    if (!revoked) return 1;
    if (ends_late) {
      auto generation = GenerationFile::Open(folder);
      if (generation) generation->MakeOdd();
      ::_exit(testing::kCrashed);
    }
    Say(id);
  }
  return 0;
}

}  // namespace
}  // namespace writ::reconciler

int main(int argc, char** argv) {
  if (argc != 5) return 64;
  const bool ends_late = std::string(argv[3]) == "late";
  const long long fail_at = std::atoll(argv[4]);
  if (fail_at > 0) {
    writ::testing::InstallFaultyVfs(writ::testing::Fault::kExit, fail_at);
  }
  return writ::reconciler::Run(argv[1], argv[2], ends_late);
}
