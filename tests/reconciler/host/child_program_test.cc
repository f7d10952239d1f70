#include "reconciler/host/child_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using End = ChildOutcome::End;

ChildRequest Shell(const std::string& script) {
  ChildRequest request;
  request.argv = {"/bin/sh", "-c", script};
  return request;
}

std::string Text(const SecretValue& value) {
  return std::string(value.Reveal());
}

TEST(ChildProgram, GivesInputAndTakesOutput) {
  ChildRequest request = Shell("cat; echo oops >&2; exit 3");
  request.input = SecretValue::Copy("hello");
  const auto outcome = RunChild(request);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->end, End::kExited);
  EXPECT_EQ(outcome->exit_status, 3);
  EXPECT_EQ(Text(outcome->output), "hello");
  EXPECT_EQ(Text(outcome->errors), "oops\n");
  EXPECT_FALSE(outcome->cut);
}

// More than a pipe holds, both ways at once.
TEST(ChildProgram, NeverWaitsForItself) {
  ChildRequest request = Shell("cat");
  request.input = SecretValue::Take(std::string(700000, 'x'));
  const auto outcome = RunChild(request);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->output.size(), 700000U);
}

// T-14: the child sees an environment that was made for it.
TEST(ChildProgram, StartsWithACleanEnvironment) {
  ASSERT_EQ(setenv("WRIT_MASTER_KEY", "canary-of-the-environment", 1), 0);
  ChildRequest request;
  request.argv = {"/usr/bin/env"};
  request.environment = {{"GIVEN", "yes"}};
  const auto outcome = RunChild(request);
  unsetenv("WRIT_MASTER_KEY");
  ASSERT_TRUE(outcome);
  EXPECT_THAT(Text(outcome->output), HasSubstr("GIVEN=yes"));
  EXPECT_THAT(Text(outcome->output), HasSubstr("PATH=/usr/local/bin:"));
  EXPECT_THAT(Text(outcome->output), HasSubstr("HOME=/"));
  EXPECT_THAT(Text(outcome->output), Not(HasSubstr("canary")));
}

TEST(ChildProgram, InheritsNoFilesAndNoFolder) {
  const testing::TempFolder folder;
  ChildRequest request = Shell("ls /proc/self/fd | wc -l; pwd");
  const auto outcome = RunChild(request);
  ASSERT_TRUE(outcome);
  // Three streams, and the listing's own.
  EXPECT_EQ(Text(outcome->output), "4\n/\n");
  request = Shell("pwd");
  request.folder = folder.path();
  EXPECT_EQ(Text(RunChild(request)->output), folder.path() + "\n");
}

// "Z" and "X" too: dead, but its number lingers until init reaps it.
bool IsDead(int process) {
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string number;
  std::string name;
  std::string state;
  return !(stat >> number >> name >> state) || state == "Z" || state == "X";
}

TEST(ChildProgram, IsKilledWithItsGroupAtTheDeadline) {
  ChildRequest request = Shell("sleep 600 & echo $!; wait");
  request.timeout = std::chrono::seconds(2);
  const auto outcome = RunChild(request);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->end, End::kTimedOut);
  const std::string said = Text(outcome->output);
  ASSERT_FALSE(said.empty());
  const int grandchild = std::stoi(said);
  // A signal is sent at once and taken when the process is scheduled.
  for (int i = 0; i < 1000 && !IsDead(grandchild); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(IsDead(grandchild));
}

TEST(ChildProgram, DoesNotWaitForWhatItLeavesBehind) {
  ChildRequest request = Shell("sleep 600 & exit 0");
  const auto outcome = RunChild(request);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->end, End::kExited);
  EXPECT_EQ(outcome->exit_status, 0);
}

TEST(ChildProgram, CutsWhatIsTooLong) {
  ChildRequest request = Shell("head -c 100000 /dev/zero; exit 7");
  request.output_cap = 1000;
  const auto outcome = RunChild(request);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->output.size(), 1000U);
  EXPECT_TRUE(outcome->cut);
  EXPECT_EQ(outcome->exit_status, 7);
}

TEST(ChildProgram, SurvivesAChildThatReadsNothing) {
  ChildRequest request = Shell("exec <&-; exit 0");
  request.input = SecretValue::Take(std::string(700000, 'x'));
  const auto outcome = RunChild(request);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->exit_status, 0);
}

TEST(ChildProgram, TellsASignalFromAnExit) {
  const auto outcome = RunChild(Shell("kill -9 $$"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->end, End::kKilled);
}

TEST(ChildProgram, SaysWhatCannotBeStarted) {
  ChildRequest request;
  request.argv = {"/nonexistent/program"};
  const auto absent = RunChild(request);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
  request.argv = {"/etc/hostname"};
  const auto forbidden = RunChild(request);
  ASSERT_FALSE(forbidden);
  EXPECT_EQ(forbidden.error().code, ErrorCode::kPermission);
}

}  // namespace
}  // namespace writ::reconciler
