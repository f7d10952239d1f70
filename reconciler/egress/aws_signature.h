// Signature version 4 of AWS requests ("Signature Version 4 signing process"),
// as header authentication has it. Pure but for OpenSSL's hashes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

struct AwsKeys {
  std::string access_key_id;
  SecretValue secret_key;
  // Of temporary keys (STS); empty: they are for good.
  SecretValue session_token = {};
};

inline constexpr char kAwsSessionHeader[] = "x-amz-security-token";

struct AwsRequest {
  std::string method;
  std::string path = "/";  // encoded as it is sent
  // Decoded names and values.
  std::vector<std::pair<std::string, std::string>> query = {};
  // All that are sent and signed, host among them; without authorization,
  // x-amz-date and, where the keys have a session token, kAwsSessionHeader,
  // which are the caller's to send.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string region;
  std::string service;
};

struct AwsSignature {
  std::string date;           // x-amz-date
  std::string authorization;  // of the header of that name; no secret
};

AwsSignature SignAws(const AwsRequest& request, std::string_view body,
                     const AwsKeys& keys, Timestamp now);

}  // namespace writ::reconciler
