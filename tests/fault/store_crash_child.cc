// Runs the workload of store_workload.h over a file system that fails, in a
// process of its own that may end anywhere.
//
//   store_crash_child FOLDER FAULT N
//
// Prints a line for each step that was acknowledged, at once: "step", a tab,
// the digest of all that can be read then. A step that fails is done again in
// the same process. Exits with 0: no fault struck; 3: it struck as an error and
// the rest went well; 4: a second attempt failed as well; 77: crashed.
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/fault/faulty_vfs.h"
#include "tests/fault/store_workload.h"

namespace writ::reconciler {
namespace {

void Say(const std::string& line) {
  const std::string text = line + "\n";
  (void)!::write(STDOUT_FILENO, text.data(), text.size());
}

void SayStep(StateStore& store) {
  const Result<std::string> dump = DumpState(store);
  Say(dump ? "step\t" + Sha256(*dump).Hex()
           : "unreadable\t" + Describe(dump.error()));
}

int Run(const std::string& folder) {
  StoreWorkload workload(folder);
  auto store = workload.Open();
  if (!store) store = workload.Open();
  if (!store) {
    Say("stuck\t" + Describe(store.error()));
    return 4;
  }
  SayStep(**store);
  for (const StoreWorkload::Step& step : workload.Steps()) {
    Status done = step(**store);
    if (!done) done = step(**store);
    if (!done) {
      Say("stuck\t" + Describe(done.error()));
      return 4;
    }
    SayStep(**store);
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
  if (argc != 4) return 64;
  writ::testing::InstallFaultyVfs(writ::reconciler::FaultOf(argv[2]),
                                  std::atoll(argv[3]));
  return writ::reconciler::Run(argv[1]);
}
