// A terminal of the test's own; what writ prints to it comes back as text.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

namespace writ::e2e {

class OwnTerminal {
 public:
  explicit OwnTerminal(unsigned short columns = 80)
      : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    std::array<char, 64> name{};
    EXPECT_EQ(::grantpt(master_), 0);
    EXPECT_EQ(::unlockpt(master_), 0);
    EXPECT_EQ(::ptsname_r(master_, name.data(), name.size()), 0);
    path_ = name.data();
    winsize size = {};
    size.ws_row = 24;
    size.ws_col = columns;
    EXPECT_EQ(::ioctl(master_, TIOCSWINSZ, &size), 0);
    // Keeps the terminal while nobody else has it open.
    slave_ = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  }
  ~OwnTerminal() {
    ::close(slave_);
    ::close(master_);
  }
  OwnTerminal(const OwnTerminal&) = delete;
  OwnTerminal& operator=(const OwnTerminal&) = delete;

  const std::string& path() const { return path_; }
  // What has been printed since, without carriage returns.
  std::string Text() const {
    constexpr int kQuietMs = 100;  // the kernel hands it over piece by piece
    std::string text;
    std::array<char, 4096> buffer{};
    pollfd printed = {master_, POLLIN, 0};
    while (::poll(&printed, 1, kQuietMs) > 0) {
      const ssize_t got = ::read(master_, buffer.data(), buffer.size());
      if (got <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    std::erase(text, '\r');
    return text;
  }

 private:
  int master_;
  int slave_ = -1;
  std::string path_;
};

// The first line of a text that takes more columns; empty where all fit.
// REQUIRES: no wide characters and no colours.
inline std::string LineWiderThan(std::size_t columns, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    const auto taken = std::count_if(line.begin(), line.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    if (static_cast<std::size_t>(taken) > columns) return line;
    at = end + 1;
  }
  return "";
}

}  // namespace writ::e2e
