// Sources over the network: a field of a secret in Vault or OpenBao (KV version
// 2), a value of AWS Secrets Manager or Parameter Store. One request, no retry;
// what fails is told by its status, never by what was answered.
//
// kPermission where the source refuses (401, 403), kNotFound where nothing is
// there, kIo for the rest. Blocks up to 30 s.
#pragma once

#include <string>

#include "reconciler/egress/http_client.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

struct VaultField {
  std::string address;
  std::string space;  // its namespace; empty: the root's
  std::string mount;
  std::string path;
  std::string field;
};

// REQUIRES: the address may be sent the token (HostFile::MaySendTo).
Result<SecretValue> ReadVaultField(HttpClient& http, const VaultField& field,
                                   const SecretValue& token);

struct AwsValue {
  bool is_parameter = false;  // of Parameter Store
  std::string region;
  std::string name;      // or ARN
  std::string field;     // of a JSON object; empty: the whole
  std::string base_url;  // that the host file binds; empty: AWS's own
};

struct AwsCredential {
  const SecretValue& access_key_id;
  const SecretValue& secret_key;
  const SecretValue& session_token;  // empty: the keys are for good
};

Result<SecretValue> ReadAwsValue(HttpClient& http, const AwsValue& value,
                                 const AwsCredential& credential,
                                 Timestamp now);

}  // namespace writ::reconciler
