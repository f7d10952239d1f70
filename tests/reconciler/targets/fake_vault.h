#pragma once

#include "tests/reconciler/targets/fake_api.h"

namespace writ::reconciler::testing {

class FakeVault final : public FakeApi {
 public:
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override;
  std::optional<std::string> Other() const override;
  // Like a field of the spec's own, the name isn't used.
  std::string name() const override { return "unused"; }

  std::string space;  // its namespace, which is all that it answers for
  bool may_patch = true;
  std::string mount_version = "2";
  std::vector<Value> versions = {
      Value::Map{{"other", {}, Value::Map{{"port", {}, 8200}}}}};

 private:
  ScriptedResponse Read(const ReceivedRequest& request) const;
  ScriptedResponse Write(const ReceivedRequest& request);
  Value Metadata(int version) const;
  static ScriptedResponse Errors(int status, const std::string& text);
};

}  // namespace writ::reconciler::testing
