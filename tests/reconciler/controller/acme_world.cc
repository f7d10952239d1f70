#include "tests/reconciler/controller/acme_world.h"

#include <algorithm>
#include <array>

namespace writ::testing {
namespace {

constexpr std::array kFiles = {"a", "b", "c", "d", "e", "f", "g", "h"};

}  // namespace

AcmeWorld::AcmeWorld(std::uint32_t seed)
    : random_(seed),
      has_overlays_(seed % 2 == 0),
      has_policies_(seed % 3 == 0) {
  items_.push_back(
      {"Workspace", "acme", "", "root", 0, "", "", "", false, false, false});
  Add("Project", "");
  for (int i = 0; i < 3; ++i) Add("App", "");
  for (int i = 0; i < 12; ++i) AddSomething();
}

std::uint32_t AcmeWorld::Below(std::uint32_t bound) {
  return std::uniform_int_distribution<std::uint32_t>(0, bound - 1)(random_);
}

AcmeWorld::Item* AcmeWorld::Pick(const std::string& kind) {
  std::vector<Item*> found;
  for (Item& item : items_) {
    if (kind.empty() || item.kind == kind) found.push_back(&item);
  }
  if (found.empty()) return nullptr;
  return found[Below(static_cast<std::uint32_t>(found.size()))];
}

void AcmeWorld::Add(const std::string& kind, const std::string& parent) {
  Item item;
  item.kind = kind;
  item.name = (kind == "Secret" ? "X" : "x") + std::to_string(names_++);
  item.parent = parent;
  item.file = kFiles[Below(kFiles.size())];
  // A world begins, and grows, without mistakes; edits bring them.
  item.variant = static_cast<int>(Below(kind == "Secret" ? 2 : 3));
  items_.push_back(item);
}

std::string AcmeWorld::AddSomething() {
  static constexpr std::array kKinds = {
      "App",   "EventSchema", "Destination", "NotificationRule",
      "Token", "Silence",     "Project",     "Secret"};
  const std::string kind = kKinds[Below(kKinds.size())];
  const Item* project = Pick("Project");
  if (kind == "Project" || (kind == "Secret" && project == nullptr)) {
    Add("Project", "");
    return "add Project";
  }
  if (kind == "Secret") {
    Add(kind, std::string(project->name));
    return "add Secret";
  }
  const Item* app = Pick("App");
  if (kind == "App" || app == nullptr) {
    Add("App", "");
    return "add App";
  }
  Add(kind, app->name);
  return "add " + kind;
}

// With what it takes along, so that most edits stay valid; now and then not.
std::string AcmeWorld::RemoveSomething() {
  const Item* picked = Pick("");
  if (picked == nullptr || picked->kind == "Workspace") return "nothing";
  const Item gone = *picked;
  const bool alone = Below(6) == 0;
  items_.erase(std::remove_if(items_.begin(), items_.end(),
                              [&](const Item& item) {
                                const bool itself = item.kind == gone.kind &&
                                                    item.name == gone.name;
                                const bool child = (gone.kind == "App" ||
                                                    gone.kind == "Project") &&
                                                   item.parent == gone.name;
                                return itself || (child && !alone);
                              }),
               items_.end());
  return "remove " + gone.kind + (alone ? " alone" : "");
}

std::string AcmeWorld::RenameSomething() {
  static constexpr std::array kKinds = {"App", "Destination", "Workspace",
                                        "EventSchema"};
  Item* item = Pick(kKinds[Below(kKinds.size())]);
  if (item == nullptr) return "nothing";
  std::string story = Rename(*item);
  // Now and then a child moves on its own while its parent carries it.
  Item* child = Pick("Destination");
  if (child != nullptr && child->parent == item->name && Below(2) == 0) {
    child->moved_from =
        "Destination/" + item->moved_from.substr(4) + "/" + child->name;
    child->name = "z" + std::to_string(names_++);
    story += " and a child";
  }
  return story;
}

std::string AcmeWorld::Rename(Item& item) {
  const std::string before = item.name;
  item.moved_from =
      item.kind + "/" + (item.parent.empty() ? "" : item.parent + "/") + before;
  item.name = "y" + std::to_string(names_++);
  if (item.kind == "App") {
    for (Item& child : items_) {
      if (child.parent == before) child.parent = item.name;
    }
  }
  return "rename " + item.kind;
}

// Names something in a place that isn't a reference of the graph.
std::string AcmeWorld::NameSomething() {
  switch (Below(5)) {
    case 0:
      notify_ = AddressOf("Destination");
      return "tell " + notify_;
    case 1:
      if (Item* secret = Pick("Secret")) {
        secret->used_by = AddressOf("Destination");
      }
      return "admit somebody";
    case 2: {
      const Item* other = Pick("App");
      const std::string slug = Below(2) == 0   ? "s" + std::to_string(names_++)
                               : Below(2) == 0 ? ""
                                               : other->name;
      if (Item* app = Pick("App")) app->slug = slug;
      return "change a slug to " + slug;
    }
    case 3:
      if (Item* project = Pick("Project")) project->variant ^= 1;
      return "change a project";
    default: {
      const Item* rule = Pick("NotificationRule");
      tested_app_ = rule == nullptr ? "" : rule->parent;
      tested_rule_ = rule == nullptr ? "" : rule->name;
      tested_destination_ = "";
      for (const Item& item : items_) {
        if (item.kind == "Destination" && item.parent == tested_app_) {
          tested_destination_ = item.name;
        }
      }
      return "write a test of " + tested_rule_;
    }
  }
}

std::string AcmeWorld::AddressOf(const std::string& kind) {
  const Item* item = Pick(kind);
  return item == nullptr ? "" : kind + "/" + item->parent + "/" + item->name;
}

std::string AcmeWorld::Workspace() const {
  return std::find_if(items_.begin(), items_.end(),
                      [](const Item& item) { return item.kind == "Workspace"; })
      ->name;
}

void AcmeWorld::TakeBack(const AcmeWorld& earlier) {
  const std::mt19937 random = random_;
  const int names = names_;
  *this = earlier;
  random_ = random;
  names_ = names;
}

std::string AcmeWorld::Edit() {
  switch (Below(17)) {
    case 0:
    case 1:
      return AddSomething();
    case 2:
      return RemoveSomething();
    case 3:
      return RenameSomething();
    case 4:
      alert_channel_ = static_cast<int>(Below(3));
      return "change a variable";
    case 5:
      retention_patch_ = static_cast<int>(Below(3));
      return "change a patch";
    case 6:
      if (Item* item = Pick("")) item->file = kFiles[Below(kFiles.size())];
      return "move to another file";
    case 7:
      if (Item* item = Pick("")) item->commented = !item->commented;
      return "comment";
    case 8:
      if (Item* item = Pick("App")) item->protect = !item->protect;
      return "protect";
    case 9:
      for (Item& item : items_) item.suspend = false;
      if (Item* item = Pick("")) item->suspend = Below(3) == 0;
      return "suspend";
    case 10:
      if (has_policies_ && Below(2) == 0) {
        policy_ = static_cast<int>(Below(3));
        return "change the policies";
      }
      safety_ = Below(2) == 0 ? 30 : 90;
      return "change the safety limits";
    case 11:
      if (Item* item = Pick("Token")) item->variant ^= 1;
      return "change a token";
    case 12:
    case 13:
    case 14:
      return NameSomething();
    default:
      if (Item* item = Pick("")) item->variant = static_cast<int>(Below(4));
      return "change something";
  }
}

std::string AcmeWorld::Spec(const Item& item) const {
  const std::string variant = std::to_string(item.variant);
  if (item.kind == "Workspace") return "{displayName: Acme " + variant + "}";
  if (item.kind == "App") {
    return "{workspace: " + Workspace() +
           ", retention: " + std::to_string(90 + item.variant) + "d" +
           (item.slug.empty() ? "" : ", slug: " + item.slug) + "}";
  }
  if (item.kind == "Project") {
    return "{workspace: " + Workspace() + ", environments: [dev, prod" +
           (item.variant % 2 == 0 ? ", stage" : "") + "]}";
  }
  if (item.kind == "Secret") {
    return "{project: " + item.parent + ", environments: [" +
           (item.variant == 2 ? "stage" : "all") + "], usableBy: [" +
           item.used_by + "]}";
  }
  if (item.kind == "EventSchema") {
    return "{app: " + item.parent +
           ", unplannedFields: block, fields: [{name: " +
           (item.variant == 3 ? "ident" : "id") + ", type: string, required: " +
           (item.variant % 2 == 0 ? "true" : "false") + "}]}";
  }
  if (item.kind == "Destination") {
    return "{app: " + item.parent +
           ", channel: webhook, label: \"${vars.alertChannel}-" + variant +
           "\", url: \"https://hooks.example.org/a\"}";
  }
  if (item.kind == "NotificationRule") {
    const Item* destination = nullptr;
    for (const Item& other : items_) {
      if (other.kind == "Destination" && other.parent == item.parent) {
        destination = &other;
      }
    }
    return "{app: " + item.parent + ", event: \"x*\", " +
           (item.variant == 2 ? "when: \"data.id == 'a'\", " : "") +
           "actions: [" +
           (destination == nullptr
                ? std::string()
                : "{destination: " + destination->name + "}") +
           "], groupWait: " + std::to_string(10 + item.variant) + "s}";
  }
  if (item.kind == "Token") {
    return "{type: apiKey, app: " + item.parent + ", label: l" + variant + "}";
  }
  return "{app: " + item.parent +
         ", matchers: [{field: event, operator: equals, value: v" + variant +
         "}], startsAt: \"2026-12-0" + std::to_string(1 + item.variant) +
         "T00:00:00Z\", endsAt: \"2026-12-20T00:00:00Z\", contact: a, "
         "comment: c}";
}

std::string AcmeWorld::Text(const Item& item) const {
  std::string text;
  if (item.commented) text += "# one more line\n";
  text += "apiVersion: writ/v1\nkind: " + item.kind +
          "\nmetadata: {name: " + item.name + ", labels: {v: v" +
          std::to_string(item.variant) + "}}\n";
  std::string lifecycle;
  if (item.protect) lifecycle += "protect: true, ";
  if (item.suspend) lifecycle += "suspend: true, ";
  if (!item.moved_from.empty()) {
    lifecycle += "moved: [" + item.moved_from + "], ";
  }
  if (!lifecycle.empty()) text += "lifecycle: {" + lifecycle + "}\n";
  return text + "spec: " + Spec(item) + "\n";
}

// Policies that find something in every change and say all that they see, so
// that two plans with other facts are not the same.
std::string AcmeWorld::Guards() const {
  return R"(apiVersion: writ/v1
kind: Policy
metadata: {name: says-what-it-sees}
spec:
  validations:
    - name: facts
      expression: "false"
      messageExpression: |
        change.action + ' ' + change.reason + ' ' + change.cause + ' ' +
          change.paths.join(',') + ' <- ' + graph.dependents.join(',') +
          ' -> ' + graph.references.join(',') + ' ' +
          string(change.before == null) + string(change.after == null) +
          (change.kind == 'Token'
             ? dyn(resource).spec.?scopes.orValue([]).join(',') : '')
  enforcement: )" +
         std::string(policy_ % 2 == 0 ? "warn" : "deny-overridable") + R"(
---
apiVersion: writ/v1
kind: Policy
metadata: {name: counts}
spec:
  scope: plan
  validations:
    - name: facts
      expression: "false"
      messageExpression: |
        string(size(plan.changes)) + ' ' + string(plan.counts.create) + ' ' +
          plan.changes.map(c, c.address).join(',')
  enforcement: audit
---
apiVersion: writ/v1
kind: PolicyException
metadata: {name: let-off}
spec:
  policy: says-what-it-sees
  subject: {address: App/x)" +
         std::to_string(policy_) + R"(}
  reason: a test
  expiresAt: 2040-01-01T00:00:00Z
)";
}

std::string AcmeWorld::RuleTest() const {
  return "apiVersion: writ/v1\nkind: RuleTest\nmetadata: {name: t}\nspec:\n"
         "  app: " +
         tested_app_ +
         "\n  start: 2026-12-01T00:00:00Z\n  cases:\n"
         "    - name: one\n      events: [{at: 0s, event: a}]\n"
         "      expect: [{at: 30s, rule: " +
         tested_rule_ + ", destination: Destination/" + tested_app_ + "/" +
         tested_destination_ + "}]\n";
}

Files AcmeWorld::Render() const {
  Files files;
  files["writ.yaml"] =
      "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\nspec:\n"
      "  include: [\"m/*.yaml\"]\n"
      "  defaultEnvironment: production\n"
      "  variables: {alertChannel: \"c" +
      std::to_string(alert_channel_) +
      "\"}\n"
      "  environments: {production: {state: \"sqlite:state\"" +
      std::string(has_overlays_ ? ", overlays: [over]" : "") +
      (notify_.empty() ? "" : ", sync: {notify: " + notify_ + "}") +
      "}}\n"
      "  safety: {maxDeletePercent: " +
      std::to_string(safety_) + "}\n";
  for (const Item& item : items_) {
    // A rule needs somewhere to send to.
    const bool has_destination =
        std::any_of(items_.begin(), items_.end(), [&](const Item& other) {
          return other.kind == "Destination" && other.parent == item.parent;
        });
    if (item.kind == "NotificationRule" && !has_destination) continue;
    std::string& file = files["m/" + item.file + ".yaml"];
    if (!file.empty()) file += "---\n";
    file += Text(item);
  }
  if (has_policies_) files["m/guards.yaml"] = Guards();
  if (!tested_rule_.empty() && !tested_destination_.empty()) {
    files["m/rules.test.yaml"] = RuleTest();
  }
  if (!has_overlays_) return files;
  files["over/retention.yaml"] =
      "apiVersion: writ/v1\nkind: Patch\nmetadata: {name: names}\nspec:\n"
      "  target: {kind: Workspace}\n"
      "  merge: {spec: {displayName: Patched " +
      std::to_string(retention_patch_) + "}}\n";
  return files;
}

}  // namespace writ::testing
