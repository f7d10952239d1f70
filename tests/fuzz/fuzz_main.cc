// libFuzzer's entry point; WRIT_FUZZ_TARGET is a function of fuzz_targets.h.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/fuzz_targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  writ::WRIT_FUZZ_TARGET(
      std::string_view(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
