#pragma once

#include <array>

#include "tests/reconciler/targets/fake_api.h"

namespace writ::reconciler::testing {

// A receiver that checks signatures, opens sealed values, and knows which
// messages it has had.
class FakeWebhook final : public FakeApi {
 public:
  explicit FakeWebhook(bool sealed);
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::map<std::string, std::string> Secrets() const override;
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override;
  std::optional<std::string> Other() const override { return "kept"; }
  bool readable() const override { return false; }
  bool IsWrite(const ReceivedRequest& request) const override {
    return request.body.find("writ.target.put") != std::string::npos ||
           request.body.find("writ.target.remove") != std::string::npos;
  }

  std::map<std::string, int> ids;  // messages by id
  std::string state = "applied";

 private:
  bool IsSigned(const ReceivedRequest& request) const;
  std::optional<std::string> ValueOf(const Value& message_data) const;
  ScriptedResponse Put(const Value& message_data);

  bool sealed_;
  std::array<unsigned char, 32> public_key_{};
  std::array<unsigned char, 32> private_key_{};
  std::optional<std::string> held_;
  int version_ = 1;
};

}  // namespace writ::reconciler::testing
