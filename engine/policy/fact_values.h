// Facts as values of the expression language, made when an expression first
// asks for them, and once for all policies. Contents are borrowed, not copied.
//
// Belongs to one thread. REQUIRES: the facts outlive it.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/cel/value.h"
#include "engine/policy/facts.h"

namespace writ::engine {

class FactValues {
 public:
  explicit FactValues(const PlanFacts& facts) : facts_(facts) {}

  // Of which change `change`, `resource` and `graph` are.
  void SelectChange(std::size_t index);

  cel::Value now() const;
  cel::Value environment() const;
  const cel::Value& commit();
  const cel::Value& plan();
  const cel::Value& change();
  const cel::Value& graph();
  // `after`, or `before`: null where there is neither.
  cel::Value resource();

 private:
  const PlanFacts& facts_;
  std::size_t selected_ = 0;
  std::optional<cel::Value> commit_;
  std::optional<cel::Value> plan_;
  std::optional<cel::Value> change_;
  std::optional<cel::Value> graph_;
};

// The labels of a resource's content; null: none.
const Value* LabelsOf(const Value* content);

}  // namespace writ::engine
