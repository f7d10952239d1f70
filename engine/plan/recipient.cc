#include "engine/plan/recipient.h"

#include <algorithm>
#include <array>

#include "engine/diff/content_path.h"
#include "schema/resource_id.h"

namespace writ::engine {
namespace {

using Secrets = std::vector<std::pair<std::string, std::string>>;

// The fields that say where in the target's type a value ends up.
constexpr std::array<std::string_view, 21> kPlaces = {
    "url",      "address",   "server",   "repository", "organization",
    "project",  "group",     "team",     "app",        "service",
    "envGroup", "region",    "secretId", "name",       "mount",
    "path",     "namespace", "secret",   "config",     "environment",
    "command"};

// Their values tell more than a place.
bool IsUrl(std::string_view place) {
  return place == "url" || place == "address" || place == "server";
}

std::string PlaceOf(const Value& block) {
  std::string place;
  for (std::string_view name : kPlaces) {
    const Value* value = block.Find(name);
    if (value == nullptr) continue;
    std::string text;
    if (value->IsString()) {
      text = IsUrl(name) ? HostOf(value->AsString()) : value->AsString();
    } else if (value->IsList() && !value->AsList().empty() &&
               value->AsList().front().IsString()) {
      text = value->AsList().front().AsString();
    }
    if (text.empty()) continue;
    if (!place.empty()) place += ", ";
    place += text;
  }
  return place;
}

std::string DestinationRecipient(const Value& spec) {
  if (const Value* url = spec.Find("url")) {
    if (url->IsString()) return HostOf(url->AsString());
    const Value* secret = url->Find("secretRef");
    if (secret != nullptr) {
      return "the URL in Secret/" + std::string(secret->FindString("project")) +
             "/" + std::string(secret->FindString("key"));
    }
  }
  if (const Value* smtp = spec.FindPath("email.smtp")) {
    return std::string(smtp->FindString("host"));
  }
  return std::string(spec.FindString("channel"));
}

std::string TypedRecipient(std::string_view type, const Value* block) {
  if (block == nullptr) return std::string(type);
  const std::string place = PlaceOf(*block);
  if (place.empty()) return std::string(type);
  return std::string(type) + " (" + place + ")";
}

std::string SourceRecipient(const Value& spec) {
  const Value* source = spec.Find("source");
  if (source == nullptr || !source->IsMap()) return {};
  for (const Value::Entry& entry : source->AsMap()) {
    if (entry.key != "managed") return TypedRecipient(entry.key, &entry.value);
  }
  return {};
}

void Collect(const Value& value, const std::string& path, Secrets& secrets) {
  if (value.IsList()) {
    for (std::size_t i = 0; i < value.AsList().size(); ++i) {
      Collect(value.AsList()[i], JoinKey(path, std::to_string(i)), secrets);
    }
  }
  if (!value.IsMap()) return;
  for (const Value::Entry& entry : value.AsMap()) {
    const bool refers = entry.key == "secretRef" && entry.value.IsMap();
    if (refers) {
      const ResourceId id("Secret", entry.value.FindString("project"),
                          entry.value.FindString("key"));
      secrets.emplace_back(path, id.address());
    } else {
      Collect(entry.value, JoinMember(path, entry.key), secrets);
    }
  }
}

bool IsRecipientField(std::string_view kind, std::string_view path) {
  if (kind == "Destination") {
    return IsAtOrBelow(path, "spec.url") || path == "spec.channel" ||
           IsAtOrBelow(path, "spec.email");
  }
  if (kind == "DeployTarget") {
    return IsAtOrBelow(path, "spec") && path != "spec.expectedPeriod" &&
           path != "spec.workspace" && !IsAtOrBelow(path, "spec.consumer");
  }
  return kind == "Secret" && IsAtOrBelow(path, "spec.source");
}

// Part of a secretRef: told as an edge of its own.
bool IsSecretField(const Secrets& secrets, const std::string& path) {
  return std::any_of(secrets.begin(), secrets.end(), [&](const auto& secret) {
    return IsAtOrBelow(path, secret.first) && secret.first != "spec.url";
  });
}

void AddEdges(const Secrets& before, const Secrets& after,
              const std::string& recipient, std::vector<Alarm>& alarms) {
  for (const auto& secret : after) {
    if (std::find(before.begin(), before.end(), secret) != before.end()) {
      continue;
    }
    const bool is_url = secret.first == "spec.url";
    std::string text =
        is_url ? "messages will be sent to the URL in " + secret.second
               : "the value of " + secret.second + " will be sent to " +
                     (recipient.empty() ? "it" : recipient);
    alarms.push_back({AlarmKind::kRecipient, secret.first, std::move(text)});
  }
}

void AddDeliveries(const Value* before, const Value& after,
                   std::vector<Alarm>& alarms) {
  const Value* list = after.FindPath("spec.deliverTo");
  if (list == nullptr || !list->IsList()) return;
  const Value* old_list = before ? before->FindPath("spec.deliverTo") : nullptr;
  Field by_target;
  by_target.key = "target";
  for (const Value& item : list->AsList()) {
    const std::string target(KeyOf(by_target, item));
    if (old_list && FindItem(by_target, *old_list, target) != nullptr) continue;
    alarms.push_back({AlarmKind::kRecipient, JoinKey("spec.deliverTo", target),
                      "its value will be sent to the target " + target});
  }
}

}  // namespace

std::string HostOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#\\"));
  const std::size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  return std::string(url);
}

std::string RecipientOf(std::string_view kind, const Value& content) {
  const Value* spec = content.Find("spec");
  if (spec == nullptr) return {};
  if (kind == "Destination") return DestinationRecipient(*spec);
  if (kind == "Secret") return SourceRecipient(*spec);
  if (kind != "DeployTarget") return {};
  const std::string_view type = spec->FindString("type");
  std::string recipient = TypedRecipient(type, spec->Find(type));
  if (const Value* url = spec->FindPath("probe.http.url")) {
    if (url->IsString()) {
      recipient += ", probed at " + HostOf(url->AsString());
    }
  }
  return recipient;
}

std::vector<std::pair<std::string, std::string>> SecretsUsed(
    const Value& content) {
  Secrets secrets;
  if (const Value* spec = content.Find("spec")) {
    Collect(*spec, "spec", secrets);
  }
  std::sort(secrets.begin(), secrets.end());
  return secrets;
}

std::vector<Alarm> FindRecipientAlarms(const Change& change) {
  std::vector<Alarm> alarms;
  const bool goes =
      change.action == Action::kDelete || change.action == Action::kForget;
  if (goes || change.after == nullptr) return alarms;
  const std::string_view kind = change.id.kind();
  if (kind == "Token") {
    AddDeliveries(change.before.get(), *change.after, alarms);
    return alarms;
  }
  if (kind != "Destination" && kind != "DeployTarget" && kind != "Secret") {
    return alarms;
  }
  const std::string recipient = RecipientOf(kind, *change.after);
  const Secrets after = SecretsUsed(*change.after);
  const Secrets before = change.before ? SecretsUsed(*change.before) : after;
  AddEdges(change.before ? before : Secrets(), after, recipient, alarms);
  for (const FieldChange& field : change.fields) {
    if (!IsRecipientField(kind, field.path) ||
        IsSecretField(after, field.path) || IsSecretField(before, field.path)) {
      continue;
    }
    const std::string text = "what it sends will go to " + recipient;
    const bool told =
        std::any_of(alarms.begin(), alarms.end(), [&](const Alarm& alarm) {
          return IsAtOrBelow(field.path, alarm.path) || alarm.text == text;
        });
    if (told || recipient.empty()) continue;
    alarms.push_back({AlarmKind::kRecipient, field.path, text});
  }
  return alarms;
}

}  // namespace writ::engine
