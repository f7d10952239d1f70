#include "engine/plan/address_index.h"

#include <functional>
#include <utility>

namespace writ::engine {
namespace {

std::size_t SlotsFor(std::size_t capacity) {
  std::size_t slots = 16;
  while (slots < 2 * capacity) slots *= 2;
  return slots;
}

}  // namespace

AddressIndex::AddressIndex(std::size_t capacity) : slots_(SlotsFor(capacity)) {}

std::uint32_t AddressIndex::HashOf(std::string_view address) {
  const std::size_t hash = std::hash<std::string_view>{}(address);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

bool AddressIndex::Insert(std::string_view address, std::uint32_t number) {
  if (2 * (size_ + 1) > slots_.size()) Grow();
  const std::size_t mask = slots_.size() - 1;
  const std::uint32_t hash = HashOf(address);
  std::size_t at = hash & mask;
  for (; slots_[at].number != kNone; at = (at + 1) & mask) {
    if (slots_[at].hash == hash && slots_[at].address == address) return false;
  }
  slots_[at] = {address, number, hash};
  ++size_;
  return true;
}

std::uint32_t AddressIndex::Find(std::string_view address) const {
  const std::size_t mask = slots_.size() - 1;
  const std::uint32_t hash = HashOf(address);
  for (std::size_t at = hash & mask; slots_[at].number != kNone;
       at = (at + 1) & mask) {
    if (slots_[at].hash == hash && slots_[at].address == address) {
      return slots_[at].number;
    }
  }
  return kNone;
}

void AddressIndex::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.number == kNone) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].number != kNone) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace writ::engine
