#pragma once

#include "tests/reconciler/targets/fake_api.h"

namespace writ::reconciler::testing {

// One Secret under server-side apply, with who owns which key; one Deployment.
class FakeKubernetes final : public FakeApi {
 public:
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override;
  std::optional<std::string> Other() const override { return Text("OTHER"); }
  std::optional<std::string> Text(const std::string& key) const;

  struct Key {
    std::string value;  // base64
    std::string manager;
  };
  std::map<std::string, Key> keys;
  bool exists = false;
  bool immutable = false;
  int version = 1;
  std::string restarted_for;
  int restarts = 0;
  int generation = 1;
  int observed_generation = 1;
  int updated = 2;
  bool progressing = true;

 private:
  Value Secret() const;
  ScriptedResponse Apply(const ReceivedRequest& request);
  ScriptedResponse Deployment(const ReceivedRequest& request);
};

}  // namespace writ::reconciler::testing
