#include "reconciler/egress/secret_json.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace writ::reconciler {
namespace {

void WipeTexts(Value& value) {
  if (value.IsString()) {
    Wipe(value.MutableString());
  } else if (value.IsList()) {
    for (Value& item : value.MutableList()) WipeTexts(item);
  } else if (value.IsMap()) {
    for (Value::Entry& entry : value.MutableMap()) WipeTexts(entry.value);
  }
}

std::size_t SkipSpace(std::string_view text, std::size_t at) {
  const std::size_t next = text.find_first_not_of(" \t\r\n", at);
  return next == std::string_view::npos ? text.size() : next;
}

// Behind the string that begins at `at`.
std::size_t SkipString(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

// Behind the value that begins at `at`. REQUIRES: the whole text is JSON.
std::size_t SkipValue(std::string_view text, std::size_t at) {
  if (text[at] == '"') return SkipString(text, at);
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = SkipString(text, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) break;
      if (--depth == 0) return at + 1;
    }
    if (c == ',' && depth == 0) break;
    ++at;
  }
  while (at > 0 && std::string_view(" \t\r\n").find(text[at - 1]) !=
                       std::string_view::npos) {
    --at;
  }
  return at;
}

struct Member {
  std::string name;
  std::size_t from = 0;  // of the value
  std::size_t to = 0;
};

// Nothing where the text is no JSON object. Duplicate names are refused by the
// parser.
std::optional<std::vector<Member>> MembersOf(std::string_view text) {
  auto parsed = ParseJson(text);
  if (!parsed) return std::nullopt;
  const SecretJson tree(std::move(*parsed));
  if (!tree.value().IsMap()) return std::nullopt;
  std::vector<Member> members;
  std::size_t at = SkipSpace(text, 0) + 1;
  // The tree has the members in the order in which they're written.
  for (const Value::Entry& entry : tree.value().AsMap()) {
    at = SkipString(text, SkipSpace(text, at));
    at = SkipSpace(text, SkipSpace(text, at) + 1);
    Member member{entry.key, at, SkipValue(text, at)};
    at = SkipSpace(text, member.to) + 1;
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace

SecretJson::~SecretJson() { WipeTexts(value_); }

SecretJson& SecretJson::operator=(SecretJson&& other) noexcept {
  if (this == &other) return *this;
  WipeTexts(value_);
  value_ = std::move(other.value_);
  return *this;
}

std::string SecretJson::Text(std::string_view path) const {
  const Value* found = Find(path);
  return found != nullptr && found->IsString() ? found->AsString()
                                               : std::string();
}

std::optional<std::int64_t> SecretJson::Integer(std::string_view path) const {
  const Value* found = Find(path);
  if (found == nullptr || !found->IsInteger()) return std::nullopt;
  return found->AsInteger();
}

bool SecretJson::IsTrue(std::string_view path) const {
  const Value* found = Find(path);
  return found != nullptr && *found == Value(true);
}

void JsonObject::Begin(std::string_view name) {
  text_->Append(empty_ ? "{" : ",").Append(QuoteJson(name)).Append(":");
  empty_ = false;
}

JsonObject& JsonObject::Add(std::string_view name, std::string_view text) {
  Begin(name);
  text_->Append(QuoteJson(text));
  return *this;
}

JsonObject& JsonObject::Add(std::string_view name, std::int64_t number) {
  Begin(name);
  text_->Append(std::to_string(number));
  return *this;
}

JsonObject& JsonObject::AddFlag(std::string_view name, bool flag) {
  Begin(name);
  text_->Append(flag ? "true" : "false");
  return *this;
}

JsonObject& JsonObject::AddSecret(std::string_view name,
                                  const SecretValue& value) {
  Begin(name);
  text_->Append(SecretValue::Take(QuoteJson(value.Reveal())));
  return *this;
}

JsonObject& JsonObject::AddJson(std::string_view name, std::string_view json) {
  Begin(name);
  text_->Append(json);
  return *this;
}

JsonObject& JsonObject::AddObject(std::string_view name, JsonObject object) {
  Begin(name);
  text_->Append(object.Finish());
  return *this;
}

SecretValue JsonObject::Finish() {
  text_->Append(empty_ ? "{}" : "}");
  empty_ = true;
  return text_->Finish();
}

std::optional<SecretValue> WithMember(std::string_view object,
                                      std::string_view name,
                                      const SecretValue& value) {
  const auto members = MembersOf(object);
  if (!members) return std::nullopt;
  const SecretValue quoted = SecretValue::Take(QuoteJson(value.Reveal()));
  SecretBuilder text;
  for (const Member& member : *members) {
    if (member.name != name) continue;
    text.Append(object.substr(0, member.from)).Append(quoted);
    return text.Append(object.substr(member.to)).Finish();
  }
  const std::size_t end = object.rfind('}');
  text.Append(object.substr(0, end)).Append(members->empty() ? "" : ",");
  text.Append(QuoteJson(name)).Append(":").Append(quoted);
  return text.Append(object.substr(end)).Finish();
}

std::optional<std::string_view> RawMember(std::string_view object,
                                          std::string_view name) {
  const auto members = MembersOf(object);
  if (!members) return std::nullopt;
  for (const Member& member : *members) {
    if (member.name == name) {
      return object.substr(member.from, member.to - member.from);
    }
  }
  return std::nullopt;
}

}  // namespace writ::reconciler
