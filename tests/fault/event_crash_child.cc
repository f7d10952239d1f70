// Appends events over a file system that fails, in a process of its own that
// may end anywhere.
//
//   event_crash_child FOLDER FAULT N   one sender, 12 batches; ends
//   event_crash_child FOLDER none 0 SENDERS   until it is killed
//
// Prints a line for each acknowledged batch, at once: its events' own ids,
// separated by commas. A batch that fails is sent again. Exits with 0: no fault
// struck; 3: it struck as an error; 4: a second attempt failed as well; 77:
// crashed.
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "reconciler/events/event_store.h"
#include "tests/fault/faulty_vfs.h"

namespace writ::reconciler {
namespace {

constexpr int kBatches = 12;
constexpr int kEventsOfABatch = 3;

void Say(const std::string& line) {
  const std::string text = line + "\n";
  (void)!::write(STDOUT_FILENO, text.data(), text.size());
}

NewBatch MakeBatch(const std::string& name, std::string& own_ids) {
  NewBatch batch;
  own_ids.clear();
  for (int i = 0; i < kEventsOfABatch; ++i) {
    NewEvent event;
    event.app = "shop";
    event.app_uid = "uid-shop";
    event.event = "order.placed";
    event.level = "info";
    event.data = "{\"text\":\"" + std::string(700, 'x') + "\"}";
    event.own_id = name + "-" + std::to_string(i);
    own_ids += (i > 0 ? "," : "") + *event.own_id;
    batch.events.push_back(std::move(event));
  }
  NewDeadLetter letter;
  letter.app = "shop";
  letter.app_uid = "uid-shop";
  letter.body = "\"" + name + "\"";
  batch.dead_letters.push_back(std::move(letter));
  return batch;
}

// False where a second attempt failed as well.
bool Send(EventStore& store, const std::string& name) {
  std::string own_ids;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!store.AppendAndWait(MakeBatch(name, own_ids))) continue;
    Say(own_ids);
    return true;
  }
  return false;
}

Result<std::unique_ptr<EventStore>> OpenTwice(const std::string& folder) {
  EventStoreOptions options;
  options.folder = folder;
  options.disk_reserve = 0;
  auto store = EventStore::Open(options);
  return store ? std::move(store) : EventStore::Open(options);
}

int Run(const std::string& folder, int senders) {
  auto store = OpenTwice(folder);
  if (!store) return 4;
  if (senders > 0) {
    std::vector<std::jthread> threads;
    for (int s = 0; s < senders; ++s) {
      threads.emplace_back([&store, s] {
        for (int i = 0;; ++i) {
          Send(**store, std::to_string(s) + "." + std::to_string(i));
        }
      });
    }
    return 0;  // never: the threads don't end
  }
  for (int i = 0; i < kBatches; ++i) {
    if (!Send(**store, std::to_string(i))) return 4;
  }
  store->reset();
  return testing::FaultStruck() ? 3 : 0;
}

testing::Fault FaultOf(const std::string& name) {
  if (name == "error") return testing::Fault::kError;
  if (name == "exit") return testing::Fault::kExit;
  if (name == "cut") return testing::Fault::kCut;
  if (name == "torn") return testing::Fault::kTorn;
  return testing::Fault::kNone;
}

}  // namespace
}  // namespace writ::reconciler

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) return 64;
  const int senders = argc == 5 ? std::atoi(argv[4]) : 0;
  if (senders == 0) {
    writ::testing::InstallFaultyVfs(writ::reconciler::FaultOf(argv[2]),
                                    std::atoll(argv[3]));
  }
  return writ::reconciler::Run(argv[1], senders);
}
