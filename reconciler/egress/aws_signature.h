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
};

struct AwsRequest {
  std::string method;
  std::string path = "/";  // encoded as it is sent
  // Decoded names and values.
  std::vector<std::pair<std::string, std::string>> query = {};
  // All that are sent and signed, host among them; without x-amz-date and
  // authorization.
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
