#include "engine/plan/address_index.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace writ::engine {
namespace {

TEST(AddressIndex, FindsWhatWasInserted) {
  std::vector<std::string> addresses;
  for (int i = 0; i < 5000; ++i) addresses.push_back("A/" + std::to_string(i));
  AddressIndex index;
  for (std::uint32_t i = 0; i < addresses.size(); ++i) {
    EXPECT_EQ(index.Find(addresses[i]), kNone);
    EXPECT_TRUE(index.Insert(addresses[i], i));
    EXPECT_FALSE(index.Insert(addresses[i], 0));
  }
  for (std::uint32_t i = 0; i < addresses.size(); ++i) {
    EXPECT_EQ(index.Find(addresses[i]), i);
  }
  EXPECT_EQ(index.size(), addresses.size());
  EXPECT_EQ(index.Find(""), kNone);
}

}  // namespace
}  // namespace writ::engine
