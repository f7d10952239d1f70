#include "reconciler/applying/run_effects.h"

#include <utility>

namespace writ::reconciler {

Result<FoundKeys> FindRunKeys(StateStore& store, const MasterKey* key) {
  FoundKeys found;
  if (key == nullptr) {
    found.why_not = "there is no master key (WRIT_MASTER_KEY_FILE)";
  } else if (TRY(store.secrets().ReadKeyGenerations()).empty()) {
    found.why_not = "the state has no key yet (writ secrets init)";
  } else {
    found.ring = std::make_shared<const KeyRing>(
        TRY(KeyRing::Open(store.secrets(), *key)));
  }
  return found;
}

}  // namespace writ::reconciler
