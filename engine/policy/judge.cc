#include "engine/policy/judge.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "engine/policy/evaluation.h"
#include "engine/policy/exception.h"
#include "engine/policy/policy.h"

namespace writ::engine {
namespace {

// What an exception was asked about in this run.
struct ExceptionUse {
  bool judged = false;
  bool used = false;
};

// 0 for what lets the plan pass in silence; the stricter is the greater.
int Strictness(const Finding& finding) {
  switch (finding.verdict) {
    case Verdict::kPass:
      return 0;
    case Verdict::kExempt:
      return 1;
    case Verdict::kViolation:
    case Verdict::kError:
      break;
  }
  return 2 + static_cast<int>(finding.enforcement);
}

// The guards of one revision over the changes of a plan.
class GuardRun {
 public:
  GuardRun(const PolicySet& set, Guards guards, const PlanFacts& facts,
           FactValues& values, StepBudget& budget, const JudgeOptions& options)
      : set_(set),
        guards_(guards),
        facts_(facts),
        values_(values),
        budget_(budget),
        options_(options),
        uses_(set.exceptions().size()) {
    for (std::size_t i = 0; i < set.exceptions().size(); ++i) {
      exceptions_[set.exceptions()[i]->policy].push_back(i);
    }
  }

  const PolicySet& set() const { return set_; }
  // Passes that were only counted, since nothing more is asked of them.
  std::int64_t quiet_passes() const { return quiet_passes_; }

  // Policies of which no other revision says anything else; null: all.
  void SetAlone(const std::set<std::string_view>* alike) { alike_ = alike; }

  // Findings of what judges the change, passed ones included, into `findings`.
  // Policies that `skip` names are left out.
  void JudgeChange(std::size_t index, const std::set<std::string_view>& skip,
                   std::vector<Finding>& findings) {
    const ChangeFacts& change = facts_.changes[index];
    for (const Policy* policy : CandidatesFor(change)) {
      if (!skip.empty() && skip.contains(policy->name)) continue;
      if (!policy->match.TakesResource(change)) continue;
      JudgeBy(*policy, index, findings);
    }
  }

  void JudgePlan(const std::set<std::string_view>& skip,
                 std::vector<Finding>& findings) {
    for (const auto& policy : set_.policies()) {
      if (policy->scope != PolicyScope::kPlan || skip.contains(policy->name)) {
        continue;
      }
      if (TakesPlan(policy->match)) JudgeBy(*policy, std::nullopt, findings);
    }
  }

  // Exceptions for a policy by what they say, to see whether two revisions
  // mean the same.
  std::vector<Digest> ExceptionsOf(const std::string& policy) const {
    std::vector<Digest> digests;
    const auto found = exceptions_.find(policy);
    if (found == exceptions_.end()) return digests;
    for (const std::size_t i : found->second) {
      digests.push_back(set_.exceptions()[i]->digest);
    }
    std::sort(digests.begin(), digests.end());
    return digests;
  }

  std::vector<ExceptionNotice> Notices() const {
    std::vector<ExceptionNotice> notices;
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      const PolicyException& exception = *set_.exceptions()[i];
      if (exception.broken) continue;
      ExceptionNotice notice{
          exception.name,    exception.policy,     {},
          exception.subject, exception.expires_at, exception.at};
      if (exception.expires_at <= facts_.now) {
        notice.state = ExceptionState::kExpired;
        notices.push_back(notice);
        continue;
      }
      if (exception.expires_at - facts_.now < kSoon) {
        notice.state = ExceptionState::kSoonExpiring;
        notices.push_back(notice);
      }
      if (uses_[i].judged && !uses_[i].used) {
        notice.state = ExceptionState::kUnused;
        notices.push_back(notice);
      }
    }
    return notices;
  }

 private:
  const std::vector<const Policy*>& CandidatesFor(const ChangeFacts& change) {
    const std::string_view action =
        options_.any_action ? std::string_view() : change.action;
    auto [found, is_new] = candidates_.try_emplace(
        {std::string(change.id.kind()), std::string(action)});
    if (is_new) {
      for (const Policy* policy : set_.Candidates(change.id.kind(), action)) {
        if (policy->match.TakesEnvironment(facts_.environment)) {
          found->second.push_back(policy);
        }
      }
    }
    return found->second;
  }

  // A plan is judged where any of its changes is one that the policy means.
  bool TakesPlan(const Match& match) const {
    if (!match.TakesEnvironment(facts_.environment)) return false;
    return std::any_of(
        facts_.changes.begin(), facts_.changes.end(),
        [&](const ChangeFacts& change) {
          return match.TakesKind(change.id.kind()) &&
                 (options_.any_action || match.TakesAction(change.action)) &&
                 match.TakesResource(change);
        });
  }

  struct Work {
    Work(const Policy& policy, FactValues& values, StepBudget& budget)
        : evaluation(policy, values, budget) {}
    PolicyEvaluation evaluation;
    bool quiet = false;
  };

  Work& WorkOf(const Policy& policy) {
    auto [found, is_new] = work_.try_emplace(&policy);
    if (is_new) {
      found->second = std::make_unique<Work>(policy, values_, budget_);
      found->second->quiet =
          !options_.keep_passed && !exceptions_.contains(policy.name) &&
          (alike_ == nullptr || alike_->contains(policy.name));
    }
    return *found->second;
  }

  void JudgeBy(const Policy& policy, std::optional<std::size_t> change,
               std::vector<Finding>& findings) {
    if (!policy.fault.empty()) {
      Finding finding = NewFinding(policy, change, policy.at);
      finding.verdict = Verdict::kError;
      finding.message = "can't be read: " + policy.fault;
      Settle(policy, std::move(finding), findings);
      return;
    }
    Work& work = WorkOf(policy);
    PolicyEvaluation& evaluation = work.evaluation;
    evaluation.Restart();
    for (const NamedExpression& condition : policy.conditions) {
      const cel::Value holds = evaluation.Evaluate(condition.expression);
      if (holds.IsFalse()) return;
      if (holds.IsTrue()) continue;
      Finding finding = NewFinding(policy, change, condition.expression.at());
      SetError(finding, condition.expression, holds);
      finding.message =
          "matchCondition " + condition.name + ": " + finding.message;
      Settle(policy, std::move(finding), findings);
      return;
    }
    for (const Validation& validation : policy.validations) {
      const cel::Value holds = evaluation.Evaluate(validation.expression);
      if (work.quiet && holds.IsTrue()) {
        ++quiet_passes_;
      } else {
        Validate(evaluation, validation, holds, change, findings);
      }
    }
  }

  void Validate(PolicyEvaluation& evaluation, const Validation& validation,
                const cel::Value& holds, std::optional<std::size_t> change,
                std::vector<Finding>& findings) {
    const Policy& policy = evaluation.policy();
    Finding finding = NewFinding(policy, change, validation.expression.at());
    finding.validation = validation.name;
    if (holds.IsFalse()) {
      finding.verdict = Verdict::kViolation;
      finding.message = evaluation.MessageOf(validation);
    } else if (!holds.IsTrue()) {
      SetError(finding, validation.expression, holds);
    }
    Settle(policy, std::move(finding), findings);
  }

  static void SetError(Finding& finding, const Expression& expression,
                       const cel::Value& value) {
    finding.verdict = Verdict::kError;
    if (value.IsError()) {
      finding.message = PolicyEvaluation::MessageOf(value);
      finding.policy_at = expression.PlaceOf(value.error().at);
    } else {
      finding.message = "is of type " + std::string(cel::TypeName(value)) +
                        ", neither true nor false";
    }
  }

  Finding NewFinding(const Policy& policy, std::optional<std::size_t> change,
                     const Location& at) const {
    Finding finding;
    finding.policy = policy.name;
    finding.pack = policy.pack;
    finding.guards = guards_;
    finding.change = change;
    finding.policy_at = at;
    if (change) {
      finding.subject = facts_.changes[*change].id;
      finding.subject_at = facts_.changes[*change].written_at;
    }
    return finding;
  }

  // What it does, and whether an exception lets it off.
  void Settle(const Policy& policy, Finding finding,
              std::vector<Finding>& findings) {
    finding.enforcement = finding.verdict == Verdict::kError
                              ? policy.on_error
                              : policy.enforcement;
    const auto found = exceptions_.find(policy.name);
    if (found != exceptions_.end()) Exempt(policy, found->second, finding);
    finding.overridden =
        finding.enforcement == Enforcement::kDenyOverridable &&
        (finding.verdict == Verdict::kViolation ||
         finding.verdict == Verdict::kError) &&
        std::find(options_.overridden.begin(), options_.overridden.end(),
                  policy.name) != options_.overridden.end();
    findings.push_back(std::move(finding));
  }

  void Exempt(const Policy& policy, const std::vector<std::size_t>& candidates,
              Finding& finding) {
    ExemptionQuery query;
    query.policy = policy.name;
    query.validation = finding.validation;
    query.subject =
        finding.change ? finding.subject.address() : policy.id.address();
    if (finding.change && !options_.any_action) {
      query.action = facts_.changes[*finding.change].action;
    }
    query.now = facts_.now;
    for (const std::size_t i : candidates) {
      const PolicyException& exception = *set_.exceptions()[i];
      if (!Means(exception, query)) continue;
      uses_[i].judged = true;
      if (finding.verdict == Verdict::kPass ||
          finding.verdict == Verdict::kExempt) {
        continue;
      }
      if (!Exempts(exception, query, [&](const PolicyException& each) {
            return HoldsFor(each, policy.params, values_, budget_);
          })) {
        continue;
      }
      uses_[i].used = true;
      finding.verdict = Verdict::kExempt;
      finding.exception = exception.name;
    }
  }

  const PolicySet& set_;
  const Guards guards_;
  const PlanFacts& facts_;
  FactValues& values_;
  StepBudget& budget_;
  const JudgeOptions& options_;
  std::map<std::pair<std::string, std::string>, std::vector<const Policy*>>
      candidates_;
  std::unordered_map<const Policy*, std::unique_ptr<Work>> work_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> exceptions_;
  std::vector<ExceptionUse> uses_;
  const std::set<std::string_view>* alike_ = nullptr;
  std::int64_t quiet_passes_ = 0;
};

class Judging {
 public:
  Judging(const PolicySet& desired, const PolicySet* applied,
          const PlanFacts& facts, const JudgeOptions& options)
      : facts_(facts),
        options_(options),
        values_(facts),
        budget_{options.max_steps, options.max_run_steps},
        desired_(desired, Guards::kDesired, facts, values_, budget_, options) {
    if (applied == nullptr) return;
    applied_.emplace(*applied, Guards::kApplied, facts, values_, budget_,
                     options);
    FindAlike();
    desired_.SetAlone(&alike_);
    applied_->SetAlone(&kNone);
  }

  Judgement Run() {
    for (std::size_t i = 0; i < facts_.changes.size(); ++i) {
      values_.SelectChange(i);
      std::vector<Finding> found;
      desired_.JudgeChange(i, {}, found);
      std::vector<Finding> before;
      if (applied_) applied_->JudgeChange(i, alike_, before);
      Merge(found, before);
    }
    std::vector<Finding> found;
    desired_.JudgePlan({}, found);
    std::vector<Finding> before;
    if (applied_) applied_->JudgePlan(alike_, before);
    Merge(found, before);
    judgement_.totals.pass += desired_.quiet_passes();
    judgement_.exceptions = desired_.Notices();
    return std::move(judgement_);
  }

 private:
  // Policies that say the same in both revisions.
  void FindAlike() {
    for (const auto& policy : applied_->set().policies()) {
      const Policy* other = desired_.set().Find(policy->name);
      if (other != nullptr && other->digest == policy->digest &&
          other->fault.empty() == policy->fault.empty() &&
          desired_.ExceptionsOf(policy->name) ==
              applied_->ExceptionsOf(policy->name)) {
        alike_.insert(policy->name);
      }
    }
  }

  static auto KeyOf(const Finding& finding) {
    return std::tie(finding.policy, finding.validation);
  }

  void Merge(std::vector<Finding>& found, std::vector<Finding>& before) {
    for (Finding& finding : found) {
      if (!applied_ || alike_.contains(finding.policy)) {
        finding.guards = Guards::kBoth;
      }
    }
    for (Finding& old : before) {
      const auto same = std::find_if(
          found.begin(), found.end(),
          [&](const Finding& each) { return KeyOf(each) == KeyOf(old); });
      if (same == found.end()) {
        found.push_back(std::move(old));
      } else if (Strictness(old) > Strictness(*same)) {
        *same = std::move(old);
      } else if (Strictness(old) == Strictness(*same)) {
        same->guards = Guards::kBoth;
      }
    }
    std::stable_sort(
        found.begin(), found.end(),
        [](const Finding& a, const Finding& b) { return KeyOf(a) < KeyOf(b); });
    for (Finding& finding : found) Take(std::move(finding));
  }

  void Take(Finding finding) {
    Totals& totals = judgement_.totals;
    switch (finding.verdict) {
      case Verdict::kPass:
        ++totals.pass;
        if (!options_.keep_passed) return;
        break;
      case Verdict::kExempt:
        ++totals.exempt;
        break;
      case Verdict::kViolation:
        ++totals.violation;
        break;
      case Verdict::kError:
        ++totals.error;
        break;
    }
    judgement_.findings.push_back(std::move(finding));
  }

  static inline const std::set<std::string_view> kNone;

  const PlanFacts& facts_;
  const JudgeOptions& options_;
  FactValues values_;
  StepBudget budget_;
  GuardRun desired_;
  std::optional<GuardRun> applied_;
  std::set<std::string_view> alike_;
  Judgement judgement_;
};

}  // namespace

Judgement Judge(const PolicySet& desired, const PolicySet* applied,
                const PlanFacts& facts, const JudgeOptions& options) {
  return Judging(desired, applied, facts, options).Run();
}

}  // namespace writ::engine
