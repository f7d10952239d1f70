// JSON calls to one of AWS's services, signed; and what its errors mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/egress/aws_signature.h"
#include "reconciler/targets/api_client.h"

namespace writ::reconciler::targets {

class AwsClient {
 public:
  struct Service {
    std::string name;    // "secretsmanager", as in the host and the signature
    std::string prefix;  // "secretsmanager", as in X-Amz-Target
  };

  // kInvalidArgument for a region that is none.
  static Result<AwsClient> Create(TargetSetup& setup, Service service);

  // What AWS says with a 400 and a type is told apart as well.
  TargetResult<ApiReply> Call(std::string_view action, SecretValue body,
                              const SecretValue* value = nullptr);

 private:
  AwsClient(TargetSetup& setup, Service service, std::string region,
            const std::string& base_url);

  Service service_;
  std::string region_;
  std::string host_;
  std::string path_;
  AwsKeys keys_;
  const Clock& clock_;
  ApiClient api_;
};

// "ResourceNotFoundException", of a failure's text.
bool IsAwsError(const TargetFailure& failure, std::string_view code);

}  // namespace writ::reconciler::targets
