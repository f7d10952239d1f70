#include "reconciler/trust/ssh_wire.h"

#include <gtest/gtest.h>

#include <string>

namespace writ::reconciler {
namespace {

using namespace std::string_literals;

TEST(SshReader, ReadsNumbersAndStringsInOrder) {
  const std::string bytes = "MAGIC\0\0\1\2\0\0\0\3abc\0\0\0\0"s;
  SshReader reader(bytes);
  EXPECT_FALSE(reader.Skip("OTHER"));
  EXPECT_TRUE(reader.Skip("MAGIC"));
  EXPECT_EQ(reader.ReadNumber(), 258u);
  EXPECT_EQ(reader.ReadString(), "abc");
  EXPECT_FALSE(reader.at_end());
  EXPECT_EQ(reader.ReadString(), "");
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.ReadNumber());
}

TEST(SshReader, NeverReadsBeyondTheEnd) {
  for (const std::string& bytes :
       {""s, "\0\0\0"s, "\0\0\0\4abc"s, "\xff\xff\xff\xff"s + "abc"}) {
    SshReader reader(bytes);
    EXPECT_FALSE(reader.ReadString()) << bytes.size();
  }
}

TEST(SshReader, TakesPositiveMagnitudesInTheirOneForm) {
  struct Case {
    std::string bytes;
    std::optional<std::string> want;
  };
  for (const Case& c :
       {Case{"\0\0\0\1\x7f"s, "\x7f"}, Case{"\0\0\0\2\0\x80"s, "\x80"},
        Case{"\0\0\0\1\x80"s, std::nullopt},
        Case{"\0\0\0\2\0\x7f"s, std::nullopt},
        Case{"\0\0\0\1\0"s, std::nullopt}, Case{"\0\0\0\0"s, std::nullopt}}) {
    SshReader reader(c.bytes);
    const auto read = reader.ReadMagnitude();
    EXPECT_EQ(read.has_value(), c.want.has_value());
    if (read && c.want) {
      EXPECT_EQ(*read, *c.want);
    }
  }
}

TEST(SshReader, ReadsWhatWasAppended) {
  std::string bytes;
  AppendSshString("key", bytes);
  AppendSshString(std::string(300, 'x'), bytes);
  SshReader reader(bytes);
  EXPECT_EQ(reader.ReadString(), "key");
  EXPECT_EQ(reader.ReadString(), std::string(300, 'x'));
  EXPECT_TRUE(reader.at_end());
}

}  // namespace
}  // namespace writ::reconciler
