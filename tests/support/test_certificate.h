// Certificates that are made when a test runs, so that no file of this
// repository holds a key: a certificate of its own authority, which both a
// server and its clients can be given.
#pragma once

#include <string>

#include "tests/support/temp_folder.h"

namespace writ::testing {

class TestCertificate {
 public:
  struct Options {
    // As OpenSSL writes alternative names: "IP:127.0.0.1,DNS:localhost".
    std::string names = "IP:127.0.0.1,DNS:localhost";
    long valid_for_s = 3600;  // below zero: expired
    int max_tls = 0;          // 0: the newest; else 0x0302 for TLS 1.1 …
  };

  TestCertificate();
  explicit TestCertificate(Options options);
  ~TestCertificate();
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;

  // PEM files.
  std::string ca_file() const { return folder_ / "ca.pem"; }
  std::string chain_file() const { return folder_ / "chain.pem"; }
  std::string key_file() const { return folder_ / "key.pem"; }
  int max_tls() const { return max_tls_; }

 private:
  TempFolder folder_;
  int max_tls_ = 0;
};

}  // namespace writ::testing
