// From addresses to numbers, for plans of 100,000 resources: open addressing
// over views, one allocation. Holds no text of its own.
//
// Const access is safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace writ::engine {

inline constexpr std::uint32_t kNone =
    std::numeric_limits<std::uint32_t>::max();

class AddressIndex {
 public:
  explicit AddressIndex(std::size_t capacity = 0);

  // False, and unchanged, where the address is there already. The text must
  // outlive the index.
  bool Insert(std::string_view address, std::uint32_t number);
  // kNone where it isn't there.
  std::uint32_t Find(std::string_view address) const;
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::string_view address;
    std::uint32_t number = kNone;
    std::uint32_t hash = 0;
  };
  static std::uint32_t HashOf(std::string_view address);
  void Grow();

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t size_ = 0;
};

}  // namespace writ::engine
