// CHECK ends the process when the program itself is wrong. It is on in release
// builds and never judges input: what a user wrote is answered with
// Diagnostics, what failed with a Result.
#pragma once

#include <cstdio>
#include <cstdlib>

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) [[unlikely]] {                                           \
      std::fprintf(stderr, "writ: bug at %s:%d: %s does not hold\n", __FILE__, \
                   __LINE__, #condition);                                      \
      std::abort();                                                            \
    }                                                                          \
  } while (false)
