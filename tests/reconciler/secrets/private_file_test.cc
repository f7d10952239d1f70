#include "reconciler/secrets/private_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

class PrivateFileTest : public ::testing::Test {
 protected:
  static Status Write(const std::string& file, const std::string& text,
                      Overwrite overwrite = Overwrite::kNever) {
    return WritePrivateFile(file, SecretValue::Copy(text), overwrite);
  }
  static std::string Read(const std::string& file) {
    const auto text = ReadPrivateFile(file);
    if (!text) return std::string(Name(text.error().code));
    return *text ? std::string((*text)->Reveal()) : "absent";
  }

  testing::TempFolder folder_;
};

TEST_F(PrivateFileTest, IsItsOwnersAloneUnderAnyUmask) {
  const mode_t before = ::umask(0);
  const Status written = Write(folder_ / "file", "value\n");
  ::umask(before);
  ASSERT_TRUE(written) << Describe(written.error());
  struct stat facts = {};
  ASSERT_EQ(::stat((folder_ / "file").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_EQ(Read(folder_ / "file"), "value");
}

TEST_F(PrivateFileTest, ReplacesOnlyWhereThatWasAskedFor) {
  ASSERT_TRUE(Write(folder_ / "file", "one"));
  EXPECT_EQ(Write(folder_ / "file", "two").error().code, ErrorCode::kConflict);
  EXPECT_EQ(Read(folder_ / "file"), "one");
  ASSERT_TRUE(Write(folder_ / "file", "two", Overwrite::kReplace));
  EXPECT_EQ(Read(folder_ / "file"), "two");
  // Nothing is left beside it.
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder_.path())) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(files, 1);
}

TEST_F(PrivateFileTest, GoesThroughNoLink) {
  ASSERT_TRUE(Write(folder_ / "target", "kept"));
  ASSERT_EQ(::symlink("target", (folder_ / "link").c_str()), 0);
  EXPECT_FALSE(Write(folder_ / "link", "new"));
  EXPECT_NE(Read(folder_ / "link"), "kept");
  ASSERT_TRUE(Write(folder_ / "link", "new", Overwrite::kReplace));
  EXPECT_EQ(Read(folder_ / "target"), "kept");
}

TEST_F(PrivateFileTest, ReadsNothingThatOthersMayRead) {
  ASSERT_TRUE(Write(folder_ / "file", "value"));
  ASSERT_EQ(::chmod((folder_ / "file").c_str(), 0640), 0);
  EXPECT_EQ(Read(folder_ / "file"), "permission");
  EXPECT_EQ(Read(folder_.path()), "permission");
  EXPECT_EQ(Read(folder_ / "nothing"), "absent");
}

TEST_F(PrivateFileTest, SaysWhereItCantBeWritten) {
  const Status written = Write(folder_ / "no/such/file", "value");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace writ::reconciler
