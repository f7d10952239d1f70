// Policies that come with writ: off by default, switched on by writ.yaml's
// policyPacks. Written like any policy, in YAML files that are compiled in
// (least-privilege.yaml, …), and tested like them (tests/reconciler/packs).
//
// Immutable; safe from any thread.
#pragma once

#include <string_view>
#include <vector>

#include "engine/policy/policy_set.h"

namespace writ::reconciler {

struct PackText {
  std::string_view name;  // "least-privilege"
  std::string_view yaml;
};

// Every pack, by name.
const std::vector<PackText>& PackTexts();

// Its policies, by name; none where there is no such pack.
const std::vector<engine::GuardDocument>& PoliciesOfPack(std::string_view pack);

}  // namespace writ::reconciler
