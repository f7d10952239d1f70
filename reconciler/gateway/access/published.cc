#include "reconciler/gateway/access/published.h"

namespace writ::reconciler::gateway {

std::uint64_t NextPublishedId() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace writ::reconciler::gateway
